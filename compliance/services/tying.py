"""Red flags for what a party has in common with a denied one: R15."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from compliance.models import Director, OwnershipStake, Party, PartyContact
from compliance.redflags import ties

from .flags import denied_parties, note
from .graph import plain


def note_ties(*, what: str, holders: Iterable[tuple[int, str]], at: datetime) -> int:
    """Raise R15 for everyone who holds the same `what` as a denied party.

    `holders` are pairs of a party's key and the value it holds. Returns how many were new.
    """
    denied = {str(key): name for key, name in denied_parties().items()}
    if not denied:
        return 0
    found = defaultdict(list)
    pairs = ((str(key), value) for key, value in holders)
    for key, finding in ties.shared(what, pairs, denied=denied):
        found[int(key)].append(finding)
    parties = Party.objects.in_bulk(found)
    return sum(note(party=parties[key], findings=found[key], at=at) for key in sorted(found))


def look_for_ties(*, at: datetime) -> int:
    """R15 for directors, owners and phone numbers; returns how many flags were new."""
    held = {"director": _directors(), "owner": _owners(), "phone number": _phones()}
    return sum(note_ties(what=what, holders=held[what], at=at) for what in held)


def _directors() -> Iterator[tuple[int, str]]:
    rows = Director.objects.filter(until__isnull=True).values_list("party", "name")
    return ((party, plain(name)) for party, name in rows)


def _owners() -> Iterator[tuple[int, str]]:
    """Each owner under its name; an owner that is itself denied is shared with what it owns."""
    stakes = OwnershipStake.objects.filter(until__isnull=True)
    rows = stakes.values_list("owned", "owner", "owner__legal_name", "owner_name")
    for owned, owner, legal_name, name in rows:
        yield owned, plain(legal_name or name)
        if owner:
            yield owner, plain(legal_name)


def _phones() -> Iterator[tuple[int, str]]:
    """Of contacts that ended as well: removing one must not undo what was shared."""
    rows = PartyContact.objects.exclude(phone="").select_related("party").order_by("pk")
    for one in rows.iterator():
        country = one.party.hq_country or one.party.country
        yield one.party_id, ties.phone(one.phone, country=country)
