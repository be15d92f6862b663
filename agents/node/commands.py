"""What each command of straits-node does; every one returns its exit code."""

import argparse
import logging
import os
import platform
import signal
import sys
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from importlib import resources
from pathlib import Path

from agents.protocol.messages import VERSION

from . import (
    __version__,
    doctor,
    gpu,
    hardware,
    identity,
    nvml_attestation,
    proving,
    rotation,
    runtimes,
    selftest,
    simulated,
    status,
)
from .agent import Agent
from .client import Client
from .clock import Clock
from .enrolment import enrol as join
from .finding import Finding
from .gpu_events import Watch
from .granting import Grants
from .health import Health
from .leases import Leases
from .listening import Ear
from .metrics import Metrics
from .selftest.steps import Step
from .spool import Spool
from .systemd import Notifier
from .watching import Watcher

log = logging.getLogger(__name__)


class NoToken(Exception):
    """Nothing to enrol with."""


def enrol(options: argparse.Namespace) -> int:
    found = join(state=options.state, server=options.server, token=_token(options), clock=Clock())
    print(f"enrolled at {found.server} as node {found.node}")
    return 0


def _token(options: argparse.Namespace) -> str:
    if options.token_file:
        return str(options.token_file.read_text().strip())
    token = options.token or os.environ.get("STRAITS_TOKEN", "")
    if not token:
        raise NoToken("no token; give --token-file FILE, STRAITS_TOKEN or --token")
    return str(token)


def _simulate(options: argparse.Namespace) -> None:
    if not options.simulate:
        return
    simulated.require_allowed(options.allow_simulated_gpus)
    simulated.simulate(what=options.simulate, folder=options.state / "simulated")


def run(options: argparse.Namespace) -> int:
    state: Path = options.state
    who = identity.read(state)
    with identity.alone(state):
        _simulate(options)
        with closing(gpu.Gpus()) as gpus, closing(Spool(state)) as spool:
            if gpus.simulated:
                simulated.require_allowed(options.allow_simulated_gpus)
            clock = Clock(base=spool.clock())
            with (
                closing(rotation.client_of(state, clock=clock)) as client,
                runtimes.chosen(
                    options, state=state, server=who.server, gpus=gpus, clock=clock
                ) as runtime,
            ):
                grants = Grants(node=who.node, key=who.grant_key, pin=partial(identity.pin, state))
                leases = Leases(
                    runtime=runtime, spool=spool, clock=clock, energy=gpus.energy, grants=grants
                )
                health = Health(gpus=gpus, spool=spool, clock=clock)
                metrics, notifier = Metrics(), Notifier()
                gpus.draining = status.is_draining(state)
                ear = Ear(rotation.client_of(state, clock=clock))
                agent = Agent(
                    gpus=gpus,
                    leases=leases,
                    spool=spool,
                    client=client,
                    health=health,
                    ear=ear,
                    turned=Watcher(state=state, gpus=gpus, metrics=metrics, notifier=notifier),
                )
                with (
                    closing(Watch(health.told)) as watch,
                    closing(metrics),
                    closing(ear),
                    closing(rotation.client_of(state, clock=clock)) as own,
                    proving.beside(_prover(own, gpus)),
                ):
                    watch.start()
                    ear.start()
                    if options.metrics_port:
                        metrics.serve(options.metrics_port)
                    _serve(agent, options)
                    notifier.stopping()
    return 0


def _prover(client: Client, gpus: gpu.Gpus) -> proving.Prover:
    device, reason = proving.device_for(simulated=gpus.simulated)
    return proving.Prover(
        client=client,
        hardware=lambda: hardware.report(gpus),
        device=device,
        reason=reason,
        evidence=partial(nvml_attestation.evidence, gpus),
    )


def _serve(agent: Agent, options: argparse.Namespace) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    log.info("straits-node %s serves %s", __version__, agent.client.server)
    agent.run(stop_leases=options.stop_leases_on_exit)
    log.info("stopped")


def rotate_key(options: argparse.Namespace) -> int:
    with closing(rotation.client_of(options.state, clock=Clock())) as client:
        rotation.rotate(state=options.state, client=client)
    print("this node has a new key; the old one is good for a few minutes more")
    return 0


def show_status(options: argparse.Namespace) -> int:
    return _told(status.tell(options.state))


def drain(options: argparse.Namespace) -> int:
    identity.read(options.state)
    status.set_draining(options.state, not options.undo)
    word = "takes new leases again" if options.undo else "takes no new leases; running ones go on"
    print(f"this machine {word}, from the agent's next beat on")
    return 0


def version(options: argparse.Namespace) -> int:
    print(f"straits-node {__version__}, protocol {VERSION}, Python {platform.python_version()}")
    return 0


def unit(options: argparse.Namespace) -> int:
    """Print the systemd unit for the program that was called."""
    text = resources.files(__package__).joinpath("straits-node.service").read_text()
    print(text.replace("@PROGRAM@", str(Path(sys.argv[0]).resolve())), end="")
    return 0


def examine(options: argparse.Namespace) -> int:
    if options.simulate:
        identity.prepare(options.state)
    _simulate(options)
    return _told(doctor.examine(state=options.state, options=options))


def _told(findings: Iterable[Finding]) -> int:
    """Print a line for each; 0 when all are well."""
    well = True
    for finding in findings:
        print(f"{'ok' if finding.ok else 'FAIL':<5} {finding.name:<15} {finding.said}")
        well = well and finding.ok
    return 0 if well else 1


def self_test(options: argparse.Namespace) -> int:
    if options.simulated:
        options.allow_simulated_gpus, options.simulate = True, options.simulate or "h100:8"
    identity.prepare(options.state)
    _simulate(options)
    # ended from outside it cleans up too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plan = selftest.Plan(
        state=options.state,
        options=options,
        seconds=options.seconds,
        server=options.server or "",
        token=_token(options) if options.server else None,
    )
    well = selftest.take(plan, _tell)
    print(f"{'PASSED' if well else 'FAILED'}: {_meaning(well, options)}")
    return 0 if well else 1


def _tell(step: Step) -> None:
    word = "ok" if step.ok else "FAIL"
    print(f"{word:<5} {step.name:<15} {step.seconds:>6.1f} s  {step.said}", flush=True)


def _meaning(well: bool, options: argparse.Namespace) -> str:
    if not well:
        return "mend what the last line names, then run the self-test again"
    if options.simulate:
        return "with SIMULATED GPUs, which says nothing about real ones"
    return "a lease ran on this machine from beginning to end"
