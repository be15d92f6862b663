from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, algorithms

from agents.protocol import signing
from agents.protocol.signing import BadSignature, ClockSkew, key_id_of, sign, verify
from tests.make import NOON

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
URL = "https://straits.example/agent/v1/heartbeat"
BODY = b'{"seq": 1}'


def signed(**changes):
    facts = {"method": "POST", "url": URL, "body": BODY, "key": KEY, "key_id": "node-1", "at": NOON}
    return sign(**{**facts, **changes})


def check(headers, **changes):
    facts = {"method": "POST", "url": URL, "body": BODY, "key": KEY.public_key(), "at": NOON}
    return verify(headers=headers, **{**facts, **changes})


def signed_by_hand(*, covered=signing.COVERED, key_id="node-1", body=BODY, **parameters):
    """Sign as another program might: with other parameters than ours."""
    request = signing._Request("POST", URL, {})
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=signing._OneKey(private=KEY)
    )
    facts = {"created": NOON, "nonce": "n", "tag": signing.TAG, **parameters}
    if "content-digest" in covered:
        facts["body"] = body  # given a body, the library covers its digest unasked
    signer.sign(request, key_id=key_id, covered_component_ids=covered, **facts)
    return request.headers


def test_a_signed_request_says_who_when_and_which():
    headers = signed()
    found = check(headers)
    assert (found.key_id, found.created) == ("node-1", NOON)
    assert key_id_of(headers) == "node-1"
    assert 16 <= len(found.nonce) <= signing.MAX_NONCE


def test_no_two_requests_share_a_nonce():
    assert check(signed()).nonce != check(signed()).nonce


def test_header_names_may_come_in_any_case():
    headers = signed()
    assert check({name.lower(): value for name, value in headers.items()}).key_id == "node-1"
    assert check({name.title(): value for name, value in headers.items()}).key_id == "node-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"url": "https://straits.example/agent/v1/usage"},
        {"url": URL + "?node=2"},
        {"url": URL.replace("straits", "other")},
        {"url": URL.replace("https", "http")},
        {"body": b'{"seq": 2}'},
        {"body": b""},
        {"key": Ed25519PrivateKey.generate().public_key()},
    ],
)
def test_a_request_that_was_changed_on_the_way_is_refused(changed):
    with pytest.raises(BadSignature):
        check(signed(), **changed)


@pytest.mark.parametrize("name", ["Content-Digest", "Signature-Input", "Signature"])
def test_a_header_that_is_missing_or_of_another_request_is_refused(name):
    headers = signed()
    other = signed(body=b"other")
    assert set(headers) == {"Content-Digest", "Signature-Input", "Signature"}
    with pytest.raises(BadSignature):
        check({key: value for key, value in headers.items() if key != name})
    with pytest.raises(BadSignature):
        check({**headers, name: other[name]})


@pytest.mark.parametrize(
    ("what", "by"),
    [("node-1", "node-2"), (str(int(NOON.timestamp())), "1"), (signing.TAG, "another")],
)
def test_a_parameter_that_was_changed_is_refused(what, by):
    headers = signed()
    assert what in headers["Signature-Input"]
    changed = {**headers, "Signature-Input": headers["Signature-Input"].replace(what, by)}
    with pytest.raises(BadSignature):
        check(changed)


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_at_the_edge_of_the_window_is_taken(seconds):
    assert check(signed(at=NOON + timedelta(seconds=seconds))).key_id == "node-1"


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_clock_outside_the_window_is_skewed(seconds):
    with pytest.raises(ClockSkew):
        check(signed(at=NOON + timedelta(seconds=seconds)))


def test_a_forged_request_is_bad_before_it_is_late():
    late = signed(at=NOON - timedelta(hours=1))
    with pytest.raises(BadSignature):
        check(late, key=Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("nonce", [None, "", "n" * 65])
def test_a_nonce_is_needed_and_bounded(nonce):
    with pytest.raises(BadSignature, match="nonce"):
        check(signed_by_hand(nonce=nonce))
    assert check(signed_by_hand(nonce="n" * 64)).nonce == "n" * 64


@pytest.mark.parametrize("missing", signing.COVERED)
def test_a_signature_that_leaves_a_part_out_is_refused(missing):
    assert check(signed_by_hand()).key_id == "node-1"
    fewer = tuple(each for each in signing.COVERED if each != missing)
    with pytest.raises(BadSignature):
        check(signed_by_hand(covered=fewer))


def test_a_signature_for_another_purpose_is_refused():
    headers = signed_by_hand(tag="another-protocol")
    with pytest.raises(BadSignature):
        check(headers)
    with pytest.raises(BadSignature, match=r"carries (0|no) signature"):
        key_id_of(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Signature-Input": "", "Signature": ""},
        {"Signature-Input": "garbage((", "Signature": "x"},
        {"Signature-Input": 'a=("@method");keyid="n"', "Signature": "a=:AAAA:"},
    ],
)
def test_a_request_without_a_signature_of_ours_names_no_key(headers):
    with pytest.raises(BadSignature):
        key_id_of(headers)
    with pytest.raises(BadSignature):
        check(headers)


def test_two_signatures_of_ours_are_one_too_many():
    one, two = signed(), signed()
    both = {
        **one,
        **{
            name: f"{one[name]}, {two[name].replace('pyhms', 'second', 1)}"
            for name in ("Signature-Input", "Signature")
        },
    }
    with pytest.raises(BadSignature, match="2 signatures"):
        key_id_of(both)
    with pytest.raises(BadSignature):
        check(both)
