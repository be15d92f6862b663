"""Leases in real containers."""

import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from agents.node import proc
from agents.node.containers import attached, firewall, forwarding, service, spec
from agents.node.containers import record as records
from agents.node.containers.engine import Engine, EngineDown
from agents.node.reconcile import Phase
from agents.node.runtime import CannotStart
from tests.agents.node.market import until

from . import at
from .conftest import STORAGE

KEY = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "")


def workspace(runtime, each):
    return runtime.folder / str(each.assignment) / "workspace"


def inside(runtime, each, script):
    """What a script prints that runs as the lease's command, and its exit code."""
    command = (
        "sh",
        "-c",
        f"({script}) > /workspace/said 2>&1; echo $? > /workspace/done; sleep 60",
    )
    each = each.model_copy(update={"command": command})
    at.run(runtime, each)
    until(lambda: (workspace(runtime, each) / "done").exists())
    said = (workspace(runtime, each) / "said").read_text()
    runtime.stop(assignment=each.assignment, grace=0)
    at.end(runtime, each)
    return said


def test_a_lease_runs_with_its_gpus_and_leaves_nothing(make, gpu_uuids, outcomes):
    runtime, each = make(), at.lease(gpu_uuids[:2])
    before = datetime.now(UTC)
    seen = at.run(runtime, each)
    assert before < seen.started_at <= seen.verified_to
    until(lambda: (workspace(runtime, each) / "up").exists())
    pid = runtime.known[each.assignment].record.process.pid
    paths = {node.path for node in attached.nodes_of(pid) if "simulated" in node.path}
    assert sorted(path[-7:] for path in paths) == ["nvidia0", "nvidia1"]
    assert at.left(STORAGE, each.assignment) == {
        "container", "network", "bridge", "firewall", "mount", "disk",
    }  # fmt: skip
    runtime.stop(assignment=each.assignment, grace=5)
    ended = at.end(runtime, each)
    assert (ended.exit_code, ended.failure) == (3, "")
    assert ended.progress == "nothing of it is left on the machine"
    assert at.left(STORAGE, each.assignment) == set()
    runtime.remove(assignment=each.assignment)
    assert list(runtime.folder.iterdir()) == []


def test_a_bridge_that_the_engine_forgets_is_removed(make, gpu_uuids, monkeypatch):
    """Seen of podman on a busy machine: the network is gone and its interface stays."""
    runtime, each = make(), at.lease(gpu_uuids[:1])
    forgets = Engine.remove_network

    def forgetful(engine, name):
        forgets(engine, name)
        if not (Path("/sys/class/net") / name).exists():
            service.tools.call("ip", "link", "add", name, "type", "bridge")

    at.run(runtime, each)
    monkeypatch.setattr(Engine, "remove_network", forgetful)
    runtime.stop(assignment=each.assignment, grace=1)
    assert at.end(runtime, each).progress == "nothing of it is left on the machine"
    assert at.left(STORAGE, each.assignment) == set()


def test_a_port_that_the_engine_goes_on_forwarding_leads_nowhere(make, gpu_uuids, monkeypatch):
    """Seen of podman on a busy machine: the address was the next lease's, and so was the port."""
    runtime, each = make(), at.lease(gpu_uuids[:1])
    forgets, seen = Engine.remove_network, []

    def forgetful(engine, name):
        forgets(engine, name)
        if not seen:
            forward(name)
            seen.append(at.left(STORAGE, each.assignment))

    at.run(runtime, each)
    monkeypatch.setattr(Engine, "remove_network", forgetful)
    runtime.stop(assignment=each.assignment, grace=1)
    assert at.end(runtime, each).progress == "nothing of it is left on the machine"
    assert "port" in seen[0]
    assert at.left(STORAGE, each.assignment) == set()


def forward(bridge):
    """A port, as netavark does it with iptables."""
    chain, port = f"NETAVARK-DN-{bridge[-12:]}", ("-p", "tcp", "--dport", "1")
    named = ("-m", "comment", "--comment", f"dnat name: {bridge} id: x")
    for words in (
        ("-N", chain),
        ("-A", chain, *port, "-j", "DNAT", "--to-destination", "192.0.2.1:22"),
        ("-A", forwarding.CHAIN, *port, *named, "-j", chain),
    ):
        service.tools.call("iptables", "-w", "-t", "nat", *words)


def test_a_lease_hears_that_it_gives_way(make, gpu_uuids):
    script = """
      trap 'cat "$STRAITS_NOTICE" > heard; touch done' CONT
      [ ! -e "$STRAITS_NOTICE" ] && touch ready
      while :; do sleep 0.1; done
    """
    runtime = make()
    each = at.lease(gpu_uuids[:1]).model_copy(update={"command": ("sh", "-c", script)})
    at.run(runtime, each)
    work = workspace(runtime, each)
    until((work / "ready").exists)
    gives_way = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    runtime.tell(assignment=each.assignment, evict_at=gives_way)
    until((work / "done").exists)
    assert json.loads((work / "heard").read_text()) == {"evict_at": "2026-11-24T12:00:00+00:00"}
    [seen] = runtime.observe()
    assert (seen.phase, seen.told) == (Phase.RUNNING, gives_way)
    runtime.stop(assignment=each.assignment, grace=0)
    at.end(runtime, each)


def test_what_a_lease_gets_to_see_is_walled_in(make, gpu_uuids):
    script = """
      env | grep -E 'EPOCHS|HOME|NVIDIA'; cut -c11- /proc/self/uid_map
      grep -E 'CapBnd|NoNewPrivs' /proc/self/status; touch /usr/x; touch /workspace/y && echo wrote
      head -c 40000000 /dev/zero > /workspace/big; cat /straits/go > /dev/null && echo > /straits/x
    """
    each = at.lease(gpu_uuids[:1], environment={"EPOCHS": "3", "HOME": "/root"})
    said = inside(make(), each, script)
    assert "EPOCHS=3\n" in said
    assert "HOME=/workspace\n" in said
    assert "NVIDIA_VISIBLE_DEVICES=void\n" in said
    [(first, size)] = re.findall(r"^ +(\d+) +(\d+)$", said, re.MULTILINE)
    assert int(first) >= 1 << 30
    assert int(size) == 65_536
    assert "CapBnd:\t00000000200404eb\n" in said
    assert "NoNewPrivs:\t1\n" in said
    assert "cannot touch '/usr/x': Read-only file system" in said
    assert "wrote\n" in said
    assert "error writing 'standard output': No space left on device" in said
    assert "cannot create /straits/x: Read-only file system" in said


def test_a_lease_has_its_share_of_the_machine(make, gpu_uuids):
    runtime, each = make(), at.lease(gpu_uuids[:1])
    at.run(runtime, each)
    container = f"straits-{each.assignment}"
    host = json.loads(at.podman(STORAGE, "inspect", container))[0]["HostConfig"]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert host["Memory"] == host["MemorySwap"] == int(memory * 0.9 / 4)
    assert host["CpuQuota"] == int(os.cpu_count() * 0.9 / 4 * 100_000)
    assert host["PidsLimit"] == 4096


def test_a_renter_logs_in_with_their_key_and_nobody_else_does(make, gpu_uuids, tmp_path):
    for name in ("mine", "other"):
        subprocess.run([*KEY, "-f", str(tmp_path / name)], check=True)  # noqa: S603
    keys = ((tmp_path / "mine.pub").read_text().strip(),)
    runtime = make()
    mine = {"EPOCHS": "3 of 5", "HOME": "/nowhere"}
    each = at.lease(gpu_uuids[:1], ssh_keys=keys, template="ssh", command=(), environment=mine)
    [endpoint] = at.run(runtime, each).endpoints
    assert (endpoint.name, endpoint.scheme, endpoint.host) == ("ssh", "ssh", "127.0.0.1")
    until(lambda: answers(endpoint.port))
    look = "id -un; ls /dev/straits-simulated/*; echo $EPOCHS, $NVIDIA_VISIBLE_DEVICES, $HOME"
    done = ssh(endpoint.port, tmp_path / "mine", look)
    told = "root\nnvidia0\n3 of 5, void, /root\n"
    assert (done.returncode, done.stdout) == (0, told), done.stderr
    refused = ssh(endpoint.port, tmp_path / "other", "true")
    assert refused.returncode == 255
    assert "Permission denied (publickey)" in refused.stderr


def ssh(port, key, command):
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes")
    words = ["-i", str(key), "-p", str(port), *(f"-o{each}" for each in options), "-oBatchMode=yes"]
    return subprocess.run(  # noqa: S603
        [service.tools.find("ssh"), *words, "root@127.0.0.1", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as found:
            return found.recv(4).startswith(b"SSH")
    except OSError:
        return False


PROBE = """
import socket, struct
routes = [line.split() for line in open("/proc/net/route")]
[gateway] = [int(words[2], 16) for words in routes if words[1] == "00000000"]
for host in HOSTS + [socket.inet_ntoa(struct.pack("<L", gateway))]:
    try:
        socket.create_connection((host, PORT), timeout=1).close()
        print("reached")
    except OSError:
        print("shut")
"""


def test_the_host_is_closed_to_a_lease(make, gpu_uuids, monkeypatch):
    with socket.create_server(("0.0.0.0", 0)) as listening:  # noqa: S104
        probe = f"HOSTS, PORT = {[own_address()]}, {listening.getsockname()[1]}{PROBE}"
        each = at.lease(gpu_uuids[:1], environment={"PROBE": probe})
        assert inside(make(), each, 'python3 -c "$PROBE"') == "shut\nshut\n"
        monkeypatch.setattr(firewall, "close", lambda bridge: None)
        each = at.lease(gpu_uuids[1:2], environment={"PROBE": probe})
        assert inside(make(), each, 'python3 -c "$PROBE"') == "reached\nreached\n"


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect(("198.51.100.1", 9))
        return unsent.getsockname()[0]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"template": "abacus"}, "this machine knows no template 'abacus'"),
        ({"image": "localhost/straits-base:1"}, "no reference of an image"),
        ({"image": "-v /:/host"}, "no reference of an image"),
        ({"command": ()}, "it has no command"),
    ],
)
def test_what_cannot_be_run_makes_nothing(make, gpu_uuids, facts, reason):
    runtime, each = make(), at.lease(gpu_uuids[:1], **facts)
    with pytest.raises(CannotStart, match=reason):
        at.begin(runtime, each)
    assert runtime.observe() == []
    assert list(runtime.folder.iterdir()) == []


def never_ran(runtime, each, storage=STORAGE):
    at.begin(runtime, each)
    ended = at.end(runtime, each)
    assert ended.started_at is None
    assert not (workspace(runtime, each) / "up").exists()
    assert at.left(storage, each.assignment) == set()
    return ended.failure


def test_an_engine_that_drops_the_gpus_silently_is_noticed(make, gpu_uuids, monkeypatch):
    """podman before 5.4 answers Docker's request for CDI devices with a container without any."""
    monkeypatch.setattr(Engine, "version", ("docker", "20.10"))
    failure = never_ran(make(), at.lease(gpu_uuids[:1]))
    assert failure == f"{gpu_uuids[0]} is not attached"


def test_a_gpu_too_many_is_noticed(make, gpu_uuids, monkeypatch):
    more = {"devices": [{"path": f"nvidia.com/gpu={gpu}"} for gpu in gpu_uuids[:2]]}
    plain = spec.libpod
    monkeypatch.setattr(spec, "libpod", lambda each: {**plain(each), **more})
    failure = never_ran(make(), at.lease(gpu_uuids[:1]))
    assert failure == f"{gpu_uuids[1]} is attached and not part of the lease"


def test_a_gpu_that_no_description_names_fails_the_lease(make, gpu_uuids):
    failure = never_ran(make(), at.lease(["GPU-nobody-knows"]))
    assert "nvidia.com/gpu=GPU-nobody-knows" in failure


def test_an_image_that_cannot_be_had_fails_the_lease(make, gpu_uuids):
    each = at.lease(gpu_uuids[:1], image="registry.invalid/some/image:1")
    assert "registry.invalid" in never_ran(make(), each)


def test_a_lease_that_loses_a_gpu_ends_and_is_vouched_for_until_then(make, gpu_uuids):
    runtime, each = make(), at.lease(gpu_uuids[:1])
    at.run(runtime, each)
    until(lambda: sight_is_verified_again(runtime, each))
    pid = runtime.known[each.assignment].record.process.pid
    last = at.sight(runtime, each).verified_to
    take_away(pid)
    lost = datetime.now(UTC)
    ended = at.end(runtime, each)
    assert ended.failure in (
        f"the container may no longer use {gpu_uuids[0]}",
        f"{gpu_uuids[0]} is not attached",
    )
    assert last <= ended.verified_to <= lost
    assert ended.started_at is not None


def take_away(pid):
    """As a reload of systemd does to containers of some engines; or by hiding the nodes."""
    lines = (proc.PROC / str(pid) / "cgroup").read_text().splitlines()
    paths = [line.rpartition(":")[2] for line in lines if ":devices:" in line]
    if paths:
        (attached.CGROUPS / f"devices{paths[0]}" / "devices.deny").write_text("c 240:0 rwm")
    else:
        hide = ("mount", "-t", "tmpfs", "none", "/dev/straits-simulated")
        service.tools.call("nsenter", "-t", str(pid), "-m", *hide)


def sight_is_verified_again(runtime, each):
    seen = at.sight(runtime, each)
    return seen.verified_to > seen.started_at


def test_a_lease_outlives_its_engine_and_ends_without_it(make, gpu_uuids, options, tmp_path):
    """The engine goes away under a running lease; it is watched, and stopped, all the same."""
    with service.own_podman(tmp_path, storage=STORAGE) as url:
        runtime = make(options=dataclasses.replace(options, engine=url))
        each = at.lease(gpu_uuids[:1])
        started = at.run(runtime, each).started_at
    down = datetime.now(UTC)
    with closing(Engine(url)) as engine, pytest.raises(EngineDown):
        engine.info()
    until(lambda: at.sight(runtime, each).verified_to > down)
    runtime.stop(assignment=each.assignment, grace=5)
    process = runtime.known[each.assignment].record.process
    until(lambda: proc.look(process.pid) is None)
    until(lambda: "does not answer" in at.sight(runtime, each).progress)
    assert at.sight(runtime, each).phase is Phase.STOPPING
    with service.own_podman(tmp_path, storage=STORAGE):
        ended = at.end(runtime, each)
    assert (ended.started_at, ended.exit_code) == (started, 3)
    assert at.left(STORAGE, each.assignment) == set()


def test_a_process_that_stays_on_the_gpu_keeps_it_busy(make, gpu_uuids):
    using = {7}
    runtime = make(gpu_pids=lambda gpus: frozenset(using))
    each = at.lease(gpu_uuids[:1])
    at.run(runtime, each)
    using.add(4711)
    runtime.stop(assignment=each.assignment, grace=0)
    until(lambda: "process 4711 still uses the GPUs" in at.sight(runtime, each).progress)
    assert at.sight(runtime, each).phase is Phase.STOPPING
    using.remove(4711)
    assert at.end(runtime, each).progress == "nothing of it is left on the machine"


def test_a_stubborn_workload_is_killed_after_its_grace(make, gpu_uuids):
    runtime = make()
    script = "trap '' TERM; echo up > /workspace/up; while :; do sleep 1; done"
    each = at.lease(gpu_uuids[:1], command=("sh", "-c", script))
    at.run(runtime, each)
    until(lambda: (workspace(runtime, each) / "up").exists())
    runtime.stop(assignment=each.assignment, grace=0.5)
    runtime.stop(assignment=each.assignment, grace=100)
    assert at.end(runtime, each).exit_code == 137


def test_a_running_lease_is_adopted_and_a_stray_is_torn_down(make, gpu_uuids, options, tmp_path):
    each, stray = at.lease(gpu_uuids[:1]), at.lease(gpu_uuids[1:2])
    folder = tmp_path / "leases"
    folder.mkdir()
    for lease in (each, stray):
        assert live(options, tmp_path, lease.assignment, *lease.gpu_uuids, "record.started") == -9
    [started] = [
        record.started_at
        for record in records.read_all(folder)
        if record.assignment == each.assignment
    ]
    (folder / str(stray.assignment) / "lease.json").unlink()
    runtime = make()
    assert at.sight(runtime, each).started_at == at.sight(runtime, each).verified_to == started
    until(lambda: at.sight(runtime, each).phase is Phase.RUNNING)
    waiting = at.lease(gpu_uuids[1:2])
    at.begin(runtime, waiting)
    until(lambda: len(runtime.observe()) == 3)
    meanwhile = set()
    until(lambda: meanwhile.add(at.sight(runtime, waiting).phase) or at.ended(runtime, stray))
    assert meanwhile == {Phase.STARTING}
    ended = at.sight(runtime, stray)
    reason = "nothing is written down of it on the machine"
    assert (ended.started_at, ended.failure) == (None, reason)
    until(lambda: at.sight(runtime, waiting).phase is Phase.RUNNING)
    assert at.sight(runtime, each).verified_to > started
    assert at.left(STORAGE, stray.assignment) == set()


def live(options, tmp_path, assignment, gpu, fatal, **facts):
    """Let an agent live until it is killed after an act; what it died of."""
    words = [str(tmp_path / "leases"), options.engine, str(tmp_path), str(assignment), gpu, fatal]
    words.append(json.dumps(facts, default=str))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", KILLED, *words], check=False, timeout=240
    )
    return done.returncode


KILLED = """
import json, os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from agents.node.clock import Clock
from agents.node.containers import ContainerRuntime, firewall, keeper, record, workspace
from agents.node.containers.engine import Engine
from agents.node.containers.host import Host, Options
from agents.node.reconcile import Phase
from tests.agents.node.build import wanted

folder, url, owner, assignment, gpu, fatal, facts = sys.argv[1:]
PLACES = {"Engine": Engine, "firewall": firewall, "workspace": workspace, "keeper": keeper}

def deadly(call):
    def calling(*words, **more):
        call(*words, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return calling

def note(folder, record, write=record.write):
    write(folder, record)
    at = "ended" if record.ended else "started" if record.started_at else "planned"
    if fatal == f"record.{at}":
        os.kill(os.getpid(), signal.SIGKILL)

record.write = note
place, _, name = fatal.partition(".")
if place in PLACES:
    setattr(PLACES[place], name, deadly(getattr(PLACES[place], name)))
options = Options(engine=url, address="127.0.0.1", workspace_bytes_per_gpu=1 << 24)
host = Host(options=options, clock=Clock(), owner=owner, gpu_count=lambda: 4,
            gpu_pids=lambda gpus: frozenset())
runtime = ContainerRuntime(Path(folder), host)
each = wanted(
    UUID(assignment), gpus=(gpu,), command=("sleep", "1000"), **json.loads(facts)
)
if each.assignment not in runtime.known:
    runtime.start(wanted=each, at=datetime.now(UTC))
while True:
    [seen] = [seen for seen in runtime.observe() if seen.assignment == each.assignment]
    if seen.phase is Phase.ENDED:
        break
    if seen.phase is Phase.RUNNING:
        runtime.stop(assignment=each.assignment, grace=0)
    time.sleep(0.02)
"""
#: everything that a lease writes, makes and takes away, in this order
ACTS = (
    "record.planned",
    "workspace.make",
    "firewall.close",
    "Engine.make_network",
    "Engine.create",
    "Engine.start",
    "record.started",
    "keeper._send",
    "Engine.remove",
    "Engine.remove_network",
    "firewall.remove",
    "workspace.wipe",
    "record.ended",
)


def test_an_agent_killed_after_every_act_converges(make, gpu_uuids, options, tmp_path):
    """Each agent takes up what the one before left, and is killed one act further on."""
    assignment = uuid4()
    (tmp_path / "leases").mkdir()
    for fatal in ACTS:
        assert live(options, tmp_path, assignment, gpu_uuids[0], fatal) == -9, fatal
        mine = ("--filter", f"label=straits.owner={tmp_path}")
        assert len(at.podman(STORAGE, "ps", "-aq", *mine).split()) <= 1
    [ended] = make().observe()
    assert (ended.assignment, ended.phase) == (assignment, Phase.ENDED)
    assert at.left(STORAGE, assignment) == set()
