"""The side file of a long run: what is done so far, and what it was done with.

JSON lines: the first names the input and everything else the result hangs on, each further one
holds the rows of a chunk. A run that was killed can only leave a line cut off at the end.
"""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

Rows = list[list[str]]


class CannotResume(Exception):
    """The side file is not of this run; says what differs and what to do."""


class Unfinished:
    """The open side file; nobody else writes it meanwhile."""

    def __init__(self, file: BinaryIO, path: Path, done: int) -> None:
        self._file, self.path, self.done = file, path, done

    @classmethod
    def of(cls, path: Path, bound: dict[str, object], *, resume: bool) -> Self:
        """Begin anew, or go on with what is there; `done` rows are in it then.

        `bound` is what must be the same, by a name for the reader. Raises CannotResume and OSError.
        """
        file = path.open("r+b" if path.exists() else "x+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise CannotResume(f"{path}: another run is writing it") from error
        try:
            whole = list(_whole_lines(file)) if resume else []
            if whole:
                _require_same(path, json.loads(whole[0]), bound)
            file.seek(sum(map(len, whole)))
            file.truncate()
            made = cls(file, path, sum(len(json.loads(line)) for line in whole[1:]))
            if not whole:
                made._write(bound)
        except BaseException:
            file.close()
            raise
        return made

    def add(self, rows: Rows) -> None:
        self._write(rows)
        self.done += len(rows)

    def chunks(self) -> Iterator[Rows]:
        """All rows so far, in their order."""
        self._file.seek(0)
        next(self._file)
        yield from map(json.loads, self._file)

    def close(self, *, finished: bool) -> None:
        """Close it; one that is finished is removed."""
        if finished:
            self.path.unlink()
        self._file.close()

    def _write(self, content: object) -> None:
        self._file.write(json.dumps(content).encode() + b"\n")
        self._file.flush()


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    for line in file:
        if line.endswith(b"\n"):
            yield line


def _require_same(path: Path, held: object, bound: dict[str, object]) -> None:
    if not isinstance(held, dict):
        raise CannotResume(f"{path}: is no file of a screening; delete it or name another output")
    other = [name for name in bound if held.get(name) != bound[name]]
    if other:
        raise CannotResume(
            f"{path}: was begun with another {' and another '.join(other)}; run without --resume"
            " to screen everything anew"
        )
