"""What a booking is for: from the key of a transaction to the thing that it books."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from marketplace.billing.models import (
    CreditGrant,
    CreditLot,
    CreditNote,
    Invoice,
    Payout,
    Refund,
    RentalDispute,
    StripeMovement,
    TopUp,
)
from marketplace.brokerage.models import Keeping, Lease


class Purpose(NamedTuple):
    """A thing of another room: what it is called, its page, and what one must hold to see it."""

    label: str
    url: str
    permission: str


def purpose(key: str) -> Purpose | None:
    """The thing that a transaction's key names, if it names one that is still there."""
    kind, _, rest = key.partition(":")
    if kind == "stripe":
        name, _, number = rest.partition(":")
        column = AT_STRIPE.get(name)
        return _found(column[0], column[1], number.partition(":")[0]) if column else None
    if kind == "usage":
        return _of_lease(rest)
    model = BY_PUBLIC_ID.get(kind)
    number = rest.partition(":")[0]
    return _found(model, "public_id", number) if model and _is_uuid(number) else None


#: first word of a key -> what its number names
BY_PUBLIC_ID: dict[str, type[Model]] = {
    "invoice": Invoice,
    "credit": CreditNote,
    "grant": CreditGrant,
    "expiry": CreditLot,
    "dispute": RentalDispute,
    "correction": Invoice,
    "refund": Refund,
    "payout": Payout,
    "keeping": Keeping,
}
#: Stripe's own words for its things -> where we keep the number
AT_STRIPE: dict[str, tuple[type[Model], str]] = {
    "pi": (TopUp, "payment_intent"),
    "re": (Refund, "refund_id"),
    "bt": (StripeMovement, "txn_id"),
}


def _found(model: type[Model], column: str, value: str) -> Purpose | None:
    row = model._default_manager.filter(**{column: value}).first()
    return _told(row) if row else None


def _of_lease(rest: str) -> Purpose | None:
    number = rest.partition(":")[0]
    if not _is_uuid(number):
        return None
    lease = Lease.objects.filter(public_id=number).select_related("assignment__reservation").first()
    return _told(lease.assignment.reservation) if lease else None


def _told(row: Model) -> Purpose:
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    permission = f"{meta.app_label}.view_{meta.model_name}"
    named, kind = str(row), str(meta.verbose_name)
    return Purpose(named if named.startswith(kind) else f"{kind} {named}", url, permission)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


May = Callable[[str], bool]


def shown(key: str, may: May) -> Purpose | None:
    """The same, without the address for who may not go there."""
    found = purpose(key)
    return found._replace(url="") if found and not may(found.permission) else found
