"""Replay a demand trace through the real broker, in a database that is thrown away."""

import json
import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import ListSource
from marketplace.brokerage.charting import chart
from marketplace.brokerage.figures import Run
from marketplace.brokerage.placement import STRATEGIES
from marketplace.brokerage.services.replaying import ReplayStopped, replay
from marketplace.brokerage.traces import BadTrace, Demand, read_nodes, read_tasks

#: a made-up list, imported once, stays fresh for the whole of the virtual time
HOURS = 24 * 366
LIST = "compliance/data/sample_ofac_sdn"
COLUMNS = ("strategy", "accepted_gpu_hours", "accepted_share", "fragmentation_mean", "seconds")


def share(text: str) -> int:
    """Read 1/40 as 40: every 40th."""
    whole, _, part = text.partition("/")
    if whole != "1" or not (part or "1").isdecimal() or int(part or "1") < 1:
        raise ArgumentTypeError(f"{text!r}: write a share such as 1/40, or 1 for all")
    return int(part or "1")


def positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise ArgumentTypeError(f"{text!r}: write a number above 0")
    return value


class Command(BaseCommand):
    help = (
        "Run recorded demand through the broker on a virtual clock and report what it could place. "
        "GPU models and parts of a GPU are not told apart: every task takes whole GPUs of one "
        "machine. Needs DEBUG=1 and a database role that may create databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("nodes", type=Path, help="CSV with a column gpu: GPUs of each machine")
        parser.add_argument(
            "tasks", type=Path, help="CSV with num_gpu, creation_time, deletion_time in seconds"
        )
        parser.add_argument(
            "--strategy", choices=[*STRATEGIES, "all"], default="ours", help="default: ours"
        )
        parser.add_argument(
            "--squeeze", type=positive, default=1.0, help="divide the times between arrivals"
        )
        parser.add_argument("--machines", type=share, default=1, help="such as 1/40: every 40th")
        parser.add_argument(
            "--tick", type=positive, default=300.0, help="seconds of virtual time in a batch"
        )
        parser.add_argument("--out", type=Path, help="folder for replay.json and replay.svg")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("a replay needs DEBUG=1: it uses a made-up list and made-up money")
        try:
            machines = _read(options["nodes"], read_nodes, every=options["machines"])
            demand = _read(options["tasks"], read_tasks, squeeze=options["squeeze"])
            chosen = list(STRATEGIES) if options["strategy"] == "all" else [options["strategy"]]
            with throw_away():
                runs = [_run(machines, demand, one, options["tick"]) for one in chosen]
        except (BadTrace, ReplayStopped, OSError) as error:
            raise CommandError(str(error)) from error
        self._report(runs, machines, demand, options)

    def _report(
        self, runs: list[Run], machines: list[int], demand: Demand, options: dict[str, Any]
    ) -> None:
        told = {
            "machines": len(machines),
            "gpus": sum(machines),
            "machines_share": f"1/{options['machines']}",
            "squeeze": options["squeeze"],
            "tick_s": options["tick"],
            "left_out": demand.left_out,
            "runs": [run.facts() for run in runs],
        }
        self.stdout.write("".join(f"{name:>20}" for name in COLUMNS))
        for run in told["runs"]:
            self.stdout.write("".join(f"{run[name]:>20}" for name in COLUMNS))
        if options["out"]:
            title = (
                f"{sum(machines)} GPUs, every {options['machines']}. machine, "
                f"arrivals squeezed {options['squeeze']:g}-fold"
            )
            options["out"].mkdir(parents=True, exist_ok=True)
            (options["out"] / "replay.json").write_text(json.dumps(told, indent=2) + "\n")
            (options["out"] / "replay.svg").write_text(chart(runs, title=title))
        self.stdout.write(json.dumps(told))


def _read(path: Path, read: Any, **how: Any) -> Any:
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            return read(lines, name=path.name, **how)
    except UnicodeDecodeError as error:
        raise BadTrace(f"{path.name}: not UTF-8 text: {error}") from error


def _run(machines: list[int], demand: Demand, strategy: str, tick: float) -> Run:
    return replay(
        machines=machines,
        demand=demand,
        strategy=strategy,
        tick=timedelta(seconds=tick),
        at=now(),
    )


@contextmanager
def throw_away() -> Iterator[None]:
    """A database of its own beside the one of the settings, dropped at the end."""
    live = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"straits_replay_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_reference", verbosity=0)
        compliance.import_list(
            source_code="ofac_sdn",
            folder=settings.BASE_DIR / LIST,
            published_on=None,
            at=now(),
            sample=True,
        )
        ListSource.objects.update(max_age_hours=HOURS)
        yield
    finally:
        connection.creation.destroy_test_db(live, verbosity=0)
