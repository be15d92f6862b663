"""What an address and a round trip say of a place, and what they make of a machine's standing."""

import pytest
from django.db import IntegrityError, transaction

from compliance.models import Case, RedFlag
from marketplace.catalog.models import Machine, Probe, Site, TrustEvidence
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust.places import NEAR_KM, Point, distance_km, read
from tests import make, mmdb
from tests.make import HOUR, NOON

SINGAPORE, KUALA_LUMPUR = Point(1.35208, 103.81984), Point(3.139, 101.68685)
LONDON, NEW_YORK = Point(51.5074, -0.1278), Point(40.7128, -74.0060)
FIJI = Point(-17.7134, 178.0650)
SAMOA = Point(-13.7590, -172.1046)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (LONDON, LONDON, 0),
        (LONDON, NEW_YORK, 5570),
        (NEW_YORK, LONDON, 5570),
        (SINGAPORE, KUALA_LUMPUR, 309),
        (FIJI, SAMOA, 1138),
        (Point(90, 0), Point(-90, 0), 20015),
        (Point(0, 0), Point(0, 180), 20015),
    ],
)
def test_distances_are_those_of_the_globe(one, other, km):
    assert abs(distance_km(one, other) - km) < 2


def test_sooner_than_light_is_impossible():
    least = read(LONDON, NEW_YORK, 0).least_us
    assert least == 36_827
    assert read(LONDON, NEW_YORK, least - 1).agrees is False
    assert read(LONDON, NEW_YORK, least).agrees is None, "possible, and far: it says nothing"


def test_soon_enough_and_near_agrees():
    limit = int(NEAR_KM * 2 / 0.299792458)
    assert read(SINGAPORE, KUALA_LUMPUR, limit).agrees is True
    assert read(SINGAPORE, KUALA_LUMPUR, limit + 10).agrees is None
    assert read(SINGAPORE, SINGAPORE, 1).agrees is True


def test_coordinates_may_be_a_little_off():
    assert read(Point(1.35, 103.82), Point(1.75, 103.82), 1).agrees is True


@pytest.fixture
def machine(market):
    operator = make.organisation("Selat Compute", can_rent=False, can_provide=True)
    site = Site.objects.create(
        name="JB 1", operator=operator, country="MY", latitude="1.49270", longitude="103.74140"
    )
    return make.machine(site=site)


@pytest.fixture
def near(db):
    return Probe.objects.create(
        name="sin", url="https://sin.example", latitude="1.35208", longitude="103.81984"
    )


@pytest.fixture
def far(db):
    return Probe.objects.create(
        name="lon", url="https://lon.example", latitude="51.50740", longitude="-0.12780"
    )


def location(machine, at=NOON):
    return trust.location_of(Machine.objects.get(pk=machine.pk), at=at)


def flags(machine):
    flags = RedFlag.objects.filter(party=machine.site.operator.party)
    return list(flags.values_list("kind__code", flat=True))


def measure(machine, probe, rtt_us, at=NOON):
    return trust.place_by_latency(machine=machine, probe=probe, rtt_us=rtt_us, at=at)


@pytest.fixture
def _geoip(settings, tmp_path):
    networks = {"192.0.2.0/24": mmdb.country("MY"), "198.51.100.0/24": mmdb.country("CN")}
    settings.GEOIP_DATABASE = str(mmdb.write(tmp_path / "country.mmdb", networks))
    hidden = {
        "192.0.2.9/32": {"is_anonymous_vpn": True},
        "192.0.2.8/32": {"is_hosting_provider": True},
    }
    settings.GEOIP_NETWORKS = str(mmdb.write(tmp_path / "networks.mmdb", hidden))


def place(machine, address, at=NOON):
    return trust.place_by_network(machine=machine, address=address, at=at)


@pytest.mark.django_db
@pytest.mark.usefixtures("_geoip")
class TestNetwork:
    @pytest.mark.parametrize("address", ["192.0.2.1", "192.0.2.8"])
    def test_an_address_in_the_country_agrees_for_a_day(self, machine, address):
        assert location(machine) == "declared"
        evidence = place(machine, address)
        assert evidence.detail == {"prefix": "192.0.2.0/24", "country": "MY", "declared": "MY"}
        assert location(machine) == "network"
        assert location(machine, NOON + 24 * HOUR) == "declared"

    @pytest.mark.parametrize("address", ["203.0.113.1", "192.0.2.9", "127.0.0.1", "", "nonsense"])
    def test_unknown_and_hidden_addresses_say_nothing(self, machine, address):
        assert place(machine, address) is None
        assert not TrustEvidence.objects.exists()

    def test_another_country_contradicts_and_opens_a_case(self, machine):
        place(machine, "192.0.2.1")
        assert place(machine, "198.51.100.1").passed is False
        assert (location(machine), flags(machine)) == ("contradicted", ["R17"])
        assert Case.objects.get().party == machine.site.operator.party

    def test_it_stands_until_the_network_says_otherwise(self, machine):
        place(machine, "198.51.100.1")
        assert location(machine, NOON + 1000 * HOUR) == "contradicted"
        place(machine, "192.0.2.1", at=NOON + 1000 * HOUR)
        assert location(machine, NOON + 1000 * HOUR) == "network"

    def test_without_a_database_nothing_is_known(self, machine, settings):
        settings.GEOIP_DATABASE = ""
        assert place(machine, "192.0.2.1") is None


@pytest.mark.django_db
class TestLatency:
    def test_a_short_trip_to_a_probe_nearby_agrees_for_a_day(self, machine, near):
        evidence = measure(machine, near, 4000)
        assert (evidence.passed, evidence.probe) == (True, near)
        assert evidence.detail == {
            "rtt_us": 4000,
            "distance_km": 18,
            "reach_km": 600,
            "least_us": 0,
        }
        assert location(machine) == "latency"
        assert location(machine, NOON + 24 * HOUR) == "declared"

    def test_a_long_trip_says_nothing(self, machine, near, far):
        assert measure(machine, near, 250_000) is None
        assert measure(machine, far, 250_000) is None
        assert not TrustEvidence.objects.exists()

    def test_a_site_without_coordinates_cannot_be_measured(self, machine, near):
        Site.objects.update(latitude=None, longitude=None)
        assert measure(Machine.objects.get(pk=machine.pk), near, 4000) is None

    def test_nearer_than_light_allows_contradicts_and_opens_a_case(self, machine, far):
        assert measure(machine, far, 5000).passed is False
        assert (location(machine), flags(machine)) == ("contradicted", ["R21"])
        [case] = Case.objects.all()
        text = case.events.get(kind="note").text
        assert text.startswith(f"{machine.name} at JB 1 answered lon within 5.0 ms; from JB 1, MY")

    def test_what_one_probe_found_impossible_no_other_makes_good(self, machine, near, far):
        measure(machine, far, 5000)
        measure(machine, near, 4000, at=NOON + HOUR)
        assert location(machine, NOON + HOUR) == "contradicted"

    def test_a_probe_cannot_stand_outside_the_globe(self, near):
        with pytest.raises(IntegrityError, match="probe_on_earth"), transaction.atomic():
            Probe.objects.filter(pk=near.pk).update(latitude=91)

    def test_half_a_coordinate_is_none(self, machine):
        with pytest.raises(IntegrityError, match="site_on_earth"), transaction.atomic():
            Site.objects.update(longitude=None)
