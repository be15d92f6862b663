from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from compliance.models import EndUseStatement
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def unsigned(harbour):
    harbour.party = make.party("Harbour Light Ltd", signed=False)
    harbour.save()
    return harbour


def filled(**changes):
    known = {
        "token": str(uuid4()),
        "version": "2026-11",
        "end_use": "training",
        "text": "Our own models.",
        "end_users": "",
        "signed_name": "Alice Lim",
        "signed": "on",
    }
    return {**known, **changes}


def test_an_owner_signs_on_the_page(client, unsigned, alice, said):
    client.force_login(alice)
    page = said(client.get(reverse("organisation")))
    assert "No statement is in force" in page
    assert "I may sign for the organisation." in page
    content = filled()
    for _ in range(2):
        answer = client.post(reverse("sign-statement"), content)
        assert answer["Location"] == reverse("organisation")
    row = EndUseStatement.objects.get(party=unsigned.party)
    assert (row.signed_by, row.text) == (alice.public_id, "Our own models.")
    assert "Signed by Alice Lim on" in said(client.get(reverse("organisation")))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"signed": ""}, "This field is required."),
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 4001}, "at most 4000 characters"),
        ({"end_use": "refused"}, "Select a valid choice"),
        ({"version": "2020-01"}, "Read and sign the sentence of 2026-11."),
        ({"text": "Null\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_signed_is_shown_again(client, unsigned, alice, said, change, told):
    client.force_login(alice)
    answer = client.post(reverse("sign-statement"), filled(**change))
    assert answer.status_code == 422
    assert told in said(answer)
    assert not EndUseStatement.objects.filter(party=unsigned.party).exists()


def test_a_page_sent_twice_with_other_content_signs_the_first(client, unsigned, alice, said):
    client.force_login(alice)
    content = filled()
    client.post(reverse("sign-statement"), content)
    answer = client.post(reverse("sign-statement"), {**content, "text": "Other."})
    assert answer.status_code == 422
    assert "was sent before with other content" in said(answer)
    assert EndUseStatement.objects.get(party=unsigned.party).text == "Our own models."


def test_an_owner_withdraws_and_nobody_else_can(client, unsigned, alice, charlie, member_as):
    client.force_login(alice)
    client.post(reverse("sign-statement"), filled())
    row = EndUseStatement.objects.get(party=unsigned.party)
    place = reverse("withdraw-statement", args=[row.public_id])
    client.force_login(charlie)
    assert client.post(place).status_code == 404
    client.force_login(member_as("engineer"))
    assert client.post(place).status_code == 403
    assert client.post(reverse("sign-statement"), filled()).status_code == 403
    assert not hasattr(EndUseStatement.objects.get(pk=row.pk), "withdrawn")
    client.force_login(alice)
    assert client.post(place)["Location"] == reverse("organisation")
    assert hasattr(EndUseStatement.objects.get(pk=row.pk), "withdrawn")


def test_the_page_says_when_it_expires_soon(client, unsigned, alice, said):
    make.statement(unsigned.party, expires_at=now() + timedelta(days=29))
    client.force_login(alice)
    assert "It expires soon." in said(client.get(reverse("organisation")))


def test_an_offer_shows_the_risk_of_its_site_with_source_and_date(client, offer, said):
    call_command("load_reference", verbosity=0)
    page = said(client.get(reverse("offer", args=[offer.public_id])))
    assert "Risk of this site" in page
    assert "Export control Elevated" in page
    assert "As of 1 Nov 2026; unverified: to be checked by counsel. Source: drafted from" in page
    assert "Decision support, not legal advice." in page


def test_a_place_of_which_nothing_is_known_is_not_called_safe(client, offer, said):
    page = said(client.get(reverse("offer", args=[offer.public_id])))
    assert "Nothing is on record about this place. That says nothing about its risk." in page
