import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services


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
                progress=lambda done: self.stderr.write(f"{done} screened"),
            )
        except (services.ListsNotReady, services.BadRow, OSError) as error:
            raise CommandError(str(error)) from error
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        self.stdout.write(f"{counts.total()} screened: {told or 'no rows'}")
        self.stdout.write("This supports a decision; it is not legal advice.")
