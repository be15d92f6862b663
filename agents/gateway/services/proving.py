"""What becomes of what a machine shows of itself, and what it is told in return."""

from datetime import datetime
from functools import partial

from django.conf import settings

from agents.gateway import rounds
from agents.gateway.models import Node
from agents.protocol import challenge as protocol
from agents.protocol.attestation import Attestation, AttestationReply
from agents.protocol.hardware import HardwareReply, HardwareReport
from agents.protocol.probe import ProbeEcho, ProbeReply
from marketplace.brokerage import services as brokerage
from marketplace.catalog import models as catalog
from marketplace.catalog.states import MachineState
from marketplace.catalog.trust import services as trust
from marketplace.core.hints import after_commit

from .enrolling import MachineRetired


class NoProbe(Exception):
    """This server measures nobody."""


#: how often a node asks whether it should prove its GPUs, in seconds
ASK_EVERY = 60.0


def hardware(*, node: Node, message: HardwareReport, address: str, at: datetime) -> HardwareReply:
    """Weigh what the machine says of its hardware, and where from; say where it stands.

    Raises MachineRetired, and trust's DuplicateBoard.
    """
    machine = _in_market(node)
    trust.take_report(machine=machine, report=message, at=at)
    trust.place_by_network(machine=machine, address=address, at=at)
    stands = trust.standing(machine=machine, at=at)
    return HardwareReply(
        server_time=at,
        next_report_s=trust.REPORT_EVERY.total_seconds(),
        tier=stands.tier,
        missing=stands.missing,
        probes=trust.probes(),
    )


def attestation(*, node: Node, message: Attestation, at: datetime) -> AttestationReply:
    """Give a nonce, or verify what GPUs signed over the one that was given.

    Raises MachineRetired and BadAttestation.
    """
    machine = _in_market(node)
    if not message.reports:
        return AttestationReply(server_time=at, nonce=trust.attestation_nonce(machine=machine))
    found = trust.attest(machine=machine, reports=message.reports, at=at)
    return AttestationReply(server_time=at, attested=found.passed)


def probe(*, node: Node, message: ProbeEcho, at: datetime) -> ProbeReply:
    """Measure how soon the machine answers this process, if it is a probe.

    Raises MachineRetired, NoProbe and BadEcho.
    """
    machine = _in_market(node)
    here = catalog.Probe.objects.filter(name=settings.PROBE, active=True).first()
    if not settings.PROBE or here is None:
        raise NoProbe("this server is no probe; go to those that the marketplace names")
    if message.nonce is None:
        return ProbeReply(server_time=at, nonce=rounds.begin(node=node.public_id).nonce)
    done = rounds.back(node=node.public_id, nonce=message.nonce)
    if done.nonce is None and done.best_us is not None:
        trust.place_by_latency(machine=machine, probe=here, rtt_us=done.best_us, at=at)
    return ProbeReply(server_time=at, nonce=done.nonce)


def challenge(
    *, node: Node, message: protocol.ChallengeAsk, at: datetime
) -> protocol.ChallengeReply:
    """Ask the machine to prove its free GPUs, if it is time and it can. Raises MachineRetired."""
    machine = _in_market(node)
    asked = None
    if message.device is not None:
        asked = trust.ask(machine=machine, use=_use(machine, at), at=at)
    told = _told(asked) if asked else None
    return protocol.ChallengeReply(server_time=at, next_ask_s=ASK_EVERY, challenge=told)


def commit(*, node: Node, message: protocol.Commitment, at: datetime) -> protocol.CommitmentReply:
    """Take the roots before the deadline and say what must be shown.

    Raises MachineRetired, and trust's NoChallenge, TooLate and BadAnswer.
    """
    answers = trust.commit(
        machine=_in_market(node), challenge=message.challenge, roots=message.roots, at=at
    )
    openings = tuple(
        protocol.Opening(uuid=one.uuid, elements=tuple(one.elements)) for one in answers
    )
    return protocol.CommitmentReply(server_time=at, openings=openings)


def reveal(*, node: Node, message: protocol.Reveal, at: datetime) -> protocol.RevealReply:
    """Take what one GPU shows; a task checks it. Raises MachineRetired, NoChallenge, BadAnswer."""
    machine = _in_market(node)
    show = partial(trust.show, machine=machine, challenge=message.challenge)
    complete = show(uuid=message.uuid, leaves=message.leaves, at=at)
    if complete:
        after_commit("marketplace.catalog.tasks.verify_challenges")
    return protocol.RevealReply(server_time=at, complete=complete)


def _use(machine: catalog.Machine, at: datetime) -> trust.Use:
    starts = brokerage.leased(machine=machine, at=at, within=trust.LEAD)
    later = {uuid: start for uuid, start in starts.items() if start > at}
    return trust.Use(
        busy=starts.keys() - later.keys(),
        starting=later.keys(),
        next_start=min(later.values(), default=None),
    )


def _told(asked: catalog.Challenge) -> protocol.Challenge:
    return protocol.Challenge(
        challenge=asked.public_id,
        nonce=bytes(asked.nonce).hex(),
        n=asked.n,
        k=asked.k,
        leaf=asked.leaf,
        gpu_uuids=tuple(asked.gpu_uuids),
        within_ms=asked.within_ms,
    )


def _in_market(node: Node) -> catalog.Machine:
    machine = node.machine
    if machine.state == MachineState.RETIRED:
        raise MachineRetired(f"machine {machine.name} is retired; stop its agent")
    return machine
