"""Offers searched through HTTP, against the same SQL through psycopg with JSON.

Markets of 100, 1,000, 10,000 and 100,000 GPUs (eight a machine, an offer each, a third of the GPUs
leased in the window). Five queries, as a renter would type them, go in turn to `GET offers?q=...`
of the real server in a process of its own, from one client and from eight. The limit is what the
view asks of the database for offers (rows and count, copied from Django), sent by psycopg from as
many threads as there are clients, its rows written as JSON: no framework, key, screening, throttle.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import httpx

from bench.fleet import grow
from bench.report import machine
from bench.world import world

SIZES = (100, 1_000, 10_000, 100_000)
CLIENTS = (1, 8)
ROUNDS = 12
#: a key may read 600 times a minute; a bench would not wait for that
KEYS = 60
A_PAGE = 50
QUERIES = (
    "",
    "gpu ~ H100 and country in (MY, SG, TH) and price < $2.40",
    "count >= 8 and memory >= 80GB and price_per_hour < $20 order by price",
    "gpu ~ A100 and count >= 4 and cuda >= 12.4 for 72h order by -memory, price",
    'total_memory >= 320GB and not operator ~ "Operator 3" order by -total_memory, price',
)

Work = Callable[[int, str], int]


def main() -> None:
    rows = []
    with world():
        at = datetime.now(UTC)
        secrets = _secrets()
        with _server() as base:
            for size in SIZES:
                grow(size, at=at)
                for clients in CLIENTS:
                    rows.append(_measure(size, clients, base, secrets))
                    _show(rows[-1])
    _conclude(rows)


def _secrets() -> list[str]:
    from django.utils.timezone import now

    from tests import make

    make.fresh_list(at=now())
    by = make.user("bench@example.test")
    renter = make.organisation("Bench", member=by)
    return [make.api_key(renter, by) for _ in range(KEYS)]


@contextmanager
def _server() -> Iterator[str]:
    from marketplace.config.processes import answers, free_port

    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "marketplace.config.asgi:application"]
    command += ["--port", str(port), "--lifespan", "off", "--no-access-log"]
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(  # noqa: S603  our own command
            [*command, "--log-level", "error"], env={**os.environ, "PUBLIC_URL": base}, stderr=log
        )
        try:
            while not answers(f"{base}/healthz"):
                time.sleep(0.1)
            yield base
        finally:
            child.terminate()
            child.wait()


def _measure(size: int, clients: int, base: str, secrets: list[str]) -> dict[str, Any]:
    ours = _timed(_over_http(base, secrets), clients)
    limit = _timed(_over_psycopg(), clients)
    return {
        "gpus": size,
        "clients": clients,
        "p50_ms": round(statistics.median(ours) * 1000, 2),
        "p99_ms": round(sorted(ours)[len(ours) * 99 // 100] * 1000, 2),
        "limit_p50_ms": round(statistics.median(limit) * 1000, 2),
        "ratio": round(statistics.median(limit) / statistics.median(ours), 3),
        "by_query_ms": [
            round(statistics.median(ours[place :: len(QUERIES)]) * 1000, 1)
            for place in range(len(QUERIES))
        ],
    }


def _timed(work: Work, clients: int) -> list[float]:
    """Seconds of each request, in the order of QUERIES, after one round that does not count."""
    kept: list[list[float]] = [[] for _ in range(clients)]
    together = threading.Barrier(clients)

    def client(number: int) -> None:
        for query in QUERIES:
            work(number, query)
        together.wait()
        for _ in range(ROUNDS):
            for query in QUERIES:
                started = time.perf_counter()
                work(number, query)
                kept[number].append(time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(times) == ROUNDS * len(QUERIES) for times in kept)  # noqa: S101
    return [moment for times in kept for moment in times]


def _over_http(base: str, secrets: list[str]) -> Work:
    keys = cycle(secrets)
    clients = [httpx.Client(base_url=base, timeout=60) for _ in range(max(CLIENTS))]

    def work(number: int, query: str) -> int:
        headers = {"Authorization": f"Bearer {next(keys)}"}
        answer = clients[number].get("/api/v1/offers", params={"q": query}, headers=headers)
        assert answer.status_code == httpx.codes.OK, answer.text  # noqa: S101
        return int(answer.json()["count"])

    return work


def _over_psycopg() -> Work:
    import psycopg
    from django.db import connection

    settings = connection.get_connection_params()
    wanted = {
        name: settings[name]
        for name in ("dbname", "user", "host", "port", "password")
        if name in settings
    }
    connections = [psycopg.connect(**wanted, autocommit=True) for _ in range(max(CLIENTS))]
    statements = {query: _statements(query) for query in QUERIES}

    def work(number: int, query: str) -> int:
        with connections[number].cursor() as cursor:
            rows = [cursor.execute(one).fetchall() for one in statements[query]]
            return len(json.dumps(rows, default=str))

    return work


def _statements(query: str) -> list[bytes]:
    """The statements that the view sends for this query, as they go over the wire."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils.timezone import now

    from marketplace.brokerage import services as brokerage
    from marketplace.catalog.query import parse

    asked = parse(query)
    start, end = brokerage.window_of(asked, at=now())
    found = brokerage.search(query=asked, start=start, end=end)
    with CaptureQueriesContext(connection) as sent:
        brokerage.page(found=found, offset=0, limit=A_PAGE)
    return [one["sql"].encode() for one in sent.captured_queries]


def _show(row: dict[str, Any]) -> None:
    if row["gpus"] == SIZES[0] and row["clients"] == CLIENTS[0]:
        print(
            f"{'GPUs':>8}{'clients':>9}{'p50 ms':>9}{'p99 ms':>9}{'limit':>9}{'ratio':>8}  by query"
        )
    print(
        f"{row['gpus']:>8}{row['clients']:>9}{row['p50_ms']:>9}{row['p99_ms']:>9}"
        f"{row['limit_p50_ms']:>9}{row['ratio']:>8}  {row['by_query_ms']}",
        flush=True,
    )


def _conclude(rows: list[dict[str, Any]]) -> None:
    at = {(row["gpus"], row["clients"]): row for row in rows}
    growth = {
        clients: round(at[SIZES[-1], clients]["p50_ms"] / at[SIZES[1], clients]["p50_ms"], 2)
        for clients in CLIENTS
    }
    print(
        json.dumps(
            {
                "name": "search",
                "rows": rows,
                "p50_100000_over_1000": growth,
                "ratio_8_clients": at[SIZES[-1], CLIENTS[-1]]["ratio"],
                "against": "the same SQL through psycopg with JSON encoding",
                "machine": machine(),
            }
        )
    )


if __name__ == "__main__":
    main()
