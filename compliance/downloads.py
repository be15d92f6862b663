"""Fetching publishers' files over HTTP: only what changed, resumed where it broke off.

Beside each file lies .FILE.state with the ETag, Last-Modified and SHA-256 of what was fetched;
while a download is under way, FILE.part and .FILE.part.state hold what has come so far.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

TIMEOUT = httpx.Timeout(30)
MOST_REDIRECTS = 5
#: four files must fit into a worker's task; what came until then is kept for the next try
MOST_SECONDS = 55
AGENT = {"User-Agent": "straits-lists/1", "Accept-Encoding": "identity"}


class DownloadFailed(Exception):
    """The publisher's file did not come whole. What is in force stays; try again later."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of a file here. `changed` is false when the publisher has nothing newer."""

    etag: str
    last_modified: str
    sha256: str
    changed: bool = True

    @property
    def modified_at(self) -> datetime | None:
        """When the publisher last changed the file, by its own word."""
        try:
            moment = parsedate_to_datetime(self.last_modified)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def new_client() -> httpx.Client:
    return httpx.Client(
        timeout=TIMEOUT, follow_redirects=True, max_redirects=MOST_REDIRECTS, headers=AGENT
    )


def fetch(client: httpx.Client, *, address: str, target: Path, biggest: int) -> Fetched:
    """Bring `target` up to date with the address. Raises DownloadFailed; then it is as it was."""
    held, part = _held(target), target.with_name(f"{target.name}.part")
    headers = _resumption(part) or (_conditions(held) if held else {})
    try:
        with client.stream("GET", address, headers=headers) as response:
            _refuse_downgrade(address, response)
            if response.status_code == httpx.codes.NOT_MODIFIED and held:
                return Fetched(held.etag, held.last_modified, held.sha256, changed=False)
            return _receive(response, target, part, biggest)
    except httpx.HTTPError as error:
        raise DownloadFailed(f"{address}: {str(error) or type(error).__name__}") from error


def forget(target: Path) -> None:
    """Hold the file for worthless: the next fetch brings it whole, whatever its ETag."""
    _notes(target).unlink(missing_ok=True)


def _notes(file: Path) -> Path:
    return file.with_name(f".{file.name}.state")


def _held(target: Path) -> Fetched | None:
    """What was fetched before, unless the file is no longer what came."""
    try:
        known = Fetched(**json.loads(_notes(target).read_text()))
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError):
        return None
    return known if sha256 == known.sha256 else None


def _conditions(held: Fetched) -> dict[str, str]:
    known = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: value for name, value in known.items() if value}


def _resumption(part: Path) -> dict[str, str]:
    """Ask for the rest of a partial file, if the publisher's version is known for sure."""
    try:
        etag, size = json.loads(_notes(part).read_text())["etag"], part.stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {"Range": f"bytes={size}-", "If-Range": etag} if etag and size else {}


def _refuse_downgrade(address: str, response: httpx.Response) -> None:
    if address.startswith("https:") and response.url.scheme != "https":
        raise DownloadFailed(f"{address}: was redirected to {response.url}, which is not https")


def _receive(response: httpx.Response, target: Path, part: Path, biggest: int) -> Fetched:
    have = _goes_on_from(response, part)
    etag = response.headers.get("ETag", "")
    if not have:
        part.write_bytes(b"")
        whole = not response.headers.get("Content-Encoding") and not etag.startswith("W/")
        _notes(part).write_text(json.dumps({"etag": etag if whole else ""}))
    _append(response, part, have, biggest)
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    fetched = Fetched(etag, response.headers.get("Last-Modified", ""), sha256)
    _notes(target).unlink(missing_ok=True)
    part.replace(target)
    known = {"etag": fetched.etag, "last_modified": fetched.last_modified, "sha256": sha256}
    _notes(target).write_text(json.dumps(known))
    _notes(part).unlink(missing_ok=True)
    return fetched


def _goes_on_from(response: httpx.Response, part: Path) -> int:
    """How much of the partial file the answer goes on from; 0 when it is the whole file."""
    if response.status_code == httpx.codes.OK:
        return 0
    size = part.stat().st_size if part.exists() else 0
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        if response.headers.get("Content-Range", "").startswith(f"bytes {size}-"):
            return size
        part.unlink(missing_ok=True)
    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)
    raise DownloadFailed(f"{response.url}: answered {response.status_code}")


def _append(response: httpx.Response, part: Path, have: int, biggest: int) -> None:
    until = time.monotonic() + MOST_SECONDS
    with part.open("ab") as out:
        for chunk in response.iter_bytes():
            have += len(chunk)
            if have > biggest:
                out.truncate(0)
                raise DownloadFailed(f"{response.url}: is larger than {biggest} bytes")
            out.write(chunk)
            if time.monotonic() > until:
                raise DownloadFailed(f"{response.url}: took more than {MOST_SECONDS} seconds")
