"""End-use statements: signed by the renter, good for a year, taken back at will."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance.models import EndUse, EndUseStatement, EndUseStatementWithdrawn, Party
from compliance.models.statements import WORDING
from marketplace.core import audit
from marketplace.core.idempotency import digest, require_same
from marketplace.core.models import AuditEvent

from .parties import amend_party

GOOD_FOR = timedelta(days=365)
#: staff and renter are told this long before one expires
REMIND_BEFORE = timedelta(days=30)
REMINDED = "end_use_statement_expires"


def sign_end_use(
    *,
    party: Party,
    wording: str,
    end_use: str,
    text: str,
    end_users: str,
    signed_by: UUID,
    email: str,
    signed_name: str,
    key: str,
    at: datetime,
) -> EndUseStatement:
    """Sign what a party states of its end use; the party's facts become what was signed.

    `wording` names the sentence that was read; an old one is refused. What is signed replaces the
    statement before. The same key with the same content is that statement again.
    Raises ValidationError with a message per field, and KeyReused; then nothing was written.
    """
    said = {"end_use": end_use, "text": text, "end_users": end_users, "signed_name": signed_name}
    said = {name: value.strip() for name, value in said.items()}
    content = digest({**said, "wording": wording, "signed_by": signed_by})
    made = EndUseStatement(
        party=party,
        wording=wording,
        **said,
        signed_by=signed_by,
        signed_at=at,
        expires_at=at + GOOD_FOR,
        idempotency_key=key,
        request_sha256=content,
    )
    _check(made)
    try:
        with transaction.atomic():
            made.save()
            _take_over(made, email, at)
    except IntegrityError as error:
        if "statement_key_once" not in str(error):
            raise
        made = EndUseStatement.objects.get(party=party, idempotency_key=key)
        require_same(made.request_sha256, content, key=key)
    return made


def _check(made: EndUseStatement) -> None:
    if made.wording != WORDING:
        raise ValidationError({"wording": f"Read and sign the sentence of {WORDING}."})
    if made.end_use == EndUse.REFUSED:
        raise ValidationError({"end_use": "A statement says what the GPUs are for."})
    made.full_clean(exclude=["party", "request_sha256"], validate_constraints=False)
    for name in ("text", "end_users", "signed_name"):
        if any(char < " " and char not in "\t\r\n" for char in getattr(made, name)):
            raise ValidationError({name: "This holds characters that are not text."})


def _take_over(made: EndUseStatement, email: str, at: datetime) -> None:
    facts = {
        "end_use": made.end_use,
        "end_use_statement": made.text,
        "end_users": made.end_users,
    }
    amend_party(party=made.party, by=email, at=at, **facts)
    told = {**facts, "wording": made.wording, "signed_name": made.signed_name}
    detail = {**told, "expires_at": made.expires_at.isoformat()}
    audit.record(
        verb="sign_end_use",
        subject=made,
        at=at,
        actor=made.signed_by,
        actor_label=email,
        detail=detail,
    )


def withdraw_end_use(
    *, statement: EndUseStatement, by: str, reason: str = "", at: datetime
) -> EndUseStatementWithdrawn:
    """Take a statement back: from now on the party's end use is not known.

    Taking it back again changes nothing.
    """
    with transaction.atomic():
        made, new = EndUseStatementWithdrawn.objects.get_or_create(
            statement=statement,
            defaults={"withdrawn_at": at, "withdrawn_by": by, "reason": reason.strip()},
        )
        if new:
            audit.record(
                verb="withdraw_end_use",
                subject=statement,
                at=at,
                actor_label=by,
                detail={"reason": made.reason},
            )
    return made


def statement_in_force(*, party: Party, at: datetime) -> EndUseStatement | None:
    """The statement that counts now, if the party's facts are still those it states."""
    last = party.end_use_statements.order_by("-signed_at", "-pk").first()
    if last is None or last.is_withdrawn or not last.signed_at <= at < last.expires_at:
        return None
    said = (last.end_use, last.text, last.end_users)
    return last if said == (party.end_use, party.end_use_statement, party.end_users) else None


def remind_of_statements(*, at: datetime) -> int:
    """Put each statement that expires soon on the trail, once; returns how many were new."""
    soon = EndUseStatement.objects.expiring(at=at, before=at + REMIND_BEFORE)
    rows = {f"{row._meta.label} {row.public_id}": row for row in soon.select_related("party")}
    known = AuditEvent.objects.filter(verb=REMINDED, subject__in=rows)
    new = sorted(rows.keys() - set(known.values_list("subject", flat=True)))
    for subject in new:
        row = rows[subject]
        detail = {"party": str(row.party), "expires_at": row.expires_at.isoformat()}
        audit.record(verb=REMINDED, subject=row, at=at, detail=detail)
    return len(new)
