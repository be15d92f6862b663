"""Who pays: kept once, and a red flag when it is somebody else."""

import pytest

from compliance import services as compliance
from compliance.models import Outcome
from marketplace.billing import services, stripe, tasks
from marketplace.billing.models import Payer
from tests import make
from tests.billing import stand_in
from tests.billing.stand_in import ask, assert_paid_once, send
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(fake, market, harbour):
    """Pay with this card, whose owner typed this name and country."""

    def paid(method, name=None, country=None, organisation=harbour):
        fake.payers[method] = (name, country)
        top_up = ask(organisation, method=method, key=f"{method} {name} {country}")
        send(top_up.commands.get())
        return top_up

    return paid


def flags(organisation):
    rows = organisation.party.red_flags.order_by("pk")
    return [(one.kind.code, one.evidence.get("differs")) for one in rows]


def test_a_payer_is_read_from_the_charge(fake, market, harbour, paid):
    paid("pm_card_sg", " Alice ", "SG")
    [intent] = stand_in.intents(fake)
    payer = stripe.retrieve_payment(payment_id=intent["id"]).payer
    assert (payer.name, payer.country, payer.card_country) == ("Alice", "SG", "SG")
    assert payer.fingerprint


def test_the_renters_own_people_pay_without_a_flag(harbour, paid):
    top_up = paid("pm_card_sg", "Alice", "SG")
    top_up.refresh_from_db()
    assert top_up.state == "succeeded"
    [row] = Payer.objects.all()
    assert (row.organisation, row.name, row.country, row.card_country) == (
        harbour,
        "Alice",
        "SG",
        "SG",
    )
    assert flags(harbour) == []


@pytest.mark.parametrize(
    ("method", "name", "country", "differs"),
    [
        ("pm_card_cn", None, None, ["country CN"]),
        ("pm_card_sg", None, "HK", ["country HK"]),
        ("pm_card_sg", "Max Mustermann", "SG", ["name 'Max Mustermann'"]),
    ],
)
def test_somebody_elses_money_is_taken_and_is_a_flag(
    fake, harbour, paid, method, name, country, differs
):
    assert_paid_once(fake, paid(method, name, country))
    assert flags(harbour) == [("R7", differs)]


def test_the_same_payer_is_one_row_and_one_flag(fake, harbour, paid):
    top_up = paid("pm_card_cn")
    for event in fake.events:
        services.handle_event(event=stand_in.deliver(event), at=NOON)
    assert (Payer.objects.count(), flags(harbour)) == (1, [("R7", ["country CN"])])
    assert_paid_once(fake, top_up)


def test_a_payment_that_failed_names_no_payer(harbour, paid):
    paid("pm_card_chargeDeclined", "Max Mustermann", "CN")
    assert not Payer.objects.exists()
    assert flags(harbour) == []


def test_without_what_stripe_says_of_the_payer_nothing_is_guessed(harbour, asked, monkeypatch):
    stand_in.answer(monkeypatch)
    send(asked.commands.get())
    asked.refresh_from_db()
    assert asked.state == "succeeded"
    assert not Payer.objects.exists()


def test_the_card_of_a_denied_party_is_a_flag_for_the_others(harbour, paid):
    other, far = make.organisation("Other"), make.organisation("Far")
    paid("pm_card_sg", "Alice", "SG")
    paid("pm_card_sg", "Other", "SG", organisation=other)
    paid("pm_card_my", "Far", "SG", organisation=far)
    assert services.find_shared_cards(at=NOON) == 0
    make.decision(other.party, outcome=Outcome.DENY)
    tasks.find_red_flags()
    tasks.find_red_flags()
    assert [code for code, _ in flags(harbour)] == ["R15"]
    assert compliance.screen(party=harbour.party, question=None, at=NOON).outcome == "manual_review"
    assert "R15" not in [code for code, _ in flags(far) + flags(other)]
