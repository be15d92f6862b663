"""What a measured round trip says of a place: light is the judge. Pure.

A round trip can be made longer by anybody and shorter by nobody. So a short one proves that the
machine, or whoever answers for it, is near the probe, and a shorter one than light needs from the
declared place proves that it is not there. A long one proves nothing.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

#: mean radius (IUGG), and light in vacuum: what no cable beats
EARTH_KM: Final = 6371.0088
KM_PER_US: Final = 0.299792458
#: so far from each other may coordinates be and still mean the same place
SLACK_KM: Final = 50.0
#: a machine that must be this near to a probe which is as near to the site stands as declared
NEAR_KM: Final = 1500.0


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, north and east positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Reading:
    """`agrees`: True, False when it is impossible, None when it says nothing."""

    agrees: bool | None
    distance_km: int
    reach_km: int
    least_us: int


def distance_km(one: Point, other: Point) -> float:
    """Along the surface, by the haversine formula."""
    south, north = radians(one.latitude), radians(other.latitude)
    half_up = sin((north - south) / 2) ** 2
    half_across = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half_up + cos(south) * cos(north) * half_across)))


def read(site: Point, probe: Point, rtt_us: int) -> Reading:
    """What a round trip of so many microseconds says of a machine at this site."""
    away = distance_km(site, probe)
    reach = rtt_us * KM_PER_US / 2
    least = round(2 * max(0.0, away - SLACK_KM) / KM_PER_US)
    agrees: bool | None = None
    if rtt_us < least:
        agrees = False
    elif max(away, reach) <= NEAR_KM:
        agrees = True
    return Reading(agrees, round(away), round(reach), least)
