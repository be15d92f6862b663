from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.catalog import services as catalog
from marketplace.web.renter import offers as pages
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db):
    """A cheap small one in Malaysia, a dear large one in Thailand, an A100 in Singapore."""
    a100 = make.chip("A100 40GB", nvml_names=["A100"], memory_gb=40, export_class="3A090.b")
    site = make.machine(gpus=0, country="SG").site
    on = make.machine(gpus=0, site=site)
    make.gpu(on, chip=a100)
    return {
        "cheap": make.offer(gpus=1, price_micro=2_000_000),
        "dear": make.offer(machine=make.machine(gpus=4, country="TH"), price_micro=3_500_000),
        "small": make.offer(machine=on, chip=a100, price_micro=1_000_000),
    }


def found(client, **query):
    answer = client.get(reverse("home"), query)
    assert answer.status_code == 200
    return list(answer.context["page"])


def test_anybody_sees_the_listed_offers_cheapest_first(client, market):
    withdrawn = make.offer()
    catalog.withdraw_offer(offer=withdrawn)
    assert found(client) == [market["small"], market["cheap"], market["dear"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"chip": "A100 40GB"}, ["small"]),
        ({"memory": "80"}, ["cheap", "dear"]),
        ({"count": "2"}, ["dear"]),
        ({"country": "TH"}, ["dear"]),
        ({"price": "2"}, ["small", "cheap"]),
        ({"price": "$1.999999"}, ["small"]),
        ({"memory": "80", "country": "SG"}, []),
    ],
)
def test_filters_narrow_the_list(client, market, query, names):
    assert found(client, **query) == [market[name] for name in names]


@pytest.mark.parametrize(
    "query",
    [{"count": "0"}, {"price": "cheap"}, {"price": "0"}, {"country": "XX"}, {"chip": "B300"}],
)
def test_a_filter_that_cannot_be_read_says_so(client, market, query):
    answer = client.get(reverse("home"), query)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(query)
    assert list(answer.context["page"]) == []


def test_a_row_says_price_place_provider_and_what_is_free(client, said):
    on = make.machine(gpus=3, simulated=True)
    on.site.city = "Johor Bahru"
    on.site.save()
    make.offer(machine=on, price_micro=2_150_000)
    text = said(client.get(reverse("home")))
    row = f"80 GB · simulated $2.15 Johor Bahru, MY {on.site.operator} · Unverified 3 of 3"
    assert f"3 \N{MULTIPLICATION SIGN} H100 80GB {row}" in text


def test_free_counts_only_gpus_that_nobody_has_now(client, harbour, offer, fresh_market):
    make.funded(harbour)
    make.reservation(harbour, offer, gpus=1, start=now(), at=now())
    make.reservation(harbour, offer, gpus=1, start=now() + timedelta(hours=2), at=now())
    assert [row.free for row in found(client)] == [1]
    type(offer.machine).objects.update(state="offline")
    assert [row.free for row in found(client)] == [0]


def test_a_withdrawn_offer_can_be_read_but_not_asked_for(client, alice, harbour, offer, said):
    catalog.withdraw_offer(offer=offer)
    client.force_login(alice)
    answer = client.get(reverse("offer", args=[offer.public_id]))
    assert "This offer was withdrawn" in said(answer)
    assert reverse("quote", args=[offer.public_id]) not in answer.content.decode()


def test_the_list_asks_the_same_few_questions_for_one_row_and_for_five(
    client, django_assert_max_num_queries
):
    for _ in range(5):
        make.offer()
        with django_assert_max_num_queries(6):
            assert found(client)


def test_long_lists_come_in_pages_that_keep_the_filters(client, market, monkeypatch):
    monkeypatch.setattr(pages, "A_PAGE", 1)
    answer = client.get(reverse("home"), {"memory": "80"})
    assert list(answer.context["page"]) == [market["cheap"]]
    assert 'href="?memory=80&amp;page=2"' in answer.content.decode()
    assert found(client, memory="80", page="2") == [market["dear"]]
