"""What becomes of what a node says, and what it is told in return."""

from datetime import datetime

from django.conf import settings

from agents.gateway.models import Node
from agents.protocol.messages import (
    AssignmentReport,
    Desired,
    Heartbeat,
    HeartbeatReply,
    InventoryReport,
    UsageBatch,
    UsageReply,
    inventory_digest,
)
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.metering import services as metering

from . import watching
from .enrolling import MachineRetired


class BadInventory(Exception):
    """The inventory contradicts itself or the digest that came with it."""


def heartbeat(*, node: Node, message: Heartbeat, at: datetime) -> HeartbeatReply:
    """Take over what a machine reports of itself and tell it what it should run.

    Inventory comes first, and a machine whose GPUs are not known as they are now is not noted as
    alive: nothing on it may be rented. Raises BadInventory, MachineRetired and catalog's
    SimulatedRefused and DuplicateGpu.
    """
    machine = node.machine
    if machine.state == MachineState.RETIRED:
        raise MachineRetired(f"machine {machine.name} is retired; stop its agent")
    if message.inventory is not None:
        _take_inventory(machine, message.inventory, message.inventory_digest, at)
    current = message.inventory_digest == machine.inventory_hash
    if current:
        catalog.beat(machine=machine, at=at)
    _note_version(node, message.agent_version)
    reports = [_observation(report) for report in message.assignments]
    brokerage.observe(machine=machine, reports=reports, at=at)
    return HeartbeatReply(
        server_time=at,
        next_heartbeat_s=settings.HEARTBEAT_SECONDS,
        want_inventory=not current,
        desired=tuple(map(_desired, brokerage.desired(machine=machine, at=at))),
    )


def _take_inventory(machine: Machine, report: InventoryReport, claimed: str, at: datetime) -> None:
    digest = inventory_digest(report)
    if digest != claimed:
        raise BadInventory("inventory_digest is not the digest of the inventory sent with it")
    if len({gpu.uuid for gpu in report.gpus}) < len(report.gpus):
        raise BadInventory("inventory.gpus names one UUID twice")
    gpus = tuple(
        catalog.GpuFacts(
            uuid=gpu.uuid, index=gpu.index, name=gpu.name, memory_bytes=gpu.memory_bytes
        )
        for gpu in report.gpus
    )
    inventory = catalog.Inventory(
        simulated=report.simulated,
        driver_version=report.driver_version,
        cuda_version=report.cuda_version,
        gpus=gpus,
        digest=digest,
    )
    before = watching.uuids(machine)
    catalog.record_inventory(machine=machine, inventory=inventory, at=at)
    watching.compare(machine=machine, before=before, at=at)


def _note_version(node: Node, version: str) -> None:
    if node.agent_version != version:
        node.agent_version = version
        node.save(update_fields=["agent_version"])


def _observation(report: AssignmentReport) -> brokerage.Observation:
    return brokerage.Observation(
        assignment=report.assignment,
        generation=report.generation,
        state=report.state,
        started_at=report.started_at,
        stopped_at=report.stopped_at,
        exit_code=report.exit_code,
        detail=report.detail,
        progress=report.progress,
        endpoints=tuple(each.model_dump() for each in report.endpoints),
    )


def _desired(assignment: Assignment) -> Desired:
    """In the words of the wire; what only has to stop comes without the renter's command."""
    reservation, run = assignment.reservation, brokerage.wanted(assignment)
    workload = reservation.workload if run else {}
    gpus = sorted((lease.gpu for lease in assignment.leases.all()), key=lambda gpu: gpu.index)
    return Desired(
        assignment=assignment.public_id,
        generation=assignment.generation,
        run=run,
        start=reservation.during.lower,
        end=reservation.during.upper,
        gpu_uuids=tuple(gpu.uuid for gpu in gpus),
        command=tuple(workload.get("command", ())),
        environment=workload.get("environment", {}),
        template=workload.get("template", ""),
        image=workload.get("image", ""),
        ssh_keys=tuple(workload.get("ssh_keys", ())),
    )


def usage(*, node: Node, message: UsageBatch, at: datetime) -> UsageReply:
    """Store segments, each exactly once, also of a machine that has retired since.

    Raises metering's SegmentNotSigned and, when a sequence number was used twice, SegmentConflict;
    then nothing was stored.
    """
    segments = [
        metering.SegmentIn(**report.model_dump(), boot_id=message.boot_id)
        for report in message.segments
    ]
    signer = metering.signer(
        node=node.public_id,
        machine=node.machine,
        public_key=bytes(node.public_key),
        enrolled_at=node.enrolled_at,
    )
    stored = metering.accept(machine=node.machine, signer=signer, segments=segments, at=at)
    unknown = {segment.seq for segment in segments} - set(stored)
    return UsageReply(stored=tuple(stored), unknown=tuple(sorted(unknown)))
