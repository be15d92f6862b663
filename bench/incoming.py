"""Requests that come in while the broker works, from a process of their own, as web workers do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

GPUS = 64


class Requests:
    """Rows as `request` leaves them, each in a commit of its own; `first` names the first hour."""

    def __init__(self, renter: Any, offers: list[Any], at: datetime, first: int = 0) -> None:
        self.renter, self.offers, self.at, self.first = renter, offers, at, first
        self.numbers = count(first * GPUS)

    def come_in(self, many: int) -> None:
        from psycopg.types.range import TimestamptzRange

        from marketplace.brokerage.models import Reservation

        for number in (next(self.numbers) for _ in range(many)):
            offer = self.offers[number % len(self.offers)]
            start = self.at + timedelta(hours=number // GPUS)
            Reservation.objects.create(
                renter=self.renter,
                offer=offer,
                gpu_count=1,
                during=TimestamptzRange(start, start + timedelta(hours=1)),
                workload={"command": ["true"], "environment": {}},
                price_micro_per_gpu_hour=offer.price_micro_per_gpu_hour,
                fee_bps=1500,
                currency="USD",
                idempotency_key=str(number),
                request_sha256=b"",
                created_at=self.at,
            )


class Elsewhere:
    """The process in which requests come in: `start` so many, then `wait` until they are in."""

    def __init__(self, line: Connection, process: BaseProcess) -> None:
        self.line, self.process = line, process

    def start(self, many: int) -> None:
        self.line.send(many)

    def look(self) -> None:
        """Raises RuntimeError if the process ended, so that nobody waits for its rows for ever."""
        if not self.process.is_alive():
            raise RuntimeError(f"requests stopped coming in: exit {self.process.exitcode}")

    def wait(self) -> None:
        """Raises EOFError if the process ended instead."""
        self.line.recv()


@contextmanager
def elsewhere(requests: Requests) -> Iterator[Elsewhere]:
    # a forked process would share our connection to the database
    context = get_context("spawn")
    line, far_end = context.Pipe()
    asked = requests.renter.pk, [offer.pk for offer in requests.offers]
    process = context.Process(
        target=_serve, args=(far_end, *asked, requests.at, requests.first), daemon=True
    )
    process.start()
    far_end.close()
    try:
        line.recv()  # it has loaded what it needs
        yield Elsewhere(line, process)
    finally:
        line.close()
        process.join()


def _serve(line: Connection, renter: int, offers: list[int], at: datetime, first: int) -> None:
    import django

    django.setup()
    from marketplace.accounts.models import Organisation
    from marketplace.catalog.models import Offer

    rows = list(Offer.objects.filter(pk__in=offers).order_by("pk"))
    requests = Requests(Organisation.objects.get(pk=renter), rows, at, first)
    line.send("ready")
    while True:
        try:
            many = line.recv()
        except EOFError:
            return
        requests.come_in(many)
        line.send("in")
