"""The facts that policy rules may speak of, and the values each can have (None: any text).

A fact that is not known is None at evaluation. Pure.
"""

LIKENESS = frozenset({"none", "possible", "match", "unscreenable"})
OWNERSHIP = frozenset({"none", "minority", "at_least_half", "unknown"})
TRUST = frozenset({"unverified", "consistent", "challenged", "attested"})
PROGRAMMES = frozenset(
    {"blocked", "denied_person", "entity_list", "military_end_user", "unverified", "other"}
)

#: facts that may hold several values with spaces between; one that fits suffices
SEVERAL = frozenset({"listed_as", "control_hq"})

FACTS: dict[str, frozenset[str] | None] = {
    #: a rental of a chip at a site in a window, or the party on its own
    "asked": frozenset({"rental", "party"}),
    #: the worst state among the mandatory lists
    "lists": frozenset({"fresh", "stale", "missing"}),
    #: the strongest likeness between any of the party's names and any listed name
    "name_match": LIKENESS,
    #: the programmes under which a name of the party is listed; may be several or none
    "listed_as": PROGRAMMES,
    #: the strongest likeness of anyone above the party, of its directors
    "owner_match": LIKENESS,
    "director_match": LIKENESS,
    #: what listed parties hold of it in aggregate: blocked ones, those under export control, all
    "blocked_ownership": OWNERSHIP,
    "export_ownership": OWNERSHIP,
    "listed_ownership": OWNERSHIP,
    #: whether the majority can be followed to the top, and every known headquarters on the way
    "control_chain": frozenset({"known", "incomplete", "cyclic"}),
    "control_hq": None,
    "kind": frozenset({"organisation", "person"}),
    "registration_number": None,
    "country": None,
    "hq_country": None,
    "parent_name": None,
    "parent_hq_country": None,
    "end_use": frozenset(
        {
            *("inference", "training", "research", "rendering"),
            *("supercomputer", "chip_making", "surveillance", "military", "refused"),
        }
    ),
    #: known only while it is signed and in force
    "end_use_statement": None,
    #: the party's open red flags: one hard, soft ones of several kinds, of one kind, none
    "red_flags": frozenset({"none", "soft", "several_soft", "hard"}),
    "chip_name": None,
    "chip_class": frozenset({"3A090.a", "3A090.b", "below", "near"}),
    "site_country": None,
    #: how far the machine is proven to be what it says; unknown where nobody looked
    "machine_trust": TRUST,
    #: whether a licence in force covers the whole rental and enough of it is left
    "licence": frozenset({"none", "covers"}),
}
