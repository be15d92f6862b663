"""Who owns and who directs a party: declared with evidence, ended when it is over, never edited."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import Director, OwnershipStake, Party
from compliance.ownership import WHOLE
from marketplace.core import audit
from marketplace.core.hints import after_commit

#: the source of what a party declares of its owners and directors; officers name another
ITSELF = "the party itself"
Declaration = TypeVar("Declaration", OwnershipStake, Director)


def add_stake(
    *,
    owned: Party,
    owner: Party | None = None,
    owner_name: str = "",
    owner_kind: str = "",
    owner_country: str = "",
    share_bps: int | None,
    controls: bool = False,
    since: date,
    source: str,
    evidence: str,
    by: str,
    at: datetime,
) -> OwnershipStake:
    """Declare that `owner`, or someone named, holds a direct share (None: nobody knows how much).

    Earlier decisions about `owned`, and about all that it owns, are void from then on. Raises
    ValidationError with a message per field; then nothing was written.
    """
    stake = OwnershipStake(
        owned=owned,
        owner=owner,
        owner_name=owner_name.strip(),
        owner_kind=owner_kind,
        owner_country=owner_country.strip().upper(),
        share_bps=share_bps,
        controls=controls,
        since=since,
        source=source.strip(),
        evidence=evidence.strip(),
    )
    if (owner is None) == (not stake.owner_name):
        raise ValidationError({"owner_name": "Give either a known party or a name, not both."})
    with transaction.atomic():
        _lock(owned)
        _refuse_more_than_the_whole(stake)
        return _declared(stake, "add_stake", owned, by, at)


def end_stake(*, stake: OwnershipStake, until: date, by: str, at: datetime) -> OwnershipStake:
    """The owner holds nothing any more after `until`. Raises ValidationError."""
    return _ended(stake, "end_stake", stake.owned, until, by, at)


def add_director(
    *,
    party: Party,
    name: str,
    country: str = "",
    since: date,
    source: str,
    evidence: str,
    by: str,
    at: datetime,
) -> Director:
    """Declare a director; earlier decisions about the party are void. Raises ValidationError."""
    director = Director(
        party=party,
        name=name.strip(),
        country=country.strip().upper(),
        since=since,
        source=source.strip(),
        evidence=evidence.strip(),
    )
    with transaction.atomic():
        _lock(party)
        return _declared(director, "add_director", party, by, at)


def end_director(*, director: Director, until: date, by: str, at: datetime) -> Director:
    """The director left after `until`. Raises ValidationError."""
    return _ended(director, "end_director", director.party, until, by, at)


def _lock(party: Party) -> None:
    """Declarations about one party come one after the other, so that their sum is right."""
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)


def _refuse_more_than_the_whole(stake: OwnershipStake) -> None:
    """What one source says adds up to the whole at most.

    Sources may contradict each other, and a party must not learn from a refusal what officers
    declared of it.
    """
    said = stake.owned.stakes.filter(until__isnull=True, source=stake.source)
    held = said.values_list("share_bps", flat=True)
    total = sum(share or 0 for share in [*held, stake.share_bps])
    if total > WHOLE:
        raise ValidationError(
            {"share_bps": f"The known shares would add up to {total} basis points of {WHOLE}."}
        )


def _declared(row: Declaration, verb: str, party: Party, by: str, at: datetime) -> Declaration:
    _refuse_what_is_no_text(row)
    _refuse_the_future({"since": row.since}, at)
    row.full_clean()
    row.save()
    detail = {name: str(value) for name, value in _facts(row).items()}
    audit.record(verb=verb, subject=party, at=at, actor_label=by, detail=detail)
    after_commit("compliance.tasks.rescreen_changed", party_id=party.pk)
    return row


def _ended(
    row: Declaration, verb: str, party: Party, until: date, by: str, at: datetime
) -> Declaration:
    _refuse_the_future({"until": until}, at)
    with transaction.atomic():
        _lock(party)
        row.refresh_from_db()
        if row.until:
            raise ValidationError({"until": f"It ended on {row.until} already."})
        row.until = until
        row.full_clean()
        row.save(update_fields=["until"])
        detail = {"ended": str(row.public_id), "until": str(until)}
        audit.record(verb=verb, subject=party, at=at, actor_label=by, detail=detail)
        after_commit("compliance.tasks.rescreen_changed", party_id=party.pk)
    return row


def _facts(row: OwnershipStake | Director) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in row._meta.fields}


def _refuse_what_is_no_text(row: OwnershipStake | Director) -> None:
    texts: Iterable[tuple[str, Any]] = _facts(row).items()
    for name, value in texts:
        if isinstance(value, str) and any(char < " " and char not in "\t\r\n" for char in value):
            raise ValidationError({name: "This holds characters that are not text."})


def _refuse_the_future(days: dict[str, date], at: datetime) -> None:
    """Only what is so is declared: a plan to sell a share must not clear anyone today."""
    for name, day in days.items():
        if day > at.date():
            raise ValidationError({name: "This day has not come yet."})
