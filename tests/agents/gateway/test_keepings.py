"""Kept workspaces on the wire: what a node says of them, what it is told, and on which way."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.gateway import problems
from agents.gateway import services as gateway
from agents.gateway.fast import application
from agents.protocol import grants
from agents.protocol.messages import AssignmentReport, Desired
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping
from marketplace.catalog.models import Gpu
from tests import make
from tests.agents.gateway.short import Front, sign, watched
from tests.agents.gateway.signed import beat, node_for, post
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
GIB = 1 << 30
KEEP = 100
MINUTE = timedelta(minutes=1)
END = NOON + HOUR
#: a day after END, on the wire
UNTIL = "2026-11-25T13:00:00Z"
UUID = "GPU-aaaa"


@pytest.fixture
def machine(market):
    return make.machine(gpus=0)


@pytest.fixture
def joined(machine):
    return node_for(machine)


@pytest.fixture
def say(client, joined, monkeypatch):
    """Send a heartbeat at a moment through the application in front; returns what it answers."""
    node, key = joined
    front = Front(client)

    def say(*reports, at=NOON, **facts):
        for place in (problems, application):
            monkeypatch.setattr(place, "now", lambda: at)
        watched(at)
        message = beat(UUID, assignments=reports, full=not reports, **facts)
        body, headers = sign(message, key, node.public_id, at)
        answer = post(front, "heartbeat", body, headers)
        assert answer.status_code == 200, answer.content
        return answer.json()["desired"]

    return say


@pytest.fixture
def row(machine, harbour, say):
    """One that runs for an hour on a machine that keeps workspaces."""
    make.funded(harbour)
    say()
    offer = make.offer(machine=machine, chip=Gpu.objects.get().chip, keep_micro_per_gib_hour=KEEP)
    made = make.reservation(harbour, offer, workload={"command": ["train"]})
    say(report(made, "running", started_at=NOON, workspace_bytes=50 * GIB))
    made.refresh_from_db()
    return made


def report(row, state, **facts):
    part = row.assignments.get()
    told = {"assignment": part.public_id, "generation": part.generation, "state": state}
    return AssignmentReport(**told, **facts)


def over(row, **facts):
    return report(row, "stopped", started_at=NOON, stopped_at=END, exit_code=0, **facts)


def keep(row):
    return brokerage.keep(reservation=row, hours=24, by=None, key="k", at=NOON)


def test_what_a_node_says_of_a_workspace_is_taken_over(row, say):
    part = row.assignments.get()
    assert part.workspace_bytes == 50 * GIB
    assert keep(row).gib == 50
    say(over(row, workspace_bytes=50 * GIB, kept=True), at=END)
    one = Keeping.objects.get()
    assert (one.state, one.kept_from) == ("kept", END)
    say(over(row, workspace_bytes=50 * GIB), at=END + MINUTE)
    one.refresh_from_db()
    assert (one.state, one.outcome) == ("ended", "lost")


def test_a_node_is_told_under_its_grant_and_never_what_was_run(row, say):
    keep(row)
    [told] = say(report(row, "running", started_at=NOON))
    assert (told["run"], told["keep_until"], told["generation"]) == (
        True,
        "2026-11-25T13:00:00Z",
        2,
    )
    say(over(row, kept=True), at=END)
    [told] = say(over(row, kept=True), at=END + MINUTE)
    assert (told["run"], told["keep_until"], told["resume"]) == (
        False,
        "2026-11-25T13:00:00Z",
        None,
    )
    assert (told["command"], told["environment"], told["ssh_keys"]) == ([], {}, [])
    grant = Desired.model_validate(told)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(gateway.public_key()))
    grants.check(grant, node=grant.node, key=key, at=END)
    longer = grant.model_copy(update={"keep_until": END + 99 * HOUR})
    with pytest.raises(grants.BadGrant):
        grants.check(longer, node=grant.node, key=key, at=END)
    brokerage.give_up_keeping(keeping=Keeping.objects.get(), by=None, at=END + MINUTE)
    assert say(over(row, kept=True), at=END + MINUTE) == []


def test_a_rental_that_goes_on_with_it_names_it_from_the_first_word_on(row, say, harbour):
    kept = keep(row)
    say(over(row, kept=True), at=END)
    kept.refresh_from_db()
    start = END + 2 * HOUR
    make.reservation(harbour, row.offer, start=start, at=END, resumes=kept)
    old = str(row.assignments.get().public_id)
    assert [one["assignment"] for one in say(over(row, kept=True), at=END)] == [old]
    first, second = say(over(row, kept=True), at=start - HOUR)
    assert (first["assignment"], first["resume"]) == (old, None)
    assert (second["run"], second["resume"], second["keep_until"]) == (True, old, None)


def test_what_changes_of_it_takes_the_full_way_and_what_does_not_the_short_one(row, say):
    """The short way tells nothing of what is desired."""
    keep(row)
    gateway.follow(at=END)
    told = {"desired_version": gateway.version_of(machine=row.offer.machine)}
    quiet = {"started_at": NOON, "stopped_at": END, "exit_code": 0, "workspace_bytes": 50 * GIB}
    kept = report(row, "stopped", kept=True, **quiet)
    assert len(say(kept, at=END, **told)) == 1
    gateway.follow(at=END)
    told["desired_version"] = gateway.version_of(machine=row.offer.machine)
    assert say(kept, at=END + MINUTE, **told) is None
    gone = kept.model_copy(update={"kept": False})
    assert say(gone, at=END + MINUTE, **told) == []
    assert Keeping.objects.get().outcome == "lost"


def test_a_version_rises_with_all_that_a_node_is_told_of_it(row, harbour):
    machine = row.offer.machine
    gateway.follow(at=NOON)

    def rose(act, at=END):
        act()
        return gateway.follow(at=at) == [machine.pk]

    assert not rose(lambda: None, NOON)
    assert rose(lambda: keep(row), NOON)
    assert rose(lambda: make.kept(row, at=END))
    assert not rose(lambda: make.looked_at(END, END + MINUTE))
    kept = Keeping.objects.get()
    day = END + 24 * HOUR
    facts = {"start": day, "at": END, "resumes": kept}
    assert rose(lambda: make.reservation(harbour, row.offer, **facts))
    later = row.offer.reservations.latest("pk")
    assert rose(lambda: brokerage.cancel(reservation=later, by=None, at=END))
    assert rose(lambda: brokerage.give_up_keeping(keeping=kept, by=None, at=END))
    assert not rose(lambda: None)
