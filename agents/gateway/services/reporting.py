"""What becomes of what a node says, and what it is told in return."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from agents.gateway.fast import store
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
from marketplace.catalog.health import samples
from marketplace.catalog.models import Machine
from marketplace.catalog.states import MachineState
from marketplace.metering import services as metering

from . import fencing, following, granting, versions, watching
from .enrolling import MachineRetired


class BadInventory(Exception):
    """The inventory contradicts itself or the digest that came with it."""


def heartbeat(*, node: Node, message: Heartbeat, address: str, at: datetime) -> HeartbeatReply:
    """Take over what a machine reports of itself and tell it what it should run.

    This is the full way. When it left nothing to do, the next beats that say the same from the same
    `address` take the short one, see `fast`.

    Inventory comes first, and a machine whose GPUs are not known as they are now is not noted as
    alive: nothing on it may be rented. Raises AgentTooOld, BadInventory, MachineRetired and
    catalog's SimulatedRefused and DuplicateGpu; and OldMessage and BootOver of what does not pass
    the fence.
    """
    versions.require_served(message.agent_version)
    machine = node.machine
    if machine.state == MachineState.RETIRED:
        raise MachineRetired(f"machine {machine.name} is retired; stop its agent")
    passed = store.last_seq(node=node.public_id, boot_id=message.boot_id)
    if passed is not None and message.seq <= passed:
        raise fencing.OldMessage(f"message {passed} of this boot came before {message.seq}")
    reports = [_observation(report) for report in message.assignments]
    _pass(node, message, reports, at)
    current = message.inventory_digest == machine.inventory_hash
    if current:
        catalog.beat(machine=machine, at=at)
        samples.note(machine_id=machine.pk, gpus=store.samples_of(message), at=at)
    _note_version(node, message.agent_version)
    brokerage.observe(machine=machine, reports=reports, at=at)
    granting.note_refusals(node=node, refused=message.refused, at=at)
    watching.watch(node=node, address=address, at=at)
    version = following.version_of(machine=machine)  # before what it stands for
    wanted = _granted(node, at)
    if current and not message.refused and machine.state == MachineState.ONLINE:
        store.remember(node=node, message=message, address=address, at=at)
    return HeartbeatReply(
        server_time=at,
        next_heartbeat_s=store.interval(),
        want_inventory=not current,
        desired=wanted,
        desired_version=version,
        grant_key=granting.public_key(),
        grant_key_changes=granting.key_changes(),
        recommended_version=settings.RECOMMENDED_AGENT_VERSION,
    )


def _granted(node: Node, at: datetime) -> tuple[Desired, ...]:
    wanted = map(_desired, brokerage.desired(machine=node.machine, at=at))
    return tuple(granting.grant(desired=each, node=node.public_id, at=at) for each in wanted)


def _pass(
    node: Node, message: Heartbeat, reports: Sequence[brokerage.Observation], at: datetime
) -> None:
    """Through the fence, with the inventory if one came, and what runs; raises as `heartbeat`.

    That a machine is suspended for a GPU of another one stays, though it is refused.
    """
    claimed = None
    try:
        with transaction.atomic():
            fencing.pass_fence(node=node, boot_id=message.boot_id, seq=message.seq, at=at)
            brokerage.keep_report(machine=node.machine, reports=reports, at=at)
            if message.inventory is not None:
                try:
                    digest = message.inventory_digest
                    _take_inventory(node.machine, message.inventory, digest, at)
                except catalog.DuplicateGpu as refusal:
                    claimed = refusal
    except fencing.BootOver:
        fencing.note_copy(node=node, boot_id=message.boot_id, at=at)
        raise
    if claimed is not None:
        raise claimed


def _take_inventory(machine: Machine, report: InventoryReport, claimed: str, at: datetime) -> None:
    digest = inventory_digest(report)
    if digest != claimed:
        raise BadInventory("inventory_digest is not the digest of the inventory sent with it")
    if len({gpu.uuid for gpu in report.gpus}) < len(report.gpus):
        raise BadInventory("inventory.gpus names one UUID twice")
    gpus = tuple(
        catalog.GpuFacts(
            uuid=gpu.uuid,
            index=gpu.index,
            name=gpu.name,
            memory_bytes=gpu.memory_bytes,
            parent=gpu.parent,
        )
        for gpu in report.gpus
    )
    inventory = catalog.Inventory(
        simulated=report.simulated,
        driver_version=report.driver_version,
        cuda_version=report.cuda_version,
        gpus=gpus,
        digest=digest,
        draining=report.draining,
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
        gpu_uuids=report.gpu_uuids,
        end=report.end,
        workspace_bytes=report.workspace_bytes,
        kept=report.kept,
    )


def _desired(assignment: Assignment) -> Desired:
    """In the words of the wire; what only has to stop comes without the renter's command."""
    reservation, run = assignment.reservation, brokerage.wanted(assignment)
    workload, resumes = reservation.workload if run else {}, reservation.resumes
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
        evict_at=reservation.evict_at if run else None,
        keep_until=assignment.keep_until,
        resume=resumes.assignment.public_id if run and resumes else None,
    )


def usage(*, node: Node, key: bytes, message: UsageBatch, at: datetime) -> UsageReply:
    """Store segments, each exactly once, also of a machine that has retired since.

    `key` is the one that signed the request, and must have signed each segment. Raises metering's
    SegmentNotSigned and, when a sequence number was used twice, SegmentConflict; then nothing was
    stored.
    """
    segments = [
        metering.SegmentIn(**report.model_dump(), boot_id=message.boot_id)
        for report in message.segments
    ]
    signer = metering.signer(
        node=node.public_id,
        machine=node.machine,
        public_key=key,
        enrolled_at=node.enrolled_at,
    )
    stored = metering.accept(machine=node.machine, signer=signer, segments=segments, at=at)
    unknown = {segment.seq for segment in segments} - set(stored)
    return UsageReply(stored=tuple(stored), unknown=tuple(sorted(unknown)))
