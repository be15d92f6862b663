import signal
import sqlite3
import subprocess
import sys
from itertools import pairwise
from uuid import UUID, uuid5

import pytest

from agents.node import meter
from agents.node.proc import kernel_boot_id
from agents.node.spool import BadSpool, Spool
from agents.protocol import evidence
from agents.protocol.messages import SegmentReport

from .build import running, wanted
from .market import until


@pytest.fixture
def spool(tmp_path):
    opened = Spool(tmp_path)
    yield opened
    opened.close()


def write(spool, count=1, **facts):
    for _ in range(count):
        fact = running(**facts)
        spool.note(fact, meter.last(fact))


def seqs(spool):
    unsent = spool.unsent(limit=100_000)
    return [segment.seq for segment in unsent[1]] if unsent else []


def test_facts_and_wishes_are_found_again(spool, tmp_path):
    fact, each = running(energy_mj={"GPU-a": 7}), wanted()
    spool.note(fact)
    spool.note_desired([each])
    again = Spool(tmp_path)
    assert again.facts() == {fact.assignment: fact}
    assert again.desired() == {each.assignment: each}
    again.close()


def test_what_was_answered_is_not_sent_again(spool):
    write(spool, 4)
    assert seqs(spool) == [1, 2, 3, 4]
    spool.note_answer("stored", [1, 3])
    spool.note_answer("unknown", [2])
    assert seqs(spool) == [4]
    kept = spool.db.execute("SELECT seq, answer FROM segment").fetchall()
    assert kept == [(1, "stored"), (2, "unknown"), (3, "stored"), (4, "")]


def test_a_number_never_comes_back_not_even_after_its_row_is_gone(spool, tmp_path):
    write(spool, 2)
    spool.note_answer("stored", [1, 2])
    with spool.db as db:
        db.execute("UPDATE segment SET written_at = datetime('now', '-91 days')")
    again = Spool(tmp_path)
    assert again.db.execute("SELECT count(*) FROM segment").fetchone() == (0,)
    write(again)
    assert seqs(again) == [3]
    again.close()


def test_old_usage_that_was_never_acknowledged_is_kept(spool, tmp_path):
    write(spool)
    with spool.db as db:
        db.execute("UPDATE segment SET written_at = datetime('now', '-900 days')")
    again = Spool(tmp_path)
    assert seqs(again) == [1]
    again.close()


def test_an_assignment_has_one_final_segment(spool):
    fact = running()
    spool.note(fact, meter.last(fact))
    with pytest.raises(sqlite3.IntegrityError):
        spool.note(fact.model_copy(update={"exit_code": 9}), meter.last(fact))
    assert seqs(spool) == [1]
    assert spool.facts()[fact.assignment].exit_code is None, "the fact was rolled back too"


def test_a_boot_is_named_after_the_kernels_and_the_spool(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = Spool(tmp_path / "a"), Spool(tmp_path / "b")
    assert one.boot_id == uuid5(kernel_boot_id(), str(one.identity))
    assert one.boot_id != other.boot_id, "a fresh folder on the same boot counts from 1 again"
    one.close()
    other.close()


def test_segments_keep_the_boot_they_were_made_in(spool, tmp_path):
    write(spool)
    later = Spool(tmp_path, kernel_boot=UUID(int=1))
    write(later)
    assert later.boot_id != spool.boot_id
    boot, [segment] = later.unsent(limit=10)
    assert (boot, segment.seq) == (spool.boot_id, 1)
    later.note_answer("stored", [1])
    boot, [segment] = later.unsent(limit=10)
    assert (boot, segment.seq) == (later.boot_id, 2)
    later.close()


def test_the_clock_is_remembered_for_this_boot_only(spool, tmp_path):
    spool.note_clock(1000.5)
    assert spool.clock() == 1000.5
    later = Spool(tmp_path, kernel_boot=UUID(int=1))
    assert later.clock() is None
    later.close()


def test_a_damaged_spool_is_named(tmp_path):
    (tmp_path / "spool.sqlite").write_bytes(b"not a database at all, whatever it says" * 100)
    with pytest.raises(BadSpool, match=r"spool\.sqlite cannot be read .*move it away"):
        Spool(tmp_path)


WRITER = """
import sys
from pathlib import Path
from agents.node import meter
from agents.node.spool import Spool
from tests.agents.node.build import running
spool = Spool(Path(sys.argv[1]))
while True:
    fact = running()
    spool.note(fact, meter.last(fact))
    print(spool.db.execute("SELECT max(seq) FROM segment").fetchone()[0], flush=True)
"""


def test_a_killed_writer_loses_nothing_and_no_number_comes_twice(tmp_path):
    promised = []
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603
            promised += [int(writer.stdout.readline()) for _ in range(5)]
            writer.send_signal(signal.SIGKILL)
            promised += [int(line) for line in writer.stdout if line.endswith("\n")]
    spool = Spool(tmp_path)
    found = seqs(spool)
    spool.close()
    assert len(promised) >= 15
    assert len(set(promised)) == len(promised)
    assert set(promised) <= set(found), "what was said to be written is there"
    assert found == list(range(1, len(found) + 1))


def chain(spool):
    """The digests of an assignment's segments, by what they say themselves, after a check."""
    heads, counts = {}, {}
    for boot, body in spool.db.execute("SELECT boot_id, body FROM segment ORDER BY seq"):
        segment = SegmentReport.model_validate_json(body)
        assert segment.prev == heads.get(segment.assignment, evidence.GENESIS)
        facts = {**segment.model_dump(), "boot_id": UUID(boot)}
        heads[segment.assignment] = evidence.digest(facts)
        counts[segment.assignment] = counts.get(segment.assignment, 0) + 1
    return heads, counts


def test_each_assignment_has_a_chain_of_its_own(spool, tmp_path):
    one, other = running(), running()
    for fact in (one, other, one, one, other):
        spool.note(fact, meter.last(fact).model_copy(update={"final": False}))
    heads, counts = chain(spool)
    assert counts == {one.assignment: 3, other.assignment: 2}
    kept = spool.db.execute("SELECT assignment, sha256 FROM head").fetchall()
    assert {UUID(name): head for name, head in kept} == heads


def test_a_chain_goes_on_after_a_new_start_and_after_old_segments_are_gone(spool, tmp_path):
    fact = running()
    part = meter.last(fact).model_copy(update={"final": False})
    spool.note(fact, part)
    head = chain(spool)[0][fact.assignment]
    spool.note_answer("stored", [1])
    with spool.db as db:
        db.execute("UPDATE segment SET written_at = datetime('now', '-91 days')")
    later = Spool(tmp_path, kernel_boot=UUID(int=1))
    later.note(fact, part)
    [segment] = later.unsent(limit=9)[1]
    assert (segment.seq, segment.prev) == (2, head)
    later.close()


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from uuid import UUID
from agents.node import meter
from agents.node.spool import Spool
from tests.agents.node.build import running
left = int(sys.argv[2])
spool = Spool(Path(sys.argv[1]))
def count(statement):
    global left
    if statement.startswith(("BEGIN", "INSERT", "UPDATE", "COMMIT")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
spool.db.set_trace_callback(count)
fact = running(assignment=UUID(int=5))
for _ in range(3):
    spool.note(fact, meter.last(fact).model_copy(update={"final": False}))
spool.db.set_trace_callback(None)
"""


def test_killed_at_every_statement_the_chain_is_whole_and_goes_on(tmp_path):
    found = []
    for statements in range(20):
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(statements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        spool = Spool(tmp_path)
        heads, counts = chain(spool)
        [kept] = spool.db.execute("SELECT sha256 FROM head").fetchall() or [(evidence.GENESIS,)]
        assert heads.get(UUID(int=5), evidence.GENESIS) == kept[0]
        found.append((done.returncode == 0, counts.get(UUID(int=5), 0)))
        spool.close()
    assert [done for done, _ in found].index(True) == 18, "three segments are six statements each"
    written = [after - before for (_, before), (_, after) in pairwise(found)]
    assert written[:17] == [0] * 5 + [1] * 6 + [2] * 6
    assert written[17:] == [3, 3]


def test_what_is_sent_is_signed_as_it_is_written(build, market, fake, hand):
    agent = build(hand=hand)
    each = market.want(gpus=[gpu.uuid for gpu in agent.gpus.inventory().gpus], seconds=0.75)
    agent.turn()

    def all_billed():
        hand.move(0.125)
        agent.turn()
        return any(one.final for one in market.billed(each.assignment))

    until(all_billed)
    billed = market.billed(each.assignment)
    head = evidence.GENESIS
    for one in billed:
        facts = {**one.model_dump(), "boot_id": agent.spool.boot_id}
        assert evidence.signed_by(facts, one.signature, market.key)
        assert not evidence.signed_by(
            {**facts, "mono_ms": one.mono_ms + 1}, one.signature, market.key
        )
        assert one.prev == head
        head = evidence.digest(facts)
    assert billed[-1].final
    assert {one.verified_since for one in billed} == {each.start}
