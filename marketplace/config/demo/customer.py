"""A customer of the API: what the demonstration does as a renter, over HTTP like anyone."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

WAIT_SECONDS = 60.0
POLL_SECONDS = 0.2


class Unexpected(Exception):
    """The marketplace answered or did something that the story does not tell."""


class Customer:
    """One API key's view of the marketplace."""

    def __init__(self, base: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=f"{base}/api/v1/", headers=headers, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def get(self, path: str) -> Any:
        return self._checked(self.http.get(path))

    def post(self, path: str, content: dict[str, Any]) -> Any:
        """POST with a fresh Idempotency-Key."""
        headers = {"Idempotency-Key": str(uuid4())}
        return self._checked(self.http.post(path, json=content, headers=headers))

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            raise Unexpected(f"{answer.request.method} {answer.request.url}: {answer.text}")
        return answer.json()


def wait_for(what: str, look: Callable[[], Any], within: float = WAIT_SECONDS) -> Any:
    """Look again and again until there is something true; raises Unexpected when it takes long."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(POLL_SECONDS)
    raise Unexpected(f"{what} did not happen within {within:.0f} s")
