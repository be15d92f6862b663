"""Workspaces that outlive their leases and are gone on with, in real containers."""

from datetime import timedelta
from uuid import uuid4

import pytest

from agents.node.containers import making, workspace
from agents.node.containers import record as records
from agents.node.reconcile import Phase
from tests.agents.node.build import NOON
from tests.agents.node.market import until

from . import at
from .conftest import GIB_64TH, STORAGE
from .test_leases import live

LATER = NOON + timedelta(hours=3)
WRITES = """
  mkdir mine && chmod 700 . && echo data > mine/file && chown -R 1000:1000 mine
  touch up; exec sleep 100
"""
READS = "stat -c '%u %g %a' . mine/file > x; cat mine/file >> x; mv x said; exec sleep 100"


def lease(gpu, script=WRITES, **facts):
    return at.lease([gpu], command=("sh", "-c", script), **facts)


def file(runtime, each, name="workspace.img"):
    return runtime.folder / str(each.assignment) / name


def ran(runtime, each, *, until_there):
    """Let it run until it wrote this file, and end it."""
    at.run(runtime, each)
    until((file(runtime, each, "workspace") / until_there).exists)
    runtime.stop(assignment=each.assignment, grace=0)
    return at.end(runtime, each)


@pytest.fixture
def kept(gpu_uuids):
    """Have a lease write and leave its workspace."""

    def kept(runtime):
        each = lease(gpu_uuids[0], keep_until=LATER, environment={"TOKEN": "hush-hush"})
        ran(runtime, each, until_there="up")
        return each

    return kept


def lies(runtime, each):
    """As its next agent or lease finds it."""
    seen = at.sight(runtime, each)
    there = file(runtime, each).exists()
    assert (seen.kept, seen.workspace_bytes) == (there, GIB_64TH if there else None)
    return there


def reads(runtime, gpu, of):
    """What a lease finds that goes on with the workspace; it is gone with it."""
    each = lease(gpu, READS, resume=of.assignment)
    at.run(runtime, each)
    said = file(runtime, each, "workspace") / "said"
    until(said.exists)
    found, first = said.read_text(), (said.parent / "mine" / "file").stat().st_uid - 1000
    assert lies(runtime, of) is False
    runtime.stop(assignment=each.assignment, grace=0)
    assert at.end(runtime, each).progress == "nothing of it is left on the machine"
    assert not file(runtime, each).exists()
    return found, first


FOUND = "0 0 700\n1000 1000 644\ndata\n"


def test_a_kept_workspace_is_there_as_it_was_left(make, gpu_uuids, kept):
    runtime = make()
    old = kept(runtime)
    assert at.sight(runtime, old).progress == "its workspace is kept on the machine"
    assert lies(runtime, old)
    assert at.left(STORAGE, old.assignment) == set(), "all else is gone"
    assert "hush-hush" not in file(runtime, old, "lease.json").read_text()
    first = making.first_user(runtime.known[old.assignment].record)
    assert reads(make(), gpu_uuids[1], old) == (FOUND, first)


def test_a_wish_that_comes_while_it_runs_counts_and_one_taken_back_does_not(make, gpu_uuids):
    runtime = make()
    for told in ((LATER,), (LATER, None)):
        each = lease(gpu_uuids[0])
        at.run(runtime, each)
        for until_when in told:
            runtime.keep(assignment=each.assignment, until=until_when)
            assert at.sight(runtime, each).keep_until == until_when
        runtime.stop(assignment=each.assignment, grace=0)
        at.end(runtime, each)
        assert lies(runtime, each) is (told[-1] is not None)


def test_one_that_never_ran_keeps_nothing(make):
    runtime, each = make(), lease("GPU-nobody-knows", keep_until=LATER)
    at.begin(runtime, each)
    assert at.end(runtime, each).started_at is None
    assert not lies(runtime, each)


def test_a_lease_that_cannot_start_leaves_the_workspace_where_it_was(make, gpu_uuids, kept):
    runtime = make()
    old = kept(runtime)
    fails = lease("GPU-nobody-knows", READS, resume=old.assignment, keep_until=LATER)
    at.begin(runtime, fails)
    assert at.end(runtime, fails).started_at is None
    assert at.left(STORAGE, fails.assignment) == set()
    assert lies(runtime, old)
    assert not lies(runtime, fails)
    assert reads(runtime, gpu_uuids[1], old)[0] == FOUND


def test_one_that_could_not_be_written_down_as_running_never_ran(
    make, gpu_uuids, kept, monkeypatch
):
    runtime = make()
    old = kept(runtime)

    def full(folder, record, write=records.write):
        if record.started_at and not record.failure and not record.ended:
            raise OSError("no room")
        write(folder, record)

    monkeypatch.setattr(records, "write", full)
    new = lease(gpu_uuids[1], READS, resume=old.assignment, keep_until=LATER)
    at.begin(runtime, new)
    ended = at.end(runtime, new)
    assert (ended.started_at, ended.failure) == (None, "no room")
    assert lies(runtime, old)
    assert not lies(runtime, new)


def test_a_workspace_that_cannot_be_moved_yet_is_held_and_moved_later(
    make, gpu_uuids, kept, monkeypatch
):
    runtime = make()
    old, new = kept(runtime), lease(gpu_uuids[1], READS, keep_until=LATER)
    new = new.model_copy(update={"resume": old.assignment})
    moves = []

    def full(place, *, image, move=workspace.take_over):
        moves.append(place)
        if len(moves) < 3:
            raise OSError("no room")
        move(place, image=image)

    monkeypatch.setattr(workspace, "take_over", full)
    at.run(runtime, new)
    until((file(runtime, new, "workspace") / "said").exists)
    assert at.sight(runtime, new).resumes == old.assignment
    assert lies(runtime, old)
    runtime.stop(assignment=new.assignment, grace=0)
    at.end(runtime, new)
    assert len(moves) == 3
    assert lies(runtime, new)
    assert not lies(runtime, old)


def test_an_agent_killed_before_the_next_lease_runs_leaves_the_workspace(
    make, gpu_uuids, options, tmp_path, kept
):
    old, new = kept(make()), uuid4()
    facts = {"resume": old.assignment}
    assert live(options, tmp_path, new, gpu_uuids[1], "workspace.go_on", **facts) == -9
    runtime = make()
    assert [seen.resumes for seen in runtime.observe() if seen.assignment == new] == [
        old.assignment
    ]
    runtime.stop(assignment=new, grace=0)
    until(lambda: all(seen.phase is Phase.ENDED for seen in runtime.observe()))
    [ended] = [seen for seen in runtime.observe() if seen.assignment == new]
    assert (ended.started_at, ended.kept) == (None, False)
    assert at.left(STORAGE, new) == set()
    assert lies(runtime, old)
    assert reads(runtime, gpu_uuids[1], old)[0] == FOUND


#: what a lease that goes on with a workspace, and leaves it, does with that
ACTS = (
    "record.planned",
    "workspace.go_on",
    "record.started",
    "workspace.take_over",
    "workspace.release",
    "record.ended",
)


def test_an_agent_killed_after_every_act_leaves_one_workspace(
    make, gpu_uuids, options, tmp_path, kept
):
    old, new = kept(make()), lease(gpu_uuids[1])
    facts = {"resume": old.assignment, "keep_until": LATER}
    for fatal in ACTS:
        code = live(options, tmp_path, new.assignment, gpu_uuids[1], fatal, **facts)
        assert code == -9, fatal
        images = list(tmp_path.glob("leases/*/workspace.img"))
        owner = old if fatal in ACTS[:3] else new
        assert [image.parent.name for image in images] == [str(owner.assignment)], fatal
    runtime = make()
    assert lies(runtime, new)
    assert not lies(runtime, old)
    assert reads(runtime, gpu_uuids[1], new)[0] == FOUND
