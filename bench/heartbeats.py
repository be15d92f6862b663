"""Signed heartbeats through the real HTTP stack, beside a bare application that is the limit.

Ours: `marketplace.config.asgi` under uvicorn, one process, as `manage.py up` starts it; 200 nodes
that have no news, each beat signed on its own. Reference: `bench.bare` under the same server. Beats
are signed before the clock starts and sent over 16 kept connections, in turns with the reference.

Requests per second suffer from neighbours on the machine, CPU time hardly: so the CPU time of
server and Redis per request is taken too. Every answer must come from the short way.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bench.beats import Fleet, send
from bench.report import machine
from bench.world import world

NODES, BEATS, ROUNDS = 200, 1500, 5
#: whose memory in Redis is measured; each has as many nonces as come within their 180 s
MEMORY_NODES, NONCES = 10_000, 6
#: nodes of 8 GPUs for 100,000 GPUs, each 30 s
GOAL = 417
OURS, BARE = b'"desired":null', b"{}"


@contextmanager
def server(application: str, port: int) -> Iterator[int]:
    """One uvicorn process, as `manage.py up` starts it; gives its pid."""
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port)]
    command += ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command)  # noqa: S603  our own words
    try:
        deadline = time.monotonic() + 60
        while not _listens(port):
            assert time.monotonic() < deadline, f"{application} did not start"  # noqa: S101
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def cpu(*pids: int) -> float:
    """CPU seconds that these processes have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def one(fleet: Fleet, port: int, pids: tuple[int, int], expect: bytes) -> tuple[float, float]:
    """Beats per second, and CPU milliseconds of server and Redis per beat."""
    requests, before = fleet.signed(BEATS), cpu(*pids)
    took = send(port, requests, expect=expect)
    return BEATS / took, (cpu(*pids) - before) / BEATS * 1000


@contextmanager
def following() -> Iterator[None]:
    """What the task does each second: without it nobody takes the short way."""
    from agents.gateway.fast import store

    over = threading.Event()

    def tell() -> None:
        while True:
            store.tell(versions={}, hot=[], changed=[], at=datetime.now(UTC))
            if over.wait(1):
                return

    thread = threading.Thread(target=tell)
    thread.start()
    yield
    over.set()
    thread.join()


def memory() -> float:
    """Bytes in Redis for each node: record, places in the shared sets, and its nonces."""
    from agents.gateway.fast import store

    with store.client() as link:
        record = next(link.scan_iter(match="straits:node:*"))
        before = link.info("memory")["used_memory"]
        with link.pipeline(transaction=False) as together:
            for number in range(MEMORY_NODES):
                node = str(uuid4())
                together.copy(record, f"straits:node:{node}")
                together.hset(store.VERSIONS, str(10**6 + number), 1)
                for name in (store.LAST_SEEN, store.BEATS):
                    together.zadd(name, {node: time.time()})
                for _ in range(NONCES):
                    together.set(f"straits:nonce:{'f' * 64}:{uuid4().hex[:22]}", 1, ex=180)
            together.execute()
        return float(link.info("memory")["used_memory"] - before) / MEMORY_NODES


def main() -> None:
    from marketplace.config.processes import free_port

    with world(), tempfile.TemporaryDirectory() as folder:
        from agents.gateway.fast import store

        port, other = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        fleet = Fleet(NODES, url)
        keys = Path(folder) / "keys.json"
        keys.write_text(json.dumps(fleet.public_keys()))
        os.environ |= {"PUBLIC_URL": url, "BENCH_KEYS": str(keys)}
        with store.client() as link:
            redis = int(link.info("server")["process_id"])
        with (
            following(),
            server("marketplace.config.asgi:application", port) as ours,
            server("bench.bare:application", other) as bare,
        ):
            rows = []
            for number in range(ROUNDS + 1):
                mine = one(fleet, port, (ours, redis), OURS)
                theirs = one(fleet, other, (bare, redis), BARE)
                if number:  # the first warms up
                    rows.append((*mine, *theirs))
        report(rows, memory())


def report(rows: list[tuple[float, float, float, float]], per_node: float) -> None:
    print("heartbeats per second through uvicorn, one process, and CPU ms per beat (with Redis)")
    print(f"{'round':>8}{'ours/s':>10}{'bare/s':>10}{'ratio':>8}{'ours ms':>10}{'bare ms':>10}")
    for place, (mine, my_cpu, theirs, their_cpu) in enumerate(rows, start=1):
        ratio = mine / theirs
        print(
            f"{place:>8}{mine:>10.0f}{theirs:>10.0f}{ratio:>8.2f}{my_cpu:>10.2f}{their_cpu:>10.2f}"
        )
    mine, my_cpu, theirs, their_cpu = (
        statistics.median(column) for column in zip(*rows, strict=True)
    )
    by_cpu = statistics.median(row[3] / row[1] for row in rows)
    cores = GOAL * my_cpu / 1000
    print(f"by CPU time ours is {by_cpu:.2f} of the limit (goal: 0.50)")
    print(f"{GOAL} beats/s (100,000 GPUs, 8 a node, every 30 s) take {cores:.2f} cores")
    print(f"Redis: {per_node * 10_000 / 2**20:.1f} MiB for 10,000 nodes")
    figures = {
        "name": "heartbeats",
        "unit": "beats/s",
        "ours": round(mine),
        "reference": round(theirs),
        "ratio": round(statistics.median(row[0] / row[2] for row in rows), 3),
        "cpu_ms": round(my_cpu, 3),
        "reference_cpu_ms": round(their_cpu, 3),
        "cpu_ratio": round(by_cpu, 3),
        "cores_for_417": round(cores, 2),
        "redis_bytes_per_node": round(per_node),
        "against": "a bare ASGI application that verifies the signature and writes to Redis",
        "machine": machine(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
