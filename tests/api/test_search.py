from datetime import timedelta

import pytest
from django.utils.timezone import now

from compliance.models import Decision
from marketplace.catalog import services as catalog
from tests import make
from tests.api.asking import bearer, places, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(open_market):
    """One dear GPU in Malaysia, two cheap ones in Thailand."""
    return {
        "dear": make.offer(price_micro=3_000_000),
        "cheap": make.offer(machine=make.machine(gpus=2, country="TH"), price_micro=1_000_000),
    }


def found(offers, answer):
    assert answer.status_code == 200, answer.content
    names = {str(offer.public_id): name for name, offer in offers.items()}
    assert answer.json()["count"] == len(answer.json()["results"])
    return [names[one["id"]] for one in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": ""}, ["cheap", "dear"]),
        ({"q": "country = MY"}, ["dear"]),
        ({"q": "count >= 2 and price <= $1"}, ["cheap"]),
        ({"q": "price > $1", "country": "TH"}, []),
        ({"q": "country = MY or country = TH", "gpu_count": 2}, ["cheap"]),
        ({"q": "price_per_hour <= $1.50", "gpu_count": 2}, []),
        ({"q": "price_per_hour <= $1.50"}, ["cheap"]),
        ({"q": "order by -price"}, ["dear", "cheap"]),
        ({"q": "order by -price", "order": "price"}, ["dear", "cheap"]),
        ({"q": "order by memory", "order": "-price"}, ["dear", "cheap"]),
    ],
)
def test_words_and_parameters_must_both_hold(api, offers, query, expected):
    assert found(offers, api.get("offers", **query)) == expected


def test_pages_of_what_is_free_keep_their_count(api, offers):
    page = api.get("offers", q="count >= 1", limit=1).json()
    assert (page["count"], len(page["results"])) == (2, 1)
    assert page["results"][0]["free_gpus"] == 2
    assert "offset=1" in page["next"]
    last = api.get("offers", q="count >= 1", limit=1, offset=1).json()
    assert (last["count"], last["next"], last["results"][0]["free_gpus"]) == (2, None, 1)
    assert api.get("offers", q="count >= 1", offset=9).json()["count"] == 2


def test_the_window_of_the_query_is_looked_at(api, harbour, offers):
    start = now() + timedelta(hours=5)
    make.funded(harbour, 10**12)
    make.reservation(harbour, offers["cheap"], gpus=2, at=now(), start=start)
    assert found(offers, api.get("offers", q="count >= 2")) == ["cheap"]
    assert found(offers, api.get("offers", q="count >= 2 for 4h")) == ["cheap"]
    assert found(offers, api.get("offers", q="count >= 2 for 6h")) == []


def test_a_word_that_is_not_known_is_pointed_at(api):
    problem = refused(api.get("offers", q="price < 1 and memori > 3"), 400, "invalid")
    [place] = problem["errors"]
    assert (place["parameter"], place["position"]) == ("q", 15)
    assert place["detail"] == "column 15: there is no field 'memori'"
    assert place["hint"].startswith("did you mean memory?")
    refused(api.get("offers/facets", q="("), 400, "invalid")


@pytest.mark.parametrize(
    "q", ["\0", "a" * 2000, "count = " + "9" * 500, "(" * 900, '"', "city = '%s'"]
)
def test_nonsense_is_refused(api, q):
    assert places(refused(api.get("offers", q=q), 400, "invalid")) == ["q"]


def test_two_windows_are_one_too_many(api):
    window = {"start": "2026-11-24T12:00:00Z", "end": "2026-11-24T13:00:00Z"}
    problem = refused(api.get("offers", q="for 1h", **window), 400, "invalid")
    assert places(problem) == ["start"]


def test_each_renter_sees_what_screening_would_say_to_it(api, offers, charlie):
    party = make.party("Vague Ltd", end_use="")
    vague = make.organisation("Vague", member=charlie, party=party)
    other = make.user()
    make.organisation("Provider", member=other, can_rent=False, can_provide=True)
    asking = {
        "available": api,
        "under review": bearer(make.api_key(vague, charlie)),
        None: bearer(make.api_key(other.organisations.get(), other)),
    }
    for word, client in asking.items():
        rows = client.get("offers").json()["results"]
        assert [row["availability"] for row in rows] == [word, word]
        one = client.get(f"offers/{offers['dear'].public_id}").json()
        assert one["availability"] == word
        assert "end_use" not in str(rows)
    assert not Decision.objects.exists()


def test_facets_count_what_the_query_finds(api, offers):
    facets = api.get("offers/facets").json()
    assert facets["total"] == 2
    assert facets["gpu"] == [{"value": "H100 80GB", "offers": 2}]
    assert {one["value"]: one["offers"] for one in facets["country"]} == {"MY": 1, "TH": 1}
    assert facets["memory_gb"] == [{"value": "80", "offers": 2}]
    assert facets["as_of"]
    narrower = api.get("offers/facets", q="count >= 2", max_price_micro=1_000_000).json()
    assert (narrower["total"], narrower["country"]) == (1, [{"value": "TH", "offers": 1}])


def test_the_history_tells_every_price_of_the_same_gpus(api, offers):
    old = offers["dear"]
    new = catalog.list_offer(
        machine=old.machine, chip=old.chip, price_micro_per_gpu_hour=2_500_000, at=now()
    )
    prices = api.get(f"offers/{old.public_id}/history").json()["prices"]
    told = [(one["offer"], one["price_micro_per_gpu_hour"], one["state"]) for one in prices]
    assert told == [
        (str(old.public_id), 3_000_000, "withdrawn"),
        (str(new.public_id), 2_500_000, "listed"),
    ]
    assert api.get(f"offers/{new.public_id}/history").json()["prices"] == prices


def test_only_members_search(stranger, offers):
    one = f"offers/{offers['dear'].public_id}"
    for path in ("offers", "offers/facets", f"{one}/history", f"{one}/calendar"):
        refused(stranger.get(path), 401, "unauthenticated")


@pytest.mark.parametrize("part", ["history", "calendar"])
def test_the_past_and_future_of_nothing_are_not_found(api, part):
    path = f"offers/00000000-0000-0000-0000-000000000000/{part}"
    refused(api.get(path), 404, "not-found")


def test_the_calendar_counts_free_gpus_by_the_hour(api, harbour, offers):
    start = (now() + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    make.funded(harbour, 10**12)
    make.reservation(harbour, offers["cheap"], at=now(), start=start)
    path = f"offers/{offers['cheap'].public_id}/calendar"
    asked = (start + timedelta(minutes=-30)).isoformat()
    told = api.get(path, start=asked, hours=3).json()
    assert (told["gpus"], told["free"], told["after_notice"]) == (2, [2, 1, 2], [])
    assert told["start"] == f"{start - timedelta(hours=1):%Y-%m-%dT%H:00:00Z}"
    assert len(api.get(path).json()["free"]) == 72


@pytest.mark.parametrize("query", [{"hours": 0}, {"hours": 2185}, {"start": "soon"}, {"end": "x"}])
def test_a_calendar_that_cannot_be_drawn_is_refused(api, offers, query):
    path = f"offers/{offers['cheap'].public_id}/calendar"
    assert places(refused(api.get(path, **query), 400, "invalid")) == list(query)
