"""Metrics for the provider's own Prometheus: base units, on this machine alone.

A scrape reads the last snapshot and asks no GPU: a card that hangs must not hang the scrape.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.protocol.health import Reading

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
GPU = ("uuid", "index", "model", "lease")
RATIO, MILLI = 100.0, 1000.0


@dataclass(frozen=True)
class Unit:
    """A GPU as it was last read; `lease` is the assignment that has it, or ""."""

    reading: Reading
    index: int
    model: str
    lease: str
    memory_bytes: int
    energy_mj: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.reading.uuid, str(self.index), self.model, self.lease)


@dataclass(frozen=True)
class Snapshot:
    """Replaced whole after each beat. Times are seconds since 1970."""

    version: str = ""
    simulated: bool = False
    units: tuple[Unit, ...] = ()
    xids: dict[tuple[str, int], int] = field(default_factory=dict)
    leases: dict[str, int] = field(default_factory=dict)
    unsent_segments: int = 0
    last_beat: float = 0.0
    failures: int = 0
    clock_offset: float = 0.0
    draining: bool = False


#: name without prefix and unit suffix rules, what it says, and its value of a reading
OF_READINGS = (
    ("utilization_ratio", "Share of time in which it computed", "gpu_percent", RATIO),
    ("memory_used_bytes", "Memory in use", "memory_used_bytes", 1.0),
    ("temperature_celsius", "Temperature of the GPU", "temperature_c", 1.0),
    ("power_watts", "Power that it draws", "power_mw", MILLI),
    ("power_limit_watts", "Power limit in force", "power_limit_mw", MILLI),
    ("pcie_generation", "PCIe generation now", "pcie_generation", 1.0),
    ("pcie_lanes", "PCIe lanes now", "pcie_width", 1.0),
    ("clocks_event_reasons", "Bits of NVML that say what holds clocks down",
     "clocks_event_reasons", 1.0),
    ("ecc_uncorrected_errors", "Since the driver was loaded", "ecc_uncorrected", 1.0),
    ("recovery_action", "NVML field 230; 0 is none", "recovery_action", 1.0),
)  # fmt: skip


class Metrics(Collector):
    """Set `now` from the loop; `serve` answers scrapes from a thread of its own."""

    def __init__(self) -> None:
        self.now = Snapshot()
        self.server: tuple[WSGIServer, Thread] | None = None

    def serve(self, port: int) -> None:
        """Listen on loopback. A port that is taken costs the metrics, not the leases."""
        registry = CollectorRegistry()
        registry.register(self)
        try:
            self.server = start_http_server(port, addr=LOOPBACK, registry=registry)
        except OSError as error:
            log.warning("no metrics on %s:%d: %s", LOOPBACK, port, error)

    def close(self) -> None:
        if self.server is not None:
            server, thread = self.server
            server.shutdown()
            server.server_close()
            thread.join()

    def collect(self) -> Iterator[Metric]:
        now = self.now
        yield from _of_node(now)
        yield from _of_gpus(now)


def _of_node(now: Snapshot) -> Iterator[Metric]:
    info = GaugeMetricFamily("straits_node_info", "The agent", labels=("version", "simulated"))
    info.add_metric((now.version, str(now.simulated).lower()), 1)
    yield info
    for name, says, value in (
        ("last_heartbeat_timestamp_seconds", "When the marketplace last answered", now.last_beat),
        ("failed_beats", "Beats that failed since it last answered", now.failures),
        ("unsent_segments", "Usage that waits to be sent", now.unsent_segments),
        ("clock_offset_seconds", "By which this machine's clock lags", now.clock_offset),
        ("draining", "1 while no new leases are wanted", now.draining),
    ):
        yield GaugeMetricFamily(f"straits_node_{name}", says, value=float(value))
    leases = GaugeMetricFamily("straits_node_leases", "Leases by state", labels=("state",))
    for state, count in now.leases.items():
        leases.add_metric((state,), count)
    yield leases


def _of_gpus(now: Snapshot) -> Iterator[Metric]:
    answers = GaugeMetricFamily("straits_gpu_up", "1 when it answers", labels=GPU)
    memory = GaugeMetricFamily("straits_gpu_memory_total_bytes", "All of it", labels=GPU)
    energy = CounterMetricFamily(
        "straits_gpu_energy_joules", "Since the driver was loaded", labels=GPU
    )
    xids = CounterMetricFamily(
        "straits_gpu_xid_errors", "Since the agent started", labels=("uuid", "xid")
    )
    for unit in now.units:
        answers.add_metric(unit.labels, 0 if unit.reading.lost or unit.reading.silent else 1)
        memory.add_metric(unit.labels, unit.memory_bytes)
        if unit.energy_mj is not None:
            energy.add_metric(unit.labels, unit.energy_mj / MILLI)
    for (uuid, xid), count in now.xids.items():
        xids.add_metric((uuid, str(xid)), count)
    yield from (answers, memory, energy, xids)
    for name, says, key, per in OF_READINGS:
        gauge = GaugeMetricFamily(f"straits_gpu_{name}", says, labels=GPU)
        for unit in now.units:
            value = getattr(unit.reading, key)
            if value is not None:
                gauge.add_metric(unit.labels, value / per)
        yield gauge
