"""Demand traces as published: machines and tasks from CSV; pure. Only whole GPUs are counted."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: by their own names: the columns that say how many GPUs a machine has
GPU_COLUMNS = ("gpu", "gpu_capacity_num")
DAY = 86_400
#: the earliest tasks ran when the record began, and arrive spread over months without others
WARM_UP = 50


class BadTrace(ValueError):
    """A trace that cannot be read; the text names file, line and column."""


@dataclass(frozen=True, slots=True)
class Task:
    """Seconds since the first arrival, seconds of length, GPUs."""

    arrival: float
    length: int
    gpus: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Tasks in order of arrival, and how many rows were left out, by reason."""

    tasks: Sequence[Task]
    left_out: dict[str, int]

    @property
    def gpu_hours(self) -> float:
        return sum(task.gpus * task.length for task in self.tasks) / 3600


def read_nodes(lines: Iterable[str], *, name: str, every: int = 1) -> list[int]:
    """How many GPUs each machine has, of every n-th machine that has any. Raises BadTrace."""
    rows = _rows(lines, name)
    found = [_whole(row, name, at, *GPU_COLUMNS) for at, row in rows]
    kept = [gpus for gpus in found if gpus][::every]
    if not kept:
        raise BadTrace(f"{name}: no machine with a GPU in it")
    return kept


def read_tasks(
    lines: Iterable[str], *, name: str, squeeze: float = 1, longest_days: int = 30
) -> Demand:
    """The tasks with a GPU and an end; arrivals are brought together by `squeeze`. Raises BadTrace.

    A share of a GPU counts as a whole one. Lengths stay as they are.
    """
    left_out = dict.fromkeys(("no GPU", "no end", f"longer than {longest_days} days", "early"), 0)
    found: list[tuple[int, int, int]] = []
    for at, row in _rows(lines, name):
        gpus = _whole(row, name, at, "num_gpu")
        if not gpus:
            left_out["no GPU"] += 1
            continue
        created = _whole(row, name, at, "creation_time")
        length = _whole(row, name, at, "deletion_time") - created
        if length <= 0:
            left_out["no end"] += 1
        elif length > longest_days * DAY:
            left_out[f"longer than {longest_days} days"] += 1
        else:
            found.append((created, length, gpus))
    found.sort()
    left_out["early"] = len(found) // WARM_UP
    found = found[left_out["early"] :]
    if not found:
        raise BadTrace(f"{name}: no task with a GPU and an end in it")
    first = found[0][0]
    tasks = [Task((created - first) / squeeze, length, gpus) for created, length, gpus in found]
    return Demand(tasks, left_out)


def _rows(lines: Iterable[str], name: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(lines)
    for row in reader:
        yield reader.line_num, row


def _whole(row: dict[str, str], name: str, line: int, *columns: str) -> int:
    """The number in the first of these columns that there is; an empty cell is 0."""
    column = next((one for one in columns if one in row), None)
    if column is None:
        raise BadTrace(f"{name}: no column {' or '.join(columns)}; take a file as it is published")
    text = row[column] or "0"
    if not text.isascii() or not text.isdigit():
        raise BadTrace(f"{name}, line {line}: {column} is {text!r}, not a whole number")
    return int(text)
