"""What becomes of an act that is refused; who is let in at all is in tests/access."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts import services as accounts
from marketplace.accounts.models import ApiKey
from marketplace.brokerage.models import Reservation
from marketplace.catalog.models import Site
from tests import make

pytestmark = pytest.mark.django_db

PROVIDERS = ["provider", "earnings"]
ACTS = ["confirm", "cancel", "stop", "change", "make-change"]


@pytest.fixture
def machine(alice, harbour):
    """A machine of harbour's, which provides too."""
    type(harbour).objects.update(can_provide=True)
    site = Site.objects.create(name="Johor 1", operator=harbour, country="MY")
    return make.offer(machine=make.machine(gpus=1, site=site)).machine


@pytest.mark.parametrize("act", ACTS)
def test_an_outsider_cannot_act_on_a_reservation(client, charlie, rental, act):
    row = rental("held")
    url = reverse(act, args=[row.public_id])
    assert client.post(url)["Location"] == "/sign-in/?next=/"
    client.force_login(charlie)
    assert client.post(url).status_code == 404
    row.refresh_from_db()
    assert row.state == "held"


def test_an_outsider_cannot_end_a_key(client, alice, harbour, charlie):
    key, _ = accounts.create_api_key(organisation=harbour, by=alice, name="ci", at=now())
    url = reverse("revoke-key", args=[key.public_id])
    client.force_login(charlie)
    assert client.post(url).status_code == 404
    assert ApiKey.objects.get().revoked_at is None
    client.force_login(alice)
    assert client.post(url).status_code == 302
    assert ApiKey.objects.get().revoked_at is not None


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_providers_pages_do_not_exist_for_renters(client, alice, harbour, name):
    assert client.get(reverse(name))["Location"] == f"/sign-in/?next={reverse(name)}"
    client.force_login(alice)
    assert client.get(reverse(name)).status_code == 404
    type(harbour).objects.update(can_provide=True)
    assert client.get(reverse(name)).status_code == 200


def test_another_providers_machine_and_offer_are_not_there(client, alice, charlie, machine):
    offer = machine.offers.get()
    pages = [
        (client.get, reverse("provider-machine", args=[machine.public_id])),
        (client.post, reverse("list-offer", args=[machine.public_id])),
        (client.post, reverse("withdraw-offer", args=[offer.public_id])),
    ]
    charlie.organisations.update(can_provide=True)
    client.force_login(charlie)
    assert [verb(url).status_code for verb, url in pages] == [404, 404, 404]
    offer.refresh_from_db()
    assert offer.state == "listed"
    client.force_login(alice)
    assert [verb(url).status_code for verb, url in pages] == [200, 422, 302]


def test_a_viewer_sees_no_buttons(client, member_as, offer, rental):
    client.force_login(member_as("viewer"))
    pages = [
        reverse("offer", args=[offer.public_id]),
        reverse("wallet"),
        *(
            reverse("reservation", args=[rental(state).public_id])
            for state in ("requested", "held", "confirmed", "active")
        ),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        # no form but those of every page
        assert answer.content.count(b"<form") == 2, page


def test_a_viewer_is_refused_every_act(client, member_as, offer, rental):
    row = rental("held", hold_expires_at=now() + timedelta(hours=1))
    client.force_login(member_as("viewer"))
    urls = [reverse(act, args=[row.public_id]) for act in ACTS]
    urls += [reverse(act, args=[offer.public_id]) for act in ("quote", "reserve", "pin")]
    urls += [reverse("top-up"), reverse("keys")]
    assert {url: client.post(url).status_code for url in urls} == dict.fromkeys(urls, 403)
    assert Reservation.objects.get().state == "held"
    assert not ApiKey.objects.exists()


def test_the_refusal_names_the_role_and_whom_to_ask(client, member_as, said):
    client.force_login(member_as("engineer"))
    answer = client.get(reverse("keys"))
    assert answer.status_code == 403
    assert "Your role (engineer) may not manage; ask an owner." in said(answer)


def test_an_engineer_may_rent_but_not_pay_and_billing_the_reverse(client, member_as, offer):
    asks = [reverse("quote", args=[offer.public_id]), reverse("top-up")]
    client.force_login(member_as("engineer"))
    assert [client.post(url).status_code for url in asks] == [422, 403]
    client.force_login(member_as("billing"))
    assert [client.post(url).status_code for url in asks] == [403, 422]


def test_acts_do_not_answer_to_get(client, alice, offer, rental):
    client.force_login(alice)
    row = rental("held")
    urls = [reverse(act, args=[row.public_id]) for act in ACTS]
    urls += [reverse("top-up"), reverse("sign-out"), reverse("reserve", args=[offer.public_id])]
    assert {client.get(url).status_code for url in urls} == {405}
