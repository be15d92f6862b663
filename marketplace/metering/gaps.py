"""What of a lease's time was not seen as it passed, and of which kind: pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .placing import SHORT_GAP, Slice

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Seen:
    """One link of the chain: what was said, what of it counts, why nothing, and when it came."""

    said: Slice
    counted: Span | None
    doubt: str
    received_at: datetime


@dataclass(frozen=True)
class Found:
    start: datetime
    end: datetime
    kind: str
    billed: bool


def classify(
    links: Iterable[Seen],
    *,
    lease: Span,
    waiting: bool,
    own_outages: Collection[Span] = (),
) -> list[Found]:
    """Tell the gaps of a lease [begin, end) apart, in order of time; the table is design §2.2.

    `links` is the chain in its order; `waiting` says that segments are here whose predecessor is
    not. A look that is SHORT_GAP late at most is no gap.
    """
    found: list[Found] = []
    passed: list[Seen] = []
    reached, before = lease[0], None
    for link in links:
        if link.counted is None:
            passed.append(link)
            continue
        begin, end = link.counted
        if begin > reached:
            kind = _hole(before, passed, link)
            found.append(Found(reached, begin, kind, billed=False))
        found.extend(_late(link, own_outages))
        reached, before, passed = max(reached, end), link, []
    if reached < lease[1]:
        kind = _tail(before, passed, waiting=waiting)
        found.append(Found(reached, lease[1], kind, billed=False))
    return list(_merged(_clipped(found, lease)))


def _hole(before: Seen | None, passed: Sequence[Seen], after: Seen | None) -> str:
    if before and after and before.said.boot_id != after.said.boot_id:
        return "host_down"
    if any(link.doubt for link in passed):
        return "quarantined"
    if any(link.said.end > link.said.start for link in passed):
        return "unverified"
    since = after.said.verified_since if after else None
    if after and since and since > after.said.start:
        return "agent_down"
    return "silent"


def _tail(before: Seen | None, passed: Sequence[Seen], *, waiting: bool) -> str:
    if before and passed and passed[-1].said.boot_id != before.said.boot_id:
        return "host_down"
    told = _hole(before, passed, None)
    return "network_down" if told == "silent" and waiting else told


def _late(link: Seen, own_outages: Collection[Span]) -> Iterator[Found]:
    """What is billed although it was not seen as it passed."""
    begin, end = link.counted or (link.said.start, link.said.start)
    looked = max(link.said.start, link.said.verified_since or link.said.start)
    if begin < looked:
        yield Found(begin, looked, "short", billed=True)
    if link.received_at - end > SHORT_GAP:
        ours = any(start < end and begin < stop for start, stop in own_outages)
        yield Found(max(begin, looked), end, "server_down" if ours else "network_down", billed=True)


def _clipped(found: Sequence[Found], lease: Span) -> Iterator[Found]:
    for one in found:
        start, end = max(one.start, lease[0]), min(one.end, lease[1])
        if start < end:
            yield Found(start, end, one.kind, one.billed)


def _merged(found: Iterator[Found]) -> Iterator[Found]:
    last: Found | None = None
    for one in found:
        if last and (last.kind, last.billed, last.end) == (one.kind, one.billed, one.start):
            last = Found(last.start, one.end, one.kind, one.billed)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
