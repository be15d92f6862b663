from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services


class Command(BaseCommand):
    help = "Write the audit chain with its rows as JSON lines, for docs/verify_audit.py to check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            head = services.export(target=options["file"], at=now())
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{head.seq} links. Keep the head where this system cannot write: {head}")
