"""Stripe's own account of our balance against the ledger: what disagrees is found, not mended."""

from datetime import timedelta

import pytest

from marketplace.billing import services, stripe
from marketplace.billing.fake_stripe.resources import balance, disputes, refunds
from marketplace.billing.models import (
    Finding,
    Reconciliation,
    StripeCommand,
    StripeEvent,
    StripeMovement,
)
from marketplace.billing.services import claims
from marketplace.billing.stripe import events
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Transaction
from tests.billing import stand_in
from tests.billing.stand_in import paid
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
LATER = NOON + 2 * HOUR
SETTLED = NOON + timedelta(days=2)


def reconcile(fake, at=LATER):
    fake.clock = at.timestamp
    made = services.reconcile(at=at)
    rows = made.findings.order_by("pk")
    assert made.findings_count == len(rows)
    return [(row.kind, row.subject, row.stripe_micro, row.ledger_micro) for row in rows]


def post(key, micro, at=NOON):
    pending = ledger.account(kind="stripe_pending", currency="USD")
    fee = ledger.account(kind="platform_fee", currency="USD")
    ledger.post(key=key, kind="by_hand", entries=[ledger.Entry(pending, fee, micro)], at=at)


def totals(*kinds):
    sums = ledger.totals(currency="USD")
    return tuple(sums.get(kind, 0) for kind in kinds)


def test_everything_that_happens_to_money_in_reconciles_to_the_unit(fake, harbour):
    lot = paid(harbour, method="pm_card_refundFail")
    other = paid(harbour, key="other", micro=40_000_000)
    third = paid(harbour, key="third", micro=33_330_000)
    for one, key in ((lot, "a"), (other, "b")):
        made = services.refund(
            lot=one, amount_micro=5_000_000, reason="x", by=None, key=key, at=NOON
        )
        stand_in.send(made.commands.get())
    charge = fake.get("payment_intent", third.top_up.payment_intent)["latest_charge"]
    dispute = disputes.open_dispute(fake, charge)
    disputes.decide(fake, dispute["id"], won=True)
    stand_in.hear_all(fake)
    assert reconcile(fake) == []
    made = Reconciliation.objects.get()
    assert (made.movements, made.postings) == (8, 8)
    # 1.03 + 1.46 + 1.27 for the cards, 15.00 for the dispute; that and the refund are taken at once
    assert totals("stripe_fee") == (-18_760_000,)
    assert totals("stripe_available") == (20_000_000,)
    assert reconcile(fake, SETTLED) == []
    assert totals("stripe_pending", "stripe_available") == (0, -74_570_000)
    stand_in.assert_books_hold()


def test_fees_and_what_became_available_are_booked_once(fake, harbour):
    paid(harbour)
    for _ in range(3):
        services.collect_movements(at=LATER)
        services.book_movements(at=LATER)
    assert totals("stripe_fee", "stripe_pending") == (-1_030_000, -23_970_000)
    for _ in range(2):
        services.book_movements(at=SETTLED)
    assert totals("stripe_pending", "stripe_available") == (0, -23_970_000)
    assert StripeMovement.objects.count() == 1


def test_case_31_one_missing_one_extra_one_off_by_a_unit_are_exactly_three_findings(
    fake, harbour, stripe_server
):
    paid(harbour)
    missing = stand_in.client(stripe_server[1]).v1.payment_intents.create(
        {
            "amount": 700,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    post("stripe:pi:pi_extra", 3_000_000)
    off = paid(harbour, key="off", micro=9_000_000)
    charge = fake.get("payment_intent", off.top_up.payment_intent)["latest_charge"]
    moved = fake.objects[fake.objects[charge]["balance_transaction"]]
    moved.update(amount=moved["amount"] + 1, net=moved["net"] + 1)
    before = Transaction.objects.count()
    assert sorted(reconcile(fake)) == [
        ("amount", f"stripe:pi:{off.top_up.payment_intent}", 9_010_000, 9_000_000),
        ("extra", "stripe:pi:pi_extra", None, 3_000_000),
        ("missing", f"stripe:pi:{missing.id}", 7_000_000, None),
    ]
    # three fees are facts that only Stripe tells; nothing else was booked, and nothing mended
    assert Transaction.objects.count() == before + 3
    assert len(reconcile(fake, LATER + HOUR)) == 3


def test_our_own_bank_and_what_stripe_bills_are_booked_and_no_finding(fake, harbour):
    """A payout at once that cost 1.50, one that the bank sent back, money from us, and bills."""
    paid(harbour)
    for kind, amount, fee in (
        ("topup", 50_000, 0),
        ("payout", -10_000, 150),
        ("payout", -2_000, 0),
        ("payout_failure", 2_000, 0),
        ("stripe_fee", -300, 0),
        ("tax_fee", -27, 0),
    ):
        balance.book(fake, kind, amount, fee=fee, source={"id": "ours", "currency": "usd"})
    assert reconcile(fake) == []
    assert totals("bank") == (500_000_000 - 100_000_000,)
    # the card's 1.03, and 1.50, 3.00 and 0.27
    assert totals("stripe_fee") == (-1_030_000 - 4_770_000,)
    assert totals("stripe_available") == (-(400_000_000 - 4_770_000),)
    assert Reconciliation.objects.get().movements == 1, "nobody else books them, so none is paired"
    before = Transaction.objects.count()
    assert reconcile(fake, LATER + HOUR) == []
    assert Transaction.objects.count() == before, "each is booked once"


def test_a_kind_of_movement_that_nobody_knows_is_found_by_the_balance(fake, harbour):
    paid(harbour)
    balance.book(fake, "contribution", -5, source={"id": "x", "currency": "usd"})
    assert reconcile(fake) == [("balance", "balance USD", 23_920_000, 23_970_000)]


def test_what_is_still_under_way_is_no_finding(fake, harbour, stripe_server):
    made = stand_in.ask(harbour)
    fake.faults.append("drop")
    stand_in.send(made.commands.get())
    assert reconcile(fake, NOON + HOUR) == []
    assert [one[0] for one in reconcile(fake, LATER)] == ["missing"]


def test_a_refund_made_by_hand_at_stripe_is_found(fake, harbour, stripe_server):
    lot = paid(harbour)
    made = stand_in.client(stripe_server[1]).v1.refunds.create(
        {"payment_intent": lot.top_up.payment_intent, "amount": 100}
    )
    assert reconcile(fake) == [("missing", f"stripe:re:{made.id}", -1_000_000, None)]


def test_a_balance_that_nothing_explains_is_found(fake, harbour, monkeypatch):
    paid(harbour)
    funds = [stripe.Funds("USD", 0, 2_396)]
    monkeypatch.setattr(stripe, "retrieve_funds", lambda: funds)
    assert reconcile(fake) == [("balance", "balance USD", 23_960_000, 23_970_000)]


def test_money_that_is_available_at_stripe_alone_is_found(fake, harbour, monkeypatch):
    paid(harbour)
    monkeypatch.setattr(stripe, "retrieve_funds", lambda: [stripe.Funds("USD", 2_397, 0)])
    assert reconcile(fake) == [("balance", "available USD", 23_970_000, 0)]


def test_a_balance_that_never_rests_is_not_compared(fake, harbour, monkeypatch):
    paid(harbour)
    readings = iter(range(100))
    monkeypatch.setattr(stripe, "retrieve_funds", lambda: [stripe.Funds("USD", next(readings), 0)])
    assert reconcile(fake) == []


def test_unknown_commands_and_stuck_events_are_found(fake, harbour):
    made = stand_in.ask(harbour)
    stand_in.send(made.commands.get(), NOON + claims.FORGOTTEN)
    stuck = StripeEvent.objects.create(
        event_id="evt_x", type="refund.updated", object_id="re_x", raw=b"{}", received_at=NOON
    )
    assert reconcile(fake, NOON + timedelta(days=1)) == [
        ("command", f"top-up:{made.public_id}", None, None),
        ("event", stuck.event_id, None, None),
    ]


def test_it_is_done_once_a_day(fake, harbour):
    done = []
    for hours in (0, 22, 23):
        at = NOON + hours * HOUR
        fake.clock = at.timestamp
        done.append(services.reconcile_daily(at=at) is not None)
    assert done == [True, False, True]
    assert (Reconciliation.objects.count(), Finding.objects.count()) == (2, 0)


def test_events_whose_webhook_never_came_are_stored_and_handled(fake, harbour):
    made = stand_in.ask(harbour)
    fake.faults.append("drop")
    stand_in.send(made.commands.get())
    stand_in.deliver(fake.events[0]) if len(fake.events) > 1 else None
    later = NOON + HOUR
    assert services.store_missed_events(at=NOON + timedelta(minutes=9)) == 0
    assert services.store_missed_events(at=later) == 1
    assert services.store_missed_events(at=later) == 0
    event = StripeEvent.objects.get()
    assert event.metadata == {"top_up": str(made.public_id)}
    services.handle_event(event=event, at=later)
    stand_in.assert_paid_once(fake, made)


def test_an_old_payment_is_looked_up_and_booked(fake, harbour):
    made = stand_in.ask(harbour)
    command = made.commands.get()
    fake.faults.append("broken")
    stand_in.send(command)
    assert command.state == "pending"
    stand_in.send(command, NOON + claims.FORGOTTEN)
    assert command.state == "done"
    assert [call for call in fake.calls if call[0] == "POST"] == [("POST", "/v1/payment_intents")]
    stand_in.assert_paid_once(fake, made)


def test_staff_close_what_stripe_does_not_know(fake, harbour):
    made = stand_in.ask(harbour)
    command = made.commands.get()
    stand_in.send(command, NOON + claims.FORGOTTEN)
    services.close_unknown(command=command, at=NOON)
    made.refresh_from_db()
    assert (made.state, StripeCommand.objects.get().state) == ("failed", "failed")
    stand_in.assert_nothing_moved(made, "failed")


def test_a_refund_sent_back_later_reconciles_too(fake, harbour):
    lot = paid(harbour)
    made = services.refund(lot=lot, amount_micro=5_000_000, reason="x", by=None, key="a", at=NOON)
    stand_in.send(made.commands.get())
    made.refresh_from_db()
    refunds.fail(fake, made.refund_id)
    assert [one[0] for one in reconcile(fake)] == ["missing"]
    stand_in.hear_all(fake, LATER)
    assert reconcile(fake, LATER + HOUR) == []


def test_money_in_a_currency_that_is_not_traded_is_found_and_stops_nothing(fake, harbour):
    """Somebody sent an invoice from the dashboard, in Canadian dollars."""
    paid(harbour)
    ours = {"id": "ours", "currency": "cad"}
    balance.book(fake, "charge", 2_500, fee=103, source={"id": "ch_x", "currency": "cad"})
    balance.book(fake, "payout", -400, source=ours)
    charge = StripeMovement.objects.filter(currency="CAD", type="charge")
    assert reconcile(fake) == [
        ("missing", "stripe:pi:", None, None),
        ("balance", "balance CAD", None, None),
    ]
    notes = list(Finding.objects.order_by("pk").values_list("note", flat=True))
    untraded = "smallest units of a currency that is not traded here"
    assert notes == [
        f"2500 CAD of {charge.get().txn_id}; {untraded}",
        f"1997 available and 0 pending; {untraded}",
    ]
    assert totals("stripe_fee") == (-1_030_000,), "ours are booked as ever"
    assert ledger.totals(currency="CAD") == {}


def test_a_currency_that_is_not_traded_and_of_which_there_is_nothing_is_no_finding(
    fake, harbour, monkeypatch
):
    paid(harbour)
    funds = [stripe.Funds("CAD", 0, 0), *stripe.retrieve_funds()]
    monkeypatch.setattr(stripe, "retrieve_funds", lambda: funds)
    assert reconcile(fake) == []


def test_a_list_of_missed_events_that_breaks_off_is_stored_as_far_as_it_came(
    fake, harbour, monkeypatch
):
    monkeypatch.setattr(events, "PAGE", 2)
    for number in range(5):
        fake.emit("payment_intent.succeeded", {"id": f"pi_{number}"})
    fake.faults.extend(["", "", "500"])
    later = NOON + HOUR
    with pytest.raises(stripe.Unavailable):
        services.store_missed_events(at=later)
    ids = [event["id"] for event in fake.events]
    assert set(StripeEvent.objects.values_list("event_id", flat=True)) == set(ids[1:])
    assert services.store_missed_events(at=later) == 1
    assert StripeEvent.objects.count() == 5
