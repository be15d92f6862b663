"""What the fake remembers and does: payments, cards that decline, faults, events."""

import copy
import hashlib
import itertools
import json
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

from . import contract, types

Json = dict[str, Any]
#: test payment methods of docs.stripe.com/testing, with what they do
DECLINING = {"pm_card_chargeDeclined": "Your card was declined."}
ASKING = {"pm_card_authenticationRequired"}
#: where the card of each was issued; what is not here is a card of the United States
ISSUED_IN = {"pm_card_sg": "SG", "pm_card_my": "MY", "pm_card_cn": "CN", "pm_card_hk": "HK"}
#: what each fault answers instead of doing the work; "drop" does it and gives no answer
FAULTS = {
    "401": ("invalid_request_error", "Invalid API Key provided."),
    "403": ("invalid_request_error", "This key does not have the required permissions."),
    "409": ("idempotency_error", "Another request with this key is under way."),
    "429": ("invalid_request_error", "Too many requests."),
    "500": ("api_error", "Something went wrong."),
}


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


@dataclass
class Fake:
    """One Stripe account. `faults` are used up one per call: "drop" and those of FAULTS."""

    objects: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    on_event: Callable[[Json], None] | None = None
    #: by payment method: the name and country that its owner typed
    payers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    _answered: dict[str, tuple[Any, Answer]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    # ids are unique to the run: one that came back in a later run would look like a replay
    _run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def handle(self, method: str, target: str, headers: Any, raw: bytes) -> Answer:
        """Answer one request. Raises Dropped for the fault of that name."""
        url = urllib.parse.urlsplit(target)
        text = raw.decode() if method == "POST" else url.query
        body = decode_form(urllib.parse.parse_qsl(text, keep_blank_values=True))
        key = headers.get("Idempotency-Key") or ""
        with self._lock:
            self.calls.append((method, url.path))
            fault = self.faults.popleft() if self.faults else ""
            try:
                self._check_request(method, url.path, headers, body)
                self._stumble(fault)
                answer = self._once(method, url.path, body, key)
            except Refusal as refusal:
                return Answer(refusal.status, refusal.body)
        if fault == "drop":
            raise Dropped
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

    def _stumble(self, fault: str) -> None:
        if fault in FAULTS:
            raise Refusal(int(fault), *FAULTS[fault])

    def _once(self, method: str, path: str, body: Json, key: str) -> Answer:
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
        self._answered[key] = (content, answer)
        return answer

    def _do(self, method: str, path: str, body: Json) -> Answer:
        parts = path.strip("/").split("/")[1:]
        names = "_".join(part for part in parts if part not in self.objects)
        ids = [part for part in parts if part in self.objects]
        act = getattr(self, f"{method.lower()}_{names}", None)
        if act is None or (len(ids) != act.__code__.co_argcount - 2):
            raise Refusal(404, "invalid_request_error", f"No such object or endpoint: {path}")
        try:
            made = act(body, *ids)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)
        self._check_answer(method, path, made)
        return Answer(200, copy.deepcopy(made))

    def _check_answer(self, method: str, path: str, made: Json) -> None:
        route = contract.match(method, path)
        kinds = [contract.load(one) for one in route.answers] if route else []
        for one in made["data"] if made.get("object") == "list" else [made]:
            self.complaints += types.check_object(one, kinds[-1], f"answer of {path}")

    # --- objects

    def put(self, kind: type, prefix: str, **known: Any) -> Json:
        made = types.neutral(kind, id=f"{prefix}_fake{self._run}{next(self._numbers)}", **known)
        for name, value in (("created", int(time.time())), ("livemode", False)):
            if name in types.object_fields(kind):
                made[name] = value
        self.objects[made["id"]] = made
        return made

    def emit(self, kind: str, about: Json) -> None:
        event = types.neutral(
            stripe.Event,
            id=f"evt_fake{self._run}{next(self._numbers)}",
            api_version=_ApiVersion.CURRENT,
            created=int(time.time()),
            data={"object": copy.deepcopy(about)},
            livemode=False,
            type=kind,
        )
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)

    # --- endpoints; each is named by its method and its path without the ids

    def post_payment_intents(self, body: Json) -> Json:
        intent = self.put(
            stripe.PaymentIntent,
            "pi",
            amount=int(body["amount"]),
            amount_received=0,
            currency=body["currency"],
            payment_method=body.get("payment_method"),
            payment_method_types=body.get("allowed_payment_method_types", ["card"]),
            metadata=body.get("metadata", {}),
            status="requires_confirmation",
            last_payment_error=None,
            latest_charge=None,
        )
        made = self._confirm(intent) if body.get("confirm") == "true" else intent
        return self._expanded(made, body)

    def post_payment_intents_confirm(self, body: Json, intent: str) -> Json:
        return self._confirm(self.objects[intent])

    def get_payment_intents(self, body: Json, intent: str) -> Json:
        return self._expanded(self.objects[intent], body)

    def _expanded(self, made: Json, body: Json) -> Json:
        """With whole objects in place of the ids that `expand` names."""
        whole = {
            name: self.objects[made[name]] for name in body.get("expand", []) if made.get(name)
        }
        return {**made, **whole}

    def _confirm(self, intent: Json) -> Json:
        method = intent["payment_method"]
        if method in DECLINING:
            self._decline(intent, DECLINING[method])
        if method in ASKING and intent["status"] == "requires_confirmation":
            intent["status"] = "requires_action"
            self.emit("payment_intent.requires_action", intent)
        elif intent["status"] != "succeeded":
            self._charge(intent)
        return intent

    def _decline(self, intent: Json, message: str) -> None:
        error = types.neutral(
            stripe.PaymentIntent.LastPaymentError,
            type="card_error",
            code="card_declined",
            message=message,
        )
        intent.update(status="requires_payment_method", last_payment_error=error)
        self.emit("payment_intent.payment_failed", intent)
        raise Refusal(402, "card_error", message, code="card_declined", payment_intent=intent)

    def _charge(self, intent: Json) -> None:
        charge = self.put(
            stripe.Charge,
            "ch",
            amount=intent["amount"],
            amount_captured=intent["amount"],
            captured=True,
            paid=True,
            currency=intent["currency"],
            payment_intent=intent["id"],
            status="succeeded",
            metadata=intent["metadata"],
            billing_details=self._billing_details(intent["payment_method"]),
            payment_method=intent["payment_method"],
            payment_method_details=self._card(intent["payment_method"]),
        )
        intent.update(
            status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"]
        )
        self.emit("payment_intent.succeeded", intent)

    def _billing_details(self, method: str) -> Json:
        """What the payer typed; nothing, unless a test has said what."""
        name, country = self.payers.get(method, (None, None))
        address = types.neutral(stripe.Charge.BillingDetails.Address, country=country)
        return types.neutral(stripe.Charge.BillingDetails, name=name, address=address)

    def _card(self, method: str) -> Json:
        digest = hashlib.sha256(str(method).encode()).hexdigest()
        card = types.neutral(
            stripe.Charge.PaymentMethodDetails.Card,
            country=ISSUED_IN.get(method, "US"),
            fingerprint=digest[:16],
        )
        return types.neutral(stripe.Charge.PaymentMethodDetails, type="card", card=card)


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
