"""What a page says when the broker refuses: at which field, with which mend, under which status."""

from dataclasses import dataclass
from http import HTTPStatus

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask, BadAsk, NotARenter, NotEnoughGpus
from marketplace.catalog.models import Offer
from marketplace.core.idempotency import KeyReused
from marketplace.ledger.services import InsufficientFunds
from marketplace.web.forms import dollars

REFUSALS = (BadAsk, NotEnoughGpus, InsufficientFunds, NotARenter, KeyReused)

#: field of an ask to field of the form, and how the message calls it
FIELDS = {
    "gpu_count": ("gpu_count", "The number of GPUs"),
    "start": ("start", "The start"),
    "end": ("hours", "The end"),
    "offer": (None, "This offer"),
}


@dataclass(frozen=True)
class Refusal:
    """`field` None: the message stands above the form."""

    field: str | None
    message: str
    status: int
    alternatives: tuple[Offer, ...] = ()
    add_money: bool = False


def explain(error: Exception, ask: Ask, balance_micro: int) -> Refusal:
    """Put one of REFUSALS into words; `balance_micro` is what the wallet has available."""
    match error:
        case BadAsk():
            return _bad(error)
        case NotEnoughGpus():
            return _too_few(error, ask)
        case InsufficientFunds():
            return _too_dear(brokerage.quote_micro(ask=ask), balance_micro)
        case NotARenter():
            text = "Your organisation is not registered to rent. Ask us to change that."
            return Refusal(None, text, HTTPStatus.FORBIDDEN)
        case _:
            text = (
                "This page was sent before with other content. Nothing new was booked; see your "
                "reservations, or ask for the cost again."
            )
            return Refusal(None, text, HTTPStatus.UNPROCESSABLE_ENTITY)


WORKLOAD = ("environment", "image", "template", "ssh_keys")


def _bad(error: BadAsk) -> Refusal:
    if error.field == "workload":
        named = error.message.partition(" ")[0].partition("[")[0]
        name = named if named in WORKLOAD else "command"
        text = f"{error.message[0].upper()}{error.message[1:]}."
        return Refusal(name, text, HTTPStatus.UNPROCESSABLE_ENTITY)
    field, called = FIELDS.get(error.field, (None, error.field))
    return Refusal(field, f"{called} {error.message}.", HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_few(error: NotEnoughGpus, ask: Ask) -> Refusal:
    here = ask.together == Together.OFFER
    which = "GPUs of this offer are free" if here else "GPUs are free together like that"
    text = f"{error.free} {which} in that window. Take fewer, or another window" + (
        ", or one of the offers below." if error.alternatives else "."
    )
    return Refusal("gpu_count", text, HTTPStatus.CONFLICT, tuple(error.alternatives))


def _too_dear(cost: int, balance: int) -> Refusal:
    text = (
        f"This costs {dollars(cost)} and the wallet has {dollars(balance)} available. Add at least "
        f"{dollars(cost - balance)}, or take fewer GPUs or a shorter window."
    )
    return Refusal(None, text, HTTPStatus.PAYMENT_REQUIRED, add_money=True)
