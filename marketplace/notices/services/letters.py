"""Letters: claimed, handed to the mail server outside any transaction, tried again until it takes
them.
"""

import json
import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import override

from marketplace.core import hints
from marketplace.core.backoff import backoff
from marketplace.core.sealing import InvalidToken, seal, unseal
from marketplace.notices.models import Letter, Notice
from marketplace.notices.wording import said

from .spreading import SEND

log = logging.getLogger(__name__)

#: so that a copy of the database signs nobody in
LETTERS = "letters"
#: a sender that died frees its letter after this; more than the mail server's patience
CLAIM = timedelta(minutes=5)
#: the first wait before another try, four times as long after each, up to the longest
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
#: about a day and a half in all
TRIES = 10


def post(*, letter: EmailMessage, at: datetime) -> None:
    """Write a whole letter into the outbox, in the transaction of what it tells of."""
    content = json.dumps({"subject": str(letter.subject), "body": str(letter.body)})
    with transaction.atomic():
        for address in letter.to:
            Letter.objects.create(
                to=address,
                subject=str(letter.subject)[:200],
                sealed=seal(purpose=LETTERS, text=content),
                next_at=at,
                created_at=at,
            )
        hints.after_commit(SEND)


def send(*, letter: Letter, at: datetime) -> None:
    """Hand one letter over, if it is due and nobody else is at it.

    A sender that dies after the server took it sends it again at the worst. A server that does not
    take it is asked again, ever more seldom, TRIES times in all.
    """
    claim = uuid4()
    due = Letter.objects.due(at=at).filter(pk=letter.pk)
    if not due.update(claim=claim, claimed_until=at + CLAIM, tries=F("tries") + 1):
        return
    row = Letter.objects.select_related("notice", "person").get(pk=letter.pk)
    try:
        _written(row).send()
    except (SMTPException, OSError, InvalidToken) as error:
        _later(row, error, at)
    else:
        _over(row, sent_at=at)


def _written(row: Letter) -> EmailMessage:
    if row.notice is not None:
        # whoever chose no language is written to in English: no page causes this letter
        with override((row.person and row.person.language) or settings.LANGUAGE_CODE):
            subject, body = _of_notice(row.notice)
    else:
        content = json.loads(unseal(purpose=LETTERS, sealed=bytes(row.sealed or b"")))
        subject, body = content["subject"], content["body"]
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [row.to])


def _of_notice(notice: Notice) -> tuple[str, str]:
    told = said(notice.kind, notice.facts)
    context = {"said": told, "notice": notice, "site": settings.PUBLIC_URL}
    return " ".join(told.head.split()), render_to_string("emails/notice.txt", context)


def _later(row: Letter, error: Exception, at: datetime) -> None:
    """The reason is not logged whole: a mail server repeats what it was sent."""
    kind = type(error).__name__
    if row.tries >= TRIES or isinstance(error, InvalidToken):
        log.error("%s was given up after %d tries (%s)", row, row.tries, kind)
        _over(row, given_up_at=at)
        return
    wait = backoff(failures=row.tries - 1, first=FIRST, longest=LONGEST)
    log.warning("%s was not sent (%s); it is tried again in %s", row, kind, wait)
    mine = Letter.objects.filter(pk=row.pk, claim=row.claim)
    mine.update(claim=None, claimed_until=None, next_at=at + wait)


def _over(row: Letter, **when: datetime) -> None:
    mine = Letter.objects.filter(pk=row.pk, claim=row.claim)
    mine.update(claim=None, claimed_until=None, sealed=None, **when)
