"""What passes between a client and the fake: answers, refusals, and Stripe's form encoding."""

import json
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """An error answer in Stripe's form."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"type": kind, "message": message, **more}}


class Dropped(Exception):
    """Fault: the work was done and the answer is lost."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json


def refused(message: str, **more: Any) -> Refusal:
    """A call that cannot be done as written."""
    return Refusal(400, "invalid_request_error", message, **more)


def missing(what: str) -> Refusal:
    """A call about an object that there is not."""
    return Refusal(404, "invalid_request_error", f"No such object or endpoint: {what}")


def decode_form(pairs: list[tuple[str, str]]) -> Json:
    """Stripe's bracket form encoding, a[b][0]=c, as nested dictionaries and lists."""
    root: Json = {}
    for name, value in pairs:
        path = name.replace("]", "").split("[")
        place = root
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1] or str(len(place))] = value
    decoded: Json = json.loads(json.dumps(_lists(root)))
    return decoded


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(one) for name, one in value.items()}
