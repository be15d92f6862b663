"""Where an address is, by database files that the operator supplies. Without them: unknown."""

import ipaddress
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import maxminddb
from django.conf import settings

log = logging.getLogger(__name__)

#: by key of an anonymity database (MaxMind's Anonymous IP and its like): the type of network
NETWORKS = {
    "is_tor_exit_node": "tor",
    "is_anonymous_vpn": "vpn",
    "is_residential_proxy": "proxy",
    "is_public_proxy": "proxy",
    "is_hosting_provider": "hosting",
}
#: of an address only so much is kept
PREFIX = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class Place:
    """`country` is an ISO code, `network` tor, vpn, proxy, hosting or other; empty is unknown."""

    prefix: str
    country: str = ""
    network: str = ""


def locate(address: str) -> Place | None:
    """The network prefix of an address, its country and its type; None for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    network = ipaddress.ip_network((found, PREFIX[found.version]), strict=False)
    return Place(str(network), _country(str(found)), _network(str(found)))


def _country(address: str) -> str:
    record = _record(settings.GEOIP_DATABASE, address) or {}
    country = record.get("country") or record.get("registered_country") or {}
    code = country.get("iso_code", "") if isinstance(country, dict) else ""
    return code if isinstance(code, str) and len(code) == 2 else ""


def _network(address: str) -> str:
    record = _record(settings.GEOIP_NETWORKS, address)
    if record is None:
        return ""
    # such a database lists what is special; an address that is not there is nothing of the kind
    return next((name for key, name in NETWORKS.items() if record.get(key)), "other")


def _record(path: str, address: str) -> dict[str, Any] | None:
    """What the file has on an address; None when there is no file that could say."""
    if not path:
        return None
    try:
        found = _opened(path).get(address)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        # also ValueError: a file without IPv6 is asked about it
        log.warning("%s cannot say where an address is: %s", path, type(error).__name__)
        return None
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=4)
def _opened(path: str) -> maxminddb.Reader:
    """Kept open; a new file is read by the next process."""
    return maxminddb.open_database(path)
