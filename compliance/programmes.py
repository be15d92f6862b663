"""What being on a list means: the programme of an entry, and whose shares add up. Pure."""

import re
from collections.abc import Iterable

BLOCKED, DENIED, ENTITY = "blocked", "denied_person", "entity_list"
MILITARY, UNVERIFIED, OTHER = "military_end_user", "unverified", "other"

#: whose ownership is added up: blocked parties (OFAC's 50 % rule), parties under export control
#: (the Affiliates Rule), and all of them together as a red flag
OWNERSHIP = {
    "blocked": frozenset({BLOCKED}),
    "export": frozenset({ENTITY, MILITARY}),
    "listed": frozenset({BLOCKED, DENIED, ENTITY, MILITARY, UNVERIFIED, OTHER}),
}

_OF_SOURCE = {
    "ofac_sdn": BLOCKED,
    "un_sc": BLOCKED,
    "eu_fsf": BLOCKED,
    "uk_sl": BLOCKED,
    "bis_dpl": DENIED,
    "ofac_cons": OTHER,
}
#: the Consolidated Screening List carries many lists, each with its own letters
_OF_LETTERS = {
    "SDN": BLOCKED,
    "DPL": DENIED,
    "EL": ENTITY,
    "MEU": MILITARY,
    "UVL": UNVERIFIED,
    **dict.fromkeys(("CAP", "CMIC", "DTC", "FSE", "ISN", "MBS", "NS-MBS", "PLC", "SSI"), OTHER),
}
#: "Non-SDN" is the name of a list of others
_LETTERS = re.compile(r"(?<!Non-)\b(?:NS-)?[A-Z]{2,4}\b")


def programmes(source: str, programs: Iterable[str]) -> frozenset[str]:
    """The programmes of an entry by its list and, where the list mixes them, by its program names.

    What is not known counts as blocked, the most restrictive.
    """
    if source in _OF_SOURCE:
        return frozenset({_OF_SOURCE[source]})
    letters = {word for text in programs for word in _LETTERS.findall(text)}
    return frozenset(_OF_LETTERS[word] for word in letters & set(_OF_LETTERS)) or frozenset(
        {BLOCKED}
    )
