"""What staff read where they keep schedules and probes."""

import pytest
from django.urls import reverse

from marketplace.catalog import services
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_steps_of_a_schedule_are_explained_and_told_in_words(client, sally, said):
    made = services.publish_schedule(
        code="tenth", title="A tenth", steps=[[24, 1000], [72, 500]], since=NOON, at=NOON, by=sally
    )
    client.force_login(sally)
    asked = said(client.get(reverse("admin:catalog_cancellationschedule_add")))
    assert "[[24, 1000], [72, 500]] is a tenth of the next 24 hours and a twentieth" in asked
    assert "catalog.fees" not in asked
    page = reverse("admin:catalog_cancellationschedule_change", args=[made.pk])
    steps = "10 % of what lies up to 24 h ahead; 5 % of what lies up to 72 h ahead"
    assert f"Steps: {steps}" in said(client.get(page))


def test_a_probe_says_with_which_settings_it_agrees(client, sally, said):
    client.force_login(sally)
    text = said(client.get(reverse("admin:catalog_probe_add")))
    assert "Name: as the setting PROBE says there" in text
    assert "URL: as the setting PUBLIC_URL says there" in text


def test_an_offer_is_found_by_its_machine(client, sally, said):
    offer = make.offer()
    client.force_login(sally)
    where = reverse("admin:catalog_offer_changelist")
    assert "1 offer" in said(client.get(where, {"q": offer.machine.name}))
    assert "0 results" in said(client.get(where, {"q": "no such machine"}))
