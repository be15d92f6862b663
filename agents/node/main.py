"""straits-node: enrol a machine, serve with it, or find out why it cannot."""

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__, commands, gpu, identity, logs, runtimes, simulated
from .client import Refused, Unreachable
from .containers.record import BadRecord
from .selftest.steps import Wrong
from .simulated.profiles import BadProfile
from .spool import BadSpool

STATE = "/var/lib/straits-node"
#: what the person at the keyboard can mend; everything else is a defect of ours
WRONG_USE = (
    BadProfile,
    commands.NoToken,
    identity.AlreadyEnrolled,
    identity.BadServer,
    identity.NotEnrolled,
    runtimes.NotIsolated,
    simulated.NotAllowed,
)
FAILED = (
    BadRecord,
    BadSpool,
    Refused,
    Unreachable,
    Wrong,
    gpu.NoGpus,
    identity.Busy,
    runtimes.CannotServe,
    simulated.CannotSimulate,
    sqlite3.Error,
    OSError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure, 2 a wrong use, each with one line on stderr."""
    options = _parser().parse_args(arguments)
    logs.set_up(getattr(options, "log_format", logs.TEXT))
    try:
        return int(options.run(options))
    except WRONG_USE as error:
        return _complain(error, 2)
    except FAILED as error:
        return _complain(error, 1)


def _complain(error: Exception, code: int) -> int:
    print(f"straits-node: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="straits-node", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    found = parser.add_subparsers(required=True, metavar="COMMAND")
    joining = found.add_parser("enrol", help="join a marketplace with a one-time token")
    joining.add_argument("--server", required=True, metavar="URL")
    _add_token(joining)
    joining.set_defaults(run=commands.enrol)
    serving = found.add_parser("run", help="report GPUs and run leases until stopped")
    serving.add_argument(
        "--stop-leases-on-exit",
        action="store_true",
        help="otherwise they run on and the next start takes care of them",
    )
    serving.add_argument("--log-format", choices=(logs.TEXT, logs.JSON), default=logs.TEXT)
    serving.add_argument(
        "--metrics-port",
        type=_port,
        default=0,
        metavar="N",
        help="answer Prometheus on 127.0.0.1 there; default: do not",
    )
    serving.set_defaults(run=commands.run)
    asking = found.add_parser("status", help="what the agent on this machine is doing")
    asking.set_defaults(run=commands.show_status)
    draining = found.add_parser("drain", help="take no new leases; running ones go on")
    draining.add_argument("--undo", action="store_true", help="take new leases again")
    draining.set_defaults(run=commands.drain)
    for name, says, run in (
        ("version", "which version this is", commands.version),
        ("unit", "print the systemd unit", commands.unit),
    ):
        found.add_parser(name, help=says).set_defaults(run=run)
    rotating = found.add_parser("rotate-key", help="change this node's key; it may run on")
    rotating.set_defaults(run=commands.rotate_key)
    looking = found.add_parser("doctor", help="check this machine, one line per finding")
    looking.set_defaults(run=commands.examine)
    testing = found.add_parser("self-test", help="a whole lease on this machine, and away with it")
    _add_self_test(testing)
    for command in (serving, looking, testing):
        runtimes.add_options(command)
        command.add_argument("--allow-simulated-gpus", action="store_true")
        command.add_argument(
            "--simulate", metavar="NAME:COUNT", help="such as h100:2 or t4:1,l40s:1"
        )
    testing.set_defaults(workspace_gib=1)
    for command in (joining, serving, rotating, looking, testing, asking, draining):
        command.add_argument("--state", type=_folder, default=Path(STATE), metavar="DIR")
    return parser


def _add_token(command: argparse.ArgumentParser) -> None:
    command.add_argument("--token", help="seen by everybody who lists processes; better:")
    command.add_argument("--token-file", type=Path, metavar="FILE", help="or STRAITS_TOKEN=...")


def _add_self_test(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seconds", type=_seconds, default=30.0, metavar="N", help="to meter")
    command.add_argument(
        "--simulated",
        action="store_true",
        help="short for --allow-simulated-gpus --simulate h100:8",
    )
    command.add_argument("--server", metavar="URL", help="join this marketplace first, and report")
    _add_token(command)
    command.set_defaults(run=commands.self_test)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) not in runtimes.PORTS:
        raise argparse.ArgumentTypeError("write a port from 1 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise argparse.ArgumentTypeError("write a number of seconds from 1 to 3600")
    return float(text)


def _folder(text: str) -> Path:
    # workloads run elsewhere and must find it from there
    return Path(text).resolve()


if __name__ == "__main__":
    sys.exit(main())
