"""What a provider's own tools see of the agent: systemd, Prometheus, logs, status, draining."""

import configparser
import json
import logging
import re
import socket
import sys
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from agents.node import __version__, identity, logs, status
from agents.node.metrics import Metrics
from agents.node.systemd import Notifier
from agents.node.watching import Watcher
from marketplace.config.processes import free_port

from .market import until
from .programs import complaint


@pytest.fixture
def systemd(tmp_path):
    """A socket as systemd gives one; returns what was told since the last look."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        listening.setblocking(False)

        def told():
            found = []
            while True:
                try:
                    found.append(listening.recv(4096).decode())
                except BlockingIOError:
                    return found

        told.path = path
        yield told


def test_systemd_is_told_that_we_serve_and_live(systemd):
    notifier = Notifier({"NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "60000000"})
    assert notifier.every == 20
    notifier.ready()
    for _ in range(5):
        notifier.alive()
    notifier.status("two\nlines")
    notifier.stopping()
    assert systemd() == ["READY=1", "WATCHDOG=1", "STATUS=two lines", "STOPPING=1"]
    notifier.alive_at -= 21
    notifier.alive()
    assert systemd() == ["WATCHDOG=1"]


def test_without_systemd_nobody_is_told():
    notifier = Notifier({})
    notifier.ready()
    notifier.alive()
    assert (notifier.address, notifier.every) == ("", None)


def test_a_systemd_that_is_gone_ends_nothing(tmp_path):
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


def test_an_abstract_socket_is_one(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0straits-test-notify")
        Notifier({"NOTIFY_SOCKET": "@straits-test-notify"}).ready()
        assert listening.recv(100) == b"READY=1"


def test_the_unit_names_this_program_and_lets_leases_outlive_it(here, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/opt/straits/bin/straits-node", "unit"])
    code, out, _ = here("unit")
    assert code == 0
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(out)
    service = unit["Service"]
    assert service["ExecStart"].startswith("/opt/straits/bin/straits-node run ")
    assert (service["Type"], service["KillMode"], service["Restart"]) == (
        "notify",
        "process",
        "always",
    )
    assert int(service["WatchdogSec"]) > 0
    own_mounts = ("ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateMounts", "ProtectClock")
    assert not set(own_mounts) & set(service), "the engine must see the disks that the agent makes"
    assert "@PROGRAM@" not in out
    text = resources.files("agents.node").joinpath("straits-node.service").read_text()
    assert "run --log-format json --metrics-port 9423 $STRAITS_OPTIONS" in text


@pytest.fixture
def watched(build, gpus, enrolled, systemd):
    """An agent with everything that watches it."""
    metrics = Metrics()
    notifier = Notifier({"NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "60000000"})
    agent = build()
    agent.turned = Watcher(state=enrolled, gpus=gpus, metrics=metrics, notifier=notifier)
    agent.metrics = metrics

    def turn():
        agent.next_beat = 0
        agent.turn()
        agent.turned(agent)

    agent.go = turn
    with closing(metrics):
        yield agent


def scraped(metrics):
    metrics.serve(0)
    port = metrics.server[0].server_address[1]
    assert metrics.server[0].server_address[0] == "127.0.0.1"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    rows = re.findall(r"^(straits_\w+)(\{.*\})? (\S+)$", text, re.MULTILINE)
    return {(name, labels): float(value) for name, labels, value in rows}


def test_metrics_are_in_base_units_and_name_the_lease(watched, market, fake, gpus):
    first, _ = gpus.inventory().gpus
    each = market.want(gpus=[first.uuid])
    fake.say("0.utilization_gpu=87", "0.memory_used=1073741824", "0.power_mw=612300")
    watched.health.told(first.uuid, 31)
    for _ in range(3):
        watched.go()
    assert watched.leases.facts[each.assignment].state == "running"
    told = scraped(watched.metrics)
    of = (
        f'{{index="0",lease="{each.assignment}",model="NVIDIA H100 80GB HBM3",uuid="{first.uuid}"}}'
    )

    def value(name):
        [found] = [
            number
            for (full, labels), number in told.items()
            if full == name and first.uuid in labels and sorted(of) == sorted(labels)
        ]
        return found

    assert value("straits_gpu_utilization_ratio") == 0.87
    assert value("straits_gpu_memory_used_bytes") == 1073741824
    assert value("straits_gpu_memory_total_bytes") == 85_520_809_984
    assert value("straits_gpu_power_watts") == 612.3
    assert value("straits_gpu_temperature_celsius") == 35
    assert value("straits_gpu_up") == 1
    assert value("straits_gpu_energy_joules_total") > 0
    [xids] = [number for (name, _), number in told.items() if name.endswith("xid_errors_total")]
    assert xids == 1
    assert told["straits_node_leases", '{state="running"}'] == 1
    assert told["straits_node_draining", ""] == 0
    assert told["straits_node_failed_beats", ""] == 0
    age = datetime.now(UTC).timestamp() - told["straits_node_last_heartbeat_timestamp_seconds", ""]
    assert 0 <= age < 60


def test_a_lost_gpu_is_down_and_the_scrape_goes_on(watched, fake):
    watched.go()
    fake.say("0.lost=1")
    watched.go()
    up = {
        labels: number
        for (name, labels), number in scraped(watched.metrics).items()
        if name == "straits_gpu_up"
    }
    assert sorted(up.values()) == [0, 1]


def test_a_port_that_is_taken_costs_the_metrics_alone(caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken, closing(Metrics()) as metrics:
        metrics.serve(taken.getsockname()[1])
        assert metrics.server is None
    assert "no metrics on 127.0.0.1" in caplog.text


def test_systemd_hears_of_the_marketplace(watched, market, systemd):
    watched.go()
    assert systemd() == ["WATCHDOG=1", "READY=1", "STATUS=serves 2 GPUs, 0 leases"]
    market.down = True
    watched.go()
    [said] = systemd()
    assert said.startswith(f"STATUS={market.url} answers 503")


def test_status_says_what_the_agent_does(watched, market, enrolled, gpus):
    each = market.want(gpus=[gpus.inventory().gpus[0].uuid])
    watched.go()
    watched.go()
    with identity.alone(enrolled):
        told = {one.name: (one.ok, one.said) for one in status.tell(enrolled)}
    assert told["node"] == (True, f"{market.node} at {market.url}")
    assert told["agent"][1].startswith(f"{__version__}, pid ")
    assert told["marketplace"] == (True, "answered 0 s ago")
    assert told["GPUs"] == (True, "2 answer")
    assert told["draining"] == (True, "no")
    assert told["lease"][1].startswith(f"{each.assignment} running, until ")


def test_status_says_what_is_kept_and_until_when(watched, market, enrolled, gpus):
    each = market.want(
        gpus=[gpus.inventory().gpus[0].uuid],
        command=["true"],
        keep_until=datetime(2090, 1, 2, 3, 4, 5, tzinfo=UTC),
    )

    def said():
        watched.go()
        with identity.alone(enrolled):
            told = [one for one in status.tell(enrolled) if one.name == "kept workspace"]
        return [(one.ok, one.said) for one in told]

    until(lambda: "stopped" in market.states(each.assignment) or said())
    assert said() == [(True, f"{each.assignment} 1 GiB, until 2090-01-02 03:04:05Z")]
    market.change(each, run=False, generation=2, keep_until=None)
    until(lambda: not said())


def test_status_says_what_is_wrong(watched, market, enrolled):
    watched.go()
    market.down = True
    watched.go()
    later = datetime.now(UTC) + timedelta(minutes=2)
    with identity.alone(enrolled):
        told = {one.name: one for one in status.tell(enrolled, at=later)}
    assert not told["marketplace"].ok
    assert re.search(r"answered 12\d s ago; .* answers 503: later", told["marketplace"].said)
    told = {one.name: one for one in status.tell(enrolled)}
    assert (told["agent"].ok, told["agent"].said) == (
        False,
        "not running; start it: systemctl start straits-node",
    )


def test_draining_is_reported_with_the_inventory_and_undone(watched, market, enrolled, here):
    watched.go()
    assert market.inventory.draining is False
    assert here("drain", "--state", enrolled)[:2] == (
        0,
        "this machine takes no new leases; running ones go on, from the agent's next beat on\n",
    )
    watched.turned(watched)
    watched.go()
    assert market.inventory.draining is True
    here("drain", "--state", enrolled, "--undo")
    watched.turned(watched)
    watched.go()
    assert market.inventory.draining is False


def test_draining_outlives_a_restart(enrolled):
    status.set_draining(enrolled, True)
    status.set_draining(enrolled, True)
    assert status.is_draining(enrolled)
    status.set_draining(enrolled, False)
    status.set_draining(enrolled, False)
    assert not status.is_draining(enrolled)


@pytest.mark.parametrize("command", ["status", "drain"])
def test_a_machine_that_is_not_enrolled_is_told_how_to(here, state, command):
    code, _, said = complaint(*here(command, "--state", state))
    assert code == 2
    assert "straits-node enrol --server URL" in said
    assert not state.exists()


def test_the_version_names_program_and_protocol(here):
    code, out, _ = here("version")
    assert code == 0
    assert out.startswith(f"straits-node {__version__}, protocol 1, Python 3.")


def test_json_lines_hold_one_object_each(capsys):
    record = logging.LogRecord("agents.node.x", logging.ERROR, "", 1, "a %s\nb", ("word",), None)
    record.created = 1_795_521_600.25
    said = json.loads(logs.JsonLines().format(record))
    assert (said["time"], said["level"], said["message"]) == (
        "2026-11-24T12:00:00.250Z",
        "error",
        "a word\nb",
    )
    try:
        raise ValueError("broken")
    except ValueError:
        record.exc_info = sys.exc_info()
    line = logs.JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_a_whole_agent_logs_json_notifies_and_answers_prometheus(
    start, market, enrolled, systemd, monkeypatch
):
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.path)
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    port = free_port()
    agent = start("--log-format", "json", "--metrics-port", str(port), "--stop-leases-on-exit")
    told = []
    until(lambda: told.extend(systemd()) or {"READY=1", "WATCHDOG=1"} <= set(told))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert f'straits_node_info{{simulated="true",version="{__version__}"}} 1.0' in (
            answer.read().decode()
        )
    agent.terminate()
    assert agent.wait(60) == 0
    assert "STOPPING=1" in systemd()
    lines = [json.loads(line) for line in (enrolled / "log").read_text().splitlines()]
    assert f"straits-node {__version__} serves {market.url}" in [line["message"] for line in lines]
