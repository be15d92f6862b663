"""What a page says when the broker refuses: at which field, with which mend, under which status."""

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask, BadAsk, NotARenter, NotEnoughGpus, TooManyPins
from marketplace.catalog.models import Offer
from marketplace.core.idempotency import KeyReused
from marketplace.ledger.services import InsufficientFunds, WalletFrozen
from marketplace.web.forms import dollars
from marketplace.web.said import said
from marketplace.web.sentences import sentence

REFUSALS = (BadAsk, NotEnoughGpus, InsufficientFunds, NotARenter, KeyReused, TooManyPins)

#: field of an ask to field of the form, and how the message calls it
FIELDS = {
    "gpu_count": ("gpu_count", gettext_lazy("The number of GPUs")),
    "start": ("start", gettext_lazy("The start")),
    "end": ("hours", gettext_lazy("The end")),
    "offer": (None, gettext_lazy("This offer")),
    "together": ("together", gettext_lazy("Where")),
    "spot_bid_micro": ("spot_bid", gettext_lazy("A bid")),
    "resumes": (None, gettext_lazy("The workspace")),
    "rolling": ("lasts", gettext_lazy("Until you stop it")),
}


@dataclass(frozen=True)
class Refusal:
    """`field` None: the message stands above the form."""

    field: str | None
    message: StrOrPromise
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
        case WalletFrozen():
            text = _("Your wallet is frozen while a payment into it is disputed. See your wallet.")
            return Refusal(None, text, HTTPStatus.FORBIDDEN)
        case InsufficientFunds():
            return _too_dear(brokerage.quote_micro(ask=ask), balance_micro)
        case NotARenter():
            text = _("Your organisation is not registered to rent. Ask us to change that.")
            return Refusal(None, text, HTTPStatus.FORBIDDEN)
        case TooManyPins():
            text = sentence(error)
            return Refusal(None, text, HTTPStatus.CONFLICT)
        case _:
            text = _(
                "This page was sent before with other content. Nothing new was booked; see your "
                "reservations, or ask for the cost again."
            )
            return Refusal(None, text, HTTPStatus.UNPROCESSABLE_ENTITY)


WORKLOAD = ("environment", "image", "template", "ssh_keys")


def _bad(error: BadAsk) -> Refusal:
    if error.field == "workload":
        named = error.message.partition(" ")[0].partition("[")[0]
        name = named if named in WORKLOAD else "command"
        return Refusal(name, sentence(error.message), HTTPStatus.UNPROCESSABLE_ENTITY)
    field, called = FIELDS.get(error.field, (None, error.field))
    text = _("%(field)s %(fault)s.") % {"field": called, "fault": said(error.message)}
    return Refusal(field, text, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_few(error: NotEnoughGpus, ask: Ask) -> Refusal:
    here = ask.together == Together.OFFER
    which = "GPUs of this offer are free" if here else "GPUs are free together like that"
    text = f"{error.free} {which} in that window. Take fewer, or another window" + (
        ", or one of the offers below." if error.alternatives else "."
    )
    return Refusal("gpu_count", text, HTTPStatus.CONFLICT, tuple(error.alternatives))


def _too_dear(cost: int, balance: int) -> Refusal:
    text = _(
        "This costs %(cost)s and the wallet has %(balance)s available. Add at least %(lack)s, or"
        " take fewer GPUs or a shorter window."
    ) % {"cost": dollars(cost), "balance": dollars(balance), "lack": dollars(cost - balance)}
    return Refusal(None, text, HTTPStatus.PAYMENT_REQUIRED, add_money=True)
