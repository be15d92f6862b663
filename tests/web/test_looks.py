from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.catalog import services as catalog
from marketplace.catalog.services import PricePoint
from marketplace.web.renter import looks
from tests import make

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def booked(offer, renter, start, end, gpus=1):
    made = make.bare_reservation(renter, offer, state="confirmed", during=(start, end))
    on = made.assignments.create(machine=offer.machine)
    for gpu in offer.machine.gpus.order_by("index")[:gpus]:
        on.leases.create(gpu=gpu, during=made.during, state="confirmed")


def test_the_calendar_counts_the_hours_in_which_every_gpu_is_free(harbour):
    offer = make.offer(gpus=2)
    tomorrow = AT.replace(hour=0, minute=0) + timedelta(days=1)
    booked(offer, harbour, tomorrow + 2 * HOUR, tomorrow + 5 * HOUR)
    shown = looks.calendar(offer, at=AT)
    assert [day.whole for day in shown.days] == [14, 21, *[24] * 12]
    assert [day.name for day in shown.days][:2] == ["Tue 24 Nov", "Wed 25 Nov"]
    assert "Wed 25 Nov: all 2 GPUs free for 21 hours, some for 24" in shown.days[1].plot


def test_a_free_window_begins_with_the_next_whole_hour_and_names_its_cost(harbour):
    offer = make.offer(gpus=2, price_micro=2_400_000)
    ten = AT.replace(hour=10, minute=0)
    booked(offer, harbour, ten + 5 * HOUR, ten + 6 * HOUR)
    first, last = looks.calendar(offer, at=AT).windows
    assert (first.start, first.end) == (ten, ten + 5 * HOUR)
    assert first.cost_micro == 24_000_000
    assert first.wish == {"start": "2026-11-24T10:00", "hours": "5"}
    assert last.end == AT.replace(hour=0, minute=0) + timedelta(days=14)


def test_at_the_full_hour_nothing_has_passed(harbour):
    assert looks.calendar(make.offer(), at=AT.replace(minute=0)).days[0].whole == 15


def test_without_gpus_no_window_is_free(harbour):
    offer = make.offer(gpus=1)
    offer.machine.gpus.update(present=False)
    shown = looks.calendar(offer, at=AT)
    assert shown.windows == []
    assert {day.whole for day in shown.days} == {0}


def price(days_ago, micro):
    return PricePoint(None, micro, "USD", AT - timedelta(days=days_ago), "withdrawn")


def test_the_price_that_held_ninety_days_ago_begins_the_line():
    shown = looks.prices([price(300, 9), price(200, 2_000_000), price(45, 2_500_000)], at=AT)
    assert 'd="M0 100H200V50H400"' in shown.plot
    assert shown.rows == ["$3.00", "$2.75", "$2.50", "$2.25", "$2.00"]
    assert "from $2.00 to $2.50, changed once" in shown.plot


@pytest.mark.parametrize("points", [[price(3, 7)], [price(200, 5), price(100, 7)]])
def test_a_price_that_has_not_changed_makes_no_chart(points):
    assert looks.prices(points, at=AT) is None


def test_the_offer_page_shows_windows_and_prices(client, alice, harbour):
    offer = make.offer(price_micro=2_000_000)
    catalog.list_offer(
        machine=offer.machine, chip=offer.chip, price_micro_per_gpu_hour=2_500_000, at=now()
    )
    offer = offer.machine.offers.get(state="listed")
    client.force_login(alice)
    page = client.get(reverse("offer", args=[offer.public_id])).content.decode()
    assert page.count('class="tidetable__row"') == 14
    assert "plot--lg" in page
    assert "Choose" in page
    client.logout()
    assert "Choose" not in client.get(reverse("offer", args=[offer.public_id])).content.decode()


def test_a_chosen_window_fills_the_form(client, alice, harbour):
    url = reverse("offer", args=[make.offer(gpus=2).public_id])
    client.force_login(alice)
    query = {"start": "2026-12-01T10:00", "hours": "5", "gpu_count": "2"}
    form = client.get(url, query).context["form"]
    assert form.initial == {
        "gpu_count": 2,
        "start": datetime(2026, 12, 1, 10, tzinfo=UTC),
        "hours": 5,
        "when": "later",
    }


@pytest.mark.parametrize("query", [{"start": "soon"}, {"hours": "<b>"}, {"gpu_count": "-1"}, {}])
def test_a_wish_that_cannot_be_read_is_left_out(client, alice, harbour, query):
    url = reverse("offer", args=[make.offer().public_id])
    client.force_login(alice)
    answer = client.get(url, query)
    assert answer.status_code == 200
    assert answer.context["form"].initial == {}


def test_each_row_of_the_market_has_its_strip(client):
    for number in range(4):
        make.offer(gpus=1, price_micro=1_000_000 + number)
    page = client.get(reverse("home")).content.decode()
    assert page.count("plot--tide") == 4
    assert "always 1, at best 1 of 1 free" in page
