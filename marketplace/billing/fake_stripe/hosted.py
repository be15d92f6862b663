"""The pages that a card's owner would see at Stripe: plain, so that development can go there."""

import html
import urllib.parse
from collections.abc import Callable

from .resources import accounts, checkout, payment_intents
from .state import Fake
from .wire import Json, Refusal

HTML = "text/html; charset=utf-8"
CARDS = (
    ("pm_card_visa", "Visa 4242: pays"),
    ("pm_card_bypassPending", "Visa 0077: pays, and the money can be paid out at once"),
    ("pm_card_mastercard", "Mastercard 4444: pays"),
    ("pm_card_authenticationRequired", "Visa: the bank asks its owner each time"),
    ("pm_card_chargeCustomerFail", "Visa: can be saved, is declined when charged"),
    ("pm_card_chargeDeclined", "Visa: declined"),
    ("pm_card_createDispute", "Visa: pays, then disputes"),
    ("pm_card_pendingRefund", "Visa: pays, a refund takes time"),
    ("pm_card_refundFail", "Visa: pays, a refund fails"),
)
ONBOARDING = (
    ("complete", "Everything is in order: takes transfers, pays out"),
    ("restricted", "Sent in, but a document is missing"),
    ("later", "Go on another time"),
)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Fake Stripe</title>
<h1>{title}</h1><p>This is a fake Stripe: no card is charged and no money moves.</p>
<p>{note}</p><form method="post">{choices}</form><p><a href="{back}">Go back</a></p></html>"""
BUTTON = '<p><button name="choice" value="{value}">{label}</button></p>'


def _page(title: str, choices: tuple[tuple[str, str], ...], back: str, note: str = "") -> str:
    buttons = "".join(
        BUTTON.format(value=html.escape(value), label=html.escape(label))
        for value, label in choices
    )
    return PAGE.format(
        title=html.escape(title), note=html.escape(note), choices=buttons, back=html.escape(back)
    )


def show(fake: Fake, path: str, note: str = "") -> str | None:
    """The page at this path, None when there is none. May be asked from any thread."""
    kind, _, name = path.removeprefix("/_fake/").partition("/")
    about = fake.objects.get(name)
    if about is None or kind not in ACTS:
        return None
    if kind == "checkout":
        cost = f"{about['amount_total']} {about['currency']}" if about["amount_total"] else ""
        title = f"Pay {cost} (minor units)" if cost else "Save a card"
        return _page(title, CARDS, about["cancel_url"] or about["success_url"], note)
    if kind == "onboard":
        return _page("Tell Stripe who you are", ONBOARDING, accounts.back_from(fake, name), note)
    where = (about["next_action"] or {}).get("redirect_to_url", {})
    choices = (("agree", "Yes, this is me"), ("refuse", "No, refuse"))
    return _page("Your bank asks: is this payment yours?", choices, where.get("return_url", ""))


def visit(fake: Fake, method: str, path: str, raw: bytes) -> tuple[int, bytes, str, dict[str, str]]:
    """Answer a browser: the page, or what became of the choice that was made on it."""
    note = ""
    if method == "POST":
        [choice] = urllib.parse.parse_qs(raw.decode()).get("choice", [""])
        onward = act(fake, path, choice)
        if onward is not None:
            return 303, b"", HTML, {"Location": onward}
        note = "That was refused. Try another way."
    page = show(fake, path, note)
    return (404, b"No such page.", HTML, {}) if page is None else (200, page.encode(), HTML, {})


def act(fake: Fake, path: str, choice: str) -> str | None:
    """Do what the visitor chose; returns where to go next, None to stay on the page."""
    kind, _, name = path.removeprefix("/_fake/").partition("/")
    with fake.lock:
        try:
            return ACTS[kind](fake, name, choice)
        except (KeyError, Refusal):
            return None


def _checkout(fake: Fake, name: str, choice: str) -> str:
    made: Json = checkout.complete(fake, name, choice)
    return str(made["success_url"]).replace("{CHECKOUT_SESSION_ID}", urllib.parse.quote(name))


def _authenticate(fake: Fake, name: str, choice: str) -> str:
    where = fake.get("payment_intent", name)["next_action"]["redirect_to_url"]["return_url"]
    payment_intents.authenticate(fake, name, agreed=choice == "agree")
    return str(where)


def _onboard(fake: Fake, name: str, choice: str) -> str:
    back = accounts.back_from(fake, name)
    if choice == "complete":
        accounts.enable(fake, name)
    elif choice == "restricted":
        accounts.restrict(fake, name, due=["company.verification.document"])
    return back


ACTS: dict[str, Callable[[Fake, str, str], str]] = {
    "checkout": _checkout,
    "authenticate": _authenticate,
    "onboard": _onboard,
}
