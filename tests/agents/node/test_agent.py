import json
import time
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from agents.node import proc, usage
from agents.node.client import HEARTBEAT, USAGE
from agents.protocol.messages import inventory_digest

from .build import wanted
from .market import until


def turn_until(agent, condition, hand=None):
    """Let it go round until something holds; with a hand, an eighth of a second each time."""

    def turned():
        if hand:
            hand.move(0.125)
        agent.turn()
        return condition()

    until(turned)


@pytest.fixture
def uuids(gpus):
    return [each.uuid for each in gpus.inventory().gpus]


def pid_of(agent, wanted):
    return agent.leases.runtime.known[wanted.assignment].record.pid


def alive(pid):
    return proc.look(pid) is not None


def final(market, wanted):
    return [each for each in market.billed(wanted.assignment) if each.final]


def billed_to_the_end(market, wanted):
    return lambda: len(final(market, wanted)) == 1


def assert_without_gaps(segments):
    for one, after in pairwise(sorted(segments, key=lambda each: each.seq)):
        assert one.end == after.start


def test_the_inventory_is_sent_when_it_changed_and_not_again(build, market, fake):
    agent = build()
    turn_until(agent, lambda: len(market.heartbeats) == 3)
    first, *others = market.heartbeats
    assert len(first.inventory.gpus) == 2
    assert first.inventory.simulated
    assert first.inventory_digest == inventory_digest(first.inventory)
    assert [each.inventory for each in others] == [None, None]
    assert len({each.inventory_digest for each in market.heartbeats}) == 1
    fake.say("1.lost=1")
    turn_until(agent, lambda: len(market.inventory.gpus) == 1)


def test_an_inventory_that_is_asked_for_is_sent_at_once(build, market):
    agent = build()
    agent.turn()
    market.inventory, market.every = None, 0.2
    turn_until(agent, lambda: market.inventory is not None)
    assert [bool(each.inventory) for each in market.heartbeats] == [True, False, True]


def test_beats_of_a_leased_gpu_carry_its_load(build, market, uuids):
    market.every = 30  # in a tenth of the time in which health is told again without news
    agent = build()
    agent.turn()
    assert market.heartbeats[-1].telemetry == ()
    wanted = market.want(gpus=uuids[:1])
    agent.next_beat = 0
    turn_until(agent, lambda: market.heartbeats[-1].telemetry)
    [sample] = market.heartbeats[-1].telemetry
    assert (sample.uuid, sample.power_mw is not None) == (uuids[0], True)
    assert "running" in market.states(wanted.assignment)
    told = market.health_reports[-1]
    assert len(market.health_reports) == 2, "what it did before is averaged on its own"
    assert told.since < told.read_at
    market.change(wanted, run=False, generation=2)
    agent.next_beat = 0
    turn_until(agent, lambda: market.heartbeats[-1].telemetry == ())
    assert len(market.health_reports) == 3


def test_heartbeats_count_up_also_over_a_restart(build, market):
    for _ in range(2):
        agent = build()
        turn_until(agent, lambda: len(market.heartbeats) % 3 == 2)
        agent.talk(timeout=1)
    found = [(each.boot_id, each.seq) for each in market.heartbeats]
    assert len({boot for boot, _ in found}) == 1
    assert found == sorted(set(found))


def test_a_lease_runs_in_its_window_and_is_metered_to_its_end(build, market, uuids, hand):
    agent = build(hand=hand)
    each = market.want(gpus=uuids, start=0.5, seconds=1.0)
    agent.turn()
    hand.move(0.375)
    agent.turn()
    assert agent.leases.facts == {}
    turn_until(agent, billed_to_the_end(market, each), hand)
    segments = market.billed(each.assignment)
    assert_without_gaps(segments)
    begin, end = segments[0].start, segments[-1].end
    assert begin == each.start
    assert end == each.end, "the window's end, though the process took longer to go"
    assert abs(sum(one.mono_ms for one in segments) - (end - begin).total_seconds() * 1000) <= len(
        segments
    )
    assert sum(one.energy_mj for one in segments) > 0
    assert {one.gpu_uuids for one in segments} == {tuple(uuids)}
    assert market.states(each.assignment)[0] == "running"
    assert market.states(each.assignment)[-1] == "stopped"


def test_what_finished_is_told_until_it_is_no_longer_asked_for(build, market, uuids):
    agent = build()
    each = market.want(gpus=uuids, command=["true"])
    turn_until(agent, lambda: "stopped" in market.states(each.assignment))
    assert [one.assignment for one in agent.leases.reports()] == []
    market.desired.append(each)
    beats = len(market.heartbeats)
    turn_until(agent, lambda: len(market.heartbeats) >= beats + 2)
    assert market.states(each.assignment).count("stopped") == 2
    assert len(final(market, each)) == 1, "it is not started again"


def test_a_workload_that_ends_by_itself_tells_its_exit_code(build, market, uuids):
    agent = build()
    market.every = 600
    each = market.want(gpus=uuids, command=["sh", "-c", "sleep 0.3; exit 7"])
    turn_until(agent, billed_to_the_end(market, each))
    [report] = market.heartbeats[-1].assignments
    assert (report.state, report.exit_code, report.detail) == (
        "stopped",
        7,
        "the workload ended by itself",
    )
    assert report.started_at < report.stopped_at


def test_a_lease_that_is_ended_early_stops(build, market, uuids):
    agent = build()
    each = market.want(gpus=uuids)
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    pid = pid_of(agent, each)
    market.change(each, run=False, generation=2)
    turn_until(agent, billed_to_the_end(market, each))
    assert not alive(pid)
    [report] = market.heartbeats[-1].assignments or [None]
    assert (report.state, report.generation) == ("stopped", 2)


def test_a_lease_that_was_cancelled_before_it_began_is_reported_and_not_billed(
    build, market, uuids
):
    agent = build()
    each = market.want(gpus=uuids, start=-1, run=False)
    turn_until(agent, lambda: "stopped" in market.states(each.assignment))
    assert market.billed(each.assignment) == []
    assert market.heartbeats[-1].assignments[0].started_at is None


@pytest.mark.parametrize(
    ("facts", "detail"),
    [
        ({"command": ["no-such-program"]}, "no program 'no-such-program' on this machine"),
        ({"gpus": ["GPU-elsewhere"]}, "GPU-elsewhere does not answer on this machine"),
    ],
)
def test_what_cannot_start_has_failed_and_is_not_billed(build, market, uuids, facts, detail):
    agent = build()
    each = market.want(**{"gpus": uuids, **facts})
    turn_until(agent, lambda: "failed" in market.states(each.assignment))
    assert market.heartbeats[-1].assignments[0].detail == detail
    assert agent.leases.runtime.observe() == []
    turn_until(agent, lambda: len(market.heartbeats) > 4)
    assert market.billed(each.assignment) == []


def test_a_gpu_that_is_lost_cannot_be_started_on_but_the_other_can(build, market, uuids, fake):
    fake.say("0.lost=1")
    agent = build()
    lost, good = market.want(gpus=uuids[:1]), market.want(gpus=uuids[1:])
    turn_until(agent, lambda: "running" in market.states(good.assignment))
    assert market.states(lost.assignment) == ["failed"]


def test_the_next_renter_gets_the_gpu_only_when_it_is_free(build, market, uuids, hand):
    agent = build(hand=hand)
    stubborn = ["sh", "-c", "trap '' TERM; echo > ready; while :; do sleep 0.05; done"]
    first = market.want(gpus=uuids, seconds=0.5, command=stubborn)
    second = market.want(gpus=uuids[:1], start=0.5)
    ready = agent.leases.runtime.folder / str(first.assignment) / "work" / "ready"
    turn_until(agent, ready.exists)
    hand.move(0.5)
    for _ in range(5):
        hand.move(0.125)
        agent.turn()
    assert first.assignment in agent.leases.runtime.known
    assert second.assignment not in agent.leases.runtime.known
    agent.leases.runtime.known[first.assignment].kill_at = 0
    turn_until(agent, lambda: "running" in market.states(second.assignment))


def test_a_node_that_is_cut_off_stops_on_time_and_bills_later(build, market, uuids, hand):
    agent = build(hand=hand)
    each = market.want(gpus=uuids, seconds=1.5)
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    pid = pid_of(agent, each)
    market.down = True
    hand.move(1.375)
    agent.turn()
    assert alive(pid)
    hand.move(0.125)
    turn_until(agent, lambda: not alive(pid))
    assert agent.client.clock.now() == each.end, "it is no later"
    assert final(market, each) == []
    market.down, agent.next_beat = False, 0
    turn_until(agent, billed_to_the_end(market, each))
    assert final(market, each)[0].end == each.end
    assert_without_gaps(market.billed(each.assignment))


def test_a_node_that_restarts_while_cut_off_still_starts_and_stops_on_time(
    build, market, uuids, hand
):
    each = market.want(gpus=uuids, start=0.5, seconds=1.0)
    build(hand=hand).turn()
    market.down = True
    agent = build(hand=hand)
    agent.leases.resume()
    hand.move(0.375)
    agent.turn()
    assert agent.leases.facts == {}
    hand.move(0.125)
    agent.turn()
    assert agent.leases.facts[each.assignment].started_at == each.start
    pid = pid_of(agent, each)
    hand.move(0.875)
    agent.turn()
    assert alive(pid)
    hand.move(0.125)
    turn_until(agent, lambda: not alive(pid))
    assert agent.client.clock.now() == each.end, "it is no later"


def test_an_agent_that_was_killed_is_followed_by_one_that_takes_over(build, market, uuids):
    before = build()
    each = market.want(gpus=uuids)
    turn_until(before, lambda: len(market.billed(each.assignment)) >= 2)
    pid = pid_of(before, each)
    agent = build()
    agent.leases.resume()
    agent.turn()
    assert alive(pid)
    turn_until(agent, lambda: len(market.billed(each.assignment)) >= 4)
    market.change(each, run=False, generation=2)
    turn_until(agent, billed_to_the_end(market, each))
    assert not alive(pid)
    assert_without_gaps(market.billed(each.assignment))
    assert market.states(each.assignment)[-1] == "stopped"


def test_what_ended_while_no_agent_ran_is_billed_until_it_was_last_seen(build, market, uuids):
    before = build()
    each = market.want(gpus=uuids)
    turn_until(before, lambda: len(market.billed(each.assignment)) >= 2)
    seen = before.leases.facts[each.assignment].metered_to
    before.leases.runtime.known[each.assignment].child.kill()
    before.leases.runtime.known[each.assignment].child.wait()
    agent = build()
    agent.leases.resume()
    turn_until(agent, billed_to_the_end(market, each))
    [last] = final(market, each)
    assert (last.start, last.end, last.mono_ms, last.energy_mj) == (seen, seen, 0, 0)
    report = market.heartbeats[-1].assignments[0]
    assert (report.state, report.exit_code, report.stopped_at) == ("stopped", None, seen)
    again = build()
    again.leases.resume()
    turn_until(again, lambda: not again.leases.desired)
    assert len(final(market, each)) == 1


def test_what_was_started_just_before_the_agent_died_is_taken_over(build, market, uuids, hand):
    before = build(hand=hand)
    each = market.want(gpus=uuids, start=0.5)
    before.turn()
    before.leases._begin = lambda *_: None  # it dies before it writes the fact
    hand.move(0.5)
    before.leases.step()
    assert each.assignment in before.leases.runtime.known
    agent = build(hand=hand)
    assert agent.leases.facts == {}
    agent.leases.resume()
    started = agent.leases.facts[each.assignment].started_at
    assert started == agent.leases.runtime.known[each.assignment].record.started_at
    turn_until(agent, lambda: len(market.billed(each.assignment)) >= 1, hand)
    assert market.billed(each.assignment)[0].start == started


def test_a_workload_that_nobody_knows_of_is_stopped_wiped_and_not_billed(build, market, uuids):
    agent = build()
    stray = uuid4()
    agent.leases.runtime.start(
        wanted=wanted(stray, command=("sleep", "100"), gpus=uuids), at=agent.client.clock.now()
    )
    pid = agent.leases.runtime.known[stray].record.pid
    turn_until(agent, lambda: not agent.leases.runtime.known)
    assert not alive(pid)
    assert list(agent.leases.runtime.folder.iterdir()) == []
    assert market.billed(stray) == []


def test_the_renters_data_is_wiped_once_the_marketplace_knows_the_end(build, market, uuids):
    agent = build()
    each = market.want(gpus=uuids, command=["sh", "-c", "echo secret > data; sleep 100"])
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    folder = agent.leases.runtime.folder / str(each.assignment)
    assert folder.exists()
    market.change(each, run=False, generation=2)
    turn_until(agent, lambda: not folder.exists())
    assert "stopped" in market.states(each.assignment)


def test_a_kept_workspace_is_told_at_once_and_as_long_as_it_is_there(build, market, uuids, hand):
    agent = build(hand=hand)
    until_when = hand.now() + timedelta(hours=3)
    each = market.want(gpus=uuids, keep_until=until_when)
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    market.change(each, run=False, generation=2)
    agent.next_beat, agent.every = 0, 3600

    def told(*, kept):
        [now] = market.heartbeats[-1].assignments
        return (now.state, now.kept) == ("stopped", kept)

    turn_until(agent, lambda: told(kept=True))
    assert market.heartbeats[-1].assignments[0].workspace_bytes == 1 << 30
    market.down = True
    hand.move(3 * 3600)
    work = agent.leases.runtime.folder / str(each.assignment) / "work"
    turn_until(agent, lambda: not work.exists())
    market.down, agent.next_beat = False, 0
    turn_until(agent, lambda: told(kept=False))
    assert market.heartbeats[-1].assignments[0].workspace_bytes is None


def test_a_refused_heartbeat_does_not_hold_back_usage(build, market, uuids, caplog):
    agent = build()
    each = market.want(gpus=uuids)
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    market.refuse[HEARTBEAT] = 409, "/problems/duplicate-gpu", "a GPU is on another machine"
    sent = len(market.billed(each.assignment))
    turn_until(agent, lambda: len(market.billed(each.assignment)) > sent)
    assert "the marketplace refuses: Refused: a GPU is on another machine" in caplog.text


def test_failures_are_retried_later_and_later_and_as_late_as_asked(build, market, monkeypatch):
    agent = build()
    limits = []
    monkeypatch.setattr(
        "agents.node.agent.random.uniform", lambda low, high: limits.append(high) or 0.0
    )
    market.down = True
    for _ in range(8):
        agent.talk(timeout=1)
    assert limits == [2, 4, 8, 16, 32, 60, 60, 60]
    market.odd = 503, {"Retry-After": "42"}, b""
    before = time.monotonic()
    agent.talk(timeout=1)
    assert before + 42 <= agent.next_beat <= time.monotonic() + 42
    market.down, market.odd = False, None
    agent.talk(timeout=1)
    assert agent.failures == 0


def test_segments_of_nobody_are_kept_but_not_sent_for_ever(build, market, uuids):
    agent = build()
    each = market.want(gpus=uuids)
    market.unknown = {1}
    turn_until(agent, lambda: len(market.billed(each.assignment)) >= 2)
    assert 1 not in [one.seq for one in market.segments]
    kept = agent.spool.db.execute("SELECT answer FROM segment WHERE seq = 1").fetchone()
    assert kept == ("unknown",)
    answered = agent.spool.db.execute("SELECT seq FROM segment WHERE answer != '' ORDER BY seq")
    assert market.sent == [seq for [seq] in answered], "each once, and in order"


def test_one_bad_segment_does_not_hold_back_the_others(build, market, uuids, hand):
    agent = build(hand=hand)
    each = market.want(gpus=uuids)
    agent.turn()
    market.refuse[USAGE] = 503, "", ""
    turn_until(agent, lambda: each.assignment in agent.leases.facts)
    for _ in range(5):
        hand.move(0.125)
        agent.leases.pause()
    real = market.usage

    def picky(body):
        if any(one["seq"] == 3 for one in json.loads(body)["segments"]):
            return market._problem(409, "/problems/segment-conflict", "other content")
        return real(body)

    del market.refuse[USAGE]
    market.usage = picky
    usage.send(spool=agent.spool, client=agent.client, timeout=2)
    assert sorted(one.seq for one in market.segments) == [1, 2, 4, 5]
    assert agent.spool.unsent(limit=9) is None
    kept = agent.spool.db.execute("SELECT answer FROM segment WHERE seq = 3").fetchone()
    assert kept == ("refused",)


def test_a_wrong_host_clock_bills_in_the_marketplaces_time(build, market, uuids, hand):
    market.ahead = timedelta(hours=-2)
    agent = build(clock=hand.clock())
    each = market.want(gpus=uuids, seconds=0.75)
    agent.turn()
    turn_until(agent, billed_to_the_end(market, each), hand)
    segments = market.billed(each.assignment)
    assert segments[-1].end == each.end
    assert segments[0].start == each.start
    assert build(hand=hand).client.clock.offset() == -7200, "the next start knows it too"


def test_a_full_disk_delays_notes_and_never_a_stop(build, market, uuids, hand, caplog):
    agent = build(hand=hand)
    each = market.want(gpus=uuids, seconds=1.5)
    turn_until(agent, lambda: "running" in market.states(each.assignment))
    pid = pid_of(agent, each)
    agent.spool.db.execute("PRAGMA query_only = ON")
    late = market.want(gpus=uuids, start=60)
    turn_until(agent, lambda: late.assignment in agent.leases.desired)
    hand.move(1.375)
    agent.turn()
    assert alive(pid)
    hand.move(0.125)
    turn_until(agent, lambda: not alive(pid))
    assert agent.client.clock.now() == each.end, "it is no later"
    assert "the spool cannot be written, trying again" in caplog.text
    agent.spool.db.execute("PRAGMA query_only = OFF")
    turn_until(agent, billed_to_the_end(market, each))
    assert final(market, each)[0].end == each.end


def test_a_start_on_a_full_disk_is_written_down_when_there_is_room(build, market, uuids, hand):
    agent = build(hand=hand)
    each = market.want(gpus=uuids, start=0.5)
    agent.turn()
    agent.spool.db.execute("PRAGMA query_only = ON")
    hand.move(0.5)
    agent.leases.step()
    assert each.assignment in agent.leases.runtime.known
    agent.leases.step()
    assert agent.leases.facts == {}
    agent.spool.db.execute("PRAGMA query_only = OFF")
    turn_until(agent, lambda: len(market.billed(each.assignment)) >= 1, hand)
    started = agent.leases.runtime.known[each.assignment].record.started_at
    assert market.billed(each.assignment)[0].start == started


def test_on_the_way_out_what_is_stopping_already_gets_no_longer_than_the_rest(
    build, market, uuids, monkeypatch
):
    monkeypatch.setattr("agents.node.agent.EXIT_GONE", 60.0)
    monkeypatch.setattr("agents.node.agent.EXIT_TIMEOUT", 60.0)
    agent = build()
    stubborn = ["sh", "-c", "trap '' TERM; echo > ready; while :; do sleep 0.05; done"]
    each = market.want(gpus=uuids, command=stubborn)
    ready = agent.leases.runtime.folder / str(each.assignment) / "work" / "ready"
    turn_until(agent, ready.exists)
    market.change(each, run=False, generation=2)
    turn_until(agent, lambda: agent.leases.facts[each.assignment].detail != "")
    pid = pid_of(agent, each)
    agent.stop()
    agent.run(stop_leases=True)
    assert not alive(pid)
    assert len(final(market, each)) == 1


def test_after_a_restart_the_gpus_count_as_verified_only_from_then_on(build, market, uuids):
    before = build()
    each = market.want(gpus=uuids)
    turn_until(before, lambda: len(market.billed(each.assignment)) >= 2)
    began = market.billed(each.assignment)[0].verified_since
    assert market.billed(each.assignment)[-1].verified_since == began
    agent = build()
    away = agent.client.clock.now()
    agent.leases.resume()
    # what the one before wrote down and did not send comes first
    turn_until(agent, lambda: market.billed(each.assignment)[-1].end > away)
    assert market.billed(each.assignment)[-1].verified_since >= away


def test_what_ran_while_a_gpu_did_not_answer_is_not_verified(build, market, uuids, fake):
    agent = build()
    each = market.want(gpus=uuids)
    turn_until(agent, lambda: len(market.billed(each.assignment)) >= 2)
    fake.say("0.lost=1")
    turn_until(agent, lambda: market.billed(each.assignment)[-1].verified_since is None)
    fake.say()
    turn_until(agent, lambda: market.billed(each.assignment)[-1].verified_since is not None)
    back = market.billed(each.assignment)[-1]
    lost = [one for one in market.billed(each.assignment) if one.verified_since is None]
    assert lost[-1].end <= back.verified_since
