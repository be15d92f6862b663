from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services
from compliance.sources import SOURCES, MalformedList, UnknownSource


class Command(BaseCommand):
    help = "Import a published sanctions list from a folder and put it in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help=f"one of: {', '.join(sorted(SOURCES))}")
        parser.add_argument("folder", type=Path, help="where the publisher's files are")
        parser.add_argument(
            "--published", type=date.fromisoformat, metavar="YYYY-MM-DD", help="date of the list"
        )
        parser.add_argument(
            "--sample", action="store_true", help="made-up parties, for demonstrations only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            snapshot = services.import_list(
                source_code=options["source"],
                folder=options["folder"],
                published_on=options["published"],
                at=now(),
                sample=options["sample"],
            )
        except (UnknownSource, MalformedList, services.RefusedSnapshot) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{snapshot.source.code}: {snapshot.entry_count} entries in force;"
            f" {snapshot.added} added, {snapshot.changed} changed, {snapshot.dropped} dropped"
        )
