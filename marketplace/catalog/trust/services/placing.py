"""Where a machine says it stands, held against where its network is and how soon it answers."""

from datetime import datetime
from decimal import Decimal

from compliance import services as compliance
from compliance.redflags import Finding, machines
from marketplace.catalog.models import Machine, Probe, TrustEvidence
from marketplace.catalog.trust import tiers
from marketplace.catalog.trust.places import Point, read
from marketplace.core.geo import locate

from .claiming import named
from .recording import record

#: networks that hide where somebody is; a data centre's own ("hosting") does not
HIDING = ("tor", "vpn", "proxy")


def place_by_network(*, machine: Machine, address: str, at: datetime) -> TrustEvidence | None:
    """Hold the country of an address against the site's; None when it says nothing.

    The address is the one that the server in front of us saw, never one that the node names. Only
    the network prefix is kept.
    """
    place = locate(address)
    if place is None or not place.country or place.network in HIDING:
        return None
    site = machine.site
    away = machines.elsewhere(named(machine), site_country=site.country, seen_in=place.country)
    evidence = record(
        machine=machine,
        kind=tiers.NETWORK,
        passed=away is None,
        at=at,
        prefix=place.prefix,
        country=place.country,
        declared=site.country,
    )
    _refer(machine, away, at)
    return evidence


def place_by_latency(
    *, machine: Machine, probe: Probe, rtt_us: int, at: datetime
) -> TrustEvidence | None:
    """Hold the shortest of several round trips, in microseconds, against the site's distance.

    None when the site has no coordinates, or when it was too long to say anything.
    """
    site = machine.site
    if site.latitude is None or site.longitude is None:
        return None
    found = read(
        _point(site.latitude, site.longitude), _point(probe.latitude, probe.longitude), rtt_us
    )
    if found.agrees is None:
        return None
    evidence = record(
        machine=machine,
        kind=tiers.LATENCY,
        passed=found.agrees,
        at=at,
        probe=probe,
        rtt_us=rtt_us,
        distance_km=found.distance_km,
        reach_km=found.reach_km,
        least_us=found.least_us,
    )
    if not found.agrees:
        _refer(machine, _too_far(machine, probe, rtt_us, found.least_us), at)
    return evidence


def probes() -> tuple[str, ...]:
    """Where a machine is to go to be measured."""
    return tuple(Probe.objects.filter(active=True).order_by("pk").values_list("url", flat=True))


def _too_far(machine: Machine, probe: Probe, rtt_us: int, least_us: int) -> Finding:
    return machines.too_far(
        named(machine),
        probe=probe.name,
        rtt_us=rtt_us,
        least_us=least_us,
        site=str(machine.site),
    )


def _refer(machine: Machine, finding: Finding | None, at: datetime) -> None:
    if finding is not None:
        compliance.refer(party=machine.site.operator.party, findings=[finding], at=at)


def _point(latitude: Decimal, longitude: Decimal) -> Point:
    return Point(float(latitude), float(longitude))
