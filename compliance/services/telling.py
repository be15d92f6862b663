"""What is known of a party beside its names, in the words of the index."""

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.matching.identifiers import REGISTRATION, asked_as
from compliance.models.above import Above

Told = dict[str, str]


def told_of(facts: Mapping[str, Any], numbers: Iterable[Mapping[str, Any]]) -> Told:
    """Country, birth date and identifier as `Index.screen` takes them; empty means unknown.

    A party registered in one country and directed from another is of neither: two countries speak
    against nobody.
    """
    home = facts.get("country", "")
    countries = {home, facts.get("hq_country", "")} - {""}
    forms = asked_as(REGISTRATION, facts.get("registration_number", ""), home)
    for one in numbers:
        forms += asked_as(one["kind"], one["number"], one["country"])
    return {
        "country": countries.pop() if len(countries) == 1 else "",
        "birth_date": facts.get("birth_date", ""),
        "identifier": ";".join(forms),
    }


def numbers_of(party_id: int | None, above: Above) -> list[dict[str, Any]]:
    """The numbers of an owner, or with None those of the party itself."""
    owners = {one["id"] for one in above["owners"]}
    return [
        one
        for one in above.get("identifiers", [])
        if (one["party_id"] if one["party_id"] in owners else None) == party_id
    ]
