"""Where a webhook may go: to public addresses only, looked at anew at each delivery."""

import socket

import pytest
from django.core.exceptions import ValidationError

from marketplace.hooks import addresses, posting
from marketplace.hooks.addresses import Forbidden, Target, allowed, resolve, target


@pytest.fixture(autouse=True)
def strict(settings):
    settings.WEBHOOKS_TO_LOOPBACK = False


def answering(monkeypatch, *found):
    def look(host, port, **_):
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port))
            for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.example/", (True, "a.example", 443, "/")),
        ("https://a.example", (True, "a.example", 443, "/")),
        ("https://A.example:8443/x/y?k=1&z", (True, "a.example", 8443, "/x/y?k=1&z")),
        ("https://[2606:4700::1]/x", (True, "2606:4700::1", 443, "/x")),
    ],
)
def test_an_address_in_parts(url, parts):
    assert target(url) == Target(*parts)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://a.example/", "must begin with https://"),
        ("http://localhost/", "must begin with https://"),
        ("ftp://a.example/", "no address"),
        ("//a.example/", "no address"),
        ("https:///x", "no address"),
        ("a.example", "no address"),
        ("https://a.example:no/", "no address"),
        ("https://a.example:99999/", "no address"),
        ("https://[::1", "no address"),
        ("https://me:word@a.example/", "Leave out name"),
        ("https://me@a.example/", "Leave out name"),
        ("https://a.example/#x", "Leave out name"),
        ("https://a.example:22/", "port must be 443"),
        ("https://a.example/a b", "at most 500"),
        ("https://a.example/\r\nHost: b", "at most 500"),
        ("https://ä.example/", "at most 500"),
        ("https://a.example/" + "x" * 500, "at most 500"),
    ],
)
def test_what_is_no_address_for_us(url, why):
    with pytest.raises(ValidationError, match=why):
        target(url)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111"])
def test_public_addresses(address):
    assert allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",  # of a provider's own net
        "169.254.169.254",  # metadata of clouds
        "192.0.0.192",  # metadata of one of them
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "::93.184.216.34",
        "64:ff9b::a00:1",  # 10.0.0.1 through NAT64
        "64:ff9b:1::a00:1",
        "2002:a00:1::1",  # 10.0.0.1 through 6to4
        "2001:0:a00:1::1",  # Teredo
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",  # metadata of a cloud
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "0x7f000001",
        "",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not allowed(address)


def test_one_address_that_is_not_public_refuses_the_name(monkeypatch):
    to = target("https://a.example/")
    answering(monkeypatch, "93.184.216.34", "1.1.1.1")
    assert resolve(to) == "93.184.216.34"
    answering(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(Forbidden, match="not public"):
        resolve(to)
    answering(monkeypatch)
    with pytest.raises(Forbidden, match="not public"):
        resolve(to)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "[::ffff:7f00:1]"])
def test_other_ways_to_write_this_machine(host):
    """As the system's own resolver reads them."""
    with pytest.raises(Forbidden):
        resolve(target(f"https://{host}/"))


def test_a_name_nobody_knows(monkeypatch):
    def look(*_, **__):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    with pytest.raises(Forbidden, match="not known"):
        resolve(target("https://a.example/"))


def test_the_request_goes_to_the_address_that_was_looked_at(monkeypatch):
    """A name that means this machine a moment later leads nowhere new."""
    answering(monkeypatch, "93.184.216.34")
    asked = []

    def connect(address, timeout):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = posting.post(target("https://a.example/"), b"", {})
    assert asked == [("93.184.216.34", 443)]
    assert (answer.status, answer.error) == (None, "ConnectionRefusedError")


def test_what_is_not_public_is_not_even_connected_to(monkeypatch):
    answering(monkeypatch, "169.254.169.254")
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    answer = posting.post(target("https://metadata.example/"), b"", {})
    assert (answer.status, answer.error) == (
        None,
        "the name leads to an address that is not public",
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:99/", "http://[::1]/"])
def test_development_may_reach_this_machine_and_nothing_else_by_http(settings, url):
    settings.WEBHOOKS_TO_LOOPBACK = True
    assert not target(url).secure
    assert allowed("127.0.0.1")
    assert not allowed("10.0.0.1")
    with pytest.raises(ValidationError, match="https"):
        target("http://a.example/")


def test_the_host_header_names_what_was_asked_for():
    assert Target(True, "a.example", 443, "/").name == "a.example"
    assert Target(True, "a.example", 8443, "/").name == "a.example:8443"
    assert Target(True, "2606:4700::1", 8443, "/").name == "[2606:4700::1]:8443"
    assert addresses.MOST == 500
