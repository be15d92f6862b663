"""Names of anybody asked of the lists, as a service: what they hold, no decision about anyone."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection

from compliance import index as held
from compliance.matching import UNSCREENABLE, Answer, Index, Match, Query
from compliance.matching.index import BEST
from compliance.models import ListEntry, ListSnapshot, ListSource

from .freshness import FRESH, ListsNotReady, ListState, list_states, not_ready
from .rulebook import rulebook

#: what stands for all lists together
EVERY_LIST = ("default", "sanctions", "all")

Key = tuple[str, str]


class UnknownList(Exception):
    """No list of that code screens anybody here."""


@dataclass(frozen=True, slots=True)
class Example:
    """Someone to look for: every name and number known, and what is sure of the rest."""

    names: tuple[str, ...]
    kind: str = ""
    country: str = ""
    birth_date: str = ""
    identifiers: tuple[str, ...] = ()

    def queries(self) -> list[Query]:
        """Each name, and each number beside the first name: a number finds whatever the name."""
        number, *others = self.identifiers or ("",)
        first, *_ = self.names or ("",)
        known = (self.kind, self.country, self.birth_date)
        asked = [Query(name, *known, number) for name in self.names or ("",)]
        return asked + [Query(first, *known, other) for other in others]


@dataclass(frozen=True, slots=True)
class Found:
    """The best match of each entry, best first.

    `problem` says why a name could not be compared, and then no match means nothing. `more`: there
    may be others, since an answer holds only so many.
    """

    matches: tuple[Match, ...]
    problem: str
    more: bool


def match(*, examples: Sequence[Example], dataset: str, at: datetime) -> list[Found]:
    """What the list of that code (or `default`: all of them) holds for each example.

    Raises UnknownList and ListsNotReady.
    """
    states = _wanted(dataset, at)
    bands = rulebook().bands_on(at.astimezone(UTC).date())
    index = held.index_for(_snapshots(list_states(at=at)), bands)
    asked = [example.queries() for example in examples]
    answers = iter(index.screen_many([query for queries in asked for query in queries]))
    found = []
    for queries in asked:
        own = [next(answers) for _ in queries]
        if dataset not in EVERY_LIST and any(map(_full, own)):
            # other lists may have crowded out what this one holds
            one = states[0].snapshot
            own = _alone(one).banded(bands).screen_many(queries) if one else own
        found.append(_together(own, {one.code for one in states}))
    return found


def _full(answer: Answer) -> bool:
    return len(answer.matches) >= BEST


@lru_cache(maxsize=1)
def _alone(snapshot: ListSnapshot) -> Index:
    return Index(held.names_of(snapshot))


def _wanted(dataset: str, at: datetime) -> list[ListState]:
    states = list_states(at=at)
    wanted = [one for one in states if dataset in (*EVERY_LIST, one.code)]
    if dataset not in EVERY_LIST and not wanted:
        raise UnknownList(f"no list {dataset!r} screens anybody here")
    if not wanted or any(one.state != FRESH for one in wanted):
        raise not_ready(wanted)
    return wanted


def _snapshots(states: Iterable[ListState]) -> list[ListSnapshot]:
    return [one.snapshot for one in states if one.snapshot]


def _together(answers: Sequence[Answer], lists: set[str]) -> Found:
    best: dict[Key, Match] = {}
    for answer in answers:
        for one in answer.matches:
            key = (one.listed.source, one.listed.uid)
            if one.listed.source in lists and (key not in best or one.score > best[key].score):
                best[key] = one
    unread = [answer.problem for answer in answers if answer.band == UNSCREENABLE]
    problem = unread[0] if unread and not best else ""
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.listed.source, one.listed.uid))
    return Found(tuple(ranked), problem, any(map(_full, answers)))


def entries(*, keys: Iterable[Key]) -> dict[Key, ListEntry]:
    """The entries in force with these (list, number) pairs, their names and snapshots loaded."""
    wanted = set(keys)
    rows = (
        ListEntry.objects.in_force()
        .filter(source__code__in={code for code, _ in wanted}, uid__in={uid for _, uid in wanted})
        .select_related("source", "first_in")
        .prefetch_related("names")
    )
    found = {(row.source.code, row.uid): row for row in rows}
    return {key: found[key] for key in wanted if key in found}


@dataclass(frozen=True, slots=True)
class Seen:
    """When an entry first came, and until when it is known to be listed."""

    first: datetime
    last: datetime


def seen(*, rows: Iterable[ListEntry]) -> dict[Key, Seen]:
    """By list and number; an entry that changed was first seen as what it was before."""
    wanted = {(row.source.code, row.uid) for row in rows}
    earlier = (
        ListEntry.objects.filter(
            source__code__in={code for code, _ in wanted}, uid__in={uid for _, uid in wanted}
        )
        .order_by("source_id", "uid", "first_in_id")
        .distinct("source_id", "uid")
        .values_list("source__code", "uid", "first_in__imported_at")
    )
    newest = dict(
        ListSnapshot.objects.order_by("source_id", "-pk")
        .distinct("source_id")
        .values_list("source__code", "imported_at")
    )
    return {(code, uid): Seen(first, newest[code]) for code, uid, first in earlier}


def sources() -> dict[str, ListSource]:
    """Every list that screens somebody, by its code."""
    return {row.code: row for row in ListSource.objects.filter(mandatory=True).order_by("code")}


def ready(*, at: datetime) -> bool:
    """Whether the lists are fresh and this process has them in memory.

    One that has not begins to build them, in the background, so that a later answer is yes.
    """
    try:
        snapshots = _snapshots(_wanted("default", at))
    except ListsNotReady:
        return False
    if held.is_held(snapshots):
        return True
    _warm_up(snapshots)
    return False


_warming: set[frozenset[UUID]] = set()


def _warm_up(snapshots: list[ListSnapshot]) -> None:
    wanted = frozenset(one.public_id for one in snapshots)
    if wanted not in _warming:
        _warming.add(wanted)
        threading.Thread(target=_build, args=(snapshots, wanted), daemon=True).start()


def _build(snapshots: list[ListSnapshot], wanted: frozenset[UUID]) -> None:
    try:
        held.index_for(snapshots)
    finally:
        _warming.discard(wanted)
        connection.close()
