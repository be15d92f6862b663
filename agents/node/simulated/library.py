"""Compile the fake library and load it before `pynvml` looks for the real one."""

import ctypes
import hashlib
import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from uuid import UUID, uuid4

from agents.node.files import write_whole

from . import profiles

SOURCE = "fakenvml.c"
#: the name under which `pynvml` asks the loader; a library already loaded under it is taken
SONAME = "libnvidia-ml.so.1"
#: names the file that the library reads on every call
STATE_VARIABLE = "FAKENVML_STATE"
COMPILE_SECONDS = 60
#: made by the kernel module of every real driver
PROC = Path("/proc/driver/nvidia")


class CannotSimulate(Exception):
    """The fake library could not be built."""


class NotAllowed(Exception):
    """Simulated GPUs where nobody asked for any: they must never be rented out by mistake."""


def require_allowed(allowed: bool) -> None:
    """Raises NotAllowed unless the person who started us said so."""
    if not allowed:
        raise NotAllowed("the GPUs are simulated; for a trial, add --allow-simulated-gpus")


def require_no_driver(proc: Path = PROC) -> None:
    """Raises NotAllowed where a real driver is: made-up GPUs have no place beside real ones."""
    if proc.exists():
        raise NotAllowed("this machine has an NVIDIA driver; nothing is simulated beside it")


def simulate(*, what: str, folder: Path) -> Path:
    """Make this process see simulated GPUs, e.g. "h100:2"; return the file that describes them.

    Whoever changes that file changes the GPUs. Raises BadProfile, CannotSimulate and NotAllowed.
    """
    require_no_driver()
    wanted = profiles.parse(what)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder / "state"
    write_whole(state, profiles.state_text(wanted, host=_host(folder)).encode())
    library = build(folder=folder)
    os.environ[STATE_VARIABLE] = str(state)
    ctypes.CDLL(str(library))
    return state


def _host(folder: Path) -> UUID:
    """A random name of this folder: GPU UUIDs come from it, and no two machines may share one."""
    file = folder / "host"
    if not file.exists():
        write_whole(file, str(uuid4()).encode())
    return UUID(file.read_text())


def build(*, folder: Path) -> Path:
    """Compile the library unless this very source was compiled before. Raises CannotSimulate."""
    source = resources.files(__package__).joinpath(SOURCE).read_bytes()
    made = folder / hashlib.sha256(source).hexdigest()[:16] / SONAME
    if made.exists():
        return made
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise CannotSimulate("simulated GPUs need a C compiler; install gcc")
    made.parent.mkdir(exist_ok=True)
    partial = made.with_name(f".{os.getpid()}.so")
    _compile([compiler, "-shared", "-fPIC", "-O1", f"-Wl,-soname,{SONAME}"], source, partial)
    partial.replace(made)
    return made


def _compile(command: list[str], source: bytes, target: Path) -> None:
    try:
        subprocess.run(  # noqa: S603  a compiler from PATH on our own source
            [*command, "-x", "c", "-", "-o", str(target)],
            input=source,
            capture_output=True,
            check=True,
            timeout=COMPILE_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        reason = said[0] if said else f"exit code {error.returncode}"
        raise CannotSimulate(f"{command[0]} could not build the fake NVML: {reason}") from None
    except subprocess.TimeoutExpired:
        raise CannotSimulate(f"{command[0]} took more than {COMPILE_SECONDS} s") from None
