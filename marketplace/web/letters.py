"""E-mail that the pages send: into the outbox with what it tells of, so that a task sends it."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.translation import get_language, override

from marketplace.accounts.models import User
from marketplace.notices import services as notices


def address_of(path: str) -> str:
    """A path as an address for a letter; no Host header decides where it leads."""
    return f"{settings.PUBLIC_URL}{path}"


def language_of(address: str) -> str:
    """The one that whoever has the address chose; else that of the page that writes the letter."""
    chosen = User.objects.filter(email=address).values_list("language", flat=True).first()
    return chosen or get_language() or settings.LANGUAGE_CODE


def write(name: str, to: str, context: dict[str, Any]) -> None:
    """Post emails/NAME.txt with the subject in NAME_subject.txt, in the reader's language."""
    with override(language_of(to)):
        subject = render_to_string(f"emails/{name}_subject.txt", context).strip()
        body = render_to_string(f"emails/{name}.txt", context).strip() + "\n"
    post(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]))


def post(letter: EmailMessage) -> None:
    """Keep it until a mail server takes it. A server that is down costs no page."""
    notices.post(letter=letter, at=now())
