"""How a workload learns that it gives way: a file that it may read, and a signal that it may catch.

NOTICE in its environment names the file, which is not there before. The signal is SIGCONT, as
schedulers send it before they take a job's place: whoever does not know it is not harmed by it.
"""

import json
import signal
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from .files import write_whole

NOTICE = "STRAITS_NOTICE"
FILE = "notice.json"
SIGNAL = signal.SIGCONT


def write(folder: Path, evict_at: datetime) -> None:
    """Readable by everybody: the workload may run as any user. Raises OSError."""
    text = json.dumps({"evict_at": evict_at.isoformat()}) + "\n"
    write_whole(folder / FILE, text.encode())
    (folder / FILE).chmod(0o644)


def read(folder: Path) -> datetime | None:
    """When it gives way, as it was told, also by an agent before this one."""
    with suppress(OSError, ValueError, KeyError):
        return datetime.fromisoformat(json.loads((folder / FILE).read_bytes())["evict_at"])
    return None
