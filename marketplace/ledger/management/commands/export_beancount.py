from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from marketplace.ledger import services


class Command(BaseCommand):
    help = "Write the whole ledger as a beancount file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, metavar="FILE")

    def handle(self, *args: Any, target: Path, **options: Any) -> None:
        try:
            count = services.export_beancount(target=target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}; nothing was written") from error
        self.stdout.write(f"{count} transactions in {target}")
