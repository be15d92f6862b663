"""Where people and keys connect from: noted in Redis, kept as rows, seen as red flags."""

from datetime import timedelta

import pytest
import redis
from django.conf import settings as configured
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Outcome
from marketplace.accounts import red_flags, sightings, tasks
from marketplace.accounts.models import AccessSighting
from tests import make, mmdb
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COUNTRIES = {
    "192.0.2.0/24": "CN",
    "198.51.100.0/24": "SG",
    "203.0.113.0/24": "MY",
    "233.252.0.0/24": "JP",
}


@pytest.fixture(autouse=True)
def _nothing_noted():
    with redis.Redis.from_url(configured.REDIS_URL) as client:
        names = [sightings.FIRST, sightings.LAST]
        client.delete(*names, *(name + sightings.TAKEN for name in names))


@pytest.fixture
def _places(settings, tmp_path):
    known = {network: mmdb.country(code) for network, code in COUNTRIES.items()}
    settings.GEOIP_DATABASE = str(mmdb.write(tmp_path / "country.mmdb", known))
    tor = {"192.0.2.7/32": {"is_tor_exit_node": True}}
    settings.GEOIP_NETWORKS = str(mmdb.write(tmp_path / "networks.mmdb", tor))


def seen(organisation, *addresses, at=NOON):
    for address in addresses:
        sightings.note(organisation=organisation, address=address, at=at)


def rows():
    columns = ("prefix", "country", "network", "first_seen", "last_seen")
    return list(AccessSighting.objects.order_by("day", "prefix", "network").values_list(*columns))


def codes(organisation):
    return sorted(organisation.party.red_flags.values_list("kind__code", flat=True))


@pytest.mark.usefixtures("_places")
def test_one_row_a_day_and_prefix_with_first_and_last(harbour):
    seen(harbour, "192.0.2.1", at=NOON)
    seen(harbour, "192.0.2.2", at=NOON + HOUR)
    assert sightings.keep(at=NOON) == 1
    seen(harbour, "192.0.2.3", at=NOON + 2 * HOUR)
    seen(harbour, "192.0.2.3", at=NOON + DAY)
    assert sightings.keep(at=NOON) == 2
    assert rows() == [
        ("192.0.2.0/24", "CN", "other", NOON, NOON + 2 * HOUR),
        ("192.0.2.0/24", "CN", "other", NOON + DAY, NOON + DAY),
    ]
    assert sightings.keep(at=NOON) == 0


@pytest.mark.usefixtures("_places")
def test_no_whole_address_is_kept_anywhere(harbour):
    seen(harbour, "192.0.2.77")
    with redis.Redis.from_url(configured.REDIS_URL) as client:
        assert b"192.0.2.77" not in b"".join(client.hgetall(sightings.FIRST))
    sightings.keep(at=NOON)
    assert [row[0] for row in rows()] == ["192.0.2.0/24"]


def test_without_a_database_file_country_and_network_are_unknown(harbour):
    seen(harbour, "192.0.2.7")
    sightings.keep(at=NOON)
    assert rows() == [("192.0.2.0/24", "", "", NOON, NOON)]


def test_a_sweep_that_died_is_taken_up_by_the_next(harbour, monkeypatch):
    seen(harbour, "192.0.2.1")
    with monkeypatch.context() as broken:
        broken.setattr(sightings, "UPSERT", "SELECT 1 / 0, %s, %s, %s, %s, %s, %s, %s")
        with pytest.raises(Exception, match="division by zero"), transaction.atomic():
            sightings.keep(at=NOON)
    seen(harbour, "198.51.100.1", at=NOON + HOUR)
    assert sightings.keep(at=NOON) == 1
    assert sightings.keep(at=NOON) == 1
    assert [row[0] for row in rows()] == ["192.0.2.0/24", "198.51.100.0/24"]


def test_a_redis_that_is_down_costs_the_note_and_not_the_request(harbour, monkeypatch, caplog):
    def refuse(*_, **__):
        raise redis.ConnectionError("secret address")

    monkeypatch.setattr(redis.client.Pipeline, "execute", refuse)
    seen(harbour, "192.0.2.1")
    assert caplog.messages == ["access not noted: ConnectionError"]


def test_rows_of_an_organisation_that_is_gone_are_passed_over(harbour):
    seen(harbour, "192.0.2.1")
    harbour.memberships.all().delete()
    harbour.delete()
    assert sightings.keep(at=NOON) == 1
    assert rows() == []


def test_old_rows_go(harbour):
    seen(harbour, "192.0.2.1", at=NOON - 401 * DAY)
    seen(harbour, "192.0.2.1", at=NOON - 399 * DAY)
    sightings.keep(at=NOON)
    assert [row[3] for row in rows()] == [NOON - 399 * DAY]


def test_pages_and_keys_are_noted_and_strangers_are_not(client, harbour, alice):
    client.get(reverse("home"), REMOTE_ADDR="198.51.100.1")
    sightings.keep(at=now())
    assert rows() == []
    client.force_login(alice)
    client.get(reverse("organisation"), REMOTE_ADDR="192.0.2.1")
    key = make.api_key(harbour, alice)
    Client().get(
        "/api/v1/organisation",
        REMOTE_ADDR="203.0.113.1",
        headers={"Authorization": f"Bearer {key}"},
    )
    Client().get("/api/v1/organisation", REMOTE_ADDR="233.252.0.1")
    tasks.keep_sightings()
    assert [row[0] for row in rows()] == ["192.0.2.0/24", "203.0.113.0/24"]
    assert {row.organisation for row in AccessSighting.objects.all()} == {harbour}


@pytest.mark.usefixtures("_places", "market")
def test_use_from_a_controlled_country_is_a_flag_once(harbour):
    seen(harbour, "192.0.2.1", "198.51.100.1")
    sightings.keep(at=NOON)
    assert red_flags.find_red_flags(at=NOON) == 1
    assert red_flags.find_red_flags(at=NOON) == 0
    [flag] = harbour.party.red_flags.all()
    assert (flag.kind.code, flag.evidence) == ("R8", {"country": "CN", "month": "2026-11"})


@pytest.mark.usefixtures("_places", "market")
def test_tor_from_a_controlled_country_is_two_kinds_and_waits_for_a_person(harbour):
    seen(harbour, "192.0.2.7")
    sightings.keep(at=NOON)
    red_flags.find_red_flags(at=NOON)
    assert codes(harbour) == ["R8", "R9"]
    decision = compliance.screen(party=harbour.party, question=None, at=NOON)
    assert decision.outcome == "manual_review"


@pytest.mark.usefixtures("_places", "market")
def test_four_countries_on_one_day_are_a_flag(harbour):
    harbour.party.hq_country = "CN"
    harbour.party.save()
    seen(harbour, "192.0.2.1", "198.51.100.1", "203.0.113.1")
    sightings.keep(at=NOON)
    assert red_flags.find_red_flags(at=NOON) == 0
    seen(harbour, "233.252.0.1")
    sightings.keep(at=NOON)
    assert red_flags.find_red_flags(at=NOON) == 1
    assert codes(harbour) == ["R9"]


@pytest.mark.usefixtures("market")
def test_unknown_places_raise_nothing(harbour):
    seen(harbour, "192.0.2.7", "198.51.100.1", "203.0.113.1", "233.252.0.1")
    sightings.keep(at=NOON)
    assert red_flags.find_red_flags(at=NOON) == 0


@pytest.mark.usefixtures("market")
def test_an_e_mail_domain_of_a_denied_party_is_a_flag_and_a_public_one_is_not():
    bad, near, far = (make.organisation(name) for name in ("Bad", "Near", "Far"))
    for organisation, email in [
        (bad, "a@quay.example"),
        (near, "b@quay.example"),
        (bad, "c@gmail.com"),
        (far, "d@gmail.com"),
    ]:
        organisation.members.add(make.user(email))
    assert red_flags.find_red_flags(at=NOON) == 0
    make.decision(bad.party, outcome=Outcome.DENY)
    tasks.find_red_flags()
    assert (codes(near), codes(far), codes(bad)) == (["R15"], [], [])
