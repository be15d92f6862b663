from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services


class Command(BaseCommand):
    help = "Screen the names of a CSV file (columns id, name, optionally kind and country)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="IN.csv")
        parser.add_argument("--out", type=Path, required=True, metavar="OUT.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = services.screen_file(source=options["source"], target=options["out"], at=now())
        except (services.ListsNotReady, services.BadRow, OSError) as error:
            raise CommandError(str(error)) from error
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        self.stdout.write(f"{counts.total()} screened: {told or 'no rows'}")
        self.stdout.write("This supports a decision; it is not legal advice.")
