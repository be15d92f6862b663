"""Every fact about a party and a rental that the rules may speak of. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.countries import CODES
from compliance.matching import Index
from compliance.models import ChipModel, ExportClass, Party, PartyKind
from compliance.models.above import Above
from compliance.policy import Rulebook

from .freshness import ListState, worst
from .graph import plain
from .reasons import Asked
from .standing import asked_above, who
from .telling import numbers_of, told_of


@dataclass(frozen=True)
class Question:
    """A rental: which chip (None: not classified), in which country, from when until when.

    How many GPUs, and the key under which they are drawn from a licence, matter only where one is
    needed. `machine_trust` is the tier of the machine that it is asked for.
    """

    chip: ChipModel | None
    site_country: str
    start: datetime
    end: datetime
    gpus: int = 1
    rental: UUID | None = None
    machine_trust: str | None = None


def ask(*, party: Party, known: Above, index: Index) -> list[Asked]:
    """Everything that screening the party asks of the lists."""
    return [*compare(party, known, index), *asked_above(party, known, index)]


def compare(party: Party, known: Above, index: Index | None) -> list[Asked]:
    if index is None:
        return []
    told = told_of(vars(party), numbers_of(None, known))
    own = [("legal_name", party.kind, told, ""), ("native_name", party.kind, told, "")]
    # the parent may be a firm or a person of whom nothing else is known, or the party itself
    if plain(party.parent_name) == plain(party.legal_name):
        parent = ("parent_name", party.kind, told, "")
    else:
        whom = who([party.parent_name], "", party.parent_hq_country, {})
        parent = ("parent_name", "", {}, whom)
    return [
        Asked(field, index.screen(getattr(party, field), kind=kind, **about), whom)
        for field, kind, about, whom in [*own, parent]
        if getattr(party, field) or field == "legal_name"
    ]


def facts_of(party: Party, lists: Sequence[ListState]) -> dict[str, str | None]:
    facts: dict[str, str | None] = {
        "lists": worst(lists),
        "kind": party.kind,
        "registration_number": party.registration_number.strip() or None,
        "country": _place(party.country),
        "hq_country": _place(party.hq_country),
        "parent_name": party.parent_name.strip() or None,
        "parent_hq_country": _place(party.parent_hq_country),
        "end_use": party.end_use or None,
    }
    if party.kind == PartyKind.PERSON:
        # nobody owns a person, and no register numbers one
        facts["registration_number"] = facts["registration_number"] or "not applicable"
        facts["parent_name"] = facts["parent_name"] or party.legal_name
        facts["parent_hq_country"] = facts["parent_hq_country"] or facts["hq_country"]
    return facts


def facts_of_rental(question: Question | None, book: Rulebook) -> dict[str, str | None]:
    chip = question.chip if question else None
    # from the book, which the decision names, not from a copy that may be older
    chip_class = book.chips.get(chip.name) if chip else None
    return {
        "asked": "rental" if question else "party",
        "chip_name": chip.name if chip else None,
        "chip_class": None if chip_class == ExportClass.UNKNOWN else chip_class,
        "site_country": _place(question.site_country) if question else None,
        "machine_trust": question.machine_trust if question else None,
    }


def _place(code: str) -> str | None:
    return code if code in CODES else None
