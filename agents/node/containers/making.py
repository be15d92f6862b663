"""The steps towards a container that waits for its command. Each may be done again at any time."""

from importlib import resources
from pathlib import Path
from typing import Any

from agents.node import notice
from agents.node.runtime import NOT_KEPT, CannotStart
from agents.protocol.messages import Endpoint

from . import firewall, host, workspace
from .engine import Engine, Found
from .host import Host
from .record import Record
from .spec import INSIDE, WORKSPACE, Spec

OWNER, ASSIGNMENT, GPUS = "straits.owner", "straits.assignment", "straits.gpus"
SSH = 22
#: users of the host that are users inside, 65,536 for each lease, far above real ones
FIRST_USER, USERS, SHARES = 1 << 30, 1 << 16, 1 << 14
NOT_STARTED = ("created", "configured", "initialized")
GO = "go"


def inside(place: Path) -> Path:
    """What the container sees, read-only, as /straits."""
    return place / "inside"


def labels(record: Record, owner: str) -> dict[str, str]:
    return {
        OWNER: owner,
        ASSIGNMENT: str(record.assignment),
        GPUS: ",".join(record.gpu_uuids),
    }


def first_user(record: Record) -> int:
    """Those of who made the workspace: what lies in it belongs to them."""
    return FIRST_USER + (record.origin or record.assignment).int % SHARES * USERS


def kept_image(record: Record, place: Path) -> Path | None:
    """Of the one with whose kept workspace it goes on."""
    return place.parent / str(record.resumes) / workspace.IMAGE if record.resumes else None


def make_workspace(record: Record, place: Path, on: Host) -> None:
    """Raises CannotStart when it was to go on with one that is not there: never an empty one."""
    image = kept_image(record, place)
    if image is None:
        size = on.options.workspace_bytes_per_gpu * len(record.gpu_uuids)
        workspace.make(place, size=size, owner=first_user(record))
    elif image.exists():
        workspace.go_on(place, image=image)
    else:
        raise CannotStart(NOT_KEPT)


def make_files(record: Record, place: Path, on: Host) -> None:
    """The workspace, and the script and keys that go into the container."""
    make_workspace(record, place, on)
    folder = inside(place)
    folder.mkdir(exist_ok=True)
    script = resources.files(__package__).joinpath("start.sh").read_bytes()
    for name, content in (
        ("start", script),
        ("authorized_keys", "".join(f"{key}\n" for key in record.ssh_keys).encode()),
    ):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o644)
    folder.chmod(0o755)


def make_network(record: Record, engine: Engine, on: Host) -> None:
    """A bridge of its own, with the host closed to it before anything is plugged in."""
    firewall.close(record.bridge)
    engine.make_network(record.bridge, labels(record, on.owner))


def create(record: Record, place: Path, engine: Engine, on: Host) -> None:
    if engine.find(record.container) is None:
        engine.create(_spec(record, place, on))


def _spec(record: Record, place: Path, on: Host) -> Spec:
    options, template = on.options, record.plan
    wanted = [*([SSH] if record.ssh_keys else []), *template.ports.values()]
    outside = host.free_ports(len(wanted), among=options.ports, address=options.address)
    return Spec(
        name=record.container,
        image=template.image,
        command=template.command,
        environment=_environment(record),
        labels=labels(record, on.owner),
        gpu_uuids=record.gpu_uuids,
        network=record.bridge,
        address=options.address,
        ports=dict(zip(wanted, outside, strict=True)),
        mounts={INSIDE: str(inside(place)), WORKSPACE: str(place / workspace.MOUNT)},
        read_only=frozenset({INSIDE}),
        limits=host.limits(gpus=len(record.gpu_uuids), of=on.gpu_count()),
        first_user=first_user(record),
    )


def _environment(record: Record) -> dict[str, str]:
    made = {
        **record.plan.environment,
        **record.environment,
        "HOME": WORKSPACE,
        # the GPUs come by CDI; the older hook must not add any
        "NVIDIA_VISIBLE_DEVICES": "void",
        notice.NOTICE: f"{INSIDE}/{notice.FILE}",
    }
    if record.plan.token:
        made[record.plan.token] = record.token
    return made


def start(record: Record, engine: Engine) -> Found:
    """Start it unless it runs. Raises CannotStart when it ended already: it runs only once."""
    found = engine.find(record.container)
    if found is not None and found.status in NOT_STARTED:
        engine.start(record.container)
        found = engine.find(record.container)
    if found is None or not found.pid:
        raise CannotStart("its container ended before its GPUs were verified")
    return found


def endpoints(record: Record, found: Found, public_host: str) -> tuple[Endpoint, ...]:
    """Where the renter reaches it."""
    told = [
        Endpoint(
            name=name,
            scheme="http",
            host=public_host,
            port=found.ports[port],
            path=f"{record.plan.path}{record.token}",
        )
        for name, port in record.plan.ports.items()
        if port in found.ports
    ]
    if record.ssh_keys and SSH in found.ports:
        told.append(Endpoint(name="ssh", scheme="ssh", host=public_host, port=found.ports[SSH]))
    return tuple(told)


def percent(line: dict[str, Any], seen: dict[str, tuple[int, int]]) -> int | None:
    """How much of a pull is done, in percent; `seen` collects what each layer said last."""
    detail = line.get("progressDetail") or {}
    if line.get("id") and detail.get("total"):
        seen[line["id"]] = (int(detail["current"]), int(detail["total"]))
    total = sum(size for _, size in seen.values())
    return sum(done for done, _ in seen.values()) * 100 // total if total else None
