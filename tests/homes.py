"""Folders for engines that are started for one test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def home() -> Iterator[Path]:
    """One into which the engines' own user may look.

    It may into a folder of pytest's, too, until the next session begins on the machine: that one
    shuts the folder above all of them.
    """
    with TemporaryDirectory(prefix="straits-", ignore_cleanup_errors=True) as name:
        made = Path(name)
        made.chmod(0o755)
        yield made
