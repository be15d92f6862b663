"""The trial lease: the agent's own parts, in a folder that is thrown away."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node.clock import Clock
from agents.node.containers import ContainerRuntime, attached, cdi, firewall, workspace
from agents.node.containers.host import Host, Options
from agents.node.gpu import Gpus
from agents.node.granting import Grants
from agents.node.leases import Leases
from agents.node.reconcile import Phase
from agents.node.runtime import Sighting
from agents.node.spool import Fact, Spool
from agents.protocol import grants
from agents.protocol.messages import Desired, Endpoint, SegmentReport

from .steps import Wrong

#: of the lease's window; it is stopped long before
WINDOW = timedelta(hours=1)
TICK = 0.2
STARTS_WITHIN, ENDS_WITHIN = 600.0, 120.0
#: so that a short trial has several links in its chain
SEGMENT = timedelta(seconds=5)
MOST = 10_000


class Trial:
    """One lease on all GPUs of this machine."""

    def __init__(self, place: Path, options: Options, gpus: Gpus, ssh_key: str) -> None:
        self.place, self.options, self.clock = place, options, Clock()
        self.spool = Spool(place)
        self.uuids = tuple(gpu.uuid for gpu in gpus.inventory().gpus)
        host = Host(
            options=options,
            clock=self.clock,
            owner=str(place),
            gpu_count=gpus.count,
            gpu_pids=gpus.pids,
        )
        self.runtime = ContainerRuntime(place / "leases", host)
        # it plays the marketplace as well, with a key that is good for this once
        self.granting, self.node = Ed25519PrivateKey.generate(), uuid4()
        pinned = self.granting.public_key().public_bytes_raw().hex()
        self.leases = Leases(
            runtime=self.runtime,
            spool=self.spool,
            clock=self.clock,
            energy=gpus.energy,
            grants=Grants(node=self.node, key=pinned, pin=lambda _: None),
        )
        self.leases.period = SEGMENT
        now = self.clock.now()
        self.wanted = Desired(
            assignment=uuid4(),
            generation=1,
            run=True,
            start=now,
            end=now + WINDOW,
            gpu_uuids=self.uuids,
            command=(),
            environment={},
            template="ssh",
            ssh_keys=(ssh_key,),
        )

    def _want(self, wanted: Desired) -> None:
        """As the marketplace says it: under its signature."""
        signed = grants.sign(wanted, node=self.node, not_after=wanted.end, key=self.granting)
        self.leases.take_over([signed])

    def close(self) -> bool:
        """Stop it, if it runs, and let go; False when it was not gone in time."""
        self.leases.take_over([])
        gone = self._until(lambda: self._seen() is None, ENDS_WITHIN)
        self.runtime.close()
        self.spool.close()
        return gone

    def _seen(self) -> Sighting | None:
        found = self.runtime.observe()
        return found[0] if found else None

    def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            time.sleep(TICK)
            self.leases.step()
        return True

    @property
    def fact(self) -> Fact:
        return self.leases.facts[self.wanted.assignment]

    def start(self) -> Endpoint:
        """Start it and wait until it runs with its GPUs. Raises Wrong."""
        self._want(self.wanted)
        self.leases.step()
        self._until(lambda: self.fact.state != "starting", STARTS_WITHIN)
        seen = self._seen()
        if self.fact.state != "running" or seen is None:
            progress = seen.progress if seen else ""
            raise Wrong(self.fact.detail or f"it did not start in time; it was at: {progress}")
        return next(each for each in seen.endpoints if each.scheme == "ssh")

    def begun(self) -> datetime:
        """When its GPUs were found attached and its command was let go."""
        assert self.fact.started_at is not None  # noqa: S101  it was seen running
        return self.fact.started_at

    def require_gpus(self) -> None:
        """Look once more, through the kernel. Raises attached.WrongGpus as Wrong."""
        process = self.runtime.known[self.wanted.assignment].record.process
        assert process is not None  # noqa: S101  it was seen running
        try:
            known = cdi.described(self.options.cdi_folders)
            attached.require_exactly(self.uuids, known, process.pid)
        except attached.WrongGpus as error:
            raise Wrong(f"{error}; restart the engine, then {cdi.MEND}") from error

    def serve(self, seconds: float) -> None:
        """Let it run and be metered for so long. Raises Wrong when it ends by itself."""
        self._until(lambda: self.fact.state != "running", seconds)
        if self.fact.state != "running":
            raise Wrong(f"it ended by itself: {self.fact.detail}")

    def stop(self) -> None:
        """As the marketplace does it. Raises Wrong when it does not end."""
        self._want(self.wanted.model_copy(update={"run": False, "generation": 2}))
        if not self._until(lambda: not self.fact.live, ENDS_WITHIN):
            seen = self._seen()
            raise Wrong(f"it does not end: {seen.progress if seen else 'nothing is known of it'}")

    def segments(self) -> list[SegmentReport]:
        return (self.spool.unsent(limit=MOST) or (None, []))[1]

    def require_nothing_left(self) -> None:
        """Ask the engine, the firewall and the mounts themselves. Raises Wrong."""
        seen = self._seen()
        record = self.runtime.known[self.wanted.assignment].record
        with closing(self.options.connect()) as engine:
            there = {
                "the container": engine.find(record.container) is not None,
                "the network": engine.network(record.bridge),
                "the firewall": firewall.stands(record.bridge),
                "the workspace": workspace.left(self.runtime.folder / str(record.assignment)),
                "the lease": seen is None or seen.phase is not Phase.ENDED,
            }
        if left := [what for what, still in there.items() if still]:
            raise Wrong(f"still there: {', '.join(left)}")
