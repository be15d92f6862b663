"""Staff see all of the money and change none of it."""

import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from marketplace.billing import services
from marketplace.billing.fake_stripe.resources import disputes
from marketplace.billing.fake_stripe.resources import payouts as bank
from marketplace.billing.models import (
    CreditGrant,
    CreditLot,
    Discount,
    FaultRuling,
    Payout,
    PayoutHold,
    PayoutReversal,
    RateSegment,
    Refund,
    RentalDispute,
    Seller,
    SlaTier,
    StripeCommand,
    TaxRule,
)
from marketplace.billing.services import claims
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests import make
from tests.billing import earning, papers, records, stand_in, stripe_tax, use
from tests.billing.test_automatic import allow
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MODELS = [
    model
    for app in ("billing", "ledger")
    for model in apps.get_app_config(app).get_models()
    if admin.site.is_registered(model)
]
#: through verbs that check it and keep who did it
ADDED_BY_STAFF = (
    *(CreditGrant, Discount, FaultRuling, PayoutHold, PayoutReversal, RateSegment, Refund),
    *(Seller, SlaTier, TaxRule),
)
EVIDENCE = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def books(fake, market, asked, sally, settings):
    """At least one row of every kind."""
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    services.send_command(command=asked.commands.get(), at=NOON)
    stand_in.deliver(fake.events[0])
    ended = use.ended(asked.organisation)
    services.settle(reservation=ended, at=NOON + HOUR)
    ruling = metering.rule_outage(
        assignment=ended.assignments.get(),
        start=NOON,
        end=NOON + use.MINUTE,
        reason="No power.",
        by=sally,
        at=NOON + HOUR,
    )
    services.rerate(ruling=ruling, at=NOON + HOUR)
    give_discount(sally)
    open_ = use.running(asked.organisation)
    services.offer_terms(
        reservation=open_, price_micro=1, since=NOON + use.MINUTE, by=sally, at=NOON
    )
    papers.everything(asked.organisation, sally)
    lend()
    tax(fake, settings)
    pay_out(fake, ended, sally)
    ledger.seal(at=NOON + HOUR)
    money_in(fake, asked, sally)


def lend():
    """Time to pay for who has a record."""
    renter = make.organisation("Lent")
    records.record(renter)
    row = records.rolling(renter)
    services.roll(reservation=records.again(row), at=NOON + HOUR / 2)


def tax(fake, settings):
    """An invoice that Stripe taxed, to be filed."""
    clock, renter = fake.clock, make.organisation("Taxed")
    stripe_tax.use(fake, settings)
    stripe_tax.rented(renter)
    papers.invoice(renter)
    services.file_papers(at=stripe_tax.LATER)
    fake.clock, settings.TAX_BY = clock, "rules"


def money_in(fake, asked, by):
    """A card, limits, a gift, a refund, a dispute, and a reconciliation that finds something."""
    renter = asked.organisation
    stand_in.give_card(fake, renter)
    allow(renter, by)
    propose(by, renter)
    lot = stand_in.paid(renter)
    services.refund(lot=lot, amount_micro=10_000, reason="x", by=by, key="r", at=NOON)
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    disputes.open_dispute(fake, charge)
    stand_in.hear_all(fake)
    command = stand_in.ask(renter, key="lost").commands.get()
    stand_in.send(command, NOON + claims.FORGOTTEN)
    services.reconcile(at=NOON + HOUR)


def propose(by, organisation):
    return services.propose_credit(
        organisation=organisation,
        amount_micro=5_000_000,
        expires_at=NOON + 24 * HOUR * 365,
        reason="welcome",
        by=by,
        at=NOON,
    )


def pay_out(fake, rental, by):
    """A payout that was made, and is asked back; another provider's are held."""
    account = earning.stripe_account(fake, earning.provider(rental))
    earning.paid_out(earning.RIPE)
    payout = earning.send(earning.RIPE)
    services.payouts.reverse_payout(payout=payout, reason="Wrong.", by=by, at=earning.RIPE)
    sent = bank.pay_out(fake, account.stripe_id, 1)
    earning.hear(fake.events[-1], earning.RIPE)
    assert sent["status"] == "in_transit"
    other = make.organisation("Other", can_provide=True)
    services.payouts.hold_payouts(organisation=other, reason="Asked.", by=by, at=earning.RIPE)


def give_discount(by):
    return services.record_discount(
        kind="commitment",
        organisation=None,
        threshold=720,
        currency="USD",
        share_bps=500,
        by=by,
        at=NOON,
    )


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def test_every_kind_of_row_has_a_window_but_the_lines_shown_in_another():
    everything = {
        model for app in ("billing", "ledger") for model in apps.get_app_config(app).get_models()
    }
    assert {model.__name__ for model in everything - set(MODELS)} == {
        "CostLine",
        "CreditLine",
        "InvoiceLine",
        "LotMove",
        "MaturedCharge",
        "MaturedFee",
        "MaturedKeeping",
        "PayoutLine",
    }


def opened(staff, model):
    """What the list, a search in it and the page of a row answer."""
    row = model.objects.first()
    return [
        staff.get(page(model, "changelist")).status_code,
        staff.get(page(model, "changelist"), {"q": "x"}).status_code,
        staff.get(page(model, "change", row.pk)).status_code,
    ]


def test_lists_and_pages_open_for_staff(books, staff):
    """All in one test: to make the books costs more than to look at them."""
    found = {model.__name__: opened(staff, model) for model in MODELS}
    assert found == {model.__name__: [200] * 3 for model in MODELS}


def tampered(staff, model):
    """What attempts to write answer, and whether the rows are as they were."""
    before = list(model.objects.order_by("pk").values())
    pk = before[0][model._meta.pk.attname]
    ways = [("change", (pk,)), ("delete", (pk,)), ("add", ())]
    if model in ADDED_BY_STAFF:
        del ways[-1]
    codes = {
        staff.post(page(model, name, *args), {"post": "yes"}).status_code for name, args in ways
    }
    sweep = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    staff.post(page(model, "changelist"), sweep)
    return codes, list(model.objects.order_by("pk").values()) == before


def test_nothing_else_can_be_added_changed_or_deleted(books, staff):
    found = {model.__name__: tampered(staff, model) for model in MODELS}
    assert found == {model.__name__: ({403}, True) for model in MODELS}


@EVIDENCE
def test_nobody_else_sees_a_page(client, alice, model):
    client.force_login(alice)
    answer = client.get(page(model, "changelist"))
    assert (answer.status_code, "/admin/login/" in answer.url) == (302, True)


def handle_by_hand(staff, event):
    listing = page(type(event), "changelist")
    facts = {"action": "handle_again", "_selected_action": [event.pk]}
    answer = staff.post(listing, facts, follow=True)
    event.refresh_from_db()
    return answer.content.decode()


def test_staff_may_have_an_event_handled_and_that_is_on_record(fake, asked, staff, sally):
    services.send_command(command=asked.commands.get(), at=NOON)
    event = stand_in.deliver(fake.events[0])
    handle_by_hand(staff, event)
    handle_by_hand(staff, event)
    assert event.handled_at is not None
    [note] = AuditEvent.objects.filter(verb="handled by hand")
    assert (note.actor, note.subject) == (
        sally.public_id,
        f"billing.StripeEvent {event.public_id}",
    )


def test_staff_are_told_when_stripe_cannot_be_asked(fake, asked, staff):
    services.send_command(command=asked.commands.get(), at=NOON)
    event = stand_in.deliver(fake.events[0])
    fake.faults.append("500")
    assert "APIError; try later" in handle_by_hand(staff, event)
    assert event.handled_at is None
    assert not AuditEvent.objects.filter(verb="handled by hand").exists()


def test_staff_record_a_discount(staff, sally):
    form = {"kind": "volume", "threshold": "5000.00", "currency": "USD", "share_bps": "3"}
    assert staff.post(page(Discount, "add"), form).status_code == 302
    row = Discount.objects.get()
    assert (row.kind, row.share_bps, row.recorded_by) == ("volume", 300, sally)
    assert (row.threshold, row.least) == (5_000_000_000, "$5,000.00 in 30 days")
    shown = staff.get(page(Discount, "change", row.pk)).content.decode()
    assert '<div class="readonly">$5,000.00 in 30 days</div>' in shown
    assert AuditEvent.objects.filter(verb="recorded a discount", actor=sally.public_id).exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12.5", 1_250), ("0.01", 1), ("100", 10_000), ("0.001", None), ("101", None)],
)
def test_a_share_is_written_in_percent(typed, kept, staff):
    asked = staff.get(page(Discount, "add")).content.decode()
    assert "Share, %" in asked
    assert "1/10,000" not in asked
    form = {"kind": "volume", "threshold": "5000.00", "currency": "USD", "share_bps": typed}
    staff.post(page(Discount, "add"), form)
    assert list(Discount.objects.values_list("share_bps", flat=True)) == [kept] * (kept is not None)


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [("commitment", "720", 720), ("commitment", "7.5", None), ("volume", "much", None)],
)
def test_a_threshold_is_written_as_people_write_it(kind, text, kept, staff):
    form = {"kind": kind, "threshold": text, "currency": "USD", "share_bps": "3"}
    answer = staff.post(page(Discount, "add"), form)
    assert list(Discount.objects.values_list("threshold", flat=True)) == [kept] * (kept is not None)
    assert ("is not a" in answer.content.decode()) is (kept is None)


def test_staff_correct_a_price_downwards_only(books, staff):
    ended = RateSegment.objects.order_by("pk").first().reservation
    form = {
        "reservation": ended.pk,
        "list_micro_per_gpu_hour": "2.40",
        "since_0": "2026-11-24",
        "since_1": "12:00:00",
        "reason": "A slip of the hand.",
    }
    answer = staff.post(page(RateSegment, "add"), form)
    assert "below every price agreed so far, the least is 2400000" in answer.content.decode()
    assert ended.rates.count() == 1
    form["list_micro_per_gpu_hour"] = "1.20"
    assert staff.post(page(RateSegment, "add"), form).status_code == 302
    assert ended.rates.get(version=2).price_micro_per_gpu_hour == 1_200_000
    assert ledger.verify() == []


def test_staff_hold_and_release_a_providers_payouts_and_that_is_on_record(books, staff, sally):
    PayoutHold.objects.all().delete()
    provider = Payout.objects.get().organisation
    form = {"organisation": provider.pk, "reason": "A report of fraud."}
    assert staff.post(page(PayoutHold, "add"), form).status_code == 302
    assert "are held already" in staff.post(page(PayoutHold, "add"), form).content.decode()
    hold = PayoutHold.objects.get()
    assert (hold.organisation, hold.placed_by, hold.released_at) == (provider, sally, None)
    facts = {"action": "release", "_selected_action": [hold.pk]}
    staff.post(page(PayoutHold, "changelist"), facts)
    hold.refresh_from_db()
    assert hold.released_by == sally
    acts = AuditEvent.objects.filter(subject=f"accounts.Organisation {provider.public_id}")
    assert list(acts.order_by("pk").values_list("verb", "actor")) == [
        ("held payouts", sally.public_id),
        ("released payouts", sally.public_id),
    ]


def test_staff_cannot_hold_what_is_no_provider(books, staff, alice):
    form = {"organisation": alice.organisations.get().pk, "reason": "A report of fraud."}
    answer = staff.post(page(PayoutHold, "add"), form)
    assert "is no provider; nothing is paid out to it" in answer.content.decode()
    assert PayoutHold.objects.count() == 1


def test_a_payout_is_asked_back_once(books, staff):
    payout = Payout.objects.get()
    form = {"payout": payout.pk, "reason": "Again."}
    answer = staff.post(page(PayoutReversal, "add"), form)
    assert "is being taken back already" in answer.content.decode()
    assert PayoutReversal.objects.count() == 1


def act(staff, row, action):
    """What the button of a list does; returns the page that follows."""
    facts = {"action": action, "_selected_action": [row.pk]}
    answer = staff.post(page(type(row), "changelist"), facts, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def test_credit_is_proposed_by_one_and_given_by_another(staff, client, sally, harbour):
    form = {
        "organisation": harbour.pk,
        "amount_micro": "5",
        "expires_at_0": "2027-06-01",
        "expires_at_1": "00:00:00",
        "reason": "welcome",
    }
    assert staff.post(page(CreditGrant, "add"), form).status_code == 302
    row = CreditGrant.objects.get()
    assert (row.state, row.proposed_by) == ("proposed", sally)
    assert "somebody else" in act(staff, row, "give")
    assert (row.state, CreditLot.objects.count()) == ("proposed", 0)
    other = make.user("sam@example.test", is_staff=True, is_superuser=True)
    client.force_login(other)
    act(client, row, "give")
    assert (row.state, row.decided_by) == ("given", other)
    assert stand_in.available(harbour) == 5_000_000
    assert "given -&gt; rejected" in act(client, row, "reject")
    assert row.state == "given"
    verbs = AuditEvent.objects.filter(subject__contains=str(row.public_id))
    assert [event.verb for event in verbs.order_by("pk")] == ["proposed credit", "gave credit"]


def test_credit_that_cannot_be_given_is_said(staff, harbour):
    form = {
        "organisation": harbour.pk,
        "amount_micro": "1000000",
        "expires_at_0": "2027-06-01",
        "expires_at_1": "00:00:00",
        "reason": "welcome",
    }
    answer = staff.post(page(CreditGrant, "add"), form, follow=True)
    assert "at most 10,000 USD" in answer.content.decode()
    assert not CreditGrant.objects.exists()


def test_staff_refund_what_is_unspent_and_no_more(fake, staff, sally, harbour):
    lot = stand_in.paid(harbour)
    form = {"lot": lot.pk, "amount_micro": "25.01", "reason": "asked for", "token": uuid4()}
    answer = staff.post(page(Refund, "add"), form, follow=True)
    assert "what is unspent" in answer.content.decode()
    assert not Refund.objects.exists()
    assert staff.post(page(Refund, "add"), form | {"amount_micro": "25"}).status_code == 302
    row = Refund.objects.get()
    assert (row.requested_by, stand_in.available(harbour)) == (sally, 0)
    assert AuditEvent.objects.filter(verb="asked for a refund", actor=sally.public_id).exists()


def test_a_refund_that_is_sent_twice_is_one(fake, staff, harbour):
    lot = stand_in.paid(harbour)
    shown = staff.get(page(Refund, "add")).content.decode()
    [token] = re.findall('name="token" value="([^"]+)"', shown)
    form = {"lot": lot.pk, "amount_micro": "5", "reason": "asked for", "token": token}
    for _ in range(2):
        assert staff.post(page(Refund, "add"), form).status_code == 302
    row = Refund.objects.get()
    assert stand_in.available(harbour) == 20_000_000
    answer = staff.post(page(Refund, "add"), form | {"amount_micro": "6"}, follow=True)
    assert "was used before with different content" in answer.content.decode()
    assert Refund.objects.get() == row
    seen = staff.get(page(Refund, "change", row.pk)).content.decode()
    assert "field-reason" in seen
    assert "field-token" not in seen


def test_staff_close_a_command_that_stripe_does_not_know(fake, asked, staff):
    command = asked.commands.get()
    assert "is not waiting for a decision" in act(staff, command, "close_unknown")
    stand_in.send(command, NOON + claims.FORGOTTEN)
    act(staff, command, "close_unknown")
    asked.refresh_from_db()
    assert (StripeCommand.objects.get().state, asked.state) == ("failed", "failed")
    assert AuditEvent.objects.filter(verb="closed as not done").count() == 1


def test_staff_write_a_debt_off(fake, staff, sally, harbour):
    lot = stand_in.paid(harbour)
    stand_in.spend(harbour, 25_000_000)
    charge = fake.get("payment_intent", lot.top_up.payment_intent)["latest_charge"]
    made = disputes.open_dispute(fake, charge)
    disputes.decide(fake, made["id"], won=False)
    stand_in.hear_all(fake)
    [row] = harbour.disputes.all()
    act(staff, row, "write_off")
    assert ledger.totals(currency="USD")["bad_debt"] == -25_000_000
    assert "owes nothing" in act(staff, row, "write_off")
    assert AuditEvent.objects.filter(verb="wrote a debt off").count() == 1


def test_staff_record_seller_and_tax_rule(staff, sally):
    seller = {"name": "Straits", "address": "1 Quay", "country": "SG", "tax_id": "", "email": ""}
    assert staff.post(page(Seller, "add"), seller).status_code == 302
    rule = {
        "jurisdiction": "SG",
        "treatment": "charged",
        "rate_bps": "9",
        "wording": "GST 9%",
        "source": "GST Act 1993, s. 16",
        "checked_by": "",
        "since_0": "2026-11-01",
        "since_1": "00:00:00",
    }
    assert staff.post(page(TaxRule, "add"), rule).status_code == 302
    assert "verify with counsel" in staff.get(page(TaxRule, "changelist")).content.decode()
    acts = AuditEvent.objects.filter(actor=sally.public_id).values_list("verb", flat=True)
    assert set(acts) == {"recorded the seller", "recorded a tax rule"}


def test_a_rate_without_a_charge_is_refused_at_the_form(staff):
    rule = {"jurisdiction": "SG", "treatment": "reverse_charge", "rate_bps": "9", "wording": "x"}
    facts = {**rule, "source": "x", "since_0": "2026-11-01", "since_1": "00:00:00"}
    answer = staff.post(page(TaxRule, "add"), facts)
    assert "tax_rule_rate_fits" in answer.content.decode()
    assert not TaxRule.objects.exists()


@pytest.fixture
def dispute(market, harbour, alice, sally):
    """Answered; 0.80 USD are invoiced."""
    papers.record_seller(sally)
    used = papers.rented(harbour)
    papers.invoice(harbour)
    made = services.raise_dispute(
        reservation=used,
        claim="It was slow.",
        claimed_micro=800_000,
        by=alice,
        key="k",
        at=NOON + HOUR,
    )
    return services.answer_dispute(dispute=made, text="No.", by=sally, at=NOON + 2 * HOUR)


def rule(staff, dispute, **facts):
    inline = dict.fromkeys(("entries-TOTAL_FORMS", "entries-INITIAL_FORMS"), 0)
    return staff.post(
        page(RentalDispute, "change", dispute.pk), {"ruling": "Seen.", **inline, **facts}
    )


def test_staff_uphold_a_dispute(staff, dispute, sally):
    answer = rule(staff, dispute, granted_micro="0.30", fault="provider")
    assert answer.status_code == 302
    dispute.refresh_from_db()
    assert (dispute.state, dispute.ruled_by) == ("upheld", sally)
    assert dispute.credit_note.net_micro == 300_000
    assert staff.get(page(RentalDispute, "change", dispute.pk)).status_code == 200


def test_staff_refuse_a_dispute(staff, dispute):
    assert rule(staff, dispute, granted_micro="", fault="").status_code == 302
    dispute.refresh_from_db()
    assert (dispute.state, dispute.ruling) == ("refused", "Seen.")


def test_what_the_verb_refuses_is_told_and_changes_nothing(staff, dispute):
    answer = rule(staff, dispute, granted_micro="0.90", fault="provider")
    assert "at most what was claimed" in answer.content.decode()
    dispute.refresh_from_db()
    assert dispute.state == "answered"


def test_disputes_are_worked_through_by_deadline(staff, dispute, said, monkeypatch):
    def seen(at, **asked):
        monkeypatch.setattr("marketplace.core.worklist.now", lambda: at)
        answer = staff.get(page(RentalDispute, "changelist"), asked)
        return [one.pk for one in answer.context["cl"].result_list], said(answer)

    by = dispute.decide_by
    rows, text = seen(by - 3 * HOUR)
    assert rows == [dispute.pk]
    assert f"in 3 h ruling {by.day} {by:%b, %H:%M}" in text
    assert "It was slow. $0.80" in text
    assert seen(by - 3 * HOUR, due="day")[0] == [dispute.pk]
    assert seen(by - 3 * HOUR, due="past")[0] == []
    rows, text = seen(by + 2 * HOUR, due="past")
    assert (rows, "2 h late ruling" in text) == ([dispute.pk], True)
    rule(staff, dispute, granted_micro="", fault="")
    assert seen(by)[0] == []
    assert seen(by, queue="done")[0] == seen(by, queue="all")[0] == [dispute.pk]
    trail = AuditEvent.objects.get(verb="refused a dispute")
    assert (trail.actor_label, trail.detail["reason"]) == ("sally@example.test", "Seen.")
