"""Red flags that compliance can see by itself, in what a party says."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.addresses import addresses_for
from compliance.index import index_for
from compliance.matching import MATCH
from compliance.matching.answers import Listed
from compliance.models import EndUse, ListEntry, Party, PartyKind, RedFlagKind
from compliance.redflags import Finding, company, wording

from .flags import flag_kinds, note
from .freshness import ListState, list_states
from .wording import WRITTEN, look_at_words

Kinds = dict[str, RedFlagKind]
NAMES = ("legal_name", "native_name")


def look(*, party: Party, lists: Sequence[ListState], at: datetime) -> int:
    """Raise what the party's own facts show, before it is decided about; returns how many are new.

    Costs no query for a party that gives no cause to look.
    """
    cause = party.founded_on or party.address or party.is_reseller or not party.parent_name
    if not cause and party.end_use != EndUse.REFUSED:
        return 0
    kinds = flag_kinds(day=at.date())
    return note(party=party, findings=_shown(party, kinds, lists, at), at=at)


def look_at_change(*, party: Party, old: Mapping[str, Any], at: datetime) -> int:
    """Raise what a change of names, end use or words shows; `old`: values that it had before."""
    kinds = flag_kinds(day=at.date())
    found = [
        _renamed(party, old[name], getattr(party, name), kinds, at) for name in NAMES if name in old
    ]
    if "end_use" in old:
        found.append(company.changed_answer(old["end_use"], party.end_use, on=at.date()))
    said = {where: getattr(party, name) for name, where in WRITTEN.items() if name in old}
    return note(party=party, findings=filter(None, found), at=at) + (
        look_at_words(party=party, said=said, at=at) if said else 0
    )


def _shown(
    party: Party, kinds: Kinds, lists: Sequence[ListState], at: datetime
) -> Iterator[Finding]:
    today = at.date()
    answers = [
        company.refused_end_use(party.end_use),
        company.undisclosed_resale(is_reseller=party.is_reseller, end_users=party.end_users),
    ]
    if "R2" in kinds:
        days = kinds["R2"].parameters["days"]
        answers.append(company.new_company(party.founded_on, today=today, days=days))
    if "R5" in kinds and party.kind != PartyKind.PERSON:
        known, days = party.created_at.date(), kinds["R5"].parameters["days"]
        answers.append(
            company.withheld_parent(party.parent_name, known_since=known, today=today, days=days)
        )
    if "R3" in kinds:
        answers.append(wording.no_office(party.address, phrases=kinds["R3"].parameters["phrases"]))
    yield from filter(None, answers)
    held = [one.snapshot for one in lists if one.snapshot]
    if party.address and held and "R4" in kinds:
        percent = kinds["R4"].parameters["percent"]
        yield from addresses_for(held).near(party.address, percent=percent)


def _renamed(party: Party, old: str, new: str, kinds: Kinds, at: datetime) -> Finding | None:
    held = [one.snapshot for one in list_states(at=at) if one.snapshot]
    if not old or not held or "R14" not in kinds:
        return None
    matches = index_for(held).screen(old, kind=party.kind).matches
    listings = [_listing(one.listed) for one in matches if one.band == MATCH]
    days = kinds["R14"].parameters["days"]
    return company.renamed_after_listing(old, new, renamed_at=at, listings=listings, days=days)


def _listing(listed: Listed) -> company.Listing:
    entries = ListEntry.objects.filter(source__code=listed.source, uid=listed.uid)
    first = entries.order_by("first_in").values_list("first_in__imported_at", flat=True)[0]
    return company.Listing(listed.source, listed.uid, listed.name, first)
