"""Files that are whole or not there, for their owner alone."""

import os
import shutil
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write through a neighbour and a rename, on disk before this returns; mode 0600."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    sync(file.parent)


def sync(place: Path) -> None:
    """Have a file, or what was renamed in a folder, on disk before this returns."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bytes(file: Path) -> bytes:
    return file.read_bytes()


def remove_tree(folder: Path) -> None:
    """Remove a folder that others may have written in; what cannot go is left."""
    shutil.rmtree(folder, ignore_errors=True)
