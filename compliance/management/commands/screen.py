import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils.timezone import now

from compliance import services


class Bar:
    """Rows done, of how many, and how many a second: one line on a terminal, a few in a log."""

    WIDTH = 30
    #: seconds between two lines of a log
    PAUSE = 10.0

    def __init__(self, out: OutputWrapper) -> None:
        self.out, self.terminal = out, out.isatty()
        self.began = self.told = time.monotonic()
        self.first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first = done
        if not self.terminal and done < total and now - self.told < self.PAUSE:
            return
        self.told = now
        rate = (done - self.first) / max(now - self.began, 1e-6)
        full = self.WIDTH * done // total if total else self.WIDTH
        bar = f"[{'#' * full}{'.' * (self.WIDTH - full)}] {done:,}/{total:,} rows, {rate:,.0f}/s"
        last = "\n" if done == total or not self.terminal else ""
        self.out.write(f"\r{bar}" if self.terminal else bar, ending=last)
        self.out.flush()


class Command(BaseCommand):
    help = (
        "Screen the names of a CSV file (columns id, name; type, country, birth_date, identifier)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="IN.csv")
        parser.add_argument("--out", type=Path, required=True, metavar="OUT.csv")
        parser.add_argument("--lists", default="", metavar="A,B", help="only these lists")
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
        parser.add_argument(
            "--allow-stale", action="store_true", help="use lists past their age; marks every row"
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on after a run that was cut off (OUT.csv.part), if there was one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["jobs"] <= (cores := os.cpu_count() or 1):
            raise CommandError(f"--jobs must be 1 to {cores}, the cores of this machine")
        try:
            counts = services.screen_file(
                source=options["source"],
                target=options["out"],
                at=now(),
                lists=[code.strip() for code in options["lists"].split(",") if code.strip()],
                jobs=options["jobs"],
                allow_stale=options["allow_stale"],
                resume=options["resume"],
                progress=Bar(self.stderr),
            )
        except (
            services.ListsNotReady,
            services.BadRow,
            services.CannotResume,
            OSError,
        ) as error:
            raise CommandError(str(error)) from error
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        self.stdout.write(f"{counts.total()} screened: {told or 'no rows'}")
        self.stdout.write("This supports a decision; it is not legal advice.")
