"""straits-node: enrol a machine, serve with it, or find out why it cannot."""

import argparse
import logging
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from . import __version__, doctor, gpu, identity, runtimes, simulated
from .agent import Agent
from .client import Client, Refused, Unreachable
from .clock import Clock
from .enrolment import enrol
from .leases import Leases
from .simulated.profiles import BadProfile
from .spool import BadSpool, Spool

log = logging.getLogger(__name__)

STATE = "/var/lib/straits-node"
#: what the person at the keyboard can mend; everything else is a defect of ours
WRONG_USE = (
    BadProfile,
    identity.AlreadyEnrolled,
    identity.BadServer,
    identity.NotEnrolled,
    runtimes.NotIsolated,
    simulated.NotAllowed,
)
FAILED = (
    BadSpool,
    Refused,
    Unreachable,
    gpu.NoGpus,
    identity.Busy,
    runtimes.CannotServe,
    simulated.CannotSimulate,
    sqlite3.Error,
    OSError,
)


class NoToken(Exception):
    """Nothing to enrol with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure, 2 a wrong use, each with one line on stderr."""
    options = _parser().parse_args(arguments)
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(format="%(asctime)sZ %(levelname)-7s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return int(options.run(options))
    except (*WRONG_USE, NoToken) as error:
        return _complain(error, 2)
    except FAILED as error:
        return _complain(error, 1)


def _complain(error: Exception, code: int) -> int:
    print(f"straits-node: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="straits-node", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    joining = commands.add_parser("enrol", help="join a marketplace with a one-time token")
    joining.add_argument("--server", required=True, metavar="URL")
    joining.add_argument("--token", help="seen by everybody who lists processes; better:")
    joining.add_argument("--token-file", type=Path, metavar="FILE", help="or STRAITS_TOKEN=...")
    joining.set_defaults(run=_enrol)
    serving = commands.add_parser("run", help="report GPUs and run leases until stopped")
    serving.add_argument(
        "--stop-leases-on-exit",
        action="store_true",
        help="otherwise they run on and the next start takes care of them",
    )
    runtimes.add_options(serving)
    serving.set_defaults(run=_run)
    looking = commands.add_parser("doctor", help="check this machine, one line per finding")
    runtimes.add_options(looking)
    looking.set_defaults(run=_doctor)
    for command in (serving, looking):
        command.add_argument("--allow-simulated-gpus", action="store_true")
        command.add_argument(
            "--simulate", metavar="NAME:COUNT", help="such as h100:2 or t4:1,l40s:1"
        )
    for command in (joining, serving, looking):
        command.add_argument("--state", type=_folder, default=Path(STATE), metavar="DIR")
    return parser


def _folder(text: str) -> Path:
    # workloads run elsewhere and must find it from there
    return Path(text).resolve()


def _enrol(options: argparse.Namespace) -> int:
    found = enrol(state=options.state, server=options.server, token=_token(options), clock=Clock())
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


def _run(options: argparse.Namespace) -> int:
    state: Path = options.state
    who = identity.read(state)
    with identity.alone(state):
        _simulate(options)
        with closing(gpu.Gpus()) as gpus, closing(Spool(state)) as spool:
            if gpus.simulated:
                simulated.require_allowed(options.allow_simulated_gpus)
            clock = Clock(base=spool.clock())
            with (
                closing(_client(who, state, clock)) as client,
                runtimes.chosen(
                    options, state=state, server=who.server, gpus=gpus, clock=clock
                ) as runtime,
            ):
                leases = Leases(runtime=runtime, spool=spool, clock=clock, energy=gpus.energy)
                _serve(Agent(gpus=gpus, leases=leases, spool=spool, client=client), options)
    return 0


def _client(who: identity.Identity, state: Path, clock: Clock) -> Client:
    key = identity.key_of(state)
    return Client(server=who.server, key=key, key_id=str(who.node), clock=clock)


def _serve(agent: Agent, options: argparse.Namespace) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    log.info("straits-node %s serves %s", __version__, agent.client.server)
    agent.run(stop_leases=options.stop_leases_on_exit)
    log.info("stopped")


def _doctor(options: argparse.Namespace) -> int:
    if options.simulate:
        identity.prepare(options.state)
    _simulate(options)
    well = True
    for finding in doctor.examine(state=options.state, options=options):
        print(f"{'ok' if finding.ok else 'FAIL':<5} {finding.name:<15} {finding.said}")
        well = well and finding.ok
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
