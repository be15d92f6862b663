"""Workspaces that outlive their leases and are gone on with, in plain processes."""

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from agents.node import process
from agents.node.leases import Leases
from agents.node.process import WORK_BYTES, ProcessRuntime
from agents.node.reconcile import Phase
from agents.node.runtime import NOT_KEPT
from agents.node.spool import Spool

from .build import ONE, TWO, granted, pinned, wanted
from .hand import Hand
from .market import until

HOUR = timedelta(hours=1)
THREE = UUID(int=3)
WRITES = ("sh", "-c", "echo mine > data; exec sleep 100")
ADDS = ("sh", "-c", "cp data copy; echo more >> data; mv copy read; exec sleep 100")


class Node:
    """An agent's leases, with what a test wants of them; `again` is the next agent."""

    def __init__(self, folder):
        self.folder, self.hand, self.closing = folder, Hand(), ExitStack()
        self.noon, self.asked = self.hand.now(), {}
        self.again()

    def again(self):
        spool = Spool(self.folder)
        self.closing.callback(spool.close)
        self.leases = Leases(
            runtime=ProcessRuntime(self.folder / "leases"),
            spool=spool,
            clock=self.hand.clock(),
            energy=dict,
            grants=pinned(),
        )
        self.leases.resume()

    def want(self, assignment=ONE, *, start=0, hours=1, **facts):
        """`start` in hours after noon, and so is `keep`: until when its workspace stays."""
        begin, keep = self.noon + start * HOUR, facts.pop("keep", None)
        more = {"keep_until": self.noon + keep * HOUR} if keep is not None else {}
        each = wanted(assignment, start=begin, end=begin + hours * HOUR, **more, **facts)
        self.asked[assignment] = granted(each, not_after=self.noon + 100 * HOUR)
        self.tell()

    def forget(self, assignment):
        del self.asked[assignment]
        self.tell()

    def tell(self):
        self.leases.take_over(self.asked.values())
        self.leases.step()

    def report(self, assignment=ONE):
        [found] = [each for each in self.leases.reports() if each.assignment == assignment]
        return found

    def said(self, assignment=ONE):
        found = self.report(assignment)
        return found.state, found.kept, found.workspace_bytes

    def when(self, condition):
        def stepped():
            self.leases.step()
            return condition()

        until(stepped)

    def work(self, assignment=ONE):
        return self.folder / "leases" / str(assignment) / "work"

    def writes(self, assignment=ONE, *, file="data", **facts):
        """Have one run until it wrote its file."""
        self.want(assignment, **{"command": WRITES, **facts})
        self.when(lambda: (self.work(assignment) / file).exists())

    def ends(self, assignment=ONE, **facts):
        self.want(assignment, run=False, generation=2, **facts)
        self.when(lambda: self.report(assignment).state == "stopped")

    def close(self):
        until(lambda: self.leases.stop_all(grace=0, reason="the test is over"))
        self.closing.close()


@pytest.fixture
def node(tmp_path):
    made = Node(tmp_path)
    yield made
    made.close()


def test_a_workspace_outlives_its_lease_and_frees_the_gpu(node):
    node.writes(keep=3)
    assert node.said() == ("running", False, WORK_BYTES)
    node.ends(keep=3)
    assert node.said() == ("stopped", True, WORK_BYTES)
    assert (node.work() / "data").read_text() == "mine\n"
    node.want(TWO, command=("sleep", "100"))
    assert node.said(TWO) == ("running", False, WORK_BYTES)


def test_without_the_wish_nothing_is_kept(node):
    node.writes()
    node.ends()
    assert node.said() == ("stopped", False, None)


def test_the_wish_may_come_and_go_while_it_runs(node):
    node.writes()
    node.want(command=WRITES, keep=3, generation=2)
    node.leases.step()
    assert node.leases.seen[ONE].keep_until == node.noon + 3 * HOUR
    node.want(command=WRITES, generation=3)
    node.want(run=False, generation=4)
    node.when(lambda: node.report().state == "stopped")
    assert node.said() == ("stopped", False, None)


def test_the_wish_that_comes_with_the_stop_counts(node):
    node.writes()
    node.ends(keep=3)
    assert node.said() == ("stopped", True, WORK_BYTES)


def test_however_a_lease_ends_its_workspace_stays(node):
    node.want(command=("sh", "-c", "echo mine > data"), keep=3)
    node.when(lambda: node.report().state == "stopped")
    assert node.said() == ("stopped", True, WORK_BYTES)
    node.writes(TWO, keep=3)
    node.hand.move(3600)
    node.when(lambda: node.report(TWO).state == "stopped")
    assert node.said(TWO) == ("stopped", True, WORK_BYTES)


def test_cut_off_and_restarted_it_is_wiped_at_its_time(node):
    node.writes(keep=3)
    node.ends(keep=3)
    node.again()
    node.hand.move(3 * 3600 - 0.125)
    node.leases.step()
    assert node.said() == ("stopped", True, WORK_BYTES)
    node.again()
    node.hand.move(0.125)
    assert node.said() == ("stopped", False, WORK_BYTES), "one that is about to go is not kept"
    node.leases.step()
    assert not node.work().exists()
    node.leases.step()
    assert node.said() == ("stopped", False, None)
    node.again()
    assert node.said() == ("stopped", False, None)


@pytest.mark.parametrize("forgotten", [False, True])
def test_it_is_wiped_as_soon_as_it_is_not_wanted(node, forgotten):
    node.writes(keep=3)
    node.ends(keep=3)
    if forgotten:
        node.forget(ONE)
    else:
        node.want(run=False, generation=3)
    assert not node.work().exists()
    assert node.work().parent.exists() is not forgotten


def test_another_time_is_taken_over(node):
    node.writes(keep=3)
    node.ends(keep=3)
    node.want(run=False, generation=3, keep=2)
    node.hand.move(2 * 3600 - 0.125)
    node.leases.step()
    assert node.said() == ("stopped", True, WORK_BYTES)
    node.hand.move(0.125)
    node.leases.step()
    assert not node.work().exists()


def test_one_that_never_ran_keeps_nothing(node):
    node.want(command=("no-such-program",), keep=3)
    assert node.said() == ("failed", False, None)


def test_an_agent_that_stops_its_leases_leaves_what_is_kept(node):
    node.writes(keep=3)
    node.ends(keep=3)
    until(lambda: node.leases.stop_all(grace=0, reason="the agent was stopped"))
    assert node.said() == ("stopped", True, WORK_BYTES)


def kept(node):
    node.writes(keep=3)
    node.ends(keep=3)


def test_a_lease_goes_on_with_a_kept_workspace_and_may_keep_it_again(node):
    kept(node)
    node.writes(TWO, file="read", command=ADDS, resume=ONE, keep=4)
    assert node.said(ONE) == ("stopped", False, None)
    assert node.said(TWO) == ("running", False, WORK_BYTES)
    node.forget(ONE)
    assert not node.work(ONE).parent.exists()
    node.ends(TWO, resume=ONE, keep=4)
    assert node.said(TWO) == ("stopped", True, WORK_BYTES)
    node.again()
    node.writes(THREE, file="third", command=("sh", "-c", "cp data x; mv x third"), resume=TWO)
    node.when(lambda: (node.work(THREE) / "third").read_text() == "mine\nmore\n")
    node.forget(TWO)
    node.ends(THREE, resume=TWO)
    assert node.said(THREE) == ("stopped", False, None)
    node.forget(THREE)
    assert list(node.work().parent.parent.iterdir()) == []


def test_what_is_to_be_gone_on_with_stays_past_its_time(node):
    kept(node)
    node.want(TWO, start=4, command=ADDS, resume=ONE)
    node.hand.move(3 * 3600)
    node.leases.step()
    assert node.said(ONE) == ("stopped", True, WORK_BYTES)
    node.hand.move(3600)
    node.when((node.work(TWO) / "read").exists)
    assert (node.work(TWO) / "read").read_text() == "mine\n"


def test_a_lease_that_cannot_start_leaves_the_workspace_as_it_was(node):
    kept(node)
    node.want(TWO, command=("no-such-program",), resume=ONE)
    assert node.said(TWO) == ("failed", False, None)
    assert node.said(ONE) == ("stopped", True, WORK_BYTES)
    assert [each.name for each in node.work().iterdir()] == ["data"]
    node.forget(TWO)
    node.writes(THREE, file="read", command=ADDS, resume=ONE)


@pytest.mark.parametrize("act", ["write", "move"])
def test_on_a_full_disk_nothing_starts_and_the_workspace_stays(node, act, monkeypatch):
    kept(node)

    def full(*_):
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(*{"write": (process, "_write"), "move": (Path, "rename")}[act], full)
        node.want(TWO, command=ADDS, resume=ONE)
    assert node.report(TWO).state == "failed"
    node.again()
    assert node.said(ONE) == ("stopped", True, WORK_BYTES)
    assert [seen.assignment for seen in node.leases.seen.values()] == [ONE]
    assert [each.name for each in node.work().iterdir()] == ["data"]


@pytest.mark.parametrize("before", ["never here", "not kept", "wiped"])
def test_without_the_workspace_nothing_starts(node, before):
    if before != "never here":
        node.writes(keep=3 if before == "wiped" else None)
        node.ends(keep=3 if before == "wiped" else None)
        node.forget(ONE)
    node.want(TWO, command=ADDS, resume=ONE)
    assert (node.report(TWO).state, node.report(TWO).detail) == ("failed", NOT_KEPT)
    assert not node.work(TWO).parent.exists()


def test_a_program_of_the_workspace_is_found_there(node):
    node.writes(
        command=("sh", "-c", "printf '#!/bin/sh\\necho ran > ran' > go; chmod +x go; echo > data"),
        keep=3,
    )
    node.ends(keep=3)
    node.writes(TWO, file="ran", command=("./go",), resume=ONE)


#: dies after it wrote a record for the second lease, moved the folder, or let the workload go
KILLED = """
import os, sys
from pathlib import Path
import agents.node.process as process
from tests.agents.node.build import NOON, ONE, TWO, wanted

folder, fatal = Path(sys.argv[1]), sys.argv[2]
def deadly(call):
    def calling(*words):
        call(*words)
        os._exit(7)
    return calling
if fatal == "record":
    process._write = deadly(process._write)
elif fatal == "move":
    Path.rename = deadly(Path.rename)
elif fatal == "go":
    process.ProcessRuntime._change = lambda *_, **__: os._exit(7)
runtime = process.ProcessRuntime(folder)
runtime.observe()
command = ("sh", "-c", "cat data > read; exec sleep 100")
runtime.start(wanted=wanted(TWO, command=command, resume=ONE), at=NOON)
"""


@pytest.mark.parametrize("fatal", ["record", "move", "go"])
def test_an_agent_killed_on_the_way_loses_nothing(node, fatal):
    kept(node)
    node.want(TWO, start=2, resume=ONE)
    folder = node.folder / "leases"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", KILLED, str(folder), fatal], check=False
    )
    assert done.returncode == 7
    if fatal == "go":
        until((node.work(TWO) / "read").exists)
    node.again()
    node.when(lambda: node.leases.seen[TWO].phase is (
        Phase.RUNNING if fatal == "go" else Phase.ENDED
    ))  # fmt: skip
    owner = TWO if fatal == "go" else ONE
    assert node.report(ONE).kept is (owner == ONE)
    assert node.report(TWO).state == ("running" if owner == TWO else "failed")
    assert (node.work(owner) / "data").read_text() == "mine\n"
    assert node.work(TWO).exists() is (owner == TWO)
    record = json.loads((folder / str(TWO) / "process.json").read_bytes())
    assert record["resumes"] is None
