"""The clocks: a sweep finds what no hint told of, and one bad row does not stop the others."""

import pytest

from marketplace.billing import services, tasks
from marketplace.billing.models import Charge, CostStatement, StripeEvent
from tests import make
from tests.billing import stand_in, use
from tests.billing.stand_in import ask, assert_nothing_moved, assert_paid_once
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch):
    monkeypatch.setattr(tasks, "now", lambda: NOON + 2 * HOUR)


@pytest.fixture
def two_ended(market):
    return rows_of("settle_ended")


def rows_of(sweep):
    """Two rows that this sweep finds."""
    if sweep == "settle_ended":
        return [use.ended(make.organisation(f"Renter {place}")) for place in range(2)]
    asked = [ask(make.organisation("Renter"), key=str(place)) for place in range(2)]
    if sweep == "send_due_commands":
        return [top_up.commands.get() for top_up in asked]
    return [
        stand_in.deliver({"id": f"evt_{place}", "type": "x", "data": {"object": {"id": "x"}}})
        for place in range(2)
    ]


@pytest.mark.parametrize(
    ("sweep", "verb", "name"),
    [
        ("settle_ended", "settle", "reservation"),
        ("send_due_commands", "send_command", "command"),
        ("handle_stored_events", "handle_event", "event"),
    ],
)
def test_one_row_that_fails_does_not_stop_the_others(
    fake, market, monkeypatch, caplog, sweep, verb, name
):
    first, second = rows_of(sweep)
    real, done = getattr(services, verb), []

    def fails_for_the_first(**facts):
        if facts[name] == first:
            raise ZeroDivisionError
        real(**facts)
        done.append(facts[name])

    monkeypatch.setattr(services, verb, fails_for_the_first)
    getattr(tasks, sweep)()
    assert done == [second]
    assert f"sweep failed on {first}" in caplog.text


def test_the_sweep_charges_what_runs_and_what_has_ended(market, harbour):
    running = use.running(harbour)
    use.report(running, use.minutes(0, 5))
    use.ended(make.organisation("Other"))
    tasks.charge_sealed()
    assert sorted(Charge.objects.values_list("amount_micro", flat=True)) == [
        200_000,
        200_000,
        400_000,
        400_000,
    ]
    tasks.charge_sealed()
    assert Charge.objects.count() == 4


def test_the_sweep_settles_what_has_ended_once(two_ended):
    tasks.settle_ended()
    tasks.settle_ended()
    assert sorted(CostStatement.objects.values_list("total_micro", flat=True)) == [800_000, 800_000]
    assert {row.reservation for row in CostStatement.objects.all()} == set(two_ended)


def test_the_hint_sends_its_command(fake, asked):
    tasks.send_command(command_id=asked.commands.get().pk)
    assert_paid_once(fake, asked)


def test_the_sweep_sends_what_no_hint_told_of(fake, asked):
    tasks.send_due_commands()
    tasks.send_due_commands()
    assert len(fake.calls) == 1
    assert_paid_once(fake, asked)


def test_the_sweep_leaves_what_is_not_due(fake, harbour):
    made = ask(harbour, at=NOON + 3 * HOUR)
    tasks.send_due_commands()
    assert fake.calls == []
    assert_nothing_moved(made, "pending")


def test_the_hint_handles_its_event(fake, asked):
    services.send_command(command=asked.commands.get(), at=NOON)
    event = stand_in.deliver(fake.events[0])
    tasks.handle_event(event_id=event.pk)
    assert StripeEvent.objects.get().handled_at == NOON + 2 * HOUR
    assert_paid_once(fake, asked)
