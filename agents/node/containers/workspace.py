"""A lease's own disk: a file with a file system in it, so that its size is a limit."""

import os
import shutil
from pathlib import Path

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
        tools.call("mount", "-o", "loop,nosuid,nodev", str(image), str(mount))
    os.chown(mount, owner, owner)
    mount.chmod(0o1777)
    return mount


def wipe(place: Path) -> None:
    """Unmount and delete it; nothing there is fine. Raises ToolFailed and OSError."""
    image, mount = place / IMAGE, place / MOUNT
    while os.path.ismount(mount):
        tools.call("umount", str(mount))
    image.unlink(missing_ok=True)
    shutil.rmtree(mount, ignore_errors=True)


def left(place: Path) -> bool:
    return (place / IMAGE).exists() or os.path.ismount(place / MOUNT)


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
