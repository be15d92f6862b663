from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from marketplace.ledger import services


class Command(BaseCommand):
    help = (
        "What revenue, wallets, provider liabilities and Stripe did and stand at, per day (UTC) "
        "and currency, in micro-units, as CSV."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        day: dict[str, Any] = {
            "type": date.fromisoformat,
            "required": True,
            "metavar": "YYYY-MM-DD",
        }
        parser.add_argument("--from", dest="first", **day)
        parser.add_argument("--to", dest="last", help="this day is included", **day)
        parser.add_argument(
            "--summary",
            action="store_true",
            help="revenue, receivables, what providers are owed, tax: a row for each heading",
        )
        parser.add_argument("--csv", type=Path, metavar="FILE", help="instead of the terminal")

    def handle(self, *args: Any, first: date, last: date, **options: Any) -> None:
        if last < first:
            raise CommandError(f"--to {last} is before --from {first}; swap them")
        rows: Any = services.report(first=first, last=last)
        of: Any = services.ReportRow
        if options["summary"]:
            rows, of = services.summarise(rows=rows), services.SummaryRow
        if target := options["csv"]:
            try:
                services.write_report(rows=rows, of=of, target=target)
            except OSError as error:
                raise CommandError(f"{target}: {error.strerror}; nothing was written") from error
            self.stdout.write(f"{len(rows)} rows in {target}")
        else:
            services.write_rows(rows=rows, of=of, file=self.stdout)
