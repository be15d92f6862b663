from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services
from compliance.sources import SOURCES, MalformedList, UnknownSource

SIGNS = (("+", "added"), ("~", "changed"), ("-", "dropped"))


class Command(BaseCommand):
    help = "Import a published sanctions list from its file or folder and put it in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help=f"one of: {', '.join(sorted(SOURCES))}")
        parser.add_argument(
            "place", type=Path, metavar="FILE-OR-FOLDER", help="what the publisher gave"
        )
        parser.add_argument(
            "--published", type=date.fromisoformat, metavar="YYYY-MM-DD", help="date of the list"
        )
        parser.add_argument(
            "--sample", action="store_true", help="made-up parties, for demonstrations only"
        )
        parser.add_argument(
            "--diff", type=int, default=20, metavar="N", help="name at most N of each (default 20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            snapshot = services.import_list(
                source_code=options["source"],
                folder=options["place"],
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
        changes = services.changes_of(snapshot=snapshot, limit=max(options["diff"], 0))
        for sign, word in SIGNS:
            entries = getattr(changes, word)
            for entry in entries:
                self.stdout.write(f"{sign} {entry}")
            if more := getattr(snapshot, word) - len(entries):
                self.stdout.write(f"{sign} ... {more} more {word}")
