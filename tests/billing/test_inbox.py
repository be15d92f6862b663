"""Events arrive twice, late, early and in any order; each fact is booked once."""

from importlib import import_module

import pytest
from django.db import connection

from marketplace.billing import services, stripe, tasks
from marketplace.billing.fake_stripe.resources import payment_intents
from marketplace.billing.models import StripeEvent
from marketplace.ledger.models import Transaction
from tests.billing import stand_in
from tests.billing.stand_in import answer, ask, assert_nothing_moved, assert_paid_once, send
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def pay(top_up):
    """Stripe takes the money; nobody here has heard of it yet."""
    command = top_up.commands.get()
    return stripe.create_payment(params=command.params, idempotency_key=command.idempotency_key)


def handle(event):
    services.handle_event(event=StripeEvent.objects.get(pk=event.pk), at=NOON)
    event.refresh_from_db()
    return event


def receive(event):
    return handle(stand_in.deliver(event))


def event_about(intent_id, kind="payment_intent.succeeded", name="evt_1", **content):
    return {"id": name, "type": kind, "data": {"object": {"id": intent_id, **content}}}


def named(top_up):
    return {"metadata": {"top_up": str(top_up.public_id)}}


def test_an_event_is_stored_as_it_came(fake, asked):
    pay(asked)
    stored = stand_in.deliver(fake.events[0])
    assert (stored.event_id, stored.type) == (fake.events[0]["id"], "payment_intent.succeeded")
    assert stored.object_id == stand_in.intents(fake)[0]["id"]
    assert bytes(stored.raw) == stand_in.letter(fake.events[0])[0]
    assert (stored.received_at, stored.handled_at, stored.error) == (NOON, None, "")


SECRET = "pi_1_secret_Qx7"
RETURN = "https://hooks.stripe.com/3d/src_1?client_secret={}&usage=1"


def secretive(secret, name="evt_1"):
    """An event with a secret as values, at any depth, and in an address."""
    deep = {"setup_intents": [{"id": "seti_1", "client_secret": secret}]}
    page = {"redirect_to_url": {"url": RETURN.format(secret or "")}}
    told = {"description": 'says "client_secret": "of mine"', "next_action": page, "charges": deep}
    return event_about("pi_1", name=name, client_secret=secret, **told)


def test_an_event_is_stored_without_the_secrets_in_it(fake):
    stored = stand_in.deliver(secretive(SECRET))
    assert SECRET not in (text := bytes(stored.raw).decode())
    assert text.encode() == stand_in.letter(secretive(None))[0]
    assert stored.content["description"] == 'says "client_secret": "of mine"'


def test_an_event_that_is_listed_is_stored_without_the_secrets_too(fake, asked):
    pay(asked)
    fake.events[0]["data"]["object"]["client_secret"] = SECRET
    assert services.store_missed_events(at=NOON + HOUR) == 1
    stored = StripeEvent.objects.get()
    assert (stored.content["client_secret"], stored.metadata) == (None, named(asked)["metadata"])


def test_secrets_that_were_stored_before_are_struck():
    strike = import_module("marketplace.billing.migrations.0020_struck_secrets").STRIKE
    events = [secretive(SECRET), secretive(None, "evt_2"), event_about("pi_1", name="evt_3")]
    for event in events:
        raw, facts = stand_in.letter(event)[0], {"received_at": NOON, "created_at": NOON}
        StripeEvent.objects.create(event_id=event["id"], object_id="pi_1", raw=raw, **facts)
    with connection.cursor() as cursor:
        cursor.execute(strike)
        assert cursor.rowcount == 2, "that names one, with or without"
    kept = StripeEvent.objects.order_by("pk").values_list("raw", flat=True)
    struck = [secretive(None), *events[1:]]
    assert [bytes(raw) for raw in kept] == [stand_in.letter(event)[0] for event in struck]


def test_an_id_as_long_as_stripes_pages_have_them_is_stored(fake):
    """Those have 66 characters; no id of Stripe's has more than 255."""
    for number, length in enumerate((66, 255)):
        about = f"cs_test_{'a' * (length - 8)}"
        stored = stand_in.deliver(
            event_about(about, "checkout.session.expired", f"evt_{number}".ljust(length, "x"))
        )
        stored.refresh_from_db()
        assert (stored.object_id, len(stored.event_id)) == (about, length)


def test_the_event_books_before_the_answer_does(fake, asked):
    pay(asked)
    event = receive(fake.events[0])
    assert (event.handled_at, event.error) == (NOON, "")
    assert_paid_once(fake, asked)
    command = asked.commands.get()
    send(command)
    assert (command.state, command.error) == ("done", "")
    assert_paid_once(fake, asked)


def test_the_event_after_the_answer_books_nothing_more(fake, asked):
    send(asked.commands.get())
    assert receive(fake.events[0]).error == ""
    assert_paid_once(fake, asked)


def test_the_same_event_many_times_is_one_row_and_one_posting(fake, asked):
    pay(asked)
    rows = [receive(fake.events[0]) for _ in range(5)]
    assert {row.pk for row in rows} == {StripeEvent.objects.get().pk}
    assert_paid_once(fake, asked)


def test_a_hint_is_sent_until_the_event_is_handled(
    fake, asked, monkeypatch, django_capture_on_commit_callbacks
):
    pay(asked)
    counts = []
    for _ in range(2):
        with django_capture_on_commit_callbacks() as hints:
            event = stand_in.deliver(fake.events[0])
        counts.append(len(hints))
        handle(event)
    assert counts == [1, 0]


def test_failed_that_arrives_after_succeeded_changes_nothing(fake, asked):
    send(asked.commands.get())
    [intent] = stand_in.intents(fake)
    late = event_about(intent["id"], "payment_intent.payment_failed", "evt_late", **named(asked))
    assert receive(late).error == ""
    assert_paid_once(fake, asked)


def test_a_failure_read_before_the_success_but_applied_after_it_changes_nothing(
    fake, asked, monkeypatch
):
    send(asked.commands.get())
    [intent] = stand_in.intents(fake)
    old = stripe.Payment(intent["id"], "requires_payment_method", 2_500, "USD", "Declined.")
    monkeypatch.setattr(stripe, "retrieve_payment", lambda payment_id: old)
    receive(fake.events[0])
    assert_paid_once(fake, asked)


def test_needs_action_after_succeeded_changes_nothing(fake, asked, monkeypatch):
    send(asked.commands.get())
    [intent] = stand_in.intents(fake)
    old = stripe.Payment(intent["id"], "requires_action", 2_500, "USD", "")
    monkeypatch.setattr(stripe, "retrieve_payment", lambda payment_id: old)
    receive(fake.events[0])
    assert_paid_once(fake, asked)


def test_the_owners_confirmation_completes_the_payment(fake, harbour):
    made = ask(harbour, method="pm_card_authenticationRequired")
    send(made.commands.get())
    receive(fake.events[0])
    assert_nothing_moved(made, "needs_action")
    payment_intents.authenticate(fake, made.payment_intent)
    receive(fake.events[1])
    assert_paid_once(fake, made)


def test_what_we_took_for_a_failure_and_stripe_took_after_all_is_booked_and_shown(
    fake, harbour, monkeypatch
):
    made = ask(harbour, method="pm_card_authenticationRequired")
    with monkeypatch.context() as patch:
        answer(patch, status="requires_payment_method", failure="Not confirmed in time.")
        send(made.commands.get())
    assert_nothing_moved(made, "failed")
    paid = pay(made)
    payment_intents.authenticate(fake, paid.id)
    receive(fake.events[-1])
    assert_paid_once(fake, made)
    assert made.failure == ""


def test_an_event_of_another_kind_is_only_noted(fake, asked):
    event = receive(event_about("ch_1", "charge.succeeded", **named(asked)))
    assert (event.handled_at, event.error) == (NOON, "not an event we act on")
    assert fake.calls == []
    assert_nothing_moved(asked, "pending")


@pytest.mark.parametrize("metadata", [{}, {"top_up": "no-uuid"}, None])
def test_a_payment_that_no_top_up_asked_for_is_only_noted(fake, asked, metadata):
    foreign = pay(asked)
    event = receive(event_about(foreign.id, metadata=metadata))
    assert (event.handled_at, event.error) == (NOON, "no top-up of ours")
    assert_nothing_moved(asked, "pending")


def test_a_payment_of_a_top_up_unknown_here_is_only_noted(fake, asked):
    foreign = pay(asked)
    unknown = {"top_up": "00000000-0000-0000-0000-000000000000"}
    assert receive(event_about(foreign.id, metadata=unknown)).error == "no top-up of ours"
    assert_nothing_moved(asked, "pending")


def test_a_payment_that_stripe_does_not_show_us_is_only_noted(fake, asked):
    event = receive(event_about("pi_of_another_account", **named(asked)))
    assert event.handled_at == NOON
    assert event.error.startswith("InvalidRequestError: No such object")
    assert_nothing_moved(asked, "pending")


@pytest.mark.parametrize("change", [{"amount": 9}, {"currency": "eur"}])
def test_a_payment_of_another_amount_is_not_booked_but_shown(fake, asked, change):
    command = asked.commands.get()
    other = stripe.create_payment(params={**command.params, **change}, idempotency_key="other")
    event = receive(fake.events[0])
    assert event.handled_at == NOON
    assert event.error == f"{other.id} took another amount than was asked for; not booked"
    assert_nothing_moved(asked, "pending")


def test_a_second_payment_of_one_top_up_is_not_booked_but_shown(fake, asked):
    command = asked.commands.get()
    send(command)
    other = stripe.create_payment(params=command.params, idempotency_key="by hand")
    event = receive(fake.events[-1])
    assert event.error == f"{other.id} is a second payment of one top-up; not booked"
    assert Transaction.objects.count() == 1
    assert services.wallet(organisation=asked.organisation).available == 25_000_000


def test_an_event_waits_while_stripe_cannot_be_asked(fake, asked):
    pay(asked)
    event = stand_in.deliver(fake.events[0])
    fake.faults.append("500")
    with pytest.raises(stripe.Unavailable):
        handle(event)
    event.refresh_from_db()
    assert event.handled_at is None
    assert_nothing_moved(asked, "pending")


def test_the_sweep_handles_what_no_hint_reached(fake, asked):
    pay(asked)
    stand_in.deliver(fake.events[0])
    tasks.handle_stored_events()
    assert StripeEvent.objects.get().handled_at is not None
    assert_paid_once(fake, asked)
