"""What the states of things are called on the pages, and what follows from them."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from compliance.models import Grade
from marketplace.billing.states import (
    BankState,
    PayoutState,
    RefundState,
    RentalDisputeState,
    TopUpState,
)
from marketplace.brokerage.states import LeaseState, State, WaitState
from marketplace.catalog.states import Health, MachineState, OfferState
from marketplace.catalog.trust import tiers
from marketplace.hooks.states import DeliveryState, EndpointState


class Words(NamedTuple):
    """Colour and shape (of straits.css), the word, what it means, and what happens next."""

    kind: str
    icon: str
    word: StrOrPromise
    meaning: StrOrPromise = ""
    next: StrOrPromise = ""


GAVE_BACK = _("Everything that was set aside has gone back. You were charged nothing.")

RESERVATION: dict[str, Words] = {
    State.REQUESTED: Words(
        "rule",
        "half",
        _("Requested"),
        _("Nothing is set aside yet."),
        _(
            "We screen your organisation for these GPUs and this window, then set GPUs and money "
            "aside. This usually takes seconds."
        ),
    ),
    State.CLEARED: Words(
        "sea",
        "half",
        _("Cleared"),
        _("Screening allows it. Nothing is set aside yet."),
        _("GPUs and money are being set aside."),
    ),
    State.PINNED: Words(
        "warn",
        "half",
        _("Quote"),
        _("GPUs, price and terms are kept for you for a short time. No money is set aside."),
        _("Book it before it runs out, or the GPUs are free for others again."),
    ),
    State.HELD: Words(
        "warn",
        "half",
        _("Held"),
        _("GPUs and money are set aside for a short time."),
        _("Confirm the reservation before the hold runs out, or everything goes back."),
    ),
    State.CONFIRMED: Words(
        "good",
        "ok",
        _("Booked"),
        _("GPUs and money are set aside for the whole window."),
        _("The machine starts your command when the window begins."),
    ),
    State.PAYMENT_DUE: Words(
        "warn",
        "warn",
        "Payment due",
        "GPUs are kept for you, but the rest of the price could not be taken.",
        "Pay it in time and it starts. If it is not paid it ends, for the fee of its schedule.",
    ),
    State.ACTIVE: Words(
        "good",
        "run",
        _("Running"),
        _("The machine runs your command and usage is metered."),
        _("It ends with the window, when the command ends, or when you stop it."),
    ),
    State.ENDED: Words(
        "sea",
        "pull",
        _("Ended"),
        _("It no longer runs. Usage may still arrive."),
        _("When the last usage has arrived it is charged, and what is left of the hold goes back."),
    ),
    State.SETTLED: Words(
        "idle", "ok", _("Settled"), _("Usage is charged, the rest of the hold went back."), ""
    ),
    State.REFUSED: Words(
        "idle", "no", _("Refused"), _("Nothing was set aside and nothing charged.")
    ),
    State.EXPIRED: Words("idle", "ring", _("Expired"), GAVE_BACK),
    State.CANCELLED: Words(
        "idle",
        "no",
        _("Cancelled"),
        _("What was set aside has gone back, less the fee for the time given up if there was one."),
    ),
    State.FAILED: Words("bad", "bad", _("Failed"), GAVE_BACK),
}

LEASE: dict[str, Words] = {
    LeaseState.HELD: Words("warn", "half", _("Held")),
    LeaseState.CONFIRMED: Words("good", "ok", _("Booked")),
    LeaseState.ACTIVE: Words("good", "run", _("Running")),
    LeaseState.ENDED: Words("idle", "ring", _("Ended")),
    LeaseState.RELEASED: Words("idle", "ring", _("Given back")),
}

WAITING: dict[str, Words] = {
    WaitState.WAITING: Words("warn", "half", _("Waiting")),
    WaitState.SERVED: Words("good", "ok", _("Served")),
    WaitState.LAPSED: Words("idle", "ring", _("Lapsed")),
    WaitState.WITHDRAWN: Words("idle", "no", _("Left")),
}

TOP_UP: dict[str, Words] = {
    TopUpState.PENDING: Words("sea", "half", _("Pending"), _("We are asking Stripe.")),
    TopUpState.NEEDS_ACTION: Words(
        "warn",
        "warn",
        _("Waits for your bank"),
        _("The bank wants you to confirm the payment. Until then nothing is taken."),
    ),
    TopUpState.SUCCEEDED: Words("good", "ok", _("Paid"), _("The money is in the wallet.")),
    TopUpState.FAILED: Words("bad", "bad", _("Failed"), _("Nothing was taken.")),
}

PAYOUT: dict[str, Words] = {
    PayoutState.PENDING: Words(
        "sea", "half", _("On its way"), _("Stripe is asked to transfer it.")
    ),
    PayoutState.PAID: Words(
        "good", "ok", _("Transferred"), _("It is in your account with Stripe.")
    ),
    PayoutState.RETURNED: Words(
        "warn", "pull", _("Returned"), _("Nothing was transferred. All of it is payable again.")
    ),
    PayoutState.REVERSED: Words("bad", "pull", _("Taken back"), _("The transfer was taken back.")),
}

#: from Stripe to the provider's bank
BANK: dict[str, Words] = {
    BankState.PENDING: Words("sea", "half", _("Waits")),
    BankState.IN_TRANSIT: Words("sea", "half", _("On its way")),
    BankState.PAID: Words("good", "ok", _("Arrived")),
    BankState.FAILED: Words("bad", "bad", _("Failed")),
    BankState.CANCELED: Words("idle", "no", _("Cancelled")),
}

#: of a provider's account with Stripe
PAYOUT_ACCOUNT: dict[str, Words] = {
    "new": Words(
        "idle", "ring", _("Not set up"), _("Tell Stripe who you are and where to pay you.")
    ),
    "onboarding": Words("warn", "half", _("Not finished"), _("Stripe needs to know more of you.")),
    "restricted": Words(
        "warn", "warn", _("Restricted"), _("Stripe takes no transfer for you now.")
    ),
    "ready": Words("good", "ok", _("Ready"), _("Payouts go out to you.")),
    "closed": Words("bad", "no", _("Closed"), _("You took our access away. Please ask our staff.")),
}

REFUND: dict[str, Words] = {
    RefundState.ASKED: Words("warn", "half", _("Asked for")),
    RefundState.PENDING: Words("warn", "half", _("On its way")),
    RefundState.SUCCEEDED: Words("good", "ok", _("Refunded")),
    RefundState.FAILED: Words("bad", "bad", _("Failed, back in the wallet")),
}

MACHINE: dict[str, Words] = {
    MachineState.ONLINE: Words("good", "ok", _("Online")),
    MachineState.OFFLINE: Words("bad", "bad", _("Offline")),
    MachineState.SUSPENDED: Words(
        "bad", "no", _("Suspended"), _("Nothing new is placed on it until our staff has looked.")
    ),
    MachineState.RETIRED: Words("idle", "no", _("Retired")),
}

HEALTH: dict[str, Words] = {
    Health.OK: Words("good", "ok", _("Well")),
    Health.DEGRADED: Words("warn", "warn", _("Off the market")),
    Health.FAILED: Words("bad", "bad", pgettext_lazy("of a GPU", "Failed")),
}

OFFER: dict[str, Words] = {
    OfferState.LISTED: Words("good", "ok", _("Listed")),
    OfferState.WITHDRAWN: Words("idle", "no", _("Withdrawn")),
}

#: what screening says of an organisation, or would say of an offer before anybody has asked
STANDING: dict[str, Words] = {
    "cleared": Words("good", "ok", _("Cleared")),
    "available": Words("good", "ok", _("Available")),
    "under review": Words("warn", "half", _("Under review")),
    "not available": Words("idle", "no", _("Not available")),
}

#: of a way to sign in
SECURITY: dict[str, Words] = {
    "on": Words("good", "ok", _("In use")),
    "off": Words("idle", "ring", _("Not set up")),
    "used": Words("warn", "warn", _("All used")),
    "confirmed": Words("good", "ok", _("Confirmed")),
    "unconfirmed": Words("warn", "half", _("Not confirmed")),
}

#: of the risk of a site
GRADE: dict[str, Words] = {
    Grade.LOW: Words("good", "ok", _("Low")),
    Grade.GUARDED: Words("idle", "ring", _("Guarded")),
    Grade.ELEVATED: Words("warn", "half", _("Elevated")),
    Grade.HIGH: Words("bad", "warn", _("High")),
}

#: how far a machine is proven to be what it says, and to stand where it says
TRUST: dict[str, Words] = {
    tiers.UNVERIFIED: Words(
        "idle", "ring", _("Unverified"), _("Nothing of the machine is proven.")
    ),
    tiers.CONSISTENT: Words(
        "sea", "half", _("Consistent"), _("All that the machine says of its GPUs agrees.")
    ),
    tiers.CHALLENGED: Words(
        "good", "ok", _("Challenged"), _("Its GPUs did a computation in time.")
    ),
    tiers.ATTESTED: Words("good", "ok", _("Attested"), _("Its GPUs signed what they are.")),
}
LOCATION: dict[str, Words] = {
    tiers.CONTRADICTED: Words(
        "bad", "warn", _("Contradicted"), _("Something says it is elsewhere.")
    ),
    tiers.DECLARED: Words(
        "idle", "ring", _("Declared"), _("Only its provider says where it stands.")
    ),
    tiers.NETWORK: Words("sea", "half", _("Network agrees"), _("Its network is in that country.")),
    tiers.LATENCY: Words(
        "good", "ok", _("Latency agrees"), _("Probes near it measured it nearby.")
    ),
}

DISPUTE: dict[str, Words] = {
    RentalDisputeState.OPEN: Words("sea", "half", _("Open"), _("The provider may answer.")),
    RentalDisputeState.ANSWERED: Words("sea", "half", _("With us"), _("We rule on it.")),
    RentalDisputeState.ESCALATED: Words(
        "warn", "warn", _("Escalated"), _("It was not ruled in time; senior staff look at it.")
    ),
    RentalDisputeState.UPHELD: Words(
        "good", "ok", _("Upheld"), _("The renter is given money back.")
    ),
    RentalDisputeState.REFUSED: Words("idle", "no", _("Refused"), _("Nothing was changed.")),
    RentalDisputeState.WITHDRAWN: Words(
        "idle", "ring", _("Withdrawn"), _("The renter took it back.")
    ),
}

ENDPOINT: dict[str, Words] = {
    EndpointState.ACTIVE: Words("good", "ok", _("Active")),
    EndpointState.PAUSED: Words("warn", "warn", _("Paused")),
}

DELIVERY: dict[str, Words] = {
    DeliveryState.PENDING: Words("sea", "half", _("Waits")),
    DeliveryState.SENDING: Words("sea", "half", _("Being sent")),
    DeliveryState.DELIVERED: Words("good", "ok", _("Taken")),
    DeliveryState.FAILED: Words("bad", "bad", _("Not taken")),
}

WORDS = {
    "endpoint": ENDPOINT,
    "delivery": DELIVERY,
    "dispute": DISPUTE,
    "reservation": RESERVATION,
    "lease": LEASE,
    "waiting": WAITING,
    "top_up": TOP_UP,
    "payout": PAYOUT,
    "bank": BANK,
    "payout_account": PAYOUT_ACCOUNT,
    "refund": REFUND,
    "machine": MACHINE,
    "health": HEALTH,
    "offer": OFFER,
    "standing": STANDING,
    "security": SECURITY,
    "grade": GRADE,
    "trust": TRUST,
    "location": LOCATION,
}
