"""A machine's score: its inputs for the provider, the sum of it for renters."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage.models import Reliability
from marketplace.catalog.models import Machine
from tests import make

pytestmark = pytest.mark.django_db


def test_a_provider_sees_what_went_in_and_a_renter_what_came_out(client, said):
    offer = make.offer()
    machine = offer.machine
    siti = make.user("siti@example.test")
    machine.site.operator.memberships.create(user=siti, role="owner")
    assert "Nothing on record yet" in said(client.get(reverse("offer", args=[offer.public_id])))
    Reliability.objects.create(
        machine=machine,
        day=now().date(),
        formula="2026-11",
        bookings=10,
        kept=9,
        days=30,
        heard_bps=9950,
        challenges=4,
        passed=3,
        score_bps=8500,
    )
    Machine.objects.update(reliability_bps=8500)
    text = said(client.get(reverse("offer", args=[offer.public_id])))
    assert "Surely serves 85.00 % of what is asked of it" in text
    page = reverse("provider-machine", args=[machine.public_id])
    client.force_login(siti)
    text = said(client.get(page))
    assert "85.00 %" in text
    assert "9 of 10" in text
    assert "99.50 % of 30 days" in text
    assert "3 of 4" in text
    assert "counts 5 times" in text
    other = make.user("other@example.test")
    make.organisation("Other", member=other, can_rent=False, can_provide=True)
    client.force_login(other)
    assert client.get(page).status_code == 404
