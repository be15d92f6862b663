"""A lease's own disk: a file with a file system in it, so that its size is a limit."""

import os
from contextlib import suppress
from pathlib import Path

from agents.node.files import sync

from . import tools

IMAGE, MOUNT = "workspace.img", "workspace"


def make(place: Path, *, size: int, owner: int) -> Path:
    """Make it, unless it is there, and mount it; the whole size (bytes) is set aside at once.

    `owner` is the user of the host that is root in the container. Raises ToolFailed and OSError.
    """
    image, mount = place / IMAGE, place / MOUNT
    mount.mkdir(mode=0o700, exist_ok=True)
    if not os.path.ismount(mount):
        _allocate(image, size)
        tools.call("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        _mount(image, mount)
    os.chown(mount, owner, owner)
    mount.chmod(0o1777)
    return mount


def go_on(place: Path, *, image: Path) -> None:
    """Mount a kept one where it lies, as it was left. Raises ToolFailed and OSError.

    It is never made anew: without its file there is nothing to mount.
    """
    mount = place / MOUNT
    mount.mkdir(mode=0o700, exist_ok=True)
    if not os.path.ismount(mount):
        _mount(image, mount)


def take_over(place: Path, *, image: Path) -> None:
    """Make the file of another one, on which this may be mounted, its own; twice is fine."""
    if image.exists():
        image.rename(place / IMAGE)
        sync(place)
        sync(image.parent)


def release(place: Path) -> None:
    """Unmount it, and have all of it on the disk; nothing there is fine. Raises as `wipe` does."""
    _unmount(place)
    if (place / IMAGE).exists():
        sync(place / IMAGE)


def wipe(place: Path) -> None:
    """Unmount and delete it; nothing there is fine. Raises ToolFailed and OSError."""
    _unmount(place)
    (place / IMAGE).unlink(missing_ok=True)


def mounted(place: Path) -> bool:
    return os.path.ismount(place / MOUNT)


def left(place: Path) -> bool:
    return (place / IMAGE).exists() or mounted(place)


def size(place: Path) -> int | None:
    """What is set aside for it, in bytes; None: it has none, or not yet one of its own."""
    try:
        return (place / IMAGE).stat().st_size
    except OSError:
        return None


def _mount(image: Path, mount: Path) -> None:
    tools.call("mount", "-o", "loop,nosuid,nodev", str(image), str(mount))


def _unmount(place: Path) -> None:
    mount = place / MOUNT
    while os.path.ismount(mount):
        tools.call("umount", str(mount))
    # never what is in there: one that is gone on with before it is one's own belongs to another
    with suppress(OSError):
        mount.rmdir()


def _allocate(image: Path, size: int) -> None:
    # one that was only half made before is made anew
    image.unlink(missing_ok=True)
    handle = os.open(image, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError:
        image.unlink()
        raise
    finally:
        os.close(handle)
