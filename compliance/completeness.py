"""What a party has still to say before it sends its facts to be screened: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: in the order in which they are asked
STEPS: Final = ("identity", "control", "owners", "use", "contacts", "documents")
MAINLAND: Final = "CN"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a party, as far as its completeness asks."""

    is_person: bool
    legal_name: str
    registration_number: str
    birth_date: str
    country: str
    kinds_of_numbers: frozenset[str]
    hq_country: str
    parent_name: str
    parent_hq_country: str
    stakes: int
    directors: int
    signed: bool
    contacts: int
    papers: frozenset[str]


def missing(known: Known) -> dict[str, list[str]]:
    """By step, what is missing in words for who fills it in; a step that is done is left out."""
    found = {
        "identity": _identity(known),
        "control": _control(known),
        "owners": _owners(known),
        "use": [] if known.signed else ["an end-use statement that is signed"],
        "contacts": [] if known.contacts else ["somebody whom we can ask"],
        "documents": _documents(known),
    }
    return {step: found[step] for step in STEPS if found[step]}


def _said(pairs: Sequence[tuple[object, str]]) -> list[str]:
    return [words for fact, words in pairs if not fact]


def _identity(known: Known) -> list[str]:
    lacks: list[tuple[object, str]] = [
        (known.legal_name, "legal name"),
        (known.country, "country of registration"),
    ]
    if known.is_person:
        return _said([*lacks, (known.birth_date, "birth date")])
    lacks.append((known.registration_number, "registration number"))
    if known.country == MAINLAND:
        lacks.append(("uscc" in known.kinds_of_numbers, "unified social credit code"))
    return _said(lacks)


def _control(known: Known) -> list[str]:
    return _said(
        [
            (known.hq_country, "country of the head office"),
            (known.parent_name, "ultimate parent"),
            (known.parent_hq_country, "country of the parent's head office"),
        ]
    )


def _owners(known: Known) -> list[str]:
    if known.is_person:
        return []
    return _said([(known.stakes, "at least one owner"), (known.directors, "at least one director")])


def _documents(known: Known) -> list[str]:
    if known.is_person:
        return _said([("identity" in known.papers, "passport or identity card")])
    return _said([("register" in known.papers, "an extract of the register of companies")])
