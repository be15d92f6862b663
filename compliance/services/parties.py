"""The parties we screen: whom they say they are, and every change of that."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.identity import fault_of_birth_date, written
from compliance.models import Party, PartyIdentifier
from marketplace.core import audit
from marketplace.core.hints import after_commit

from .looking import look_at_change

COUNTRIES = ("country", "hq_country", "parent_hq_country")


class Numbered(NamedTuple):
    """A number of a register: a kind of IdentifierKind, the number, and whose register it is."""

    kind: str
    number: str
    country: str = ""


def register_party(*, at: datetime, identifiers: Iterable[Numbered] = (), **facts: Any) -> Party:
    """A new party from the fields of Party.SCREENED_FIELDS; what is left out is unknown.

    Raises ValidationError with a message per field, that of a number under its kind; then nothing
    was written.
    """
    party = Party(**_cleaned(facts, at.date()))
    party.full_clean()
    with transaction.atomic():
        party.save()
        for one in identifiers:
            try:
                _numbered(party, one).save()
            except ValidationError as error:
                raise ValidationError({one.kind: error.messages}) from error
    return party


def amend_party(*, party: Party, by: str, at: datetime, **facts: Any) -> Party:
    """Change what is known of a party; every earlier decision about it is void from then on.

    `by` is the e-mail or task name for the audit trail, which keeps old and new values. Raises
    ValidationError with a message per field; then nothing was written.
    """
    facts = _cleaned(facts, at.date())
    with transaction.atomic():
        row = Party.objects.select_for_update(no_key=True).get(pk=party.pk)
        old = {name: getattr(row, name) for name in facts}
        changed = [name for name in facts if old[name] != facts[name]]
        if not changed:
            return row
        for name in changed:
            setattr(row, name, facts[name])
        row.full_clean()
        row.save(update_fields=changed)
        audit.record(
            verb="amend_party",
            subject=row,
            at=at,
            actor_label=by,
            detail={name: [_plain(old[name]), _plain(facts[name])] for name in changed},
        )
        look_at_change(party=row, old={name: old[name] for name in changed}, at=at)
        after_commit("compliance.tasks.rescreen_changed", party_id=row.pk)
    return row


def identify_party(
    *, party: Party, numbers: dict[str, str], by: str, at: datetime, **facts: Any
) -> Party:
    """Amend a party and its numbers in one: what is empty ends, what is another takes its place.

    `numbers` are by kind of IdentifierKind; a kind that is not named stays as it is. Raises
    ValidationError with a message per field, that of a number under its kind; then nothing was
    written.
    """
    with transaction.atomic():
        row = amend_party(party=party, by=by, at=at, **facts)
        for kind, number in numbers.items():
            _renumber(row, kind, written(kind, number), by, at)
    return row


def _renumber(party: Party, kind: str, number: str, by: str, at: datetime) -> None:
    kept = list(party.identifiers.filter(kind=kind, until=None))
    if number and any(one.number == number for one in kept):
        return
    for one in kept:
        end_identifier(identifier=one, until=at.date(), by=by, at=at)
    if number:
        try:
            add_identifier(
                party=party, kind=kind, number=number, country=party.country, by=by, at=at
            )
        except ValidationError as error:
            raise ValidationError({kind: error.messages}) from error


def add_identifier(
    *, party: Party, kind: str, number: str, country: str = "", by: str, at: datetime
) -> PartyIdentifier:
    """Give a party a number; every earlier decision about it and all it owns is void from then on.

    Raises ValidationError with a message per field; then nothing was written.
    """
    with transaction.atomic():
        _lock(party)
        row = _numbered(party, Numbered(kind, number, country))
        row.save()
        detail = {"kind": row.kind, "number": row.number, "country": row.country}
        audit.record(verb="add_identifier", subject=party, at=at, actor_label=by, detail=detail)
    return row


def end_identifier(
    *, identifier: PartyIdentifier, until: date, by: str, at: datetime
) -> PartyIdentifier:
    """The number is not the party's any more after `until`. Raises ValidationError."""
    if until > at.date():
        raise ValidationError({"until": "This day has not come yet."})
    with transaction.atomic():
        _lock(identifier.party)
        identifier.refresh_from_db()
        if identifier.until:
            raise ValidationError({"until": f"It ended on {identifier.until} already."})
        identifier.until = until
        identifier.save(update_fields=["until"])
        detail = {"ended": str(identifier.public_id), "until": str(until)}
        audit.record(
            verb="end_identifier", subject=identifier.party, at=at, actor_label=by, detail=detail
        )
    return identifier


def _lock(party: Party) -> None:
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)


def _numbered(party: Party, one: Numbered) -> PartyIdentifier:
    """The row, checked and not saved. Raises ValidationError."""
    _refuse_what_is_no_text({"number": one.number})
    row = PartyIdentifier(
        party=party,
        kind=one.kind,
        number=written(one.kind, one.number),
        country=one.country.strip().upper(),
    )
    row.full_clean()
    return row


def _cleaned(facts: dict[str, Any], today: date) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(Party.SCREENED_FIELDS))
    if unknown:
        raise ValidationError({"__all__": f"a party has no {', '.join(unknown)}"})
    cleaned = {
        name: value.strip() if isinstance(value, str) else value for name, value in facts.items()
    }
    _refuse_what_is_no_text(cleaned)
    born = cleaned.get("birth_date", "")
    if born and (fault := fault_of_birth_date(born, today=today)):
        raise ValidationError({"birth_date": fault})
    return {name: value.upper() if name in COUNTRIES else value for name, value in cleaned.items()}


def _refuse_what_is_no_text(facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if isinstance(value, str) and any(char < " " and char not in "\t\r\n" for char in value):
            raise ValidationError({name: "This holds characters that are not text."})


def _plain(value: Any) -> Any:
    """As the trail, which is JSON, can hold it."""
    return value.isoformat() if isinstance(value, date) else value
