"""What a party has in common with one that is denied: R15."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import phonenumbers

from .finding import Finding


def shared(
    what: str, holders: Iterable[tuple[str, str]], *, denied: Mapping[str, str]
) -> Iterator[tuple[str, Finding]]:
    """Findings for all that hold the same value as a denied party, with whom each is about.

    `holders` are pairs of party and value; `denied` maps a denied party to its name. A denied party
    itself gets none. Blank values are nothing in common.
    """
    by_value: dict[str, set[str]] = defaultdict(set)
    for party, value in holders:
        if value:
            by_value[value].add(party)
    for value, parties in sorted(by_value.items()):
        for other in sorted(parties & denied.keys()):
            for party in sorted(parties - denied.keys()):
                text = f"Shares the {what} {value!r} with {denied[other]}, which is denied."
                yield party, Finding("R15", text, {"what": what, "value": value, "with": other})


def domain(email: str, *, public: Collection[str]) -> str:
    """The domain of an address; empty for one that anybody can have an address at."""
    found = email.rpartition("@")[2].strip().lower()
    return "" if found in public else found


def phone(text: str, *, country: str) -> str:
    """A number as the whole world dials it (E.164), read as in that country unless it says where.

    Empty for what no number can be, or what is none without a country that is not known.
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
