"""The order of the steps, and what each of them says."""

import shutil
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node import __version__, gpu, identity, runtimes
from agents.node.client import HEARTBEAT, Client
from agents.node.clock import Clock
from agents.node.containers import checks, record, service
from agents.node.enrolment import enrol
from agents.node.simulated import cdi
from agents.protocol.messages import Heartbeat, HeartbeatReply, inventory_digest

from . import login, proving
from .steps import Ended, Row, Step, Wrong
from .trial import Trial

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Plan:
    """`token` is None when the machine is not to be enrolled; `seconds` is how long to meter."""

    state: Path
    options: Namespace
    seconds: float
    server: str = ""
    token: str | None = None


def take(plan: Plan, tell: Callable[[Step], None]) -> bool:
    """Take every step until one fails, clean up, and return whether all went well.

    Raises identity.Busy when an agent runs here, and Wrong when it left leases behind.
    """
    identity.prepare(plan.state)
    with identity.alone(plan.state):
        _require_no_leases(plan.state)
        row = Row(tell)
        with suppress(Ended), _folder(plan.state) as place, ExitStack() as stack:
            _Course(plan, row, place, stack).take()
        return row.well


def _require_no_leases(state: Path) -> None:
    for cut_off in state.glob("self-test-*/leases/*/lease.json"):
        raise Wrong(
            f"an earlier self-test was cut off: end the container straits-{cut_off.parent.name} "
            f"with the engine's own tools, unmount what lies in {cut_off.parent}, and remove "
            f"{cut_off.parents[2]}"
        )
    left = sum(not each.ended for each in record.read_all(state / "leases"))
    if left:
        raise Wrong(
            f"{left} leases of renters are still on this machine; run straits-node drain, let the "
            "agent run until they are over, and stop it"
        )


@contextmanager
def _folder(state: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="self-test-", dir=state))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


class _Course:
    def __init__(self, plan: Plan, row: Row, place: Path, stack: ExitStack) -> None:
        self.plan, self.row, self.place, self.stack = plan, row, place, stack
        self.key = Ed25519PrivateKey.generate()

    def take(self) -> None:
        """Raises Ended after the first step that failed; what was begun is closed by the stack."""
        step = self.row.take
        step("GPUs", self._gpus)
        step("machine", self._machine)
        if self.plan.token is not None:
            step("enrolled", self._enrol)
            step("inventory taken", self._report)
        try:
            self._lease()
        finally:
            self._clean()

    def _lease(self) -> None:
        step = self.row.take
        step("container", self._start)
        step("GPUs attached", self._attached)
        step("SSH", self._login)
        step("SSH closed", self._stranger)
        step("metered", self._meter)
        step("stopped", self._stop)
        step("usage", self._prove)
        step("nothing left", self._left)

    def _gpus(self) -> str:
        self.gpus = gpu.Gpus()
        self.stack.callback(self.gpus.close)
        found = self.gpus.inventory().gpus
        if not found:
            raise Wrong("no GPU answers; look for Xid errors in dmesg, then reset or reboot")
        if self.gpus.simulated:
            uuids = [each.uuid for each in found]
            self.stack.enter_context(cdi.described(uuids, host=uuid5(NAMESPACE_URL, str(uuids))))
        named = sorted({each.name for each in found})
        kind = "simulated, compute nothing" if self.gpus.simulated else "real"
        return f"{len(found)} x {', '.join(named)} ({kind}), driver {self.gpus.driver_version}"

    def _machine(self) -> str:
        options = self.plan.options
        options.engine = options.engine or self._engine()
        options.public_host = options.public_host or LOCAL
        uuids = [each.uuid for each in self.gpus.inventory().gpus]
        found = list(checks.examine(state=self.plan.state, options=options, gpu_uuids=uuids))
        if bad := [f"{each.name}: {each.said}" for each in found if not each.ok]:
            raise Wrong("; ".join(bad))
        engine = next(each.said for each in found if each.name == "engine")
        return f"{engine}, {len(found)} checks passed"

    def _engine(self) -> str:
        """The one that listens, else a podman that serves while this lasts. Raises NoEngine."""
        with suppress(service.NoEngine):
            return service.listening()
        return self.stack.enter_context(service.own_podman(self.place))

    def _enrol(self) -> str:
        plan = self.plan
        who = enrol(state=plan.state, server=plan.server, token=plan.token or "", clock=Clock())
        return f"node {who.node} at {who.server}"

    def _report(self) -> str:
        who, inventory = identity.read(self.plan.state), self.gpus.inventory()
        clock = Clock()
        message = Heartbeat(
            boot_id=uuid5(NAMESPACE_URL, str(self.place)),
            seq=clock.mono_ms(clock.now()),
            agent_version=__version__,
            inventory_digest=inventory_digest(inventory),
            inventory=inventory,
        )
        key = identity.key_of(self.plan.state)
        client = Client(server=who.server, key=key, key_id=str(who.node), clock=clock)
        self.stack.callback(client.close)
        client.post(HEARTBEAT, message, HeartbeatReply)
        return "the marketplace knows these GPUs; start the agent to rent them out"

    def _start(self) -> str:
        options = runtimes.container_options(self.plan.options, server="")
        public = login.make_key(self.place / "key")
        self.trial = Trial(self.place, options, self.gpus, public)
        self.endpoint = self.trial.start()
        return f"runs, SSH on port {self.endpoint.port}"

    def _attached(self) -> str:
        self.trial.require_gpus()
        count = len(self.trial.uuids)
        return f"{count} of {count} and no other, by the kernel"

    @property
    def _host(self) -> str:
        listen = str(self.plan.options.listen)
        return LOCAL if listen == "0.0.0.0" else listen  # noqa: S104  compared, not bound

    def _login(self) -> str:
        said = login.accepted(self._host, self.endpoint.port, self.place / "key", "id -un")
        return f"logged in as {said.strip()} with a key made for this"

    def _stranger(self) -> str:
        login.make_key(self.place / "stranger")
        return login.refused(self._host, self.endpoint.port, self.place / "stranger")

    def _meter(self) -> str:
        self.trial.serve(self.plan.seconds)
        return f"{self.plan.seconds:g} s and more, {len(self.trial.segments())} segments so far"

    def _stop(self) -> str:
        self.trial.stop()
        return "by the marketplace's word"

    def _prove(self) -> str:
        trial = self.trial
        return proving.proven(
            trial.segments(),
            boot_id=trial.spool.boot_id,
            key=self.key,
            gpu_uuids=trial.uuids,
            begun=trial.begun(),
        )

    def _left(self) -> str:
        self.trial.require_nothing_left()
        return "no container, network, firewall rule, mount or GPU process"

    def _clean(self) -> None:
        trial = getattr(self, "trial", None)
        if trial is not None and not trial.close():
            self.row.take("cleaned up", _not_clean)


def _not_clean() -> str:
    raise Wrong("the lease does not go away; end it with the engine's own tools (straits-...)")
