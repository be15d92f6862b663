"""What DIR/leases/ASSIGNMENT/lease.json holds: enough for the next agent to go on from here."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from agents.node.files import write_whole

from .templates import Template

FILE = "lease.json"


class Process(BaseModel):
    """The first process of a container; with boot and start it is told from any other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pid: int
    start: int
    boot: UUID


class Record(BaseModel):
    """Written before anything is made, and gone after everything is.

    `started_at` is when its GPUs were found attached and its command was let go. `foreign_pids`
    used the GPUs before it began. `resumes` is whose kept workspace it goes on with; `origin` is
    who made that, and chose its users. Once started and ended it keeps its workspace if there is a
    `keep_until`, and its file is what tells that it does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    assignment: UUID
    gpu_uuids: tuple[str, ...]
    plan: Template
    environment: dict[str, str]
    ssh_keys: tuple[str, ...] = ()
    token: str = ""
    foreign_pids: frozenset[int] = frozenset()
    resumes: UUID | None = None
    origin: UUID | None = None
    keep_until: datetime | None = None
    started_at: datetime | None = None
    process: Process | None = None
    failure: str = ""
    exit_code: int | None = None
    ended: bool = False

    @property
    def container(self) -> str:
        return f"straits-{self.assignment}"

    @property
    def bridge(self) -> str:
        # the kernel allows 15 characters
        return f"st-{self.assignment.hex[-12:]}"


class BadRecord(Exception):
    """The file is not one of ours."""


def write(folder: Path, record: Record) -> None:
    place = folder / str(record.assignment)
    place.mkdir(mode=0o700, exist_ok=True)
    write_whole(place / FILE, record.model_dump_json().encode())


def read_all(folder: Path) -> Iterator[Record]:
    """Every record below the folder. Raises BadRecord: what it stood for may still run."""
    for file in sorted(folder.glob(f"*/{FILE}")):
        try:
            yield Record.model_validate_json(file.read_bytes())
        except ValueError as error:
            raise BadRecord(
                f"{file} is not a record of this version; end its lease with the engine's own "
                f"tools (container straits-{file.parent.name}), then remove {file.parent}"
            ) from error
