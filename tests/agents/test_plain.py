"""The quick check says yes to what our agent writes, and never to what the full one refuses."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as some

from agents.protocol import plain, signing
from agents.protocol.signing import BadSignature, ClockSkew
from tests.make import NOON

from .test_signing import BODY, KEY, URL, signed, signed_by_hand


def small(headers):
    return {name.lower(): value for name, value in headers.items()}


def quick(headers, **changes):
    facts = {"method": "POST", "url": URL, "body": BODY, "key": KEY.public_key(), "at": NOON}
    return plain.signed(headers=small(headers), **{**facts, **changes})


def full(headers, **changes):
    facts = {"method": "POST", "url": URL, "body": BODY, "key": KEY.public_key(), "at": NOON}
    try:
        return signing.verify(headers=small(headers), **{**facts, **changes})
    except (BadSignature, ClockSkew):
        return None


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://127.0.0.1:8000/agent/v1/heartbeat",
        "https://Straits.Example:8443/agent/v1/usage",
        "http://[::1]:8000/agent/v1/desired",
    ],
)
def test_what_our_agent_signs_is_plain(url):
    headers = signed(url=url)
    assert quick(headers, url=url) == full(headers, url=url)
    assert quick(headers, url=url).key_id == "node-1"
    assert plain.key_id(small(headers)) == signing.key_id_of(headers) == "node-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"url": "https://straits.example/agent/v1/usage"},
        {"url": URL + "?node=2"},
        {"url": URL.replace("straits", "other")},
        {"body": b'{"seq": 2}'},
        {"key": Ed25519PrivateKey.generate().public_key()},
        {"at": NOON + timedelta(seconds=61)},
        {"at": NOON - timedelta(seconds=61)},
    ],
)
def test_what_does_not_hold_is_none(changed):
    assert quick(signed()) is not None
    assert quick(signed(), **changed) is None


@pytest.mark.parametrize("name", ["Content-Digest", "Signature-Input", "Signature"])
def test_a_header_that_is_missing_or_anothers_is_none(name):
    headers, other = signed(), signed(body=b"other")
    assert quick({key: value for key, value in headers.items() if key != name}) is None
    assert quick({**headers, name: other[name]}) is None


def test_what_another_program_writes_is_left_to_the_full_check():
    for headers in (signed_by_hand(covered=tuple(reversed(signing.COVERED))), signed_by_hand()):
        assert full(headers) is not None
        assert quick(headers) is None or quick(headers) == full(headers)


TEXT = some.text(alphabet=some.characters(min_codepoint=32, max_codepoint=126), max_size=3)


@settings(max_examples=300)
@given(
    name=some.sampled_from(["Content-Digest", "Signature-Input", "Signature"]),
    place=some.integers(0, 250),
    gone=some.integers(0, 3),
    new=TEXT,
    seconds=some.integers(-70, 70),
)
def test_nothing_passes_the_quick_check_that_fails_the_full_one(name, place, gone, new, seconds):
    headers, at = signed(), NOON + timedelta(seconds=seconds)
    was = headers[name]
    changed = {**headers, name: was[:place] + new + was[place + gone :]}
    found = quick(changed, at=at)
    assert found is None or found == full(changed, at=at)
    if changed == headers:
        assert (found is None) == (abs(seconds) > 60)
