import pytest
from celery import current_app

from marketplace.billing import services
from marketplace.billing.models import StripeCommand, TopUp
from marketplace.core.idempotency import KeyReused
from tests import make
from tests.billing.stand_in import ask
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_a_top_up_is_a_row_and_a_command_and_moves_nothing(fake, harbour, alice, asked):
    assert (asked.state, asked.amount_micro, asked.currency) == ("pending", 25_000_000, "USD")
    assert (asked.organisation, asked.requested_by) == (harbour, alice)
    command = asked.commands.get()
    assert (command.kind, command.state, command.next_at) == ("create_payment", "pending", NOON)
    assert command.idempotency_key == f"top-up:{asked.public_id}"
    assert command.params == {
        "amount": 2_500,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "metadata": {"top_up": str(asked.public_id)},
        "return_url": "http://testserver/wallet/",
    }
    assert services.wallet(organisation=harbour).available == 0
    assert fake.calls == []


def test_a_worker_is_told_after_commit(harbour, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, kwargs, **_: sent.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        made = ask(harbour)
    assert sent == [{"command_id": made.commands.get().pk}]


def test_the_same_key_is_the_same_top_up(harbour, asked):
    assert ask(harbour) == asked
    assert TopUp.objects.count() == StripeCommand.objects.count() == 1


@pytest.mark.parametrize("change", [{"micro": 26_000_000}, {"method": "pm_card_mastercard"}])
def test_the_same_key_for_something_else_is_refused(harbour, asked, change):
    with pytest.raises(KeyReused, match="key 'once' was used before with different content"):
        ask(harbour, **change)
    assert TopUp.objects.count() == StripeCommand.objects.count() == 1


def test_keys_of_two_organisations_do_not_meet(asked):
    assert ask(make.organisation("Other")) != asked


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"micro": 999_999}, "amount_micro", "must be from 1 to 100,000 USD"),
        ({"micro": 0}, "amount_micro", "must be from 1 to 100,000 USD"),
        ({"micro": -25_000_000}, "amount_micro", "must be from 1 to 100,000 USD"),
        ({"micro": 100_000_010_000}, "amount_micro", "must be from 1 to 100,000 USD"),
        ({"micro": 1_005_000}, "amount_micro", "must be a whole number of cents"),
        (
            {"method": "card_1"},
            "payment_method",
            "must be the id of a payment method, such as pm_...",
        ),
        (
            {"method": "pm_x\n"},
            "payment_method",
            "must be the id of a payment method, such as pm_...",
        ),
        (
            {"method": "pm_" + "x" * 61},
            "payment_method",
            "must be the id of a payment method, such as pm_...",
        ),
    ],
)
def test_a_bad_wish_names_its_field_and_leaves_nothing(harbour, change, field, message):
    with pytest.raises(services.BadTopUp) as refused:
        ask(harbour, **change)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert not TopUp.objects.exists()
    assert not StripeCommand.objects.exists()


@pytest.mark.parametrize("micro", [1_000_000, 100_000_000_000])
def test_the_least_and_the_most_are_taken(harbour, micro):
    [command] = ask(harbour, micro=micro).commands.all()
    assert command.params["amount"] == micro // 10_000
