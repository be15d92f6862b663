from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from compliance.models import Decision
from marketplace.catalog import services as catalog
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(db):
    return {
        "my": make.offer(price_micro=3_000_000),
        "th": make.offer(machine=make.machine(gpus=2, country="TH"), price_micro=1_000_000),
    }


def look(client, **query):
    return client.get(reverse("home"), query)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "country = MY"}, ["my"]),
        ({"q": "order by -price"}, ["my", "th"]),
        ({"q": "count >= 2 for 72h"}, ["th"]),
        ({"q": "price < $2", "country": "MY"}, []),
    ],
)
def test_the_query_and_the_filters_must_both_hold(client, offers, query, names):
    answer = look(client, **query)
    assert answer.status_code == 200
    assert list(answer.context["page"]) == [offers[name] for name in names]


def test_a_query_that_cannot_be_read_is_pointed_at(client, offers, said):
    answer = look(client, q="price < 1 and memori > 3")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<pre" in page
    assert "price &lt; 1 and memori &gt; 3\n              ^^^^^^" in page
    assert "Column 15: there is no field 'memori'. Did you mean memory?" in said(answer)


def test_what_is_typed_is_never_markup(client, offers):
    answer = look(client, q='city = "<script>"')
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()
    assert "<script>" not in look(client, q="<script>").content.decode()


def test_facets_narrow_the_query_further(client, offers):
    answer = look(client, q="price > $0.50", count="1", page="1")
    [(name, choices)] = answer.context["facets"]
    assert name == "Country"
    assert {(one.label, one.offers) for one in choices} == {("MY", 1), ("TH", 1)}
    [narrower] = [one.query for one in choices if one.label == "MY"]
    assert narrower == 'price > $0.50 and country = "MY"'
    link = "?q=price+%3E+%240.50+and+country+%3D+%22MY%22&amp;count=1"
    assert f'href="{link}"' in answer.content.decode()
    assert list(look(client, q=narrower).context["page"]) == [offers["my"]]


def test_the_page_says_when_it_looked_and_for_which_window(client, offers, said):
    assert "as of" in said(look(client))
    text = said(look(client, q="for 1h from 2026-11-27"))
    assert "free from 27 Nov 2026, 00:00 UTC to 27 Nov 2026, 01:00 UTC" in text


def test_a_renter_sees_what_screening_would_say(client, alice, harbour, fresh_market, offers, said):
    assert "For you" not in said(look(client))
    client.force_login(alice)
    assert said(look(client)).count("Available") == 2
    harbour.party.end_use = ""
    harbour.party.save()
    text = said(look(client))
    assert (text.count("Under review"), text.count("Available")) == (2, 0)
    assert not Decision.objects.exists()


def test_earlier_prices_stand_on_the_page_of_an_offer(client, offers, said):
    old = offers["my"]
    page = reverse("offer", args=[old.public_id])
    assert "Prices of these GPUs" not in said(client.get(page))
    at = now() + timedelta(hours=1)
    catalog.list_offer(
        machine=old.machine, chip=old.chip, price_micro_per_gpu_hour=2_500_000, at=at
    )
    text = said(client.get(page))
    assert text.index("UTC $2.50") < text.index("UTC $3.00")
