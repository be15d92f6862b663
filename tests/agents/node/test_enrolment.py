import pytest

from agents.node import identity
from agents.node.client import Refused, Unreachable
from agents.node.clock import Clock
from agents.node.enrolment import enrol

from .market import TOKEN


def join(state, market, token=TOKEN):
    return enrol(state=state, server=market.url, token=token, clock=Clock())


def contents(state):
    return sorted(file.name for file in state.iterdir())


def test_a_machine_joins_and_knows_who_it_is(state, market):
    found = join(state, market)
    assert (found.server, found.node, found.machine) == (market.url, market.node, market.machine)
    assert identity.read(state) == found
    assert market.key.public_bytes_raw() == identity.key_of(state).public_key().public_bytes_raw()


def test_the_key_is_for_its_owner_alone(state, market):
    join(state, market)
    assert (state.stat().st_mode & 0o777, (state / "key").stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_refused_token_leaves_the_key_and_nothing_else(state, market):
    with pytest.raises(Refused, match="the token cannot be used"):
        join(state, market, token="stolen")
    assert contents(state) == ["key"]
    assert market.key is None


def test_after_a_lost_answer_the_same_key_tries_again(state, market):
    market.odd = 503, {}, b""
    with pytest.raises(Unreachable, match="the same token can be tried again"):
        join(state, market)
    key = (state / "key").read_bytes()
    assert contents(state) == ["key"]
    market.odd = None
    join(state, market)
    assert (state / "key").read_bytes() == key


def test_an_enrolled_folder_is_not_enrolled_again(enrolled, market):
    before = {file: file.read_bytes() for file in enrolled.iterdir()}
    asked = len(market.paths)
    with pytest.raises(identity.AlreadyEnrolled, match="is enrolled already"):
        join(enrolled, market)
    assert {file: file.read_bytes() for file in enrolled.iterdir()} == before
    assert len(market.paths) == asked


def test_a_wrong_address_makes_nothing(state):
    with pytest.raises(identity.BadServer):
        enrol(state=state, server="http://straits.example", token=TOKEN, clock=Clock())
    assert not state.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b'{"server": 1}'])
def test_a_damaged_identity_is_named(enrolled, content):
    (enrolled / "node.json").write_bytes(content)
    with pytest.raises(identity.NotEnrolled, match=r"node\.json cannot be read"):
        identity.read(enrolled)


def test_a_damaged_key_is_named_and_not_replaced(enrolled):
    (enrolled / "key").write_bytes(b"short")
    with pytest.raises(identity.NotEnrolled, match="is not a key of 32 bytes"):
        identity.key_of(enrolled)
    assert (enrolled / "key").read_bytes() == b"short"


def test_two_agents_do_not_share_a_folder(enrolled):
    with (
        identity.alone(enrolled),
        pytest.raises(identity.Busy, match="another straits-node runs"),
        identity.alone(enrolled),
    ):
        pass
    with identity.alone(enrolled):
        pass
