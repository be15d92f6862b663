"""What a notice says to a person, out of its kind and facts; and which page tells more."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.core.money import text_from_micro, text_of_minor, whole_minor


class Said(NamedTuple):
    """`head` is also the subject of a letter; `page` a path of ours, empty where none tells more"""

    head: str
    more: str
    page: str


class Words(NamedTuple):
    """Templates; `page` names an address, of the notice's subject where `own`."""

    head: Any
    more: Any
    page: str
    own: bool = True


BOOKING: Final = "reservation"
WORDS: Final[Mapping[str, Words]] = {
    "reservation.confirmed": Words(
        _("{gpus}: booked"), _("It is booked from {start} to {end}."), BOOKING
    ),
    "reservation.refused": Words(
        _("{gpus}: not booked"), _("Nothing was booked and nothing is charged: {reason}."), BOOKING
    ),
    "reservation.expired": Words(
        _("{gpus}: not kept any longer"), _("It ran out: {reason}. All was given back."), BOOKING
    ),
    "reservation.cancelled": Words(_("{gpus}: cancelled"), _("Why: {reason}."), BOOKING),
    "reservation.starting": Words(
        _("{gpus}: begins {about}"), _("Your booking begins at {about}."), BOOKING
    ),
    "reservation.started": Words(_("{gpus}: runs"), _("It runs, until {end} at most."), BOOKING),
    "reservation.ending": Words(
        _("{gpus}: ends {about}"),
        _(
            "Your booking ends at {about}. What is not saved by then is lost, and its workspace is"
            " wiped unless you have it kept. You can make the booking longer while its GPUs are"
            " free."
        ),
        BOOKING,
    ),
    "reservation.ended": Words(_("{gpus}: ended"), _("It ended at {ended_at}: {reason}."), BOOKING),
    "reservation.failed": Words(
        _("{gpus}: could not start"),
        _("All that was set aside for it was given back. Why: {reason}."),
        BOOKING,
    ),
    "reservation.evicted": Words(
        _("{gpus}: interrupted {about}"),
        _(
            "Your booking may be interrupted, and it will be: it gives way at {about} to somebody"
            " who pays the full price or bids more. Its workload was told as well. What is not"
            " saved by then is lost; nothing after it is charged."
        ),
        BOOKING,
    ),
    "reservation.payment_due": Words(
        _("{gpus}: pay by {about}"),
        _(
            "The rest of your booking's price, {due}, could not be taken. Its GPUs are kept for you"
            " until {about}. Pay it by then and it starts; otherwise it ends, for the fee of its"
            " schedule. If you have a default card it is being asked now; its bank may want to hear"
            " from you."
        ),
        BOOKING,
    ),
    "reservation.not_rolled": Words(
        _("{gpus}: ends {about} as it stands"),
        _(
            "It was to run until you stop it, but it ends at {about}: {why}. It is tried"
            " again every minute until then, and goes on if that changes. What is not saved by then"
            " is lost."
        ),
        BOOKING,
    ),
    "reservation.machine_replaced": Words(
        _("{gpus}: another machine stands in"),
        _(
            "A machine of your booking did not answer before the start. An equal machine of the"
            " same site stands in, at the same price and for the same window."
        ),
        BOOKING,
    ),
    "reservation.machine_unreachable": Words(
        _("{gpus}: its machine does not answer"),
        _(
            "A machine of your booking does not answer, and no equal one of the site is free. We"
            " keep looking until the window is over. You may cancel for nothing."
        ),
        BOOKING,
    ),
    "reservation.machine_lost": Words(
        _("{gpus}: its machine was lost"),
        _(
            "A machine that runs your booking does not answer. Time that is not delivered is not"
            " charged. You may wait for it, or stop for nothing."
        ),
        BOOKING,
    ),
    "workspace.kept": Words(
        _("{gpus}: its workspace is kept"),
        _(
            "The {gib} GiB of its workspace lie on their machine until {about}. Keeping them costs"
            " {most} at most, which is held. On its page you can go on with them in a new rental,"
            " or delete them."
        ),
        BOOKING,
    ),
    "workspace.ending": Words(
        _("{gpus}: its workspace is wiped {about}"),
        _(
            "The {gib} GiB that are kept of it are wiped at {about}. To go on with them, begin a"
            " rental on their machine before: its page leads there."
        ),
        BOOKING,
    ),
    "workspace.ended": Words(
        _("{gpus}: its workspace is kept no longer"),
        _("Why: {why}. Keeping it cost {so_far}; the rest of what was held has gone back."),
        BOOKING,
    ),
    "waitlist.served": Words(
        _("{gpus}: your turn came"),
        _(
            "Your turn came in the waitlist: your request became a reservation, at the cheapest"
            " price up to your limit."
        ),
        BOOKING,
    ),
    "waitlist.returned": Words(
        _("{gpus}: back in the waitlist"),
        _("Somebody was faster with the GPUs, so your request stands in line again."),
        "waitlist",
        own=False,
    ),
    "waitlist.lapsed": Words(
        _("{gpus}: no longer in the waitlist"), _("Why: {reason}."), "waitlist", own=False
    ),
    "wallet.low": Words(
        _("Your wallet is low"),
        _("What runs now uses it up in less than {hours} h. Add money so that nothing is refused."),
        "wallet",
        own=False,
    ),
    "wallet.grace": Words(
        _("Your wallet is empty; {amount} was lent"),
        _(
            "A rental that runs until you stop it goes on: what your wallet lacks of its next"
            " stretch was lent to you. You owe {owed} of at most {limit}. It is taken from the next"
            " money in your wallet; what is not used comes back."
        ),
        "wallet",
        own=False,
    ),
    "wallet.top_up_failed": Words(
        _("A top-up of {amount} failed"), _("Nothing was taken: {reason}"), "wallet", own=False
    ),
    "wallet.topped_up": Words(
        _("Your wallet was topped up by {amount}"),
        _("You let us do so when it is low. The limits are on the wallet's page."),
        "wallet",
        own=False,
    ),
    "wallet.automatic_off": Words(
        _("Automatic top-ups were switched off"),
        _("Why: {reason}. Choose a card and switch them on again."),
        "wallet",
        own=False,
    ),
    "wallet.action_needed": Words(
        _("Your bank asks for a confirmation"),
        _("A top-up of {amount} waits until you confirm it with your bank."),
        "wallet",
        own=False,
    ),
    "wallet.frozen": Words(
        _("Your wallet is frozen"),
        _("A payment is disputed at your bank. Nothing new can be booked until that is settled."),
        "wallet",
        own=False,
    ),
    "invoice.issued": Words(_("Invoice {number} is ready"), _("Its total is {amount}."), "invoice"),
    "payout.paid": Words(
        _("A payout of {amount} was made"), _("It is on its way to your bank."), "payout"
    ),
    "payout.returned": Words(
        _("A payout of {amount} was not made"),
        _("It is payable again. Why: {reason}."),
        "payout",
    ),
    "payout.reversed": Words(
        _("A payout of {amount} came back"), _("It is payable again."), "payout"
    ),
    "machine.unreachable": Words(
        _("{name} does not answer"),
        _("Nothing new is booked on it. What is lost of bookings counts in its record."),
        "provider-machine",
    ),
    "machine.back": Words(
        _("{name} answers again"), _("It takes bookings again."), "provider-machine"
    ),
    "screening.decided": Words(
        _("A review of your organisation is done"),
        _("What you may rent now stands on the page of your organisation."),
        "organisation",
        own=False,
    ),
    "member.joined": Words(
        _("{email} joined your organisation"),
        _("The role is {role}. If you did not expect it, change that on the members' page."),
        "members",
        own=False,
    ),
    "webhook.paused": Words(
        _("A webhook was paused"),
        _("Nothing was taken at {url} for three days. Mend it, then resume it on its page."),
        "webhook",
    ),
}
#: facts that are moments
MOMENTS: Final = ("start", "end", "about", "ended_at")
#: facts that are words or sentences of ours, kept in English
CLAUSES: Final = ("reason", "role", "why")


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return pgettext_lazy("a fact that is not known", "not known")


def said(kind: str, facts: Mapping[str, Any]) -> Said:
    """Head, more and page of a notice, in the language that is active."""
    words, shown = WORDS[kind], _Facts(_shown(facts))
    return Said(
        str(words.head).format_map(shown),
        str(words.more).format_map(shown),
        _page(words, str(facts.get("id", ""))),
    )


def _shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    # of a kept workspace, as the API shows it
    flat = {**facts, **(facts.get("keeping") or {})}
    known = {name: fact for name, fact in flat.items() if fact not in (None, "")}
    for name in MOMENTS:
        if name in known:
            known[name] = _moment(known[name])
    for name in CLAUSES:
        if name in known:
            # what puts them into other languages stands in a higher room
            known[name] = import_string(settings.SAID)(known[name])
    if "chip" in known:
        known["gpus"] = f"{known.get('gpu_count', 1)} \N{MULTIPLICATION SIGN} {known['chip']}"
    currency = str(known.get("currency", "USD"))
    for name, written in AMOUNTS.items():
        if f"{name}_micro" in known:
            known[name] = written(int(known[f"{name}_micro"]), currency)
    return known


def _money(micro: int, currency: str) -> str:
    return f"{text_of_minor(whole_minor(micro, currency), currency)} {currency}"


def _exact(micro: int, currency: str) -> str:
    """Of what is often less than a cent."""
    return f"{text_from_micro(micro)} {currency}"


#: facts that are amounts, and how each is written
AMOUNTS: Final[Mapping[str, Callable[[int, str], str]]] = {
    **dict.fromkeys(("amount", "due", "owed", "limit"), _money),
    **dict.fromkeys(("most", "so_far"), _exact),
}


def _moment(text: str) -> str:
    there = datetime.fromisoformat(text).astimezone(UTC)
    clock = "%H:%M:%S" if there.second else "%H:%M"
    return f"{there.day} {there.strftime(f'%b %Y, {clock} UTC')}"


def _page(words: Words, subject: str) -> str:
    try:
        return reverse(words.page, args=[subject] if words.own else [])
    except NoReverseMatch:  # told without its id
        return ""


#: what a kind is called where a person chooses
LABELS: Final[Mapping[str, Any]] = {
    "reservation.confirmed": _("A booking is confirmed"),
    "reservation.refused": _("A request is refused"),
    "reservation.expired": _("A hold or quote runs out"),
    "reservation.cancelled": _("A booking is cancelled"),
    "reservation.starting": _("A booking begins soon"),
    "reservation.started": _("A booking runs"),
    "reservation.ending": _("A booking ends soon"),
    "reservation.ended": _("A booking has ended"),
    "reservation.failed": _("A booking could not start"),
    "reservation.evicted": _("A rental on a bid gives way"),
    "reservation.payment_due": _("A booking waits for its payment"),
    "reservation.not_rolled": _("What runs until it is stopped will end"),
    "reservation.machine_replaced": _("Another machine stands in"),
    "reservation.machine_unreachable": _("A machine does not answer before the start"),
    "reservation.machine_lost": _("A machine is lost while it runs"),
    "workspace.kept": _("A workspace is kept after its rental"),
    "workspace.ending": _("A kept workspace is wiped soon"),
    "workspace.ended": _("A workspace is kept no longer"),
    "waitlist.served": _("A turn in the waitlist comes"),
    "waitlist.returned": _("A request is back in the waitlist"),
    "waitlist.lapsed": _("A request leaves the waitlist unserved"),
    "wallet.low": _("The wallet is low"),
    "wallet.grace": _("Money is lent so that a rental goes on"),
    "wallet.top_up_failed": _("A top-up fails"),
    "wallet.topped_up": _("An automatic top-up is made"),
    "wallet.automatic_off": _("Automatic top-ups are switched off"),
    "wallet.action_needed": _("The bank asks for a confirmation"),
    "wallet.frozen": _("The wallet is frozen"),
    "invoice.issued": _("An invoice is ready"),
    "payout.paid": _("A payout is made"),
    "payout.returned": _("A payout is not made"),
    "payout.reversed": _("A payout comes back"),
    "machine.unreachable": _("A machine of yours does not answer"),
    "machine.back": _("A machine of yours answers again"),
    "screening.decided": _("A review of the organisation is done"),
    "member.joined": _("Somebody joins the organisation"),
    "webhook.paused": _("A webhook is paused"),
}
