"""What heartbeats and usage do, over HTTP, signed as the agent signs them."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.gateway import services as gateway
from agents.gateway.models import Node
from agents.protocol.messages import AssignmentReport, SegmentReport, UsageBatch, inventory_digest
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import MachineReport
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Gpu
from marketplace.metering.models import Segment
from tests import make
from tests.agents.gateway.signed import (
    beat,
    inventory,
    node_for,
    problem,
    raw,
    signed_batch,
    signed_post,
    world,
)
from tests.make import BOOT, NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
UUIDS = ("GPU-aaaa", "GPU-bbbb")


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline")


@pytest.fixture
def send(client, machine):
    """Post as the node of `machine`."""
    node, key = node_for(machine)

    def send(path, message, **how):
        return signed_post(client, path, message, key=key, key_id=node.public_id, **how)

    send.key = key
    return send


@pytest.fixture
def booked(machine, send, harbour):
    """Both GPUs of the machine, as its node reported them, rented from NOON for an hour."""
    assert send("heartbeat", beat(*UUIDS)).status_code == 200
    make.funded(harbour)
    workload = {"command": ["train", "--fast"], "environment": {"EPOCHS": "3"}}
    offer = catalog.list_offer(
        machine=machine, chip=Gpu.objects.first().chip, price_micro_per_gpu_hour=2_000_000, at=NOON
    )
    return make.reservation(harbour, offer, gpus=2, workload=workload)


def simulated(report):
    marked = report.model_copy(update={"simulated": True})
    return beat(inventory=marked, inventory_digest=inventory_digest(marked))


def report(assignment, state, **facts):
    return AssignmentReport(
        assignment=assignment.public_id, generation=assignment.generation, state=state, **facts
    )


def segment(assignment, **facts):
    known = {
        "assignment": getattr(assignment, "public_id", assignment),
        "seq": 1,
        "start": NOON - MINUTE,
        "end": NOON,
        "mono_ms": 60_000,
        "gpu_uuids": UUIDS,
    }
    return SegmentReport(**{**known, **facts})


def batch(*segments):
    return UsageBatch(boot_id=BOOT, segments=segments)


def test_a_heartbeat_brings_a_machine_and_its_gpus_online(machine, send):
    answer = send("heartbeat", beat(*UUIDS))
    assert answer.status_code == 200
    assert answer.json() == {
        "recommended_version": "",
        "desired_version": 0,
        "server_time": "2026-11-24T12:00:00Z",
        "next_heartbeat_s": 30,
        "want_inventory": False,
        "desired": [],
        "grant_key": gateway.public_key(),
        "grant_key_changes": [],
    }
    machine.refresh_from_db()
    assert machine.state == "online"
    assert [gpu.uuid for gpu in Gpu.objects.rentable().order_by("index")] == list(UUIDS)


def test_inventory_is_asked_for_when_its_digest_differs(machine, send):
    assert send("heartbeat", beat(*UUIDS, full=False)).json()["want_inventory"] is True
    assert send("heartbeat", beat(*UUIDS)).json()["want_inventory"] is False
    assert send("heartbeat", beat(*UUIDS, full=False)).json()["want_inventory"] is False
    assert send("heartbeat", beat("GPU-cccc", full=False)).json()["want_inventory"] is True


def test_a_machine_whose_gpus_are_not_known_stays_offline(machine, send):
    before, heard = world()
    assert send("heartbeat", beat(*UUIDS, full=False)).status_code == 200
    after = world()
    assert len(after[0]["NodeBoot"]) == 1, "that it spoke is noted"
    assert after == ({**before, "NodeBoot": after[0]["NodeBoot"]}, heard)
    assert machine.state == "offline"


def test_simulated_gpus_are_refused_and_the_machine_stays_offline(machine, send, settings):
    settings.SIMULATED_GPUS = False
    before = world()
    answer = send("heartbeat", simulated(inventory(*UUIDS)))
    assert problem(answer) == (409, "simulated-refused")
    assert world() == before
    assert machine.state == "offline"


def test_simulated_gpus_that_are_allowed_stay_marked(machine, send, settings):
    settings.SIMULATED_GPUS = True
    assert send("heartbeat", simulated(inventory(*UUIDS))).status_code == 200
    machine.refresh_from_db()
    assert (machine.state, machine.simulated) == ("online", True)


def test_a_gpu_of_another_machine_is_refused_and_suspends_this_one(machine, send):
    first = make.machine(gpus=0)
    make.gpu(first, uuid=UUIDS[1])
    before = list(Gpu.objects.values())
    assert problem(send("heartbeat", beat(*UUIDS))) == (409, "duplicate-gpu")
    assert list(Gpu.objects.values()) == before
    machine.refresh_from_db()
    first.refresh_from_db()
    assert (machine.state, first.state) == ("suspended", "online")
    assert machine.inventory_at is None


@pytest.mark.parametrize(
    "bad",
    [
        lambda: beat(*UUIDS, inventory_digest="0" * 64),
        lambda: beat("GPU-aaaa", "GPU-aaaa"),
    ],
    ids=["digest of something else", "one GPU twice"],
)
def test_an_inventory_that_contradicts_itself_is_refused(bad, machine, send):
    before = world()
    assert problem(send("heartbeat", bad())) == (422, "bad-inventory")
    assert world() == before


def test_a_retired_machine_is_told_so(machine, send):
    type(machine).objects.update(state="retired")
    before = world()
    answer = send("heartbeat", beat(*UUIDS))
    assert problem(answer) == (410, "machine-retired")
    assert answer.json()["detail"] == f"machine {machine.name} is retired; stop its agent"
    assert world() == before


def test_the_agents_version_is_kept_up_to_date(send):
    send("heartbeat", beat(*UUIDS, agent_version="1.1"))
    assert Node.objects.get().agent_version == "1.1"


def test_the_node_is_told_what_to_run(booked, send):
    [told] = send("heartbeat", beat(*UUIDS, full=False)).json()["desired"]
    assert len(told.pop("grant")) == 128
    assert told == {
        "assignment": str(booked.assignments.get().public_id),
        "generation": 1,
        "run": True,
        "start": "2026-11-24T12:00:00Z",
        "end": "2026-11-24T13:00:00Z",
        "gpu_uuids": list(UUIDS),
        "command": ["train", "--fast"],
        "environment": {"EPOCHS": "3"},
        "template": "",
        "image": "",
        "ssh_keys": [],
        "evict_at": None,
        "keep_until": None,
        "resume": None,
        "node": str(Node.objects.get().public_id),
        "not_after": "2026-11-24T13:00:00Z",
    }


def test_what_has_to_stop_comes_without_the_renters_command(booked, alice, send):
    make.started(booked)
    brokerage.stop(reservation=booked, by=alice, at=NOON)
    [told] = send("heartbeat", beat(*UUIDS, full=False)).json()["desired"]
    assert (told["run"], told["generation"]) == (False, 2)
    assert (told["command"], told["environment"]) == ([], {})


def test_a_running_report_makes_the_reservation_active(booked, send):
    running = report(booked.assignments.get(), "running", started_at=NOON)
    send("heartbeat", beat(*UUIDS, full=False, assignments=(running,)))
    booked.refresh_from_db()
    assert booked.state == "active"


def test_nobody_reports_on_another_machines_assignment(booked, client):
    stranger, key = node_for(make.machine(gpus=0))
    assignment = booked.assignments.get()
    claims = report(assignment, "failed", detail="not mine")
    message = beat("GPU-cccc", assignments=(claims,))
    answer = signed_post(client, "heartbeat", message, key=key, key_id=stranger.public_id)
    assert answer.json()["desired"] == []
    assignment.refresh_from_db()
    assert assignment.observed == "pending"


def test_usage_is_stored_once_however_often_it_is_sent(booked, send):
    make.started(booked)
    usage = batch(segment(booked.assignments.get(), final=True))
    for _ in range(2):
        assert send("usage", usage).json() == {"stored": [1], "unknown": []}
    row = Segment.objects.get()
    assert (row.start, row.end, row.mono_ms) == (NOON - MINUTE, NOON, 60_000)
    assert (row.boot_id, row.gpu_uuids, row.final) == (BOOT, list(UUIDS), True)
    assert (row.received_at, row.quarantine) == (NOON, "")


@pytest.mark.parametrize(
    "change",
    [
        {"mono_ms": 60_001},
        {"energy_mj": 1},
        {"final": True},
        {"end": NOON + timedelta(milliseconds=1)},
        {"gpu_uuids": UUIDS[:1]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_sequence_number_used_twice_is_a_conflict(change, booked, send):
    assignment = booked.assignments.get()
    send("usage", batch(segment(assignment)))
    before = world()
    other = batch(segment(assignment, seq=2), segment(assignment, **change))
    assert problem(send("usage", other)) == (409, "segment-conflict")
    assert world() == before


def test_unknown_assignments_are_named_and_not_stored(booked, send):
    usage = batch(segment(uuid4(), seq=7), segment(booked.assignments.get(), seq=8))
    assert send("usage", usage).json() == {"stored": [8], "unknown": [7]}
    assert [row.seq for row in Segment.objects.all()] == [8]


def test_usage_of_another_machine_is_unknown(booked, client):
    stranger, key = node_for(make.machine(gpus=0))
    before = world()
    usage = batch(segment(booked.assignments.get()))
    answer = signed_post(client, "usage", usage, key=key, key_id=stranger.public_id)
    assert answer.json() == {"stored": [], "unknown": [1]}
    assert world() == before


def test_a_machine_that_retired_since_may_still_deliver_usage(booked, machine, send):
    type(machine).objects.update(state="retired")
    assert send("usage", batch(segment(booked.assignments.get()))).json()["stored"] == [1]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_that_no_clock_shows_are_refused(moment, booked, send):
    whole = segment(booked.assignments.get()).model_dump(mode="json")
    before = world()
    for field in ("start", "end"):
        answer = send("usage", raw(batch(segment(uuid4())), segments=[{**whole, field: moment}]))
        assert problem(answer) == (422, "invalid")
        assert f"segments.0.{field}" in answer.json()["detail"]
    assert world() == before


def test_every_moment_survives_the_way_into_the_database(booked, send):
    west = datetime.fromisoformat("2026-11-24T01:00:00-11:00")
    send("usage", batch(segment(booked.assignments.get(), end=west)))
    assert Segment.objects.get().end == NOON == west


def test_a_segment_that_its_node_did_not_sign_is_refused(booked, send):
    stranger = Ed25519PrivateKey.generate()
    forged = signed_batch(batch(segment(booked.assignments.get(), seq=1)), stranger)
    before = world()
    answer = send("usage", forged)
    assert problem(answer) == (422, "segment-not-signed")
    assert answer.json()["detail"].startswith(f"segment 1 of boot {BOOT} does not bear")
    assert world() == before


def test_a_segment_that_was_changed_after_signing_is_refused(booked, send):
    fine = signed_batch(batch(segment(booked.assignments.get())), send.key)
    changed = fine.model_copy(
        update={"segments": (fine.segments[0].model_copy(update={"energy_mj": 9}),)}
    )
    before = world()
    assert problem(send("usage", changed)) == (422, "segment-not-signed")
    assert world() == before
    assert send("usage", fine).json()["stored"] == [1]


def test_the_key_and_the_enrolment_stand_with_what_it_signed(booked, send):
    send("usage", batch(segment(booked.assignments.get())))
    node, signer = Node.objects.get(), Segment.objects.get().signer
    assert bytes(signer.public_key) == bytes(node.keys.get().public_key)
    assert (signer.node, signer.machine, signer.enrolled_at) == (
        node.public_id,
        node.machine,
        node.enrolled_at,
    )


def test_a_fork_is_kept_and_the_node_may_forget_it(booked, send):
    assignment = booked.assignments.get()
    send("usage", batch(segment(assignment, seq=1)))
    assert send("usage", batch(segment(assignment, seq=2))).json() == {"stored": [2], "unknown": []}
    assert list(Segment.objects.order_by("seq").values_list("forked", flat=True)) == [False, True]


def test_what_a_machine_runs_is_kept_as_it_says_it(machine, send, booked):
    part = booked.assignments.get()
    said = report(part, "running", started_at=NOON, gpu_uuids=UUIDS[:1], end=NOON + MINUTE)
    assert send("heartbeat", beat(*UUIDS, assignments=(said,))).status_code == 200
    kept = MachineReport.objects.get()
    assert (kept.machine, kept.heard_at) == (machine, NOON)
    assert kept.runs == [
        {
            "assignment": str(part.public_id),
            "generation": 1,
            "state": "running",
            "gpus": ["GPU-aaaa"],
            "end": "2026-11-24T12:01:00+00:00",
        }
    ]
    older = beat(*UUIDS, seq=1)
    assert problem(send("heartbeat", older)) == (409, "old-message")
    assert MachineReport.objects.get().runs == kept.runs, "what is refused is not kept"
