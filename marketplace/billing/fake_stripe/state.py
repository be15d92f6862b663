"""What the fake remembers, and how it answers: checked, once per key, with faults."""

import copy
import itertools
import threading
import time
import urllib.parse
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import stripe
from stripe._api_version import _ApiVersion

from . import contract, faults, routing, types
from .wire import Answer, Dropped, Json, Refusal, decode_form, missing

#: characters of ids that are longer than others at Stripe
LENGTHS = {"cs": 66}


@dataclass
class Fake:
    """One Stripe account. `faults` are used up one per call, see faults.ALL."""

    objects: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    on_event: Callable[[Json], None] | None = None
    #: where it is served; its pages for card owners are below
    address: str = ""
    #: seconds since 1970; what was paid becomes available by it
    clock: Callable[[], float] = time.time
    #: seconds that the fault "slow" takes
    slowness: float = 0.05
    #: by payment method: the name and country that its owner typed
    payers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: by id of a saved payment method: the test card that it is
    cards: dict[str, str] = field(default_factory=dict)
    #: where the onboarding page of an account sends its owner back to
    returns: dict[str, str] = field(default_factory=dict)
    #: minor units that each connected account has, by account and currency
    connected: dict[tuple[str, str], int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _answered: dict[str, tuple[Any, Answer]] = field(default_factory=dict)
    # ids are unique to the run: one that came back in a later run would look like a replay
    _run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def handle(self, method: str, target: str, headers: Any, raw: bytes) -> Answer:
        """Answer one request. Raises Dropped for the fault of that name."""
        url = urllib.parse.urlsplit(target)
        text = raw.decode() if method == "POST" else url.query
        body = decode_form(urllib.parse.parse_qsl(text, keep_blank_values=True))
        key = headers.get("Idempotency-Key") or ""
        with self.lock:
            self.calls.append((method, url.path))
            fault = self.faults.popleft() if self.faults else ""
            try:
                self._check_request(method, url.path, headers, body)
                faults.stumble(fault)
                answer = self._once(method, url.path, body, key, fault)
            except Refusal as refusal:
                return Answer(refusal.status, refusal.body)
        if fault == faults.DROP:
            raise Dropped
        if fault == faults.SLOW:
            time.sleep(self.slowness)
        return answer

    def _check_request(self, method: str, path: str, headers: Any, body: Json) -> None:
        route = contract.match(method, path)
        complaints = [] if route else [f"{method} {path}: no such endpoint"]
        if route and route.params:
            complaints += types.check(body, contract.load(route.params), path, form=True)
        if headers.get("Stripe-Version") != _ApiVersion.CURRENT:
            complaints.append(f"Stripe-Version is {headers.get('Stripe-Version')}")
        if method == "POST" and not headers.get("Idempotency-Key"):
            complaints.append(f"{path}: POST without Idempotency-Key")
        self.complaints += complaints
        if complaints:
            raise Refusal(400, "invalid_request_error", "; ".join(complaints))

    def _once(self, method: str, path: str, body: Json, key: str, fault: str) -> Answer:
        """Do it, or repeat the answer of the same key, which may not come with other content."""
        if method != "POST":
            return self._do(method, path, body)
        content = (path, body)
        if key in self._answered:
            before, answer = self._answered[key]
            if before != content:
                raise Refusal(
                    400, "idempotency_error", "This key was used with other parameters before."
                )
            return answer
        answer = self._do(method, path, body)
        if fault == faults.BROKEN:
            answer = faults.broken()
        self._answered[key] = (content, answer)
        return answer

    def _do(self, method: str, path: str, body: Json) -> Answer:
        found = routing.find(method, path)
        if found is None:
            raise missing(path)
        act, ids = found
        try:
            made = expanded(self, act(self, body, *ids), body.get("expand", []))
        except Refusal as refusal:
            return Answer(refusal.status, copy.deepcopy(refusal.body))
        self._check_answer(method, path, made)
        return Answer(200, copy.deepcopy(made))

    def _check_answer(self, method: str, path: str, made: Json) -> None:
        route = contract.match(method, path)
        kinds = [contract.load(one) for one in route.answers] if route else []
        for one in made["data"] if made.get("object") == "list" else [made]:
            self.complaints += types.check_object(one, kinds[-1], f"answer of {path}")

    def now(self) -> int:
        return int(self.clock())

    def get(self, kind: str, name: str) -> Json:
        """The object of this kind ("refund", ...) and id. Refuses what there is not."""
        found = self.objects.get(name)
        if found is None or found["object"] != kind or found.get("deleted"):
            raise missing(name)
        return found

    def all(self, kind: str) -> list[Json]:
        """Every object of a kind, oldest first."""
        kept = (one for one in self.objects.values() if not one.get("deleted"))
        return [one for one in kept if one["object"] == kind]

    def new_id(self, prefix: str) -> str:
        before, number = f"{prefix}_fake{self._run}", str(next(self._numbers))
        return before + number.zfill(LENGTHS.get(prefix, 0) - len(before))

    def put(self, kind: type, prefix: str, **known: Any) -> Json:
        """Make and keep an object of one of the package's classes; the rest is neutral."""
        made = types.neutral(kind, id=self.new_id(prefix), **known)
        for name, value in (("created", self.now()), ("livemode", False)):
            if name in types.object_fields(kind):
                made[name] = value
        self.objects[made["id"]] = made
        return made

    def emit(self, kind: str, about: Json, *, account: str = "") -> None:
        """Keep an event about an object as it is now, and hand it to whoever delivers.

        `account` is the connected account that it happened on, if it was not our own.
        """
        where = {"account": account} if account else {}
        event = types.neutral(
            stripe.Event,
            id=self.new_id("evt"),
            api_version=_ApiVersion.CURRENT,
            created=self.now(),
            data={"object": copy.deepcopy(about)},
            livemode=False,
            type=kind,
            **where,
        )
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)


def expanded(fake: Fake, made: Json, paths: list[str]) -> Json:
    """With whole objects in place of the ids that `expand` names, such as "data.source"."""
    for path in paths:
        made = _expand(fake, made, path.split("."))
    return made


def _expand(fake: Fake, value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_expand(fake, one, path) for one in value]
    if isinstance(value, str):
        value = fake.objects.get(value, value)
    if not path or not isinstance(value, dict) or path[0] not in value:
        return value
    return {**value, path[0]: _expand(fake, value[path[0]], path[1:])}
