"""What was leased stays with the operator who earned it, so that nobody else is paid for it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from marketplace.billing.models import Payout
from marketplace.catalog.models import Site
from tests import make
from tests.billing.earning import EARNED, RIPE, account, books, earned, paid_out, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    made = make.organisation("Sunda Compute", can_provide=True)
    account(made, "acct_2")
    return made


def site(of):
    return Site.objects.create(name=f"Yard of {of.name}", operator=of, country="MY")


@pytest.fixture
def machine(market, harbour, settings):
    """Of what was charged, nothing is payable yet."""
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    rental = earned(harbour)
    account(provider(rental))
    return rental.offer.machine


def test_a_site_that_was_leased_keeps_its_operator(machine, other):
    own = machine.site.operator
    machine.site.operator = other
    with pytest.raises(IntegrityError, match="site_keeps_operator"), transaction.atomic():
        machine.site.save()
    assert paid_out(RIPE) == 1
    assert Payout.objects.get().organisation == own
    assert books(other) == (0, 0, 0, 0)


def test_a_machine_that_was_leased_stays_with_its_operator(machine, other):
    own = machine.site.operator
    elsewhere = site(other)
    machine.site = elsewhere
    with pytest.raises(IntegrityError, match="machine_keeps_operator"), transaction.atomic():
        machine.save()
    machine.site = site(own)
    machine.save()
    assert paid_out(RIPE) == 1
    assert books(own)[:3] == (0, 0, EARNED)


def test_what_was_never_leased_may_go_to_another(market, other):
    machine = make.machine(gpus=1)
    machine.site.operator = other
    machine.site.save()
    machine.site = make.machine().site
    machine.save()
    machine.refresh_from_db()
    assert machine.site.operator != other


def test_the_admin_does_not_offer_it(machine, other, client, sally):
    own = site(machine.site.operator)
    client.force_login(sally)
    whose = [choices(client, "site", row.pk, "operator") for row in (machine.site, own)]
    assert whose[0] == {machine.site.operator}
    assert whose[1] > {machine.site.operator, other}
    assert choices(client, "machine", machine.pk, "site") == {machine.site, own}


def choices(client, of, pk, field):
    page = client.get(reverse(f"admin:catalog_{of}_change", args=[pk]))
    return {*page.context["adminform"].form.fields[field].queryset}
