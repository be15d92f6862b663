"""A page that changes under its reader's eyes: the real ASGI application, PostgreSQL and Redis."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.billing.services import top_ups
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.services import Observation
from tests import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # the application under ASGI: as marketplace.config.asgi has it, and threads that end with it
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterator"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
HOUR = timedelta(hours=1)
#: less than the minute after which a page that listens looks again by itself
AT_ONCE = 45_000


@pytest.fixture
def held(harbour, market):
    """Set aside for two hours, ten minutes from now; it waits for a yes."""
    at = now()
    make.fresh_list(at=at)
    make.funded(harbour)
    offer, start = make.offer(), at + timedelta(minutes=10)
    return make.reservation(harbour, offer, auto_confirm=False, start=start, hours=2, at=at)


def page_of(row):
    return reverse("reservation", args=[row.public_id])


def says(page, text, timeout=AT_ONCE):
    page.get_by_text(text).locator("visible=true").first.wait_for(timeout=timeout)


def test_a_page_shows_a_change_without_a_reload(held, alice, asgi, visit):
    page = visit(page_of(held), alice, at=asgi)
    says(page, "Live")
    page.evaluate("window.kept = 'the same page'")
    assert page.get_by_role("button", name="Book for").count() == 1

    brokerage.confirm(reservation=held, at=now())
    says(page, "GPUs and money are set aside for the whole window.")
    assert page.get_by_role("button", name="Book for").count() == 0

    page.get_by_text("Extend or shorten").click()
    page.get_by_label("New end, UTC").fill("2031-01-02T03:04")
    part = held.assignments.get()
    report = Observation(
        part.public_id, 1, "starting", None, None, None, "", "pulling debian: 40 %"
    )
    brokerage.observe(machine=part.machine, reports=[report], at=now())
    says(page, "pulling debian")
    assert page.get_by_role("progressbar", name="Pulling debian").get_attribute("value") == "40"
    # nobody's writing is lost to a change that leaves the acts as they are
    assert page.get_by_label("New end, UTC").input_value() == "2031-01-02T03:04"
    assert page.evaluate("window.kept") == "the same page"
    assert "Getting ready" in page.locator(".steps [aria-current]").inner_text()


def test_a_page_that_hears_nothing_looks_again_by_itself(held, alice, visit):
    """The server of the other tests has no streams: it answers 204."""
    page = visit(page_of(held), alice, clock=True)
    says(page, "Looks again every 15 s")
    brokerage.confirm(reservation=held, at=now())
    page.clock.fast_forward(15_000)
    says(page, "GPUs and money are set aside for the whole window.")


def test_a_page_is_whole_without_scripts(held, alice, visit):
    page = visit(page_of(held), alice, java_script_enabled=False)
    assert page.get_by_role("button", name="Book for").is_visible()
    assert page.get_by_text("Live", exact=True).is_hidden()
    brokerage.confirm(reservation=held, at=now())
    page.reload()
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "15"
    assert page.locator("main noscript p").is_visible()
    page.get_by_text("Cancel", exact=False).first.click()
    page.get_by_role("button", name="Cancel").click()
    says(page, "Cancelled. What was set aside has gone back")


def test_times_are_the_readers_own_with_utc_beside(held, alice, visit):
    page = visit(page_of(held), alice, timezone_id="Asia/Kuala_Lumpur")
    start = held.during.lower
    here = start + timedelta(hours=8)
    time = page.locator(f"time[datetime='{start:%Y-%m-%dT%H:%M:%SZ}'][data-show=moment]").first
    assert f"{here:%H:%M}" in time.inner_text()
    assert "GMT+8" in time.inner_text()
    assert f"{start:%H:%M}" in time.get_attribute("title")
    assert "UTC" in time.get_attribute("title")
    assert "Asia/Kuala_Lumpur" in page.locator("footer").inner_text()


def test_who_signed_out_elsewhere_is_led_to_sign_in(held, alice, asgi, visit):
    page = visit(page_of(held), alice, at=asgi)
    says(page, "Live")
    alice.set_password("another")  # ends every session
    alice.save()
    brokerage.confirm(reservation=held, at=now())
    page.wait_for_url(re.compile("/sign-in/[?]next=/reservations/"), timeout=AT_ONCE)


def test_the_way_in_is_copied_by_a_button(held, alice, visit):
    brokerage.confirm(reservation=held, at=now())
    door = {"name": "ssh", "scheme": "ssh", "host": "203.0.113.7", "port": 40_022, "path": ""}
    held.assignments.update(endpoints=[door])
    page = visit(page_of(held), alice, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "ssh -p 40022 root@203.0.113.7"


def test_an_open_wallet_shows_what_became_of_a_top_up(harbour, alice, asgi, visit):
    made = billing.top_up(
        organisation=harbour,
        by=alice,
        amount_micro=25_000_000,
        payment_method="pm_card_visa",
        key="test",
        at=now(),
    )
    page = visit(reverse("wallet"), alice, at=asgi)
    says(page, "Live")
    says(page, "Pending")
    page.get_by_label("Amount").first.fill("77")
    top_ups.fail(made, "Your card was declined.", now())
    says(page, "Your card was declined.")
    assert page.get_by_label("Amount").first.input_value() == "77"
