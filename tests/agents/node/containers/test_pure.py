"""What needs no engine: descriptions, which GPUs are attached, limits, ports and templates."""

import json
import os
import socket
from argparse import Namespace

import pytest

from agents.node.containers import attached, cdi, checks, host, making, spec, templates
from agents.node.containers.cdi import Node
from agents.node.runtime import CannotStart
from tests.agents.node.build import wanted


def node(path, minor):
    return {"path": path, "type": "c", "major": 195, "minor": minor}


def described(tmp_path, devices, *, name="nvidia.yaml", kind=cdi.KIND):
    content = {"cdiVersion": "0.5.0", "kind": kind, "devices": devices}
    (tmp_path / name).write_text(json.dumps(content))
    return cdi.described([tmp_path])


def device(name, *nodes):
    return {"name": name, "containerEdits": {"deviceNodes": list(nodes)}}


def test_a_description_is_read_by_uuid(tmp_path):
    devices = [device("0", node("/dev/nvidia0", 0)), device("GPU-a", node("/dev/nvidia0", 0))]
    assert described(tmp_path, devices) == {"GPU-a": {Node("/dev/nvidia0", 195, 0)}}
    assert described(tmp_path, devices, kind="vendor.example/card") == {}


def test_a_node_without_numbers_is_looked_up_on_the_host(tmp_path):
    given = {"path": "/dev/nvidia0", "hostPath": "/dev/null"}
    assert described(tmp_path, [device("GPU-a", given)]) == {"GPU-a": {Node("/dev/nvidia0", 1, 3)}}


@pytest.mark.parametrize("content", ["[", "x: y", "kind: nvidia.com/gpu\ndevices: 3"])
def test_a_description_that_cannot_be_read_names_the_file_and_the_mend(tmp_path, content):
    (tmp_path / "nvidia.yaml").write_text(content)
    with pytest.raises(cdi.BadSpec, match=r"nvidia\.yaml cannot be read.*nvidia-ctk"):
        cdi.described([tmp_path])


@pytest.mark.parametrize("known", [{}, {"GPU-a": frozenset()}])
def test_a_gpu_without_nodes_cannot_be_verified(known):
    with pytest.raises(cdi.BadSpec, match="no CDI description names GPU-a with device nodes"):
        cdi.require(["GPU-a"], known)


CARD, FIRST, SECOND = Node("/dev/nvidia0", 195, 0), Node("/dev/c1", 240, 1), Node("/dev/c2", 240, 2)


def test_a_slice_is_not_taken_for_its_whole_card():
    known = {
        "GPU-a": frozenset({CARD}),
        "MIG-1": frozenset({CARD, FIRST}),
        "MIG-2": frozenset({CARD, SECOND}),
    }
    assert attached.attached(known, frozenset({CARD, FIRST})) == {"MIG-1"}
    assert attached.attached(known, frozenset({CARD})) == {"GPU-a"}
    assert attached.attached(known, frozenset({CARD, FIRST, SECOND})) == {"MIG-1", "MIG-2"}


def test_the_same_path_with_another_number_is_another_device():
    assert (
        attached.attached({"GPU-a": frozenset({CARD})}, frozenset({Node(CARD.path, 1, 3)})) == set()
    )


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("a *:* rwm", True),
        ("c 195:* rw", True),
        ("c 1:3 rwm\nc 195:0 rw", True),
        ("c 195:0 r", False),
        ("c 195:1 rwm", False),
        ("b 195:0 rwm", False),
        ("", False),
    ],
)
def test_a_device_is_usable_when_the_controller_lists_it(tmp_path, rules, allowed):
    (tmp_path / "devices.list").write_text(rules)
    assert attached._listed(CARD, tmp_path / "devices.list") is allowed


def test_a_lease_gets_its_share():
    whole, half = host.limits(gpus=8, of=8), host.limits(gpus=4, of=8)
    assert half.memory == whole.memory // 2
    assert half.cpus == pytest.approx(max(0.1, whole.cpus / 2))
    assert host.limits(gpus=2, of=0) == host.limits(gpus=2, of=2)


def test_ports_come_from_the_range_and_run_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port not in host.free_ports(1, among=(port, port + 50), address="127.0.0.1")
        with pytest.raises(CannotStart, match=f"no free port from {port} to {port}"):
            host.free_ports(1, among=(port, port), address="127.0.0.1")
    assert host.free_ports(2, among=None, address="127.0.0.1") == [0, 0]


def asked(address="0.0.0.0"):  # noqa: S104
    limits = spec.Limits(memory=1 << 30, cpus=1.5, pids=64, shared_memory=1 << 20, open_files=1024)
    return spec.Spec(
        name="straits-x",
        image="debian:12",
        command=("true",),
        environment={"A": "1"},
        labels={"straits.owner": "me"},
        gpu_uuids=("GPU-a", "GPU-b"),
        network="st-x",
        address=address,
        ports={22: 0, 8888: 40_000},
        mounts={"/straits": "/a", "/workspace": "/b"},
        read_only=frozenset({"/straits"}),
        limits=limits,
        first_user=1 << 30,
    )


@pytest.mark.parametrize(("found", "ok"), [(None, False), ("/usr/sbin/iptables", True)])
def test_a_doctor_names_what_podmans_networks_need(monkeypatch, found, ok):
    monkeypatch.setattr(checks.tools, "find", lambda program: found)
    [finding] = checks._podman()
    assert finding.ok is ok
    assert ("apt-get install iptables" in finding.said) is not ok


def test_podman_publishes_everywhere_only_where_no_address_is_named():
    """netavark would look for packets to the address 0.0.0.0, and none ever comes."""
    [ssh, lab] = spec.libpod(asked())["portmappings"]
    assert ssh == {"container_port": 22, "host_port": 0}
    assert lab == {"container_port": 8888, "host_port": 40_000}
    [ssh, _] = spec.libpod(asked("192.0.2.1"))["portmappings"]
    assert ssh == {"container_port": 22, "host_port": 0, "host_ip": "192.0.2.1"}


def test_the_docker_api_is_asked_for_the_same_walls():
    host = spec.docker(asked())["HostConfig"]
    names = ["nvidia.com/gpu=GPU-a", "nvidia.com/gpu=GPU-b"]
    assert host["DeviceRequests"] == [{"Driver": "cdi", "DeviceIDs": names}]
    assert (host["CapDrop"], host["SecurityOpt"]) == (["ALL"], ["no-new-privileges"])
    assert host["ReadonlyRootfs"] is True
    assert host["Binds"] == ["/a:/straits:ro", "/b:/workspace:rw"]
    assert host["PortBindings"]["8888/tcp"] == [{"HostIp": "0.0.0.0", "HostPort": "40000"}]  # noqa: S104
    assert (host["Memory"], host["MemorySwap"]) == (1 << 30, 1 << 30)
    assert (host["NanoCpus"], host["PidsLimit"]) == (1_500_000_000, 64)


def test_a_template_keeps_the_renters_image_and_command():
    known = templates.shipped()
    plain = templates.chosen(wanted(command=("true",)), known)
    assert (plain.image, plain.command) == ("localhost/straits-base:1", ("true",))
    lab = templates.chosen(wanted(template="jupyter", image="a/b:1", command=()), known)
    assert (lab.image, lab.command[:2], lab.ports) == (
        "a/b:1",
        ("jupyter", "lab"),
        {"jupyter": 8888},
    )


@pytest.mark.parametrize(
    ("image", "fine"),
    [
        ("debian", True),
        ("registry.example:5000/team/image:1.2@sha256:" + "a" * 64, True),
        ("localhost/straits-base:1", False),
        ("Debian", False),
        ("a b", False),
        ("--rm", False),
        ("a" * 256, False),
    ],
)
def test_an_image_is_a_reference_and_no_local_one(image, fine):
    assert templates.allowed(image) is fine


def test_a_pull_tells_how_much_is_done():
    layers = {}
    assert making.percent({"status": "Pulling"}, layers) is None
    half = {"id": "a", "progressDetail": {"current": 50, "total": 100}}
    assert making.percent(half, layers) == 50
    assert making.percent({"id": "b", "progressDetail": {"current": 0, "total": 300}}, layers) == 12
    assert making.percent({"id": "a", "progressDetail": {}}, layers) == 12


def test_the_doctor_says_what_kept_workspaces_take(tmp_path):
    options = Namespace(workspace_gib=1)
    assert "; kept" not in checks._disk(tmp_path, options, 1).said
    for name, size in (("one", 2 << 30), ("two", 1)):
        place = tmp_path / "leases" / name
        place.mkdir(parents=True)
        (place / "workspace.img").touch()
        os.truncate(place / "workspace.img", size)
    said = checks._disk(tmp_path, options, 1).said
    assert said.partition("; ")[2].startswith("kept ones of ended leases take 3 GiB")
