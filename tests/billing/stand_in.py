"""The fake Stripe as tests use it: one server for many tests, empty at the start of each."""

from contextlib import contextmanager

import stripe

from marketplace.billing import services
from marketplace.billing import stripe as adapter
from marketplace.billing.fake_stripe import Fake, serve
from marketplace.billing.fake_stripe.resources import checkout
from marketplace.billing.fake_stripe.server import signed
from marketplace.billing.models import StripeCommand
from marketplace.billing.stripe import client as connection
from marketplace.brokerage import services as brokerage
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction
from tests.make import NOON

SECRET = "whsec_of_the_tests"


@contextmanager
def running():
    fake = Fake()
    with serve(fake) as url:
        yield fake, url


def use(server, settings, monkeypatch):
    """Point the adapter at the server, without the SDK's own retries, and forget all before."""
    fake, settings.FAKE_STRIPE_URL = server
    vars(fake).update(vars(Fake()))
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    fake.address, fake.clock = settings.FAKE_STRIPE_URL, NOON.timestamp
    monkeypatch.setattr(connection, "RETRIES", 0)
    return fake


def client(url, retries=0):
    """The official package, as the adapter uses it."""
    return stripe.StripeClient(
        "sk_test_fake", base_addresses={"api": url}, max_network_retries=retries
    )


def intents(fake):
    return [made for made in fake.objects.values() if made["object"] == "payment_intent"]


def letter(event, at=NOON, secret=SECRET):
    """Body and signature of a webhook that is sent at this moment."""
    return signed(event, secret, int(at.timestamp()))


def deliver(event, at=NOON):
    payload, signature = letter(event, at)
    return services.store_event(payload=payload, signature=signature, at=at)


def ask(organisation, *, by=None, micro=25_000_000, method="pm_card_visa", key="once", at=NOON):
    return services.top_up(
        organisation=organisation,
        by=by,
        amount_micro=micro,
        payment_method=method,
        key=key,
        at=at,
    )


def send(command, at=NOON):
    services.send_command(command=StripeCommand.objects.get(pk=command.pk), at=at)
    command.refresh_from_db()


def wallet(top_up):
    return services.wallet(organisation=top_up.organisation).available


def assert_paid_once(fake, top_up):
    top_up.refresh_from_db()
    [intent] = intents(fake)
    assert (top_up.state, top_up.payment_intent) == ("succeeded", intent["id"])
    assert Transaction.objects.get().key == f"stripe:pi:{intent['id']}"
    assert wallet(top_up) == 25_000_000
    assert ledger.verify() == []


def assert_nothing_moved(top_up, state):
    top_up.refresh_from_db()
    assert top_up.state == state
    assert not Transaction.objects.exists()
    assert wallet(top_up) == 0


def answer(monkeypatch, **change):
    known = {"id": "pi_1", "status": "succeeded", "amount": 2_500, "currency": "USD", "failure": ""}
    payment = adapter.Payment(**{**known, **change})
    monkeypatch.setattr(adapter, "create_payment", lambda **call: payment)


def give_card(fake, organisation, card="pm_card_visa", at=NOON):
    """A card saved on Stripe's page, as its owner does it; returns our row of it."""
    url = services.save_card_page(organisation=organisation, back="https://s.example/", key=card)
    session = url.rsplit("/", 1)[1]
    checkout.complete(fake, session, card)
    services.mirror_cards(organisation=organisation, at=at)
    return organisation.cards.order_by("pk").last()


def paid(organisation, *, micro=25_000_000, method="pm_card_visa", key="paid", at=NOON):
    """A top-up that succeeded; its lot."""
    made = ask(organisation, micro=micro, method=method, key=key, at=at)
    send(made.commands.get(), at)
    made.refresh_from_db()
    assert made.state == "succeeded"
    return made.lot


def hear_all(fake, at=NOON):
    """Every event so far arrives and is handled."""
    for event in list(fake.events):
        services.handle_event(event=deliver(event, at), at=at)


def spend(organisation, micro, key="use"):
    """Usage takes so much from the wallet, as a charge does."""
    account = brokerage.wallet_account(renter=organisation, currency="USD")
    fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
    sides = (account, fee) if micro > 0 else (fee, account)
    ledger.post(key=key, kind="usage", entries=[ledger.Entry(*sides, abs(micro))], at=NOON)


def available(organisation):
    return services.wallet(organisation=organisation).available


def assert_books_hold():
    assert ledger.verify() == []
    assert services.verify_lots() == []
