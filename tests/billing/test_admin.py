"""Staff see all of the money and change none of it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from marketplace.billing import services
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
    ledger.seal(at=NOON + HOUR)


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
def test_nothing_can_be_added_changed_or_deleted(books, staff, model):
    before = list(model.objects.order_by("pk").values())
    pk = before[0][model._meta.pk.attname]
    for name, args in (("add", ()), ("change", (pk,)), ("delete", (pk,))):
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
