"""Search the market from the command line, in the same words as pages and API."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.timezone import now

from marketplace.brokerage import services as brokerage
from marketplace.catalog.models import Offer
from marketplace.catalog.query import FIELDS, QueryError, parse
from marketplace.core.money import text_from_micro

HEADINGS = ("GPU", "GB", "free", "$/GPU-h", "country", "site", "operator", "offer")


class Command(BaseCommand):
    help = (
        'Find offers, such as: search "gpu ~ H100 and count >= 8 for 72h order by price". '
        f"Fields are: {', '.join(FIELDS)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", nargs="?", default="", help="everything when left out")
        parser.add_argument("--json", action="store_true", help="one JSON object instead")
        parser.add_argument("--limit", type=int, default=50, help="rows at most (default 50)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit: write a number of rows, 1 or more")
        try:
            query = parse(options["query"])
        except QueryError as error:
            hint = f"\n{error.hint}" if error.hint else ""
            raise CommandError(f"{error}\n{error.caret()}{hint}") from error
        at = now()
        start, end = brokerage.window_of(query, at=at)
        found = brokerage.search(query=query, start=start, end=end)
        rows, total = found[: options["limit"]], found.count()
        if options["json"]:
            moments = {"as_of": at, "start": start, "end": end}
            told = {name: moment.isoformat() for name, moment in moments.items()}
            offers = [_facts(row) for row in rows]
            self.stdout.write(json.dumps({**told, "count": total, "results": offers}))
            return
        for line in _table([list(map(str, _cells(row))) for row in rows]):
            self.stdout.write(line)
        self.stdout.write(f"{total} offers, free from {start:%Y-%m-%d %H:%MZ} to {end:%d %H:%MZ}")


def _facts(row: Offer) -> dict[str, Any]:
    return {
        "offer": str(row.public_id),
        "gpu": row.chip.name,
        "memory_gb": row.chip.memory_gb,
        "free_gpus": _free(row),
        "price_micro_per_gpu_hour": row.price_micro_per_gpu_hour,
        "country": row.machine.site.country,
        "site": row.machine.site.name,
        "operator": row.machine.site.operator.name,
    }


def _cells(row: Offer) -> tuple[Any, ...]:
    facts = _facts(row)
    price = text_from_micro(facts["price_micro_per_gpu_hour"])
    place = (facts["country"], facts["site"], facts["operator"], facts["offer"])
    return (facts["gpu"], facts["memory_gb"], facts["free_gpus"], price, *place)


def _free(row: Offer) -> int:
    # the annotation of a search, which the row's type does not know
    free: int = vars(row)["free"]
    return free


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as they need to be."""
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (HEADINGS, *rows)
    ]
