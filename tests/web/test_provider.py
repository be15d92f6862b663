import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.catalog import liveness
from marketplace.catalog.models import Offer
from marketplace.metering import services as metering
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(offer):
    return offer.machine


@pytest.fixture
def selat(machine):
    """The provider of `offer`."""
    return machine.site.operator


@pytest.fixture
def siti_in(client, selat):
    siti = make.user("siti@example.test")
    selat.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    return client


@pytest.fixture
def lease(harbour, offer, fresh_market):
    make.funded(harbour)
    start = now() - timedelta(minutes=30)
    make.fresh_list(at=start - timedelta(hours=1))
    row = make.reservation(harbour, offer, start=start, at=start)
    return row.assignments.get().leases.get()


def test_machines_are_shown_with_state_gpus_and_last_seen(siti_in, machine, said):
    url = reverse("provider")
    row = f"2 \N{MULTIPLICATION SIGN} H100 80GB {machine.site} Online"
    assert f"{machine.name} {row} never heard: start it Unverified $2.40 " in said(siti_in.get(url))
    liveness.note(machine_id=machine.pk, at=datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC))
    assert f"{row} heard 24 Nov, 12:00" in said(siti_in.get(url))


def test_another_providers_machines_are_not_in_the_list(siti_in, machine, said):
    other = make.machine(gpus=1)
    text = said(siti_in.get(reverse("provider")))
    assert machine.name in text
    assert other.name not in text


def test_a_lease_is_shown_without_the_renter(siti_in, lease, harbour, machine, said):
    pages = [reverse("provider"), reverse("provider-machine", args=[machine.public_id])]
    for page in pages:
        text = said(siti_in.get(page))
        assert str(lease.assignment.reservation.public_id) in text
        for secret in (harbour.name, harbour.party.legal_name, str(harbour.public_id), "alice"):
            assert secret not in text


def test_listing_replaces_the_offer_before(siti_in, machine, offer):
    sent = {"chip": offer.chip_id, "price": "1.95"}
    answer = siti_in.post(reverse("list-offer", args=[machine.public_id]), sent)
    assert answer["Location"] == reverse("provider-machine", args=[machine.public_id])
    offer.refresh_from_db()
    assert offer.state == "withdrawn"
    assert Offer.objects.listed().get().price_micro_per_gpu_hour == 1_950_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"price": "0"}, "price"), ({"price": "-1"}, "price"), ({"price": "x"}, "price"),
     ({"price": "10000.01"}, "price"), ({"chip": "0"}, "chip")],
)  # fmt: skip
def test_a_bad_offer_names_its_field_and_changes_nothing(siti_in, machine, offer, changes, field):
    sent = {"chip": offer.chip_id, "price": "1.95", **changes}
    answer = siti_in.post(reverse("list-offer", args=[machine.public_id]), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert Offer.objects.listed().get() == offer


def test_a_chip_that_the_machine_does_not_have_cannot_be_offered(siti_in, machine, offer):
    other = make.chip("B200", nvml_names=["B200"])
    sent = {"chip": other.pk, "price": "1.95"}
    answer = siti_in.post(reverse("list-offer", args=[machine.public_id]), sent)
    assert answer.status_code == 422
    assert Offer.objects.get() == offer


def test_withdrawing_takes_the_offer_off_the_market_once(siti_in, offer, said):
    url = reverse("withdraw-offer", args=[offer.public_id])
    assert "Withdrawn. What is booked keeps its terms." in said(siti_in.post(url, follow=True))
    offer.refresh_from_db()
    assert offer.state == "withdrawn"
    assert "was withdrawn before" in said(siti_in.post(url, follow=True))


def test_earnings_are_what_the_ledger_says(siti_in, harbour, lease, machine, said):
    assert "Not payable yet $0.00" in said(siti_in.get(reverse("earnings")))
    row, begin = lease.assignment.reservation, lease.during.lower
    assignment = make.started(row, at=begin)
    for quarter in (0, 1):  # charged twice, told once
        start = begin + quarter * timedelta(minutes=15)
        part = make.segment(assignment, start, start + timedelta(minutes=15))
        make.accept(machine=machine, segments=[part], at=now())
        metering.seal(reservation=row, at=now())
        assert billing.charge(reservation=row, at=now()) == 600_000
    text = said(siti_in.get(reverse("earnings")))
    assert "Not payable yet $1.02" in text
    assert re.search(rf"{row.public_id} {machine.name} .{{20,30}} \$1\.20 \$0\.18 \$1\.02 ", text)
    assert harbour.name not in text


@pytest.mark.parametrize(("name", "most"), [("provider", 13), ("earnings", 8)])
def test_lists_ask_the_same_few_questions_for_one_row_and_for_five(
    siti_in, machine, name, most, django_assert_max_num_queries
):
    siti_in.get(reverse(name))  # opens the provider's account
    for _ in range(5):
        make.machine(gpus=2, site=machine.site)
        with django_assert_max_num_queries(most):
            siti_in.get(reverse(name))
