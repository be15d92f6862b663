"""The parties we screen: whom they say they are, and every change of that."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import Party
from marketplace.core import audit
from marketplace.core.hints import after_commit

COUNTRIES = ("country", "hq_country", "parent_hq_country")


def register_party(**facts: str) -> Party:
    """A new party from the fields of Party.SCREENED_FIELDS; what is left out is unknown.

    Raises ValidationError with a message per field; then nothing was written.
    """
    party = Party(**_cleaned(facts))
    party.full_clean()
    party.save()
    return party


def amend_party(*, party: Party, by: str, at: datetime, **facts: str) -> Party:
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
            detail={name: [old[name], facts[name]] for name in changed},
        )
        after_commit("compliance.tasks.rescreen_changed", party_id=row.pk)
    return row


def _cleaned(facts: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(facts) - set(Party.SCREENED_FIELDS))
    if unknown:
        raise ValidationError({"__all__": f"a party has no {', '.join(unknown)}"})
    cleaned = {name: value.strip() for name, value in facts.items()}
    for name, value in cleaned.items():
        if any(char < " " and char not in "\t\r\n" for char in value):
            raise ValidationError({name: "This holds characters that are not text."})
    return {name: value.upper() if name in COUNTRIES else value for name, value in cleaned.items()}
