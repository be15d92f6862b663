import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from compliance.models import Decision
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.taken import with_free
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Gpu, Offer
from marketplace.catalog.query import FIELDS, Query, parse
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(db):
    """One H100 in Malaysia, four in Thailand, and two simulated A100 in Singapore."""
    a100 = make.chip("A100 40GB", nvml_names=["A100"], memory_gb=40, export_class="3A090.b")
    site = make.machine(gpus=0, country="SG").site
    site.name, site.city = "Jurong 1", "Singapore"
    site.save()
    site.operator.name = "Selat Compute"
    site.operator.save()
    on = make.machine(gpus=0, site=site, simulated=True, cuda_version="9.0", driver_version="x")
    for index in (0, 1):
        make.gpu(on, index=index, chip=a100)
    new = {"cuda_version": "12.10", "driver_version": "550.90.07"}
    return {
        "one": make.offer(machine=make.machine(cuda_version="12.4"), price_micro=2_000_000),
        "four": make.offer(
            machine=make.machine(gpus=4, country="TH", **new), price_micro=3_500_000
        ),
        "old": make.offer(machine=on, chip=a100, price_micro=1_000_000),
    }


def found(text, at=NOON):
    query = parse(text)
    start, end = brokerage.window_of(query, at=at)
    return brokerage.search(query=query, start=start, end=end)


def names(offers, text):
    by_pk = {offer.pk: name for name, offer in offers.items()}
    rows = found(text)
    got = [by_pk[row.pk] for row in rows]
    assert rows.count() == len(got)
    assert brokerage.facets(rows).total == len(got)
    page = [brokerage.page(found=rows, offset=offset, limit=1) for offset in range(len(got) + 1)]
    assert [by_pk[row.pk] for one, _ in page for row in one] == got
    assert {total for _, total in page} == {len(got)}
    assert [row.free for one, _ in page for row in one] == [row.free for row in rows]
    return got


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["old", "one", "four"]),
        ('gpu = "H100 80GB"', ["one", "four"]),
        ('gpu = "h100 80gb"', ["one", "four"]),
        ("gpu ~ h100", ["one", "four"]),
        ("gpu != x and gpu not in (y, z)", ["old", "one", "four"]),
        ('gpu in ("a100 40gb", b)', ["old"]),
        ('gpu not in ("a100 40gb", b)', ["one", "four"]),
        ("memory >= 80GB", ["one", "four"]),
        ("count >= 2", ["old", "four"]),
        ("count in (1, 4)", ["one", "four"]),
        ("count != 4 and count < 2", ["one"]),
        ("total_memory >= 80GB and total_memory < 320GB", ["old", "one"]),
        ("price <= $2", ["old", "one"]),
        ("price > $2", ["four"]),
        ("price_per_hour < $7 and count >= 2", ["old"]),
        ("price_per_hour <= $7", ["old", "one", "four"]),
        ("country = TH", ["four"]),
        ("country not in (TH, MY)", ["old"]),
        ("city = singapore", ["old"]),
        ("city ~ pore", ["old"]),
        ('site = "jurong 1"', ["old"]),
        ("operator ~ SELAT", ["old"]),
        ('operator ~ "%"', []),
        ("cuda >= 12.4", ["one", "four"]),
        ("cuda > 12.4", ["four"]),
        ("cuda = 12.4", ["one"]),
        ("cuda in (9.0, 12.10)", ["old", "four"]),
        ("driver >= 550", ["four"]),
        ("driver < 1", ["old", "one"]),
        ("export_class = 3A090.b", ["old"]),
        ("simulated = false", ["one", "four"]),
        ("simulated != false", ["old"]),
        ("country = TH or country = MY and price > $2", ["four"]),
        ("not (country = TH or count = 1)", ["old"]),
        ("order by -price", ["four", "one", "old"]),
        ("order by memory, -price", ["old", "four", "one"]),
        ("order by -count", ["four", "old", "one"]),
        ("order by -total_memory", ["four", "old", "one"]),
        ("order by cuda", ["old", "one", "four"]),
    ],
)
def test_a_query_finds_what_it_says(offers, text, expected):
    assert names(offers, text) == expected


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_orders_both_ways(offers, field):
    assert sorted(names(offers, f"order by {field}")) == ["four", "old", "one"]
    assert len(names(offers, f"order by -{field}, count")) == 3


@pytest.mark.parametrize(
    "text", ["memory < 1000000000", "price < $1000000", "price_per_hour < 1000000 and count>=0"]
)
def test_the_largest_numbers_can_be_compared(offers, text):
    assert len(names(offers, text)) == 3


def test_a_withdrawn_offer_is_not_found(offers):
    catalog.withdraw_offer(offer=offers["one"])
    assert names(offers, "") == ["old", "four"]


def test_what_is_free_is_counted_in_the_window_of_the_query(market, harbour, offers):
    make.funded(harbour)
    make.reservation(harbour, offers["four"], gpus=1, start=NOON + 2 * HOUR)
    assert names(offers, "count >= 4") == ["four"]
    assert names(offers, "count >= 4 for 2h") == ["four"]
    assert names(offers, "count >= 4 for 3h") == []
    assert names(offers, "count >= 4 for 1h from 2026-11-24T14:00Z") == []
    assert names(offers, "count >= 4 for 1h from 2026-11-24T15:00Z") == ["four"]


def free(start, hours=1):
    """What both ways of counting say; they must agree with each other and with the broker."""
    window = {"start": start, "end": start + hours * HOUR}
    at_once = dict(with_free(Offer.objects.listed(), **window).values_list("pk", "free"))
    each = dict(brokerage.offers(**window).filter(state="listed").values_list("pk", "free"))
    for row in Offer.objects.listed():
        assert len(brokerage.free_gpus(offer=row, **window)) == at_once[row.pk]
    assert at_once == each
    return at_once


def test_both_ways_of_counting_agree_whatever_happens(market, harbour):
    offer = make.offer(gpus=4)
    other = make.offer(gpus=1, price_micro=1_000_000)
    make.funded(harbour, 10**12)
    assert free(NOON) == {offer.pk: 4, other.pk: 1}
    # the same GPU twice in one window is one GPU that is taken
    make.reservation(harbour, offer, gpus=1, start=NOON)
    make.reservation(harbour, offer, gpus=1, start=NOON + HOUR)
    assert Lease.objects.values("gpu").distinct().count() == 1
    assert free(NOON, hours=2) == {offer.pk: 3, other.pk: 1}
    # a leased GPU that is gone is neither counted nor taken away
    Gpu.objects.filter(pk=Lease.objects.first().gpu_id).update(present=False)
    assert free(NOON) == {offer.pk: 3, other.pk: 1}
    Gpu.objects.update(present=True)
    brokerage.cancel(reservation=Reservation.objects.earliest("pk"), by=None, at=NOON)
    assert free(NOON) == {offer.pk: 4, other.pk: 1}
    type(offer.machine).objects.filter(pk=offer.machine_id).update(state="offline")
    assert free(NOON) == {offer.pk: 0, other.pk: 1}
    type(offer.chip).objects.update(export_class="unknown")
    assert free(NOON) == {offer.pk: 0, other.pk: 0}


def counted(offer):
    return Offer.objects.get(pk=offer.pk).gpus


def test_the_database_counts_the_gpus_behind_an_offer():
    offer = make.offer(gpus=2)
    other = make.offer(gpus=1)
    assert counted(offer) == 2
    more = make.gpu(offer.machine, index=2)
    assert counted(offer) == 3
    more.present = False
    more.save()
    assert counted(offer) == 2
    Gpu.objects.filter(pk=more.pk).update(present=True, machine=other.machine)
    assert (counted(offer), counted(other)) == (2, 2)
    more.refresh_from_db()
    more.chip = make.chip("H200", nvml_names=["NVIDIA H200"])
    more.save()
    assert counted(other) == 1
    offer.machine.gpus.all().delete()
    assert counted(offer) == 0
    Offer.objects.filter(pk=offer.pk).update(gpus=7)
    assert counted(offer) == 0, "nobody else may say how many there are"


def test_facets_count_what_was_found(offers):
    facets = brokerage.facets(found(""))
    assert facets.total == 3
    assert facets.gpu == [("H100 80GB", 2), ("A100 40GB", 1)]
    assert facets.country == [("MY", 1), ("SG", 1), ("TH", 1)]
    assert facets.memory_gb == [(80, 2), (40, 1)]
    narrower = brokerage.facets(found("count >= 2"))
    assert narrower.gpu == [("A100 40GB", 1), ("H100 80GB", 1)]
    assert narrower.country == [("SG", 1), ("TH", 1)]


def test_a_search_asks_once_for_rows_whatever_it_finds(offers, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(list(found("count >= 1 order by -count"))) == 3
    with django_assert_num_queries(1):
        assert [row.free for row in found("order by -price")] == [4, 1, 2]


def standing(renter, offers, at=NOON):
    rows = list(found("order by price"))
    words = brokerage.standing(renter=renter, offers=rows, start=at, end=at + HOUR, at=at)
    return [words.get(row.pk) for row in rows]


def test_a_renter_sees_what_screening_would_say_and_nothing_is_kept(market, harbour, offers):
    listed = market.source.entries.filter(kind="organisation").first().names.first().name
    assert standing(harbour, offers) == ["available"] * 3
    asked_nothing = make.organisation("Vague", party=make.party("Vague Ltd", end_use=""))
    assert standing(asked_nothing, offers) == ["under review"] * 3
    on_a_list = make.organisation("Listed", party=make.party(listed))
    assert standing(on_a_list, offers) == ["not available"] * 3
    stale = NOON + timedelta(days=3)
    assert standing(harbour, offers, at=stale) == ["not available"] * 3
    assert not Decision.objects.exists()


def test_screening_says_what_the_search_said(market, harbour, offers):
    make.funded(harbour, 10**12)
    [word, *_] = standing(harbour, offers)
    made = make.reservation(harbour, offers["old"])
    made.refresh_from_db()
    assert (word, made.state) == ("available", "confirmed")


def test_who_only_provides_is_told_nothing(market, offers):
    provider = make.organisation("Selat", can_rent=False, can_provide=True)
    assert standing(provider, offers) == [None] * 3


def test_screening_is_asked_once_for_all_rows(market, harbour, offers, django_assert_num_queries):
    rows = list(found(""))
    _ = [row.machine.site.country for row in rows], harbour.party
    standing(harbour, offers)
    with django_assert_num_queries(8):
        brokerage.standing(renter=harbour, offers=rows, start=NOON, end=NOON + HOUR, at=NOON)


def test_each_offer_is_a_point_of_the_price_history(offers):
    on, chip = offers["one"].machine, offers["one"].chip
    first = offers["one"]
    then = catalog.list_offer(machine=on, chip=chip, price_micro_per_gpu_hour=5, at=now() + HOUR)
    points = catalog.price_history(offer=first)
    assert [(point.offer, point.price_micro_per_gpu_hour, point.state) for point in points] == [
        (first.public_id, 2_000_000, "withdrawn"),
        (then.public_id, 5, "listed"),
    ]
    assert catalog.price_history(offer=then) == points
    assert len(catalog.price_history(offer=offers["four"])) == 1


def test_the_command_prints_a_table(offers, capsys):
    call_command("search", "country = TH")
    heading, row, sum_up = capsys.readouterr().out.splitlines()
    assert heading.split()[:4] == ["GPU", "GB", "free", "$/GPU-h"]
    assert row.startswith("H100 80GB  80  4     3.50     TH")
    assert sum_up.startswith("1 offers, free from ")


def test_the_command_prints_json(offers, capsys):
    call_command("search", "count >= 2", "--json", "--limit", "1")
    told = json.loads(capsys.readouterr().out)
    assert told["count"] == 2
    [row] = told["results"]
    assert row == {
        "offer": str(offers["old"].public_id),
        "gpu": "A100 40GB",
        "memory_gb": 40,
        "free_gpus": 2,
        "price_micro_per_gpu_hour": 1_000_000,
        "country": "SG",
        "site": "Jurong 1",
        "operator": "Selat Compute",
    }


def test_the_command_points_at_what_it_cannot_read(db):
    with pytest.raises(CommandError) as caught:
        call_command("search", "gpus = 3")
    assert str(caught.value).splitlines()[:3] == [
        "column 1: there is no field 'gpus'",
        "gpus = 3",
        "^^^^",
    ]
    with pytest.raises(CommandError, match="--limit"):
        call_command("search", "", "--limit", "0")


def test_a_search_of_an_empty_market_finds_nothing(db):
    assert list(brokerage.search(query=Query(), start=NOON, end=NOON + HOUR)) == []
    assert brokerage.facets(found("count > 1")).total == 0
