"""What holds of every page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from marketplace.web.forms import dollars
from marketplace.web.shared import health
from marketplace.web.templatetags import straits

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; "
    "form-action 'self' https://checkout.stripe.com https://hooks.stripe.com; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def every_page(client, offer, rental):
    pages = ["home", "sign-up", "sign-in", "organisation", "reservations", "wallet", "invoices"]
    urls = [reverse(name) for name in [*pages, "keys", "provider", "earnings", "healthz"]]
    urls += [reverse("offer", args=[offer.public_id])]
    urls += [reverse("reservation", args=[rental().public_id]), "/nowhere/"]
    return [client.get(url) for url in urls]


def is_page(answer):
    """Neither a redirect nor the answer to a probe."""
    return answer.status_code != 302 and answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client, alice, harbour, offer, rental):
    type(harbour).objects.update(can_provide=True)
    client.force_login(alice)
    answers = every_page(client, offer, rental)
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        assert sorted(policy.split("; ")) == sorted(CSP.split("; "))
    assert [answer.status_code for answer in answers].count(404) == 1


@pytest.mark.django_db
def test_every_page_says_what_is_simulated(client, alice, harbour, offer, rental, settings, said):
    settings.FAKE_STRIPE_URL = "http://127.0.0.1:1"
    client.force_login(alice)
    pages = [answer for answer in every_page(client, offer, rental) if is_page(answer)]
    assert len(pages) == 11
    for page in pages:
        text = said(page)
        assert "simulated GPUs are taken here" in text
        assert "A made-up sanctions list counts here" in text
        assert "Payments go to a fake Stripe" in text
    settings.FAKE_STRIPE_URL, settings.SIMULATED_GPUS, settings.SAMPLE_LISTS = "", False, False
    assert "Simulation." not in said(client.get(reverse("home")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_or_style(path):
    text = path.read_text()
    inline = r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:"
    assert not re.search(inline, text, re.IGNORECASE)


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_need_no_context(name):
    assert "<h1>" in render_to_string(name)


@pytest.mark.django_db
def test_a_failure_of_ours_shows_a_page_without_details(client, monkeypatch, said):
    def fail(**_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("marketplace.web.renter.offers.brokerage.search", fail)
    client.raise_request_exception = False
    answer = client.get(reverse("home"))
    assert answer.status_code == 500
    assert "Something broke on our side" in said(answer)
    assert "secret detail" not in said(answer)


@pytest.mark.django_db
def test_a_wrong_host_gets_a_page(client, said):
    answer = client.get(reverse("home"), HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "We could not read this request" in said(answer)


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(alice, harbour, said):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post(reverse("keys"), {"name": "ci"})
    assert answer.status_code == 403
    assert "The form was not accepted" in said(answer)
    assert not harbour.api_keys.exists()


@pytest.mark.django_db
def test_what_people_typed_is_escaped(client, alice, harbour):
    harbour.name = "<script>alert(1)</script>"
    harbour.save()
    client.force_login(alice)
    content = client.get(reverse("organisation")).content.decode()
    assert "<script>" not in content
    assert "&lt;script&gt;alert(1)" in content


@pytest.mark.django_db
def test_health_is_told_without_signing_in(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "redis": True})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_redis_that_is_down_is_told(client, monkeypatch):
    def refuse(*_, **__):
        raise redis.ConnectionError("secret address")

    monkeypatch.setattr(health.redis.Redis, "ping", refuse)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "redis": False})


@pytest.mark.django_db
def test_a_database_that_is_down_is_told(client, monkeypatch):
    def refuse():
        raise OperationalError("secret address")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "redis": True})


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "$0.00"), (2_400_000, "$2.40"), (26_666, "$0.026666"), (-1_500_000, "-$1.50"),
     (1_234_567_890_000, "$1,234,567.89")],
)  # fmt: skip
def test_amounts_are_exact(micro, text):
    assert dollars(micro) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0 s"), (1, "0.001 s"), (60_000, "1 min"), (3_661_000, "1 h 1 min 1 s"),
     (90_000_500, "25 h 0.5 s")],
)  # fmt: skip
def test_lengths_of_time_are_exact(ms, text):
    assert straits.lasting(ms) == text
    assert straits.lasting(timedelta(milliseconds=ms)) == text


def test_times_name_their_zone():
    there = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    assert straits.utc_text(there) == "4 Mar 2026, 08:30 UTC"
    assert straits.utc_text(there + timedelta(seconds=5)) == "4 Mar 2026, 08:30:05 UTC"
    assert straits.utc(there) == (
        '<time datetime="2026-03-04T08:30:00Z" data-show="moment">4 Mar 2026, 08:30 UTC</time>'
    )
    assert straits.utc(None) == ""


def test_a_command_is_shown_as_a_shell_would_read_it():
    assert straits.shell(["sh", "-c", "echo $HOME"]) == "sh -c 'echo $HOME'"
