"""Where a webhook may go: to public addresses only, and to the one that was looked at.

A renter chooses the address and we make the request, from inside our network. So each delivery
resolves the name anew, refuses it if any of its addresses is not public, and connects to an
address that was looked at rather than to a name, which could mean another one a moment later.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

#: the unicast addresses that IANA has given to the public internet
PUBLIC_6: Final = ipaddress.ip_network("2000::/3")
#: public by form, and a way to any IPv4 address: 6to4 and Teredo
TUNNELS_6: Final = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32"))
#: of one purpose each, which the library knows only in part: protocols (one cloud's metadata is
#: among them) and 6to4 relays
SPECIAL_4: Final = tuple(ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24"))
#: of the registered ports only that of https; mail and databases listen on others below
LOW_PORTS: Final = frozenset({443})
MOST = 500


class Forbidden(Exception):
    """The name leads to an address that is not public, or nowhere."""


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address in parts."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """As the Host header names it."""
        usual = 443 if self.secure else 80
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def target(url: str) -> Target:
    """The parts of a URL. Raises ValidationError, saying how to mend it."""
    if len(url) > MOST or not url.isascii() or not url.isprintable() or " " in url:
        raise ValidationError(f"Write an address of at most {MOST} letters, digits and signs.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise ValidationError("This is no address; write https://host/path.") from error
    secure = parts.scheme == "https"
    if not host or parts.scheme not in ("https", "http"):
        raise ValidationError("This is no address; write https://host/path.")
    if not secure and not (settings.WEBHOOKS_TO_LOOPBACK and _loopback_name(host)):
        raise ValidationError("The address must begin with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValidationError("Leave out name, password and #; what is sent is signed.")
    port = port or (443 if secure else 80)
    if secure and port < 1024 and port not in LOW_PORTS:
        raise ValidationError("The port must be 443, or 1024 or more.")
    path = parts.path or "/"
    return Target(secure, host, port, f"{path}?{parts.query}" if parts.query else path)


def resolve(to: Target) -> str:
    """An address to connect to, all of which are allowed. Raises Forbidden.

    One that is not public among public ones refuses all: it is a trap or a mistake.
    """
    try:
        found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Forbidden("the name is not known") from error
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(allowed(address) for address in addresses):
        raise Forbidden("the name leads to an address that is not public")
    return addresses[0]


def allowed(text: str) -> bool:
    """Whether we connect to this IP address. What cannot be read is not allowed."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # a scope, such as fe80::1%eth0
        return False
    if settings.WEBHOOKS_TO_LOOPBACK and address.is_loopback:
        return True
    if address.version == 6 and (
        address not in PUBLIC_6 or any(address in tunnel for tunnel in TUNNELS_6)
    ):
        return False
    if any(address in net for net in SPECIAL_4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _loopback_name(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
