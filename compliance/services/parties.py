"""The parties we screen: whom they say they are, and every change of that."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import Party
from marketplace.core import audit

from .looking import look_at_change

COUNTRIES = ("country", "hq_country", "parent_hq_country")


def register_party(**facts: Any) -> Party:
    """A new party from the fields of Party.SCREENED_FIELDS; what is left out is unknown.

    Raises ValidationError with a message per field; then nothing was written.
    """
    party = Party(**_cleaned(facts))
    party.full_clean()
    party.save()
    return party


def amend_party(*, party: Party, by: str, at: datetime, **facts: Any) -> Party:
    """Change what is known of a party; every earlier decision about it is void from then on.

    `by` is the e-mail or task name for the audit trail, which keeps old and new values. Raises
    ValidationError with a message per field; then nothing was written.
    """
    facts = _cleaned(facts)
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
    return row


def _cleaned(facts: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(Party.SCREENED_FIELDS))
    if unknown:
        raise ValidationError({"__all__": f"a party has no {', '.join(unknown)}"})
    cleaned = {
        name: value.strip() if isinstance(value, str) else value for name, value in facts.items()
    }
    for name, value in cleaned.items():
        if isinstance(value, str) and any(char < " " and char not in "\t\r\n" for char in value):
            raise ValidationError({name: "This holds characters that are not text."})
    return {name: value.upper() if name in COUNTRIES else value for name, value in cleaned.items()}


def _plain(value: Any) -> Any:
    """As the trail, which is JSON, can hold it."""
    return value.isoformat() if isinstance(value, date) else value
