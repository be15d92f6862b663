import json
import os
import signal
import socket
from itertools import pairwise

import pytest

from agents.node import identity, proc, runtimes
from agents.node import main as main_module
from agents.node.clock import Clock

from .market import TOKEN, until
from .programs import SIMULATE, call, complaint, found


def pid_of(state, wanted):
    file = state / "leases" / str(wanted.assignment) / "process.json"
    return json.loads(file.read_text())["pid"]


def lease(market):
    """Want a lease on everything that the node reported, and wait until it runs."""
    until(lambda: market.inventory is not None)
    each = market.want(gpus=[gpu.uuid for gpu in market.inventory.gpus])
    until(lambda: "running" in market.states(each.assignment))
    return each


def test_a_machine_enrols_with_a_token_that_nobody_sees(here, market, state, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    words = ["enrol", "--server", market.url, "--state", state, "--token-file", tmp_path / "token"]
    code, out, err = here(*words)
    assert (code, out, err) == (0, f"enrolled at {market.url} as node {market.node}\n", "")
    assert identity.read(state).machine == market.machine


def test_a_token_may_come_from_the_environment(here, market, state, monkeypatch):
    monkeypatch.setenv("STRAITS_TOKEN", TOKEN)
    assert here("enrol", "--server", market.url, "--state", state)[0] == 0


def test_a_refused_token_is_one_line(here, market, state):
    words = ["enrol", "--server", market.url, "--state", state, "--token", "stolen"]
    assert complaint(*here(*words)) == (1, "", "Refused: the token cannot be used")


def test_no_token_is_one_line(here, market, state):
    code, _, said = complaint(*here("enrol", "--server", market.url, "--state", state))
    assert (code, said) == (2, "no token; give --token-file FILE, STRAITS_TOKEN or --token")
    assert not state.exists()


def test_a_server_that_is_something_else_is_one_line(here, market, state):
    market.odd = 200, {}, b"<html>welcome to our hotel</html>"
    words = ["enrol", "--server", market.url, "--state", state, "--token", TOKEN]
    code, _, said = complaint(*here(*words))
    assert code == 1
    assert "something that is not of Straits; check the address" in said
    assert not (state / "node.json").exists()


def test_without_enrolment_nothing_runs(here, state):
    code, _, said = complaint(*here("run", "--state", state))
    assert code == 2
    assert said == (
        f"{state} is not enrolled; run: straits-node enrol --server URL --state {state}"
    )


def test_without_a_driver_nothing_runs(enrolled, market):
    code, _, said = complaint(*call("run", "--state", enrolled))
    assert code == 1
    assert said.startswith("libnvidia-ml.so.1 is missing: install the NVIDIA driver")
    assert market.heartbeats == []


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_simulated_gpus_must_be_asked_for(here, enrolled, market, command):
    words = [command, "--state", enrolled, "--simulate", "h100:2"]
    code, _, said = complaint(*here(*words))
    assert (code, said) == (
        2,
        "the GPUs are simulated; for a trial, add --allow-simulated-gpus",
    )
    assert market.heartbeats == []
    assert not (enrolled / "simulated").exists()


def test_a_fake_library_that_was_slipped_in_is_noticed(enrolled, market, fake_library):
    [library] = fake_library.parent.glob("*/libnvidia-ml.so.1")
    slipped = {"LD_LIBRARY_PATH": str(library.parent), "FAKENVML_STATE": str(fake_library)}
    code, _, said = complaint(*call("run", "--state", enrolled, **slipped))
    assert (code, said) == (2, "the GPUs are simulated; for a trial, add --allow-simulated-gpus")
    assert market.heartbeats == []


def test_a_wrong_profile_is_one_line(here, enrolled):
    words = ["run", "--state", enrolled, "--allow-simulated-gpus", "--simulate", "abacus:2"]
    code, _, said = complaint(*here(*words))
    assert code == 2
    assert said.startswith("cannot simulate 'abacus:2'; write NAME:COUNT")


def test_the_state_folder_may_be_named_from_where_one_stands(start, market, enrolled):
    named = os.path.relpath(enrolled)
    start("--stop-leases-on-exit", "--state", named)
    until(lambda: market.inventory is not None)
    each = market.want(
        gpus=[market.inventory.gpus[0].uuid], command=["sh", "-c", "pwd; echo $HOME; sleep 100"]
    )
    output = enrolled / "leases" / str(each.assignment) / "output.log"
    until(lambda: output.exists() and output.read_text().count("\n") == 2)
    assert output.read_text().split() == [str(output.with_name("work"))] * 2


def test_a_second_agent_in_the_folder_is_refused(start, market, enrolled):
    start()
    until(lambda: market.heartbeats)
    code, _, said = complaint(*call("run", "--state", enrolled, *SIMULATE))
    assert (code, said) == (1, f"another straits-node runs in {enrolled}; stop it first")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_with_its_leases_it_bills_them_and_leaves_nothing(start, market, enrolled, number):
    agent = start("--stop-leases-on-exit")
    each = lease(market)
    pid = pid_of(enrolled, each)
    agent.send_signal(number)
    assert agent.wait(60) == 0
    assert proc.look(pid) is None
    assert list(proc.session(pid)) == []
    assert market.states(each.assignment)[-1] == "stopped"
    assert [one.final for one in market.billed(each.assignment)].count(True) == 1


def test_stopped_without_its_leases_it_leaves_them_to_the_next(start, market, enrolled):
    agent = start()
    each = lease(market)
    pid = pid_of(enrolled, each)
    agent.terminate()
    assert agent.wait(60) == 0
    assert proc.look(pid) is not None
    start("--stop-leases-on-exit").poll()
    sent = len(market.billed(each.assignment))
    until(lambda: len(market.billed(each.assignment)) > sent + 1)
    assert not any(one.final for one in market.billed(each.assignment))
    assert proc.look(pid) is not None
    market.change(each, run=False, generation=2)
    until(lambda: proc.look(pid) is None)
    until(lambda: market.billed(each.assignment)[-1].final)


def test_killed_it_is_followed_by_one_that_takes_over(start, market, enrolled):
    agent = start()
    each = lease(market)
    pid = pid_of(enrolled, each)
    agent.kill()
    agent.wait()
    start()
    sent = len(market.billed(each.assignment))
    until(lambda: len(market.billed(each.assignment)) > sent + 1)
    assert proc.look(pid) is not None
    segments = market.billed(each.assignment)
    assert all(one.end == after.start for one, after in pairwise(segments))
    assert len({one.seq for one in segments}) == len(segments)


def test_no_secret_reaches_the_log_or_the_workload(start, market, enrolled):
    start("--stop-leases-on-exit")
    until(lambda: market.inventory is not None)
    each = market.want(
        gpus=[market.inventory.gpus[0].uuid],
        command=["sh", "-c", "env; sleep 100"],
        environment={"API_KEY": "the-renters-secret"},
    )
    until(lambda: "running" in market.states(each.assignment))
    output = enrolled / "leases" / str(each.assignment) / "output.log"
    until(lambda: "API_KEY=the-renters-secret" in output.read_text())
    assert "FAKENVML_STATE" not in output.read_text()
    assert str(each.assignment) in (enrolled / "log").read_text()
    assert "the-renters-secret" not in (enrolled / "log").read_text()


def test_a_doctor_finds_a_healthy_machine_healthy(enrolled, market, fake_library):
    code, out, err = call("doctor", "--state", enrolled, *SIMULATE)
    assert (code, err) == (0, "")
    assert found(out) == {
        "python binding": ("ok", "nvidia-ml-py"),
        "NVML": ("ok", "simulated, driver 570.133.20, CUDA 12.8"),
        "GPUs": ("ok", "NVIDIA H100 80GB HBM3, NVIDIA H100 80GB HBM3"),
        "state folder": ("ok", str(enrolled)),
        "enrolled": ("ok", f"node {market.node}"),
        "marketplace": ("ok", market.url),
        "clock": ("ok", found(out)["clock"][1]),
    }
    assert found(out)["clock"][1] in ("off by 0 s", "off by 1 s")


def test_a_doctor_names_each_mend(enrolled, market):
    (enrolled / "key").chmod(0o644)
    market.close()
    code, out, _ = call("doctor", "--state", enrolled, "--runtime", "process")
    assert code == 1
    said = found(out)
    assert "install the NVIDIA driver" in said["NVML"][1]
    assert f"chmod 600 {enrolled / 'key'}" in said["state folder"][1]
    assert "check the network, DNS and any firewall" in said["marketplace"][1]
    assert [name for name, (word, _) in said.items() if word == "FAIL"] == [
        "NVML",
        "state folder",
        "marketplace",
    ]


def test_a_doctor_says_how_to_enrol(state):
    code, out, _ = call("doctor", "--state", state)
    assert code == 1
    assert "straits-node enrol --server URL" in found(out)["enrolled"][1]
    assert not state.exists(), "looking makes nothing"


def test_plain_processes_never_serve_real_gpus(enrolled, gpus, monkeypatch):
    monkeypatch.setattr(gpus, "simulated", False)
    options = main_module._parser().parse_args(["run", "--runtime", "process"])
    where = {"state": enrolled, "server": "https://x.example", "gpus": gpus, "clock": Clock()}
    with (
        pytest.raises(runtimes.NotIsolated, match="use --runtime container"),
        runtimes.chosen(options, **where),
    ):
        pass
    assert not (enrolled / "leases").exists()


def test_a_doctor_says_how_to_mend_what_containers_need(enrolled, fake_library, tmp_path):
    words = ["--allow-simulated-gpus", "--simulate", "h100:2", "--workspace-gib", "99999999"]
    engine = f"unix://{tmp_path / 'nobody.sock'}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = ["--listen", "127.0.0.1", "--ports", f"{port}-{port}"]
        code, out, _ = call("doctor", "--state", enrolled, "--engine", engine, *ports, *words)
    said = found(out)
    assert code == 1
    assert "systemctl enable --now podman.socket" in said["engine"][1]
    assert "nvidia-ctk cdi generate --device-name-strategy=uuid" in said["CDI"][1]
    assert f"no free port from {port} to {port}" in said["ports"][1]
    assert "--workspace-gib N" in said["disk"][1]
    for name in ("engine", "CDI", "ports", "disk"):
        assert said[name][0] == "FAIL"


@pytest.mark.parametrize("ports", ["40000", "2-1", "0-9", "1-65536", "a-b"])
def test_ports_are_a_range(here, ports, capsys):
    with pytest.raises(SystemExit):
        here("run", "--ports", ports)
    assert "write two ports, such as 40000-40999" in capsys.readouterr().err


def test_a_key_is_changed_while_the_agent_runs(here, start, market, enrolled):
    running = start()
    until(lambda: market.heartbeats)
    old = market.key.public_bytes_raw()
    code, said, _ = here("rotate-key", "--state", enrolled)
    assert (code, said) == (
        0,
        "this node has a new key; the old one is good for a few minutes more\n",
    )
    assert market.key.public_bytes_raw() != old
    market.overlap.clear()
    heard = len(market.heartbeats)
    until(lambda: len(market.heartbeats) > heard + 1)
    running.terminate()
    assert running.wait(60) == 0


def test_without_enrolment_there_is_no_key_to_change(here, state):
    code, _, complaint = here("rotate-key", "--state", state)
    assert code == 2
    assert "is not enrolled" in complaint
