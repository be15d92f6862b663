"""Saved cards, paying on Stripe's page, and confirming a payment that the bank asks about."""

from datetime import timedelta

import pytest

from marketplace.billing import services, stripe, tasks
from marketplace.billing.fake_stripe.resources import checkout, payment_intents
from marketplace.billing.models import SavedCard, StripeCommand, TopUp, WalletNotice
from marketplace.billing.services import customers
from marketplace.core.idempotency import KeyReused
from marketplace.core.states import IllegalMove
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import ask, available, give_card, send
from tests.make import NOON

pytestmark = pytest.mark.django_db
BACK = "https://straits.example/wallet/"


def seen(organisation):
    return [
        (card.last4, card.is_default)
        for card in services.cards(organisation=organisation).order_by("pk")
    ]


def page(organisation, micro=25_000_000, key="p", save=False):
    return services.top_up_page(
        organisation=organisation,
        by=None,
        amount_micro=micro,
        back=BACK,
        save_card=save,
        key=key,
        at=NOON,
    )


def session_of(url):
    return url.rsplit("/", 1)[1]


def test_a_card_saved_on_stripes_page_is_shown_without_its_number(fake, harbour):
    card = give_card(fake, harbour)
    assert (str(card), card.exp_month, card.exp_year, card.country) == (
        "Visa ending in 4242",
        12,
        2034,
        "US",
    )
    assert seen(harbour) == [("4242", True)]
    assert harbour.stripe_customer.startswith("cus_")


def test_an_organisation_is_one_customer_however_often_it_is_asked_for(fake, harbour):
    give_card(fake, harbour)
    give_card(fake, harbour, "pm_card_mastercard")
    [customer] = fake.all("customer")
    assert customer["metadata"] == {"organisation": str(harbour.public_id)}


def test_the_first_card_is_the_default_until_another_is_chosen(fake, harbour, alice):
    give_card(fake, harbour)
    second = give_card(fake, harbour, "pm_card_mastercard")
    assert seen(harbour) == [("4242", True), ("4444", False)]
    services.choose_default(organisation=harbour, card=second.public_id, by=alice, at=NOON)
    assert sorted(seen(harbour)) == [("4242", False), ("4444", True)]


def test_a_removed_card_is_gone_here_at_once_and_at_stripe_by_command(fake, harbour, alice):
    first = give_card(fake, harbour)
    give_card(fake, harbour, "pm_card_mastercard")
    services.remove_card(organisation=harbour, card=first.public_id, by=alice, at=NOON)
    assert seen(harbour) == [("4444", True)]
    with pytest.raises(services.BadTopUp, match="not among your saved cards"):
        ask(harbour, method=first.payment_method)
    command = first.commands.get()
    fake.faults.append("drop")
    send(command)
    send(command, command.next_at)
    assert command.state == "done"
    assert fake.objects[first.payment_method]["customer"] is None
    services.mirror_cards(organisation=harbour, at=NOON)
    assert seen(harbour) == [("4444", True)]


def test_a_card_that_its_bank_renewed_shows_its_new_end(fake, harbour):
    card = give_card(fake, harbour)
    fake.objects[card.payment_method]["card"]["exp_year"] = 2039
    services.mirror_cards(organisation=harbour, at=NOON)
    card.refresh_from_db()
    assert (card.exp_year, card.is_default) == (2039, True)


def test_the_events_of_a_saved_card_bring_it_here_without_the_visitor(fake, harbour):
    url = services.save_card_page(organisation=harbour, back=BACK, key="k")
    checkout.complete(fake, session_of(url), "pm_card_visa")
    for _ in range(2):
        stand_in.hear_all(fake)
    assert seen(harbour) == [("4242", True)]


def test_an_older_look_does_not_take_away_a_card_that_came_later(fake, harbour):
    give_card(fake, harbour)
    customers.note_cards(organisation=harbour, seen=[], at=NOON)
    assert seen(harbour) == [("4242", True)]


@pytest.mark.parametrize("verb", ["choose_default", "remove_card"])
def test_nobody_touches_the_cards_of_others(fake, harbour, charlie, verb):
    card = give_card(fake, harbour)
    other = make.organisation("Other", member=charlie)
    with pytest.raises(services.NoSuchCard):
        getattr(services, verb)(organisation=other, card=card.public_id, by=charlie, at=NOON)
    with pytest.raises(services.BadTopUp, match="not among your saved cards"):
        ask(other, method=card.payment_method)
    assert seen(harbour) == [("4242", True)]
    assert not TopUp.objects.exists()
    assert not StripeCommand.objects.exists()


def test_a_saved_card_pays_as_its_customer(fake, harbour):
    card = give_card(fake, harbour)
    made = ask(harbour, method=card.payment_method)
    send(made.commands.get())
    [intent] = stand_in.intents(fake)
    assert (intent["customer"], intent["status"]) == (harbour.stripe_customer, "succeeded")
    assert available(harbour) == 25_000_000


def test_a_top_up_on_stripes_page_is_booked_by_its_events(fake, harbour):
    opened = page(harbour, save=True)
    assert (opened.top_up.state, opened.url.startswith(fake.address)) == ("pending", True)
    checkout.complete(fake, session_of(opened.url))
    for _ in range(2):
        stand_in.hear_all(fake)
    opened.top_up.refresh_from_db()
    assert (opened.top_up.state, available(harbour)) == ("succeeded", 25_000_000)
    assert opened.top_up.lot.remaining_micro == 25_000_000
    assert seen(harbour) == [("4242", True)]


def test_the_same_page_sent_twice_is_one_top_up_and_one_visit(fake, harbour):
    first, again = page(harbour), page(harbour)
    assert (first.top_up, first.url) == (again.top_up, again.url)
    assert len(fake.all("checkout.session")) == 1


def test_the_same_key_to_save_the_card_as_well_is_refused_before_stripe_is_asked(fake, harbour):
    page(harbour)
    calls = len(fake.calls)
    with pytest.raises(KeyReused):
        page(harbour, save=True)
    assert (len(fake.calls), TopUp.objects.count()) == (calls, 1)
    saving = page(harbour, key="other", save=True)
    assert page(harbour, key="other", save=True) == saving


def test_a_declined_card_on_the_page_fails_nothing_since_another_may_pay(fake, harbour):
    opened = page(harbour)
    with pytest.raises(Exception, match="declined"):
        checkout.complete(fake, session_of(opened.url), "pm_card_chargeDeclined")
    stand_in.hear_all(fake)
    opened.top_up.refresh_from_db()
    assert opened.top_up.state == "pending"
    checkout.complete(fake, session_of(opened.url))
    stand_in.hear_all(fake)
    opened.top_up.refresh_from_db()
    assert (opened.top_up.state, available(harbour)) == ("succeeded", 25_000_000)
    assert len(stand_in.intents(fake)) == 1


def test_a_page_that_was_left_fails_its_top_up(fake, harbour, stripe_server):
    opened = page(harbour)
    stand_in.client(stripe_server[1]).v1.checkout.sessions.expire(session_of(opened.url))
    stand_in.hear_all(fake)
    opened.top_up.refresh_from_db()
    assert (opened.top_up.state, available(harbour)) == ("failed", 0)
    assert opened.top_up.failure == "The payment page was left without paying."


@pytest.mark.parametrize("heard", [True, False])
def test_a_page_that_was_left_after_a_card_was_declined_fails_too(
    fake, harbour, stripe_server, heard
):
    opened = page(harbour)
    with pytest.raises(Exception, match="declined"):
        checkout.complete(fake, session_of(opened.url), "pm_card_chargeDeclined")
    stand_in.client(stripe_server[1]).v1.checkout.sessions.expire(session_of(opened.url))
    late = NOON + timedelta(hours=3)
    if heard:
        stand_in.hear_all(fake, late)
    for row in services.overdue_pages(at=late):
        services.look_at_page(top_up=row, at=late)
    opened.top_up.refresh_from_db()
    assert (opened.top_up.state, opened.top_up.settled_at) == ("failed", late)
    assert opened.top_up.failure == "The payment page was left without paying."
    assert available(harbour) == 0


@pytest.mark.parametrize(
    ("status", "state"), [("processing", "pending"), ("requires_action", "failed")]
)
def test_a_page_that_ends_waits_for_what_stripe_is_at_and_for_nobody_else(
    fake, harbour, status, state
):
    opened = page(harbour)
    checkout.complete(fake, session_of(opened.url))
    [intent] = stand_in.intents(fake)
    intent.update(status=status, amount_received=0)
    fake.objects[session_of(opened.url)]["status"] = "expired"
    late = NOON + timedelta(hours=3)
    services.look_at_page(top_up=opened.top_up, at=late)
    opened.top_up.refresh_from_db()
    assert (opened.top_up.state, available(harbour)) == (state, 0)


def test_a_page_whose_events_were_lost_is_looked_at(fake, harbour):
    opened = page(harbour)
    checkout.complete(fake, session_of(opened.url))
    late = NOON + timedelta(hours=3)
    [row] = services.overdue_pages(at=late)
    services.look_at_page(top_up=row, at=late)
    row.refresh_from_db()
    assert (row.state, available(harbour)) == ("succeeded", 25_000_000)
    assert services.overdue_pages(at=late) == []


def test_a_page_that_never_opened_fails_in_the_end_and_can_be_asked_for_again(fake, harbour):
    fake.faults.append("500")
    with pytest.raises(stripe.Unavailable):
        page(harbour)
    made = TopUp.objects.get()
    assert (made.state, made.checkout_session) == ("pending", "")
    assert page(harbour).top_up == made
    TopUp.objects.update(checkout_session="")
    services.look_at_page(top_up=made, at=NOON)
    made.refresh_from_db()
    assert made.state == "failed"


def waiting(harbour, fake):
    card = give_card(fake, harbour, "pm_card_authenticationRequired")
    made = ask(harbour, method=card.payment_method)
    send(made.commands.get())
    made.refresh_from_db()
    assert made.state == "needs_action"
    return made


def confirm(made):
    return services.confirm_page(
        organisation=made.organisation, top_up=made.public_id, back=BACK, at=NOON
    )


def test_the_owner_confirms_at_the_bank_and_the_notice_goes(fake, harbour):
    made = waiting(harbour, fake)
    assert WalletNotice.objects.get(put_away_at=None).text.startswith("Your bank wants you")
    url = confirm(made)
    assert url == f"{fake.address}/_fake/authenticate/{made.payment_intent}"
    payment_intents.authenticate(fake, made.payment_intent)
    stand_in.hear_all(fake)
    made.refresh_from_db()
    assert (made.state, available(harbour)) == ("succeeded", 25_000_000)
    assert not WalletNotice.objects.filter(put_away_at=None).exists()
    with pytest.raises(IllegalMove):
        confirm(made)


def test_a_payment_nobody_confirms_is_cancelled_after_a_day(fake, harbour):
    made = waiting(harbour, fake)
    day = NOON + timedelta(hours=24)
    assert services.unconfirmed(at=day - timedelta(seconds=1)) == []
    [row] = services.unconfirmed(at=day)
    services.give_up(top_up=row, at=day)
    assert services.unconfirmed(at=day) == []
    send(StripeCommand.objects.get(kind="cancel_payment"), day)
    made.refresh_from_db()
    assert (made.state, available(harbour)) == ("failed", 0)
    assert stand_in.intents(fake)[0]["status"] == "canceled"


def test_one_that_was_confirmed_at_the_last_moment_is_not_lost(fake, harbour):
    made = waiting(harbour, fake)
    day = NOON + timedelta(hours=24)
    services.give_up(top_up=made, at=day)
    payment_intents.authenticate(fake, made.payment_intent)
    command = StripeCommand.objects.get(kind="cancel_payment")
    send(command, day)
    assert command.state == "failed"
    stand_in.hear_all(fake)
    made.refresh_from_db()
    assert (made.state, available(harbour)) == ("succeeded", 25_000_000)


def test_the_sweeps_run(fake, harbour):
    tasks.end_waiting_top_ups()
    tasks.expire_credit()
    tasks.top_up_low_wallets()
    assert not SavedCard.objects.exists()
