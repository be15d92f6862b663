"""Cards and customers that go at Stripe without a word from here, and looks that come late."""

from datetime import timedelta

import pytest

from marketplace.billing import services, stripe
from marketplace.billing.services import customers
from tests.billing import stand_in
from tests.billing.stand_in import give_card
from tests.billing.test_cards import seen
from tests.make import NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
BEFORE = NOON - 60 * SECOND


@pytest.fixture
def card(fake, harbour):
    return give_card(fake, harbour, at=BEFORE)


@pytest.fixture
def by_hand(stripe_server):
    """Somebody at Stripe's dashboard."""
    return stand_in.client(stripe_server[1]).v1


def hear_last(fake):
    event = stand_in.deliver(fake.events[-1])
    services.handle_event(event=event, at=NOON)
    event.refresh_from_db()
    return event


def test_a_card_removed_at_stripe_is_gone_here_by_its_event(fake, harbour, card, by_hand):
    """The event does not name the customer any more."""
    by_hand.payment_methods.detach(card.payment_method)
    event = hear_last(fake)
    assert (event.type, event.customer, event.error) == ("payment_method.detached", "", "")
    assert seen(harbour) == []


def test_a_card_that_goes_and_never_was_ours_is_only_noted(fake, harbour, card, by_hand):
    other = by_hand.customers.create({}).id
    theirs = by_hand.payment_methods.attach("pm_card_mastercard", {"customer": other}).id
    by_hand.payment_methods.detach(theirs)
    assert hear_last(fake).error == "not an event we act on"
    assert seen(harbour) == [("4242", True)]


def test_a_card_that_an_older_look_missed_is_there_again_at_the_next(fake, harbour, card):
    """That look had asked before the card was saved, and took longest."""
    there = stripe.list_cards(customer=harbour.stripe_customer)
    customers.note_cards(organisation=harbour, seen=[], at=NOON)
    assert seen(harbour) == []
    customers.note_cards(organisation=harbour, seen=there, at=BEFORE)
    assert seen(harbour) == [], "asked before it was missed: it may have gone since"
    customers.note_cards(organisation=harbour, seen=there, at=NOON + SECOND)
    assert seen(harbour) == [("4242", True)]


def test_a_card_that_its_owner_removed_does_not_come_back(fake, harbour, alice, card):
    there = stripe.list_cards(customer=harbour.stripe_customer)
    services.remove_card(organisation=harbour, card=card.public_id, by=alice, at=NOON)
    customers.note_cards(organisation=harbour, seen=there, at=NOON + SECOND)
    assert seen(harbour) == []


def test_a_customer_deleted_at_stripe_takes_its_cards_along_and_is_made_anew(
    fake, harbour, card, by_hand
):
    old = harbour.stripe_customer
    by_hand.customers.delete(old)
    assert hear_last(fake).error == ""
    harbour.refresh_from_db()
    assert (harbour.stripe_customer, seen(harbour)) == ("", [])
    give_card(fake, harbour, "pm_card_mastercard")
    assert harbour.stripe_customer not in ("", old)
    assert seen(harbour) == [("4444", True)]
    assert [one["id"] for one in fake.all("customer")] == [harbour.stripe_customer]
    assert fake.complaints == []


def test_only_what_stripe_says_now_makes_a_customer_forgotten(fake, harbour, card):
    false = {
        "id": "evt_1",
        "type": "customer.deleted",
        "data": {"object": {"id": harbour.stripe_customer}},
    }
    event = stand_in.deliver(false)
    services.handle_event(event=event, at=NOON)
    harbour.refresh_from_db()
    assert harbour.stripe_customer == card.organisation.stripe_customer != ""
    assert seen(harbour) == [("4242", True)]
