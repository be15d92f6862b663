"""The register of licences: entered by one person, approved by another, revoked by either."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance.models import Licence, LicenceAct, LicenceEvent, Party

TWICE = "licence_in_force_once"
BY_ANOTHER = "licence_approved_by_another"
ONCE = "licence_act_once"
REFUSALS = {
    TWICE: "A licence of this number is in force already: revoke it first.",
    BY_ANOTHER: "Whoever registered a licence does not approve it: ask a second person.",
    ONCE: "This was done already.",
}


def register_licence(
    *,
    party: Party,
    number: str,
    authority: str,
    eccn: str,
    chip_classes: Sequence[str],
    site_countries: Sequence[str],
    end_uses: Sequence[str],
    valid_from: date,
    valid_to: date,
    gpu_hours: int,
    gpus_at_once: int | None = None,
    conditions: str = "",
    evidence: str,
    actor: UUID,
    actor_label: str,
    at: datetime,
) -> Licence:
    """Enter what the document says. It counts for nothing until another person approves it.

    Raises ValidationError with a message per field; then nothing was written.
    """
    made = Licence(
        party=party,
        granted_to=party.legal_name,
        number=" ".join(number.split()).upper(),
        authority=authority.strip(),
        eccn=eccn.strip(),
        chip_classes=sorted(set(chip_classes)),
        site_countries=sorted({country.strip().upper() for country in site_countries}),
        end_uses=sorted(set(end_uses)),
        valid_from=valid_from,
        valid_to=valid_to,
        gpu_hours=gpu_hours,
        gpus_at_once=gpus_at_once,
        conditions=conditions.strip(),
        evidence=evidence.strip(),
        registered_by=actor,
        registered_by_label=actor_label,
        registered_at=at,
    )
    made.full_clean()
    made.save()
    return made


def approve_licence(*, licence: Licence, actor: UUID, actor_label: str, at: datetime) -> None:
    """The second person has seen the document and it says what the register says.

    Earlier decisions about the party are void from then on. Raises ValidationError for whoever
    registered it, for a licence that is approved or revoked, and for a number that is in force.
    """
    if licence.events.filter(act=LicenceAct.REVOKED).exists():
        raise ValidationError("It is revoked.")
    _act(licence, LicenceAct.APPROVED, "", actor, actor_label, at)


def revoke_licence(
    *, licence: Licence, reason: str, actor: UUID, actor_label: str, at: datetime
) -> None:
    """It counts no longer; what rests on it is ended by the sweep. Raises ValidationError."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is revoked."})
    _act(licence, LicenceAct.REVOKED, reason.strip(), actor, actor_label, at)


def _act(
    licence: Licence, act: LicenceAct, reason: str, actor: UUID, actor_label: str, at: datetime
) -> None:
    event = LicenceEvent(
        licence=licence, act=act, reason=reason, actor=actor, actor_label=actor_label, at=at
    )
    event.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError as error:
        for name, told in REFUSALS.items():
            if name in str(error):
                raise ValidationError(told) from error
        raise
