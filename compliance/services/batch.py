"""Screening the names of a CSV file: no decision about anyone, only what the lists hold."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from compliance.index import index_for
from compliance.matching import NONE, Answer, Bands, Index, Query
from marketplace.core.files import whole
from marketplace.core.sheets import as_text

from .freshness import FRESH, ListsNotReady, ListState, list_states, not_ready
from .rows import Row, rows_of
from .rulebook import rulebook
from .unfinished import Unfinished

COLUMNS = ("id", "outcome", "score", "list", "entry_id", "entry_name", "reasons")
CLEAR = "clear"
STALE = "the lists are stale"
CHUNK = 1000

Told = list[str]


def screen_file(
    *,
    source: Path,
    target: Path,
    at: datetime,
    lists: Collection[str] = (),
    jobs: int = 1,
    allow_stale: bool = False,
    resume: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Counter[str]:
    """Screen every row of `source` (see `rows`) into `target`, in `jobs` processes.

    `lists` are the codes of the sources to compare with; none means all that are mandatory. A list
    past its age is used only when `allow_stale`; then every row says so. Returns how often each
    outcome came: match, possible, unscreenable, clear. `progress` is told the rows done and all.

    The target appears only when all rows are done. Until then they are in a side file, `.part`,
    from which `resume` goes on after a run that was cut off. Raises ListsNotReady, BadRow and
    CannotResume; then there is no target.
    """
    states = _usable(list_states(at=at), lists, allow_stale=allow_stale)
    bands = rulebook().bands_on(at.astimezone(UTC).date())
    index = index_for([one.snapshot for one in states if one.snapshot], bands)
    marks = [STALE] if any(one.state != FRESH for one in states) else []
    total = sum(1 for _ in rows_of(source))
    part = Unfinished.of(
        target.with_name(f"{target.name}.part"), _bound(source, states, marks, bands), resume=resume
    )
    finished = False
    try:
        progress(part.done, total)
        for told in _screened(index, islice(rows_of(source), part.done, None), jobs):
            part.add(told)
            progress(part.done, total)
        counts = _write(target, part.chunks(), marks)
        finished = True
    finally:
        part.close(finished=finished)
    return counts


def _bound(
    source: Path, states: list[ListState], marks: list[str], bands: Bands
) -> dict[str, object]:
    """What a run that goes on must have in common with the one that began."""
    with source.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {
        "input": digest,
        "list": {one.code: str(one.snapshot.public_id) for one in states if one.snapshot},
        "age of the lists": marks,
        "scorer": bands.scorer,
        "set of bounds": str(bands.thresholds),
    }


def _write(target: Path, chunks: Iterable[list[Told]], marks: list[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    with whole(target) as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for told in chunks:
            counts.update(row[1] for row in told)
            writer.writerows(_marked(told, marks))
    return counts


def _usable(
    states: list[ListState], lists: Collection[str], *, allow_stale: bool
) -> list[ListState]:
    """The wanted lists. Raises ListsNotReady for one that is unknown, missing or too old."""
    unknown = sorted(set(lists) - {one.code for one in states})
    if unknown:
        known = ", ".join(one.code for one in states) or "none"
        raise ListsNotReady(f"no list {', '.join(unknown)} is imported; there are: {known}")
    wanted = [one for one in states if not lists or one.code in lists]
    bad = [one for one in wanted if one.state != FRESH]
    if not wanted or (bad and not (allow_stale and all(one.snapshot for one in bad))):
        raise not_ready(bad)
    return wanted


def _screened(index: Index, rows: Iterator[Row], jobs: int) -> Iterator[list[Told]]:
    """In the order of the input, a chunk at a time."""
    chunks = iter(lambda: list(islice(rows, CHUNK)), [])
    if jobs < 2:
        yield from (_told(index, chunk) for chunk in chunks)
        return
    # forked, so that the children share the index; they never touch the database
    pool = ProcessPoolExecutor(jobs, get_context("fork"), initializer=_take, initargs=(index,))
    with pool:
        # so many at a time that a long file is never all in memory
        while group := list(islice(chunks, jobs * 2)):
            yield from pool.map(_told_by_child, group)


def _marked(told: list[Told], marks: list[str]) -> list[Told]:
    """With `marks` before the reasons of every row, and no cell that is a formula."""
    return [
        [as_text(cell) for cell in (*row[:-1], "; ".join(filter(None, [*marks, row[-1]])))]
        for row in told
    ]


_of_child: list[Index] = []


def _take(index: Index) -> None:
    _of_child[:] = [index]


def _told_by_child(chunk: list[Row]) -> list[Told]:
    return _told(_of_child[0], chunk)


def _told(index: Index, chunk: list[Row]) -> list[Told]:
    columns = ("name", "kind", "country", "birth_date", "identifier")
    answers = index.screen_many([Query(*(row[name] for name in columns)) for row in chunk])
    return [_row(row["id"], answer) for row, answer in zip(chunk, answers, strict=True)]


def _row(key: str, answer: Answer) -> Told:
    outcome = CLEAR if answer.band == NONE else answer.band
    if not answer.matches:
        return [key, outcome, "", "", "", "", answer.problem]
    best = answer.matches[0]
    why = "; ".join(filter(None, (answer.problem, *best.reasons)))
    entry = best.listed
    return [key, outcome, f"{best.score:.4f}", entry.source, entry.uid, entry.name, why]
