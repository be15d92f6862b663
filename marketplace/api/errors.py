"""Every refusal as one JSON shape (RFC 9457), from one table."""

import logging
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, Final, NamedTuple

from django.core import exceptions as django
from django.http import Http404, HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as rest

from compliance.services import AnsweredAlready, LicenceSpent, ListsNotReady, UnknownList
from marketplace.accounts.services import NotPermitted
from marketplace.billing.services import (
    BadTerms,
    BuyerNotPlaced,
    NoSeller,
    NothingToInvoice,
    StripeRefused,
    StripeSilent,
    TaxUnavailable,
)
from marketplace.billing.services.payouts import NoLink
from marketplace.brokerage.services import (
    CannotKeep,
    FeeChanged,
    HoldExpired,
    NotARenter,
    NotCleared,
    NotClearedNow,
    NotEnoughGpus,
    PaymentLate,
    TooManyPins,
    TooManyWaiting,
    WindowTaken,
)
from marketplace.catalog.query import QueryError
from marketplace.core.idempotency import KeyReused
from marketplace.core.money import BadAmount
from marketplace.core.refusals import BadField
from marketplace.core.states import IllegalMove, LostRace
from marketplace.hooks.services import NotOver
from marketplace.ledger.services import InsufficientFunds, WalletFrozen

log = logging.getLogger(__name__)

PROBLEM: Final = "application/problem+json"
TYPE: Final = "urn:straits:problem:"


class BadKey(rest.APIException):
    """The Idempotency-Key header is missing or malformed."""

    status_code = 400


class BadQuery(rest.ValidationError):
    """A query parameter, rather than a field of the body, is wrong."""


class Kind(NamedTuple):
    """What stays the same from one problem of a type to the next; `detail` replaces its text."""

    status: int
    slug: str
    title: str
    detail: str = ""


SEE_ERRORS = "each place is named in errors"
CHANGED = "its state does not allow this; read it again to see what became of it"
UNKNOWN = Kind(500, "internal", "Something went wrong here", "it was logged; try again later")
NOT_FOUND = Kind(404, "not-found", "There is no such thing", "check the address and the id")
NO_ACCESS = Kind(403, "forbidden", "This is not allowed to you")
MALFORMED = Kind(400, "malformed", "The request cannot be read")

#: the nearest class that an error inherits from decides
KINDS: Final[dict[type[BaseException], Kind]] = {
    rest.NotAuthenticated: Kind(401, "unauthenticated", "Say who you are"),
    rest.AuthenticationFailed: Kind(401, "unauthenticated", "Say who you are"),
    rest.PermissionDenied: NO_ACCESS,
    django.PermissionDenied: Kind(*NO_ACCESS[:3], "you may not do this"),
    NotPermitted: NO_ACCESS,
    rest.NotFound: NOT_FOUND,
    Http404: NOT_FOUND,
    rest.MethodNotAllowed: Kind(405, "method-not-allowed", "This method is not known here"),
    rest.NotAcceptable: Kind(406, "not-acceptable", "Only application/json is answered"),
    rest.UnsupportedMediaType: Kind(415, "unsupported-media-type", "Send application/json"),
    rest.Throttled: Kind(429, "throttled", "Too many requests"),
    rest.ParseError: MALFORMED,
    MultiPartParserError: Kind(*MALFORMED[:3], "send application/json"),
    django.SuspiciousOperation: Kind(*MALFORMED[:3], "it was refused as suspicious"),
    django.RequestDataTooBig: Kind(
        413, "body-too-large", "The body is too large", "shorten what it contains"
    ),
    BadKey: Kind(400, "idempotency-key", "The Idempotency-Key header is missing or malformed"),
    rest.ValidationError: Kind(400, "invalid", "The request does not have the form", SEE_ERRORS),
    QueryError: Kind(400, "invalid", "The request does not have the form", SEE_ERRORS),
    django.ValidationError: Kind(422, "refused", "The content cannot be taken", SEE_ERRORS),
    BadField: Kind(422, "refused", "The content cannot be taken"),
    BadTerms: Kind(422, "refused", "The content cannot be taken"),
    BadAmount: Kind(422, "refused", "The content cannot be taken"),
    KeyReused: Kind(422, "idempotency-key-reused", "This key names another request"),
    NoLink: Kind(503, "stripe-not-reached", "Stripe gave no page to go on with"),
    ListsNotReady: Kind(503, "lists-not-ready", "The lists cannot be screened against now"),
    UnknownList: NOT_FOUND,
    NothingToInvoice: Kind(409, "nothing-to-invoice", "Nothing was charged since the last one"),
    NoSeller: Kind(
        503, "not-available-now", "This is not available at the moment", "ask support for invoices"
    ),
    BuyerNotPlaced: Kind(409, "billing-details-lack", "Billing details lack what decides the tax"),
    TaxUnavailable: Kind(
        503,
        "tax-not-available",
        "Nobody says what the tax is",
        "nothing was issued; try again later",
    ),
    NotEnoughGpus: Kind(409, "not-enough-gpus", "Too few GPUs are free in this window"),
    WalletFrozen: Kind(403, "wallet-frozen", "The wallet is frozen"),
    StripeSilent: Kind(
        503, "payments-not-available", "Stripe does not answer", "nothing was done; try again soon"
    ),
    StripeRefused: Kind(
        502, "payments-not-available", "Stripe refused this", "nothing was done; ask support"
    ),
    InsufficientFunds: Kind(402, "insufficient-funds", "The wallet does not cover this"),
    NotARenter: Kind(403, "not-a-renter", "The organisation does not rent"),
    NotCleared: Kind(403, "not-available", "This is not available to your organisation"),
    NotClearedNow: Kind(503, "not-available-now", "This is not available at the moment"),
    CannotKeep: Kind(409, "cannot-keep", "This workspace cannot be kept"),
    HoldExpired: Kind(409, "hold-expired", "The hold ran out"),
    PaymentLate: Kind(409, "payment-late", "The time to pay is over"),
    WindowTaken: Kind(409, "window-taken", "The GPUs are booked by somebody else"),
    FeeChanged: Kind(409, "fee-changed", "The fee is above what was agreed to"),
    TooManyWaiting: Kind(409, "too-many-waiting", "The organisation waits for too much"),
    TooManyPins: Kind(409, "too-many-quotes", "The organisation keeps too many quotes"),
    LicenceSpent: Kind(
        409, "licence-spent", "The licence has too little left", "ask again; it is screened anew"
    ),
    NotOver: Kind(409, "delivery-under-way", "The delivery is still under way"),
    AnsweredAlready: Kind(409, "answered-already", "This was answered already"),
    IllegalMove: Kind(409, "wrong-state", "This is not possible now", CHANGED),
    LostRace: Kind(409, "wrong-state", "This is not possible now", CHANGED),
}


def problem_handler(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """Turn any error of a view into a problem; one that is not in the table is logged, and 500."""
    kind = next((KINDS[one] for one in type(error).__mro__ if one in KINDS), UNKNOWN)
    if kind is UNKNOWN:
        request = context["request"]
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(
        kind, kind.detail or _text(error), extras=_extras(error), headers=_headers(error)
    )


def problem(
    kind: Kind,
    detail: str,
    *,
    extras: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """A problem in JSON, whatever else the view could have answered in."""
    content = {
        "type": TYPE + kind.slug,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        **(extras or {}),
    }
    return JsonResponse(content, status=kind.status, headers=headers, content_type=PROBLEM)


def _text(error: Exception) -> str:
    return str(error.detail) if isinstance(error, rest.APIException) else str(error)


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(ceil(wait))
    return headers


def _extras(error: Exception) -> dict[str, Any]:
    """What this type of problem has besides the members that all have."""
    for one in type(error).__mro__:
        if one in EXTRAS:
            return EXTRAS[one](error)
    return {}


def _field(error: BadField) -> dict[str, Any]:
    return {"errors": [{"pointer": f"#/{error.field}", "detail": error.message}]}


def _place(error: QueryError) -> dict[str, Any]:
    place = {"parameter": "q", "detail": str(error), "position": error.column, "hint": error.hint}
    return {"errors": [place]}


def _gpus(error: NotEnoughGpus) -> dict[str, Any]:
    others = [str(offer.public_id) for offer in error.alternatives]
    return {"free": error.free, "alternatives": others}


def _body(error: rest.ValidationError) -> dict[str, Any]:
    found = _flat(error.detail)
    return {"errors": [{"pointer": f"#{path}", "detail": text} for path, text in found]}


def _query(error: BadQuery) -> dict[str, Any]:
    found = _flat(error.detail)
    return {"errors": [{"parameter": path[1:], "detail": text} for path, text in found]}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """REST framework's nested messages as pairs of JSON pointer and text."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{_escaped(str(name))}"
            yield from _flat(inner, path + step)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _model(error: django.ValidationError) -> dict[str, Any]:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return {
        "errors": [
            {"pointer": f"#/{field}" if field else "#", "detail": text}
            for field, texts in by_field.items()
            for text in texts
        ]
    }


def _fee(error: FeeChanged) -> dict[str, Any]:
    return {"fee_micro": error.fee_micro}


EXTRAS: Final[dict[type[BaseException], Callable[[Any], dict[str, Any]]]] = {
    BadField: _field,
    QueryError: _place,
    NotEnoughGpus: _gpus,
    FeeChanged: _fee,
    BadQuery: _query,
    rest.ValidationError: _body,
    django.ValidationError: _model,
}


@csrf_exempt  # whoever is lost changes nothing
def unknown_path(request: HttpRequest) -> JsonResponse:
    """The answer below /api/ where nothing is."""
    return problem(NOT_FOUND, NOT_FOUND.detail)
