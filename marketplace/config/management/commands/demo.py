"""Start everything, run one rental for a person to watch, then stay up."""

import json
import os
import signal
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from agents.gateway import services as gateway
from compliance.services import RefusedSnapshot
from marketplace.config import app_role
from marketplace.config.demo import cast as people
from marketplace.config.demo.customer import Unexpected
from marketplace.config.demo.story import Story
from marketplace.config.processes import PortTaken, free_port, start_all
from marketplace.config.supervisor import Child, NotHealthy, Supervisor, python

#: a rental of seconds needs a clock of seconds
QUICK = {
    "SWEEP_SECONDS": "1",
    "HEARTBEAT_SECONDS": "1",
    "SILENT_AFTER_SECONDS": "15",
    "MIN_WINDOW_SECONDS": "5",
    "LOG_LEVEL": "WARNING",
}


class Command(BaseCommand):
    help = "Run one rental end to end; with --once stop after it and exit 0 only if all held."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after the rental")
        parser.add_argument(
            "--kill-worker",
            default="",
            metavar="STATE",
            choices=("requested", "confirmed", "active"),
            help="kill -9 the worker when the reservation reaches this state: %(choices)s",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("the demonstration needs DEBUG=1: it uses simulated GPUs and Stripe")
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore SIGINT
            signal.signal(number, signal.default_int_handler)
        supervisor = Supervisor(self.stdout.write)
        try:
            story = self._run(supervisor, once=options["once"], kill_at=options["kill_worker"])
        except (NotHealthy, PortTaken, Unexpected) as error:
            raise CommandError(str(error)) from error
        except RefusedSnapshot as error:
            raise CommandError(
                f"{error}. The demonstration brings a made-up list; give it a folder of its own, "
                "such as STRAITS_HOME=var/demo"
            ) from error
        except KeyboardInterrupt:
            raise CommandError("interrupted before the rental was over") from None
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once asked to stop, stop in peace
            supervisor.stop()
        held = all(story.checks.values())
        figures = {**story.figures, "checks": len(story.checks), "held": held}
        self.stdout.write(json.dumps(figures))
        if not held:
            raise CommandError("a check did not hold")

    def _run(self, supervisor: Supervisor, *, once: bool, kill_at: str) -> Story:
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        call_command("load_staff_roles", verbosity=0)
        base, listen = settings.PUBLIC_URL, settings.LISTEN
        if once:
            listen = ("127.0.0.1", free_port())
            base = f"http://{listen[0]}:{listen[1]}"
        extra = {**QUICK, **app_role.prepare()}
        start_all(supervisor, public_url=base, listen=listen, extra=extra)
        cast = people.set_up(at=datetime.now(UTC))
        self._start_node(supervisor, cast, base)
        worker = next(child for child in supervisor.children if child.name == "worker")
        story = Story(base, cast, self._say, worker, kill_worker_at=kill_at)
        story.tell()
        if not once:
            self._show_doors(base, cast)
            with suppress(KeyboardInterrupt):
                signal.pause()
            self.stdout.write("stopping")
        return story

    def _say(self, line: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(line) if line[0].isdigit() else line)

    def _start_node(self, supervisor: Supervisor, cast: people.Cast, base: str) -> None:
        state = Path(tempfile.mkdtemp(prefix="node-", dir=settings.STRAITS_HOME))
        token = gateway.issue_token(machine=cast.machine, by=None, at=datetime.now(UTC))
        node = python("-m", "agents.node.main")
        where = ["--state", str(state)]
        enrol = Child("enrol", [*node, "enrol", "--server", base, "--token", token, *where])
        simulated = ["--allow-simulated-gpus", "--simulate", "h100:2"]
        plainly = ["--runtime", "process", "--stop-leases-on-exit"]
        supervisor.run(enrol, within=30)
        supervisor.start(Child("node", [*node, "run", *where, *simulated, *plainly]), within=30)

    def _show_doors(self, base: str, cast: people.Cast) -> None:
        where = os.environ.get("FAKE_STRIPE_URL")
        lines = [
            "",
            f"Straits stays up at {base}/ until Ctrl-C. Every password is {cast.password}",
            f"  renter    {base}/            {people.RENTER}",
            f"  refused   {base}/            {people.REFUSED}",
            f"  provider  {base}/provider/   {people.PROVIDER}",
            f"  staff     {base}/admin/      {people.STAFF}",
            f"  API       {base}/api/v1/schema",
            "Simulated here: the GPUs, the sanctions list" + (", Stripe." if where else "."),
        ]
        for line in lines:
            self.stdout.write(line)
