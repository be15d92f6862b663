"""How GPUs are: read, written down where it must not be lost, told at once or in time."""

from datetime import timedelta

import pynvml
import pytest

from agents.node import gpu_events
from agents.node.averages import Averages
from agents.node.client import Unreachable
from agents.node.clock import Clock
from agents.node.health import Health
from agents.node.spool import Spool
from agents.protocol.health import HealthReply, Reading
from agents.protocol.messages import Sample

from .build import NOON
from .market import until

SECOND = timedelta(seconds=1)
BEAT = 30 * SECOND


def test_a_reading_holds_what_the_card_tells(fake, gpus):
    fake.say("0.utilization_gpu=87", "0.memory_used=5", "0.recovery_action=2", "0.rows_pending=1")
    first, second = gpus.readings()
    assert (first.gpu_percent, first.memory_used_bytes, first.power_mw) == (87, 5, 71_000)
    assert (first.recovery_action, first.rows_pending, first.rows_failed) == (2, True, False)
    assert (first.pcie_width, first.pcie_width_max, first.pcie_generation) == (16, 16, 5)
    assert (second.gpu_percent, second.recovery_action) == (0, 0)


def test_what_a_card_does_not_tell_is_none_and_the_rest_is_read(fake, gpus):
    not_supported = pynvml.NVML_ERROR_NOT_SUPPORTED
    calls = ("UtilizationRates", "RemappedRows", "TotalEccErrors", "FieldValues", "PowerUsage")
    fake.say(*(f"0.err.nvmlDeviceGet{call}={not_supported}" for call in calls))
    first = gpus.readings()[0]
    assert (first.gpu_percent, first.rows_pending, first.ecc_uncorrected) == (None, None, None)
    assert (first.recovery_action, first.power_mw, first.temperature_c) == (None, None, 35)
    assert (first.lost, first.silent) == (False, False)


def test_one_lost_gpu_never_stops_the_reading_of_the_others(fake, gpus):
    first, second = gpus.inventory().gpus
    fake.say("0.lost=1", "1.utilization_gpu=5")
    assert gpus.readings() == (Reading(uuid=first.uuid, lost=True), gpus.readings()[1])
    assert (gpus.readings()[1].uuid, gpus.readings()[1].gpu_percent) == (second.uuid, 5)


def test_a_gpu_that_fails_otherwise_is_silent_and_not_lost(fake, gpus):
    first, _ = gpus.inventory().gpus
    fake.say(f"0.err.nvmlDeviceGetUUID={pynvml.NVML_ERROR_UNKNOWN}")
    assert gpus.readings()[0] == Reading(uuid=first.uuid, silent=True)


def test_a_driver_that_names_no_gpus_leaves_all_of_them_silent(fake, gpus):
    known = [gpu.uuid for gpu in gpus.inventory().gpus]
    fake.say(f"err.nvmlDeviceGetCount_v2={pynvml.NVML_ERROR_UNKNOWN}")
    assert gpus.readings() == tuple(Reading(uuid=uuid, silent=True) for uuid in known)


@pytest.fixture
def watched(gpus):
    found = []
    watch = gpu_events.Watch(lambda uuid, xid: found.append((uuid, xid)))
    watch.start()
    assert watch.listening.wait(60)
    yield found
    watch.close()
    assert not watch.is_alive()


def test_an_xid_is_told_also_of_a_gpu_that_is_lost_by_it(fake, gpus, watched):
    first, second = gpus.inventory().gpus
    fake.say("0.xid=79", "0.xid_count=1", "0.lost=1")
    until(lambda: watched == [(first.uuid, 79)])
    fake.say("0.xid=79", "0.xid_count=1", "0.lost=1", "1.xid=31", "1.xid_count=1")
    until(lambda: watched == [(first.uuid, 79), (second.uuid, 31)])


def test_averages_are_means_of_load_and_the_most_of_heat():
    averages = Averages()
    for second, (load, heat) in enumerate([(10, 40), (20, 60), (31, 50)]):
        read = Reading(uuid="GPU-a", gpu_percent=load, temperature_c=heat)
        averages.add([read, Reading(uuid="GPU-b", lost=True)], NOON + second * SECOND)
    [one] = averages.means()
    assert (one.uuid, one.samples, one.gpu_percent, one.temperature_c) == ("GPU-a", 3, 20, 60)
    assert (one.power_mw, one.memory_used_bytes) == (None, None)
    assert averages.since == NOON
    averages.begin(NOON + 9 * SECOND)
    assert averages.means() == ()


class Told:
    """A marketplace that keeps reports, or is away."""

    def __init__(self):
        self.reports, self.away = [], False

    def post(self, path, message, reply, *, timeout):
        if self.away:
            raise Unreachable("away")
        self.reports.append(message)
        return HealthReply(stored=len(message.events))


class Scene:
    """A GPU whose next reading a test chooses, and a clock that it sets."""

    def __init__(self, folder):
        self.seconds, self.market, self.facts = 0.0, Told(), {}
        self.folder = folder
        self.start()

    def start(self):
        clock = Clock(base=NOON.timestamp(), boot=lambda: self.seconds)
        self.spool = Spool(self.folder)
        self.health = Health(gpus=self, spool=self.spool, clock=clock)

    def readings(self):
        return (Reading(uuid="GPU-a", **self.facts),)

    def beat(self, seconds, **facts):
        """A beat at this second; returns what was told, if anything."""
        self.seconds, self.facts = seconds, facts
        self.health.collect()
        self.health.look()
        before = len(self.market.reports)
        if self.health.due(every=BEAT):
            self.health.send(client=self.market, timeout=1)
        return self.market.reports[before:]


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    yield made
    made.spool.close()


def test_it_tells_in_full_every_ten_beats(scene):
    times = [second for second in range(0, 631, 30) if scene.beat(second, gpu_percent=50)]
    assert times == [0, 300, 600]
    first, second, _ = scene.market.reports
    assert (first.before, second.before) == (None, NOON + 300 * SECOND)
    assert (second.since, second.averages[0].samples) == (NOON, 10)


@pytest.mark.parametrize(
    "sign", [{"lost": True}, {"rows_pending": True}, {"recovery_action": 1}, {"ecc_uncorrected": 2}]
)
def test_a_sign_of_a_fault_is_told_at_once_with_the_last_sound_look(scene, sign):
    for second in (0, 30, 60):
        scene.beat(second)
    [report] = scene.beat(90, **sign)
    assert report.before == NOON + 60 * SECOND
    assert scene.beat(120, **sign) == [], "once told it is not news"


def test_gpus_that_change_hands_begin_a_new_stretch(scene):
    for second in (0, 30):
        scene.beat(second, gpu_percent=10)
    scene.health.lease(frozenset({"GPU-a"}))
    [report] = scene.beat(60, gpu_percent=90)
    assert report.before == NOON + 60 * SECOND, "nothing is wrong with them"
    scene.health.lease(frozenset({"GPU-a"}))
    assert scene.beat(90, gpu_percent=90) == []
    scene.health.lease(frozenset())
    [report] = scene.beat(120, gpu_percent=90)
    assert (report.since, report.averages[0].gpu_percent) == (NOON + 60 * SECOND, 90)


def test_samples_are_of_leased_gpus_that_answer(scene):
    scene.beat(0, gpu_percent=10, power_mw=70_000, sm_clock_mhz=1980)
    assert scene.health.samples() == ()
    scene.health.lease(frozenset({"GPU-a", "GPU-b"}))
    assert scene.health.samples() == (Sample(uuid="GPU-a", gpu_percent=10, power_mw=70_000),)
    scene.beat(30, silent=True)
    assert scene.health.samples() == ()


def test_heat_and_load_are_no_news(scene):
    scene.beat(0)
    assert scene.beat(30, gpu_percent=100, temperature_c=94, clocks_event_reasons=0x40) == []


def test_an_xid_is_news_and_goes_with_its_moment(scene):
    scene.beat(0)
    scene.beat(30)
    scene.seconds = 40
    scene.health.told("GPU-a", 79)
    [report] = scene.beat(41)
    [event] = report.events
    assert (event.uuid, event.xid, event.at) == ("GPU-a", 79, NOON + 40 * SECOND)
    assert report.before == NOON + 30 * SECOND
    assert scene.beat(71) == []


def test_an_xid_outlives_an_outage_and_a_killed_agent(scene):
    scene.beat(0)
    scene.market.away = True
    scene.health.told("GPU-a", 48)
    with pytest.raises(Unreachable):
        scene.beat(30)
    scene.spool.close()
    scene.start()
    with pytest.raises(Unreachable):
        scene.beat(60)
    scene.market.away = False
    [report] = scene.beat(90)
    assert [(event.seq, event.xid, event.at) for event in report.events] == [(1, 48, NOON)]
    assert report.before is None
    assert scene.beat(120) == []


def test_a_look_during_an_outage_that_finds_a_fault_is_no_sound_one(scene):
    scene.beat(0)
    scene.beat(30)
    scene.market.away = True
    for second in (60, 90):
        with pytest.raises(Unreachable):
            scene.beat(second, rows_pending=True)
    scene.market.away = False
    [report] = scene.beat(120, rows_pending=True)
    assert report.before == NOON + 30 * SECOND


def test_more_events_than_one_message_holds_are_sent_in_parts(scene, monkeypatch):
    monkeypatch.setattr("agents.node.health.BATCH", 2)
    for number in range(5):
        scene.health.told("GPU-a", number)
    reports = scene.beat(0)
    assert [[event.xid for event in report.events] for report in reports] == [[0, 1], [2, 3], [4]]


def test_a_storm_of_one_xid_is_written_down_once_a_minute(scene):
    scene.beat(0)
    for second in range(1, 131):
        scene.seconds = second
        scene.health.told("GPU-a", 31)
        scene.health.collect()
    [report] = scene.beat(131)
    assert [event.at for event in report.events] == [
        NOON + second * SECOND for second in (1, 61, 121)
    ]
    assert scene.health.xids == {("GPU-a", 31): 130}, "all are counted"


def test_a_disk_that_is_full_keeps_events_for_later(scene):
    scene.beat(0)
    scene.spool.db.execute("PRAGMA query_only = ON")
    scene.health.told("GPU-a", 79)
    with pytest.raises(Exception, match="readonly"):
        scene.health.collect()
    scene.spool.db.execute("PRAGMA query_only = OFF")
    [report] = scene.beat(30)
    assert [event.xid for event in report.events] == [79]


def test_a_running_agent_tells_an_xid_at_once(build, market, fake, gpus):
    market.every = 3600
    agent = build()
    first = gpus.inventory().gpus[0]
    agent.turn()
    assert [report.events for report in market.health_reports] == [()]
    agent.health.told(first.uuid, 79)
    agent.turn()
    [event] = market.health_reports[-1].events
    assert (event.uuid, event.xid) == (first.uuid, 79)


def test_a_marketplace_that_is_away_hears_of_it_later(build, market, gpus):
    agent = build()
    agent.turn()
    market.down = True
    agent.health.told("GPU-a", 74)
    agent.turn()
    assert agent.failures == 1
    market.down, agent.next_beat = False, 0
    agent.turn()
    assert [event.xid for event in market.health_reports[-1].events] == [74]
