"""Whom does a change of a list concern? All parties' names, asked of the lists once more.

A party is concerned when any of the names that its screening compares now looks like an entry that
the import added or changed. The names are asked in bulk and of the same index as ever, so nobody is
lost to a shortcut; deciding is left to ordinary screening.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from django.db import transaction

from compliance.index import index_for
from compliance.matching import NONE, Answer, Index, Query
from compliance.models import ListEntry, ListSnapshot, Party, Rescreening, ReversePass
from compliance.models.above import Above, above_many
from marketplace.core.hints import after_commit

from .finding import ask
from .freshness import list_states
from .rulebook import rulebook

#: parties looked at in one transaction; a worker that dies loses so many at most
CHUNK = 1000

#: a list's code, the publisher's number, the hash of the content
Entry = tuple[str, str, str]


def begin_reverse_pass(*, snapshot: ListSnapshot) -> None:
    """Have all parties looked at for what this import added or changed. In its transaction."""
    if snapshot.added or snapshot.changed:
        ReversePass.objects.create(snapshot=snapshot)
        after_commit("compliance.tasks.rescreen_listed")


def reverse_screen(*, at: datetime) -> int:
    """Go on with every pass that is not finished; returns how many parties were looked at.

    Safe to run twice, in parallel and after a kill: each pass goes on where its last committed
    chunk ended, and whoever finds a pass in work leaves it.
    """
    passes = ReversePass.objects.filter(finished_at=None).order_by("pk")
    return sum(_go_on(one, at) for one in passes.select_related("snapshot__source"))


def _go_on(one: ReversePass, at: datetime) -> int:
    changed = frozenset(_changed(one.snapshot))
    held = [state.snapshot for state in list_states(at=at) if state.snapshot]
    # a list that screens nobody, or one whose every new entry was replaced since
    bands = rulebook().bands_on(at.astimezone(UTC).date())
    index = index_for(held, bands) if changed and held else None
    looked = 0
    while number := _one_chunk(one.pk, index, changed, at):
        looked += number
    return looked


def _changed(snapshot: ListSnapshot) -> Iterator[Entry]:
    brought = ListEntry.objects.in_force().filter(first_in=snapshot)
    for uid, content_hash in brought.values_list("uid", "content_hash"):
        yield snapshot.source.code, uid, bytes(content_hash).hex()


def _one_chunk(key: int, index: Index | None, changed: frozenset[Entry], at: datetime) -> int:
    """The next parties of a pass; 0 when it is finished or somebody else is at it."""
    with transaction.atomic():
        rows = ReversePass.objects.select_for_update(skip_locked=True, no_key=True)
        one = rows.filter(pk=key, finished_at=None).first()
        if one is None:
            return 0
        parties = _next(one) if index else []
        if index:
            found = concerned(parties=parties, changed=changed, index=index)
            _note(one, found)
        if parties:
            one.reached = parties[-1].pk
            one.looked_at += len(parties)
        else:
            one.finished_at = at
        one.save(update_fields=["reached", "looked_at", "finished_at"])
        return len(parties)


def _next(one: ReversePass) -> list[Party]:
    return list(Party.objects.filter(pk__gt=one.reached).order_by("pk")[:CHUNK])


def _note(one: ReversePass, found: Mapping[int, Sequence[str]]) -> None:
    Rescreening.objects.bulk_create(
        [
            Rescreening(snapshot_id=one.snapshot_id, party_id=party_id, entries=uids)
            for party_id, uids in found.items()
        ],
        ignore_conflicts=True,
    )


def concerned(
    *, parties: Sequence[Party], changed: frozenset[Entry], index: Index
) -> dict[int, list[str]]:
    """Keys of the parties who look like any of these entries, with the entries' numbers."""
    known = above_many(party.pk for party in parties)
    asked = {party.pk: _questions(party, known[party.pk]) for party in parties}
    once = list(dict.fromkeys(query for queries in asked.values() for query in queries))
    hits = {
        query: _hits(answer, changed)
        for query, answer in zip(once, index.screen_many(once), strict=True)
    }
    found = {
        key: sorted({uid for query in queries for uid in hits[query]})
        for key, queries in asked.items()
    }
    return {key: uids for key, uids in found.items() if uids}


def _hits(answer: Answer, changed: frozenset[Entry]) -> list[str]:
    listed = (match.listed for match in answer.matches)
    return [one.uid for one in listed if (one.source, one.uid, one.content_hash) in changed]


class _Noting(Index):
    """Takes down what it is asked, so that it can all be asked at once; answers nothing."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    def screen(
        self,
        name: str,
        *,
        kind: str = "",
        country: str = "",
        birth_date: str = "",
        identifier: str = "",
    ) -> Answer:
        self.asked.append(Query(name, kind, country, birth_date, identifier))
        return Answer(NONE, ())


def _questions(party: Party, known: Above) -> list[Query]:
    noting = _Noting()
    ask(party=party, known=known, index=noting)
    return noting.asked
