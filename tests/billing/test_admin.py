"""Staff see all of the money and change none of it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from marketplace.billing import services
from marketplace.billing.models import Discount, RateSegment
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.metering import services as metering
from tests.billing import stand_in, use
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MODELS = [
    model
    for app in ("billing", "ledger")
    for model in apps.get_app_config(app).get_models()
    if admin.site.is_registered(model)
]
#: through verbs that check it and keep who did it
ADDED_BY_STAFF = (Discount, RateSegment)
EVIDENCE = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def books(fake, market, asked, sally):
    """At least one row of every kind."""
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
    ledger.seal(at=NOON + HOUR)


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
    assert {model.__name__ for model in everything - set(MODELS)} == {"InvoiceLine"}


@EVIDENCE
def test_lists_and_pages_open_for_staff(books, staff, model):
    row = model.objects.first()
    assert staff.get(page(model, "changelist")).status_code == 200
    assert staff.get(page(model, "changelist"), {"q": "x"}).status_code == 200
    assert staff.get(page(model, "change", row.pk)).status_code == 200


@EVIDENCE
def test_nothing_else_can_be_added_changed_or_deleted(books, staff, model):
    before = list(model.objects.order_by("pk").values())
    pk = before[0][model._meta.pk.attname]
    ways = [("change", (pk,)), ("delete", (pk,))]
    if model not in ADDED_BY_STAFF:
        ways.append(("add", ()))
    for name, args in ways:
        assert staff.post(page(model, name, *args), {"post": "yes"}).status_code == 403
    sweep = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    staff.post(page(model, "changelist"), sweep)
    assert list(model.objects.order_by("pk").values()) == before


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
    form = {"kind": "volume", "threshold": 100, "currency": "USD", "share_bps": 300}
    assert staff.post(page(Discount, "add"), form).status_code == 302
    row = Discount.objects.get()
    assert (row.kind, row.share_bps, row.recorded_by) == ("volume", 300, sally)
    assert AuditEvent.objects.filter(verb="recorded a discount", actor=sally.public_id).exists()


def test_staff_correct_a_price_downwards_only(books, staff):
    ended = RateSegment.objects.order_by("pk").first().reservation
    form = {
        "reservation": ended.pk,
        "list_micro_per_gpu_hour": 2_400_000,
        "since_0": "2026-11-24",
        "since_1": "12:00:00",
        "reason": "A slip of the hand.",
    }
    answer = staff.post(page(RateSegment, "add"), form)
    assert "below every price agreed so far, the least is 2400000" in answer.content.decode()
    assert ended.rates.count() == 1
    form["list_micro_per_gpu_hour"] = 1_200_000
    assert staff.post(page(RateSegment, "add"), form).status_code == 302
    assert ended.rates.get(version=2).price_micro_per_gpu_hour == 1_200_000
    assert ledger.verify() == []
