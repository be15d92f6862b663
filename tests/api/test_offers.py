from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from marketplace.catalog import services as catalog
from marketplace.catalog.models import Site
from tests import make
from tests.api.asking import HOUR, places, refused

pytestmark = pytest.mark.django_db


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


def test_an_offer_tells_what_a_renter_wants_to_know(api, harbour):
    operator = make.organisation("Selat Compute", can_rent=False)
    site = Site.objects.create(name="JB 1", operator=operator, country="MY", city="Johor Bahru")
    offer = make.offer(machine=make.machine(gpus=2, site=site, simulated=True))
    shape = {
        "id": str(offer.public_id),
        "state": "listed",
        "chip": "H100 80GB",
        "memory_gb": 80,
        "price_micro_per_gpu_hour": 2_400_000,
        "currency": "USD",
        "keep_micro_per_gib_hour": None,
        "free_gpus": 2,
        "free_after_notice_gpus": 0,
        "country": "MY",
        "city": "Johor Bahru",
        "site": "JB 1",
        "operator": "Selat Compute",
        "simulated": True,
        "export_class": "3A090.a",
        "cuda": "",
        "driver": "",
        "trust": "unverified",
        "location": "declared",
        "availability": "under review",
        "reliability_bps": None,
        "terms": {
            "min_window_s": 0,
            "max_window_s": None,
            "notice_s": 0,
            "horizon_days": 90,
            "cleaning_s": 0,
            "cancellation": None,
            "spot": None,
        },
    }
    page = api.get("offers").json()
    assert datetime.fromisoformat(page.pop("as_of")) <= now()
    assert page == {"count": 1, "next": None, "previous": None, "results": [shape]}
    assert api.get(f"offers/{offer.public_id}").json() == {**shape, "site_risks": []}


def test_offers_come_cheapest_first_or_last(api):
    dear, cheap, middle = (make.offer(price_micro=price) for price in (3_000, 1_000, 2_000))
    ordered = [str(one.public_id) for one in (cheap, middle, dear)]
    assert ids(api.get("offers")) == ordered
    assert ids(api.get("offers", order="-price")) == ordered[::-1]
    assert ids(api.get("offers", limit=1, offset=1)) == ordered[1:2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"chip": "h200"}, ["big"]),
        ({"chip": "100"}, ["small"]),
        ({"min_memory_gb": 81}, ["big"]),
        ({"country": "sg"}, ["big"]),
        ({"max_price_micro": 2_400_000}, ["small"]),
        ({"gpu_count": 2}, ["big"]),
        ({"gpu_count": 3}, []),
        ({"chip": "h", "country": "MY", "gpu_count": 1}, ["small"]),
    ],
)
def test_each_filter_finds_what_it_says(api, query, found):
    chip = make.chip("H200", memory_gb=141, nvml_names=["NVIDIA H200"])
    large = make.machine(country="SG")
    for index in (1, 2):
        make.gpu(large, index=index, chip=chip)
    offers = {
        "small": make.offer(),
        "big": make.offer(machine=large, chip=chip, price_micro=2_400_001),
    }
    assert ids(api.get("offers", **query)) == [str(offers[name].public_id) for name in found]


def test_what_is_free_depends_on_the_window(api, harbour, offer):
    start = now() + timedelta(hours=2)
    make.funded(harbour)
    make.reservation(harbour, offer, at=now(), start=start)
    path = f"offers/{offer.public_id}"

    def free(begin, end):
        return api.get(path, start=begin.isoformat(), end=end.isoformat()).json()["free_gpus"]

    assert api.get(path).json()["free_gpus"] == 2
    assert free(start, start + HOUR) == 1
    assert free(start - HOUR, start) == 2
    assert free(start + HOUR, start + 2 * HOUR) == 2
    window = {"start": start.isoformat(), "end": (start + HOUR).isoformat()}
    assert ids(api.get("offers", gpu_count=2, **window)) == []
    assert ids(api.get("offers", gpu_count=1, **window)) == [str(offer.public_id)]


def test_gpus_of_a_machine_that_is_offline_are_not_free(api, offer):
    type(offer.machine).objects.update(state="offline")
    assert api.get("offers").json()["results"][0]["free_gpus"] == 0


def test_a_withdrawn_offer_is_not_listed_but_can_be_looked_up(api, offer):
    catalog.withdraw_offer(offer=offer)
    assert ids(api.get("offers")) == []
    assert api.get(f"offers/{offer.public_id}").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"start": "2026-11-24T12:00:00Z"}, "end"),
        ({"end": "2026-11-24T12:00:00Z"}, "start"),
        ({"start": "2026-11-24T12:00:00", "end": "2026-11-24T13:00:00Z"}, "start"),
        ({"start": "2026-11-24T12:00:00Z", "end": "2026-11-24T12:00:00Z"}, "end"),
        ({"start": "0001-01-01T00:00:00+14:00", "end": "2026-11-24T12:00:00Z"}, "start"),
        ({"start": "tomorrow", "end": "2026-11-24T12:00:00Z"}, "start"),
        ({"country": "Malaysia"}, "country"),
        ({"chip": "\0"}, "chip"),
        ({"gpu_count": 0}, "gpu_count"),
        ({"max_price_micro": 2**63}, "max_price_micro"),
        ({"min_memory_gb": "80GB"}, "min_memory_gb"),
        ({"order": "name"}, "order"),
        ({"model": "H100"}, "model"),
    ],
)
def test_a_wrong_filter_is_named(api, query, parameter):
    assert places(refused(api.get("offers", **query), 400, "invalid")) == [parameter]
