"""Lists straight from their publishers. The network comes first; no transaction waits for it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from compliance.downloads import DownloadFailed, fetch, forget, new_client
from compliance.models import ListSnapshot
from compliance.sources import MalformedList, source

from .importing import import_list

#: bytes; OFAC's advanced XML, the largest file of all, has some 120 million
BIGGEST = 512 << 20


def download_list(*, source_code: str, at: datetime) -> ListSnapshot:
    """Fetch a list's files from the addresses in LIST_ADDRESSES and import them.

    Files that have not changed are imported again, which makes the list fresh. Its date is that of
    the newest file. Raises UnknownSource, DownloadFailed, MalformedList and RefusedSnapshot; then
    what was in force stays, and a malformed file is fetched whole the next time.
    """
    addresses = settings.LIST_ADDRESSES.get(source(source_code).code, {})
    if not addresses:
        raise DownloadFailed(f"{source_code}: LIST_ADDRESSES has no address for it")
    folder = settings.STRAITS_HOME / "lists" / source_code
    with _alone_in(folder):
        published_on = _fetch_all(addresses, folder)
        try:
            return import_list(
                source_code=source_code, folder=folder, published_on=published_on, at=at
            )
        except MalformedList:
            for name in addresses:
                forget(folder / name)
            raise


def _fetch_all(addresses: dict[str, str], folder: Path) -> date | None:
    """Bring every file up to date; the day of the newest, if their publisher tells it."""
    with new_client() as client:
        fetched = [
            fetch(client, address=address, target=folder / name, biggest=BIGGEST)
            for name, address in addresses.items()
        ]
    days = [one.modified_at.date() for one in fetched if one.modified_at]
    return max(days) if days else None


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder, so that two workers never write the same file. Raises DownloadFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DownloadFailed(f"{folder.name}: is being downloaded already") from error
        yield
