"""What the node does with grants: it starts and extends what is granted, and reports the rest."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node import identity
from agents.node.clock import Clock
from agents.node.leases import Leases
from agents.node.reconcile import Phase
from agents.node.spool import Spool
from agents.protocol import grants

from .build import GRANT_KEY, MINUTE, NOON, ONE, TWO, granted, pinned, public, wanted
from .market import until
from .test_leases import Scripted

OTHER = Ed25519PrivateKey.generate()


class Started(Scripted):
    def __init__(self):
        super().__init__()
        self.started = []

    def start(self, *, wanted, at):
        self.started.append(wanted)
        self.show(Phase.STARTING)


@pytest.fixture
def leases(tmp_path):
    spool = Spool(tmp_path)
    clock = Clock(base=NOON.timestamp(), boot=lambda: 0.0)
    yield Leases(runtime=Started(), spool=spool, clock=clock, energy=dict, grants=pinned())
    spool.close()


def refusals(leases):
    return [(one.assignment, one.generation, one.reason) for one in leases.grants.reports()]


def test_what_is_granted_starts_and_nothing_is_reported(leases):
    leases.take_over([granted(wanted())])
    leases.step()
    assert [one.assignment for one in leases.runtime.started] == [ONE]
    assert refusals(leases) == []


BAD = {
    "missing": lambda: wanted(),
    "tampered": lambda: granted(wanted()).model_copy(update={"command": ("evil",)}),
    "foreign": lambda: granted(wanted(), node=TWO),
    "expired": lambda: granted(wanted(), not_after=NOON - MINUTE),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_not_granted_is_neither_started_nor_kept_and_is_reported(reason, leases):
    leases.take_over([BAD[reason]()])
    leases.step()
    assert leases.runtime.started == []
    assert leases.desired == {}
    assert leases.spool.desired() == {}
    assert refusals(leases) == [(ONE, 1, reason)]
    assert leases.grants.news


def test_another_keys_word_is_tampered(leases):
    leases.take_over([granted(wanted(), key=OTHER)])
    leases.step()
    assert (leases.runtime.started, refusals(leases)) == ([], [(ONE, 1, "tampered")])


def test_an_older_generation_changes_nothing_and_is_reported(leases):
    newer = granted(wanted(generation=2, run=False))
    leases.take_over([newer])
    leases.take_over([granted(wanted(generation=1))])
    assert leases.desired == {ONE: newer}
    assert refusals(leases) == [(ONE, 1, "older")]


def test_a_longer_end_that_is_not_granted_does_not_extend(leases):
    first = granted(wanted())
    leases.take_over([first])
    longer = first.model_copy(update={"end": first.end + 60 * MINUTE, "generation": 2})
    leases.take_over([longer])
    assert leases.desired == {ONE: first}
    assert refusals(leases) == [(ONE, 2, "tampered")]
    extended = granted(wanted(generation=2, end=first.end + 60 * MINUTE))
    leases.take_over([extended])
    assert leases.desired == {ONE: extended}
    assert refusals(leases) == []


@pytest.mark.parametrize(
    "facts", [{"keep_until": NOON + 600 * MINUTE}, {"keep_until": None}, {"resume": TWO}]
)
def test_nobody_else_says_how_long_a_workspace_is_kept_or_who_goes_on_with_it(facts, leases):
    first = granted(wanted(keep_until=NOON + 60 * MINUTE))
    leases.take_over([first])
    # of the same generation, so that nothing else of it is wrong
    leases.take_over([first.model_copy(update=facts)])
    assert leases.desired == {ONE: first}
    assert refusals(leases) == [(ONE, 1, "tampered")]
    said = granted(wanted(generation=2, **{"keep_until": NOON + 60 * MINUTE, **facts}))
    leases.take_over([said])
    assert leases.desired == {ONE: said}
    assert refusals(leases) == []


def test_a_refused_one_leaves_the_others_alone(leases):
    good = granted(wanted(TWO, gpus=("GPU-b",)))
    leases.take_over([BAD["tampered"](), good])
    assert leases.desired == {TWO: good}


def test_a_spool_that_was_changed_starts_nothing(leases):
    leases.desired = {ONE: BAD["tampered"]()}
    leases.step()
    assert leases.runtime.started == []
    assert refusals(leases) == [(ONE, 1, "tampered")]


def test_a_grant_survives_the_spool(leases, tmp_path):
    leases.take_over([granted(wanted())])
    again = Spool(tmp_path)
    [kept] = again.desired().values()
    grants.check(kept, node=leases.grants.node, key=GRANT_KEY.public_key(), at=NOON)
    again.close()


def test_a_key_that_the_pinned_one_signed_is_pinned(leases):
    written = []
    leases.grants.pin = written.append
    leases.grants.follow(public(OTHER), [grants.change_key(old=GRANT_KEY, new=OTHER)])
    assert leases.grants.key == public(OTHER)
    assert written == [public(OTHER)]
    leases.take_over([granted(wanted(), key=OTHER)])
    assert refusals(leases) == []


def test_a_key_out_of_nowhere_is_not_pinned(leases):
    leases.grants.pin = pytest.fail
    leases.grants.follow(public(OTHER), [grants.change_key(old=OTHER, new=GRANT_KEY)])
    assert leases.grants.key == public(GRANT_KEY)


def test_an_agent_reports_a_hijackers_lease_and_follows_the_marketplaces_new_key(
    build, market, enrolled, gpus
):
    agent = build()
    uuids = [gpu.uuid for gpu in gpus.inventory().gpus]
    real, market.grant_key = market.grant_key, OTHER
    each = market.want(gpus=uuids)

    def turned(condition):
        def look():
            agent.turn()
            return condition()

        until(look)

    turned(lambda: market.heartbeats and market.heartbeats[-1].refused)
    [refusal] = market.heartbeats[-1].refused
    assert (refusal.assignment, refusal.reason) == (each.assignment, "tampered")
    assert agent.leases.facts == {}
    market.grant_key_changes = [grants.change_key(old=real, new=OTHER)]
    turned(lambda: "running" in market.states(each.assignment))
    assert identity.read(enrolled).grant_key == public(OTHER)
    assert market.heartbeats[-1].refused == ()
    assert each.end - each.start == timedelta(seconds=60)
