"""What renters and providers see of a machine's standing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.catalog.models import Machine, Trust
from marketplace.catalog.trust import services as trust
from tests import make
from tests.catalog.hardware import gpu, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(market):
    made = make.machine(gpus=0)
    for place in range(2):
        make.gpu(made, uuid=gpu(place).uuid, nvml_name=gpu(place).name, index=place)
    return made


@pytest.fixture
def page(client, machine, said):
    """The provider's page of the machine, as its owner reads it."""
    siti = make.user("siti@example.test")
    machine.site.operator.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    return lambda: said(client.get(reverse("provider-machine", args=[machine.public_id])))


def test_an_offer_says_how_far_its_machine_is_proven(client, machine, said):
    offer = make.offer(machine=machine)
    url = reverse("offer", args=[offer.public_id])
    told = said(client.get(url))
    assert "Machine Unverified Reliability" in told
    assert "Place Declared" in told
    later = now() + timedelta(hours=1)
    ends = {"consistent_until": later, "challenged_until": later, "network_until": later}
    Trust.objects.create(machine_id=machine.pk, **ends)
    told = said(client.get(url))
    assert "Machine Challenged Reliability" in told
    assert "Place Network agrees" in told


def test_a_provider_reads_what_is_missing_for_the_next_tier(page, machine):
    assert "Tier Unverified" in page()
    assert "For consistent Nothing was reported yet: start the agent" in page()
    trust.take_report(machine=machine, report=report(), at=now())
    assert "Tier Consistent until" in page()
    assert "For challenged No computing challenge was answered in time yet" in page()
    lying = report(gpu(0), gpu(1, pci_device="10de:1eb8"))
    trust.take_report(machine=machine, report=lying, at=now())
    assert "its PCI id is 10de:1eb8, that card's is 10de:2330." in page()


def test_a_provider_reads_why_a_machine_is_suspended(page, machine):
    trust.suspend(machine=machine, reason="a GPU is on another machine", by=None, at=now())
    assert "Suspended" in page()
    assert "This machine is suspended: a GPU is on another machine." in page()
    Machine.objects.update(state="offline")
    assert "This machine is suspended" not in page()
