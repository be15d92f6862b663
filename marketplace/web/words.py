"""What the states of things are called on the pages, and what follows from them."""

from typing import NamedTuple

from compliance.models import Grade
from marketplace.billing.states import TopUpState
from marketplace.brokerage.states import LeaseState, State
from marketplace.catalog.states import MachineState, OfferState


class Words(NamedTuple):
    """Colour and shape (of straits.css), the word, what it means, and what happens next."""

    kind: str
    icon: str
    word: str
    meaning: str = ""
    next: str = ""


GAVE_BACK = "Everything that was set aside has gone back. You were charged nothing."

RESERVATION: dict[str, Words] = {
    State.REQUESTED: Words(
        "rule",
        "half",
        "Requested",
        "Nothing is set aside yet.",
        "We screen your organisation for these GPUs and this window, then set GPUs and money "
        "aside. This usually takes seconds.",
    ),
    State.CLEARED: Words(
        "sea",
        "half",
        "Cleared",
        "Screening allows it. Nothing is set aside yet.",
        "GPUs and money are being set aside.",
    ),
    State.HELD: Words(
        "warn",
        "half",
        "Held",
        "GPUs and money are set aside for a short time.",
        "Confirm the reservation before the hold runs out, or everything goes back.",
    ),
    State.CONFIRMED: Words(
        "good",
        "ok",
        "Booked",
        "GPUs and money are set aside for the whole window.",
        "The machine starts your command when the window begins.",
    ),
    State.ACTIVE: Words(
        "good",
        "run",
        "Running",
        "The machine runs your command and usage is metered.",
        "It ends with the window, when the command ends, or when you stop it.",
    ),
    State.ENDED: Words(
        "sea",
        "pull",
        "Ended",
        "It no longer runs. Usage may still arrive.",
        "When the last usage has arrived it is charged, and what is left of the hold goes back.",
    ),
    State.SETTLED: Words(
        "idle", "ok", "Settled", "Usage is charged, the rest of the hold went back.", ""
    ),
    State.REFUSED: Words("idle", "no", "Refused", "Nothing was set aside and nothing charged."),
    State.EXPIRED: Words("idle", "ring", "Expired", GAVE_BACK),
    State.CANCELLED: Words("idle", "no", "Cancelled", GAVE_BACK),
    State.FAILED: Words("bad", "bad", "Failed", GAVE_BACK),
}

LEASE: dict[str, Words] = {
    LeaseState.HELD: Words("warn", "half", "Held"),
    LeaseState.CONFIRMED: Words("good", "ok", "Booked"),
    LeaseState.ACTIVE: Words("good", "run", "Running"),
    LeaseState.ENDED: Words("idle", "ring", "Ended"),
    LeaseState.RELEASED: Words("idle", "ring", "Given back"),
}

TOP_UP: dict[str, Words] = {
    TopUpState.PENDING: Words("sea", "half", "Pending", "We are asking Stripe."),
    TopUpState.NEEDS_ACTION: Words(
        "warn",
        "warn",
        "Waits for your bank",
        "The bank wants you to confirm the payment. Until then nothing is taken.",
    ),
    TopUpState.SUCCEEDED: Words("good", "ok", "Paid", "The money is in the wallet."),
    TopUpState.FAILED: Words("bad", "bad", "Failed", "Nothing was taken."),
}

MACHINE: dict[str, Words] = {
    MachineState.ONLINE: Words("good", "ok", "Online"),
    MachineState.OFFLINE: Words("bad", "bad", "Offline"),
    MachineState.RETIRED: Words("idle", "no", "Retired"),
}

OFFER: dict[str, Words] = {
    OfferState.LISTED: Words("good", "ok", "Listed"),
    OfferState.WITHDRAWN: Words("idle", "no", "Withdrawn"),
}

#: what screening says of an organisation, or would say of an offer before anybody has asked
STANDING: dict[str, Words] = {
    "cleared": Words("good", "ok", "Cleared"),
    "available": Words("good", "ok", "Available"),
    "under review": Words("warn", "half", "Under review"),
    "not available": Words("idle", "no", "Not available"),
}

#: of the risk of a site
GRADE: dict[str, Words] = {
    Grade.LOW: Words("good", "ok", "Low"),
    Grade.GUARDED: Words("idle", "ring", "Guarded"),
    Grade.ELEVATED: Words("warn", "half", "Elevated"),
    Grade.HIGH: Words("bad", "warn", "High"),
}

WORDS = {
    "reservation": RESERVATION,
    "lease": LEASE,
    "top_up": TOP_UP,
    "machine": MACHINE,
    "offer": OFFER,
    "standing": STANDING,
    "grade": GRADE,
}
