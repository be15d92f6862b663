"""The facts that policy rules may speak of, and the values each can have (None: any text).

A fact that is not known is None at evaluation. Pure.
"""

FACTS: dict[str, frozenset[str] | None] = {
    #: a rental of a chip at a site in a window, or the party on its own
    "asked": frozenset({"rental", "party"}),
    #: the worst state among the mandatory lists
    "lists": frozenset({"fresh", "stale", "missing"}),
    #: the strongest likeness between any of the party's names and any listed name
    "name_match": frozenset({"none", "possible", "match", "unscreenable"}),
    "kind": frozenset({"organisation", "person"}),
    "registration_number": None,
    "country": None,
    "hq_country": None,
    "parent_name": None,
    "parent_hq_country": None,
    "end_use": frozenset({"inference", "training", "research", "rendering", "military", "refused"}),
    "end_use_statement": None,
    "chip_name": None,
    "chip_class": frozenset({"3A090.a", "3A090.b", "below", "near"}),
    "site_country": None,
}
