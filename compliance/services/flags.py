"""Red flags on parties: raised once per evidence, by detectors or staff; closed with a reason."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance.models import Decision, Outcome, Party, RedFlag, RedFlagClosed, RedFlagKind
from compliance.redflags import Finding

SWEEP = "sweep"


def flag_kinds(*, day: date) -> dict[str, RedFlagKind]:
    """By code, those that count on that day."""
    return {kind.code: kind for kind in RedFlagKind.objects.all() if kind.covers(day)}


def note(*, party: Party, findings: Iterable[Finding], at: datetime) -> int:
    """Raise what detectors found and nobody raised before; returns how many were new.

    A flag that staff have closed is not raised again by the same evidence. Findings of a kind that
    is not loaded, or not in force that day, are passed over.
    """
    found = list(findings)
    if not found:
        return 0
    kinds = flag_kinds(day=at.date())
    known = set(party.red_flags.values_list("kind__code", "evidence_sha256"))
    made = {
        (one.code, one.digest): RedFlag(
            party=party,
            kind=kinds[one.code],
            text=one.text,
            evidence=dict(one.evidence),
            evidence_sha256=one.digest,
            raised_by=SWEEP,
            raised_at=at,
        )
        for one in found
        if one.code in kinds and (one.code, one.digest) not in known
    }
    # two sweeps may find the same at once: the constraint keeps one
    RedFlag.objects.bulk_create(made.values(), ignore_conflicts=True)
    return len(made)


def raise_flag(*, party: Party, kind: RedFlagKind, text: str, by: str, at: datetime) -> RedFlag:
    """Staff raise a flag; `text` is the evidence. Raises ValidationError, writing nothing."""
    told = _told("text", text)
    finding = Finding(kind.code, told, {"told": told})
    try:
        with transaction.atomic():
            return RedFlag.objects.create(
                party=party,
                kind=kind,
                text=told,
                evidence=dict(finding.evidence),
                evidence_sha256=finding.digest,
                raised_by=by,
                raised_at=at,
            )
    except IntegrityError as error:
        if "flag_once_per_evidence" not in str(error):
            raise
        raise ValidationError(
            {"text": "This flag was raised before with the same text."}
        ) from error


def close_flag(*, flag: RedFlag, reason: str, by: str, at: datetime) -> RedFlagClosed:
    """Staff note why a flag no longer counts. Raises ValidationError, writing nothing."""
    told = _told("reason", reason)
    try:
        with transaction.atomic():
            return RedFlagClosed.objects.create(flag=flag, reason=told, closed_by=by, closed_at=at)
    except IntegrityError as error:
        if "flag_id" not in str(error):
            raise
        raise ValidationError("This flag was closed before.") from error


def denied_parties() -> dict[int, str]:
    """Parties whose newest decision is a refusal for good, by key, with their names."""
    newest = Decision.objects.order_by("party", "-decided_at", "-pk").distinct("party").values("pk")
    refused = Decision.objects.filter(pk__in=newest, outcome=Outcome.DENY)
    return dict(refused.values_list("party", "party__legal_name"))


def is_denied(*, party: Party) -> bool:
    """Whether the newest decision about it is a refusal for good."""
    newest = Decision.objects.filter(party=party).order_by("-decided_at", "-pk").first()
    return newest is not None and newest.outcome == Outcome.DENY


def _told(field: str, text: str) -> str:
    told = text.strip()
    if not told:
        raise ValidationError({field: "Say what was seen and where it can be looked up."})
    if any(char < " " and char not in "\t\r\n" for char in told):
        raise ValidationError({field: "This holds characters that are not text."})
    return told
