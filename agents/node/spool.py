"""What must survive a crash: usage not yet acknowledged, and what became of each assignment."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from pydantic import Field, TypeAdapter

from agents.protocol import evidence
from agents.protocol.health import XidEvent
from agents.protocol.messages import Desired, Message, SegmentReport, State

from .proc import kernel_boot_id

FILE = "spool.sqlite"
#: acknowledged segments and finished assignments are kept this long, for disputes
KEEP_DAYS = 90
#: a clock that moved by less (seconds) is not worth a write
CLOCK_STEP = 0.1

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (
  assignment TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  changed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
-- AUTOINCREMENT: a number never comes back, not even after its row is gone
CREATE TABLE IF NOT EXISTS segment (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  boot_id TEXT NOT NULL,
  assignment TEXT NOT NULL,
  final INTEGER NOT NULL,
  body TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS segment_unsent ON segment (seq) WHERE answer = '';
CREATE UNIQUE INDEX IF NOT EXISTS segment_final_once ON segment (assignment) WHERE final = 1;
-- digest of the last segment of each assignment: the next one carries it
CREATE TABLE IF NOT EXISTS head (
  assignment TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  changed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  boot_id TEXT NOT NULL,
  uuid TEXT NOT NULL,
  xid INTEGER NOT NULL,
  at TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0,
  written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS event_untold ON event (seq) WHERE told = 0;
"""

_desired = TypeAdapter(tuple[Desired, ...])


class BadSpool(Exception):
    """The spool cannot be opened."""


class Fact(Message):
    """What we know of one assignment that was started here, or never will be.

    Its usage is written down up to `metered_to`; the two clocks and the energy counters (mJ by GPU)
    are of that moment. `until` is the end of its window. Without `started_at` nothing is metered.
    """

    assignment: UUID
    generation: int
    state: State
    gpu_uuids: tuple[str, ...]
    until: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    exit_code: int | None = None
    detail: str = ""
    metered_to: datetime | None = None
    metered_mono_ms: int = 0
    #: every look since then found all of its GPUs; None: the last one did not
    verified_since: datetime | None = None
    energy_mj: dict[str, int] = Field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.state in ("starting", "running")


class Spool:
    """One SQLite file. Every write is on the disk when its method returns."""

    def __init__(self, folder: Path, *, kernel_boot: UUID | None = None) -> None:
        """Open or make it. Raises BadSpool."""
        file = folder / FILE
        try:
            self.db = sqlite3.connect(file)
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.executescript(SCHEMA)
            self.identity = UUID(self._own("identity", str(uuid4())))
            self._prune()
        except (sqlite3.DatabaseError, ValueError) as error:
            raise BadSpool(
                f"{file} cannot be read ({error}); move it away: usage in it that was not yet "
                "sent stays unbilled"
            ) from error
        file.chmod(0o600)
        kernel_boot = kernel_boot or kernel_boot_id()
        # a fresh state folder on the same boot must not repeat numbers that the server keeps
        self.boot_id = uuid5(kernel_boot, str(self.identity))

    def close(self) -> None:
        self.db.close()

    def _own(self, key: str, value: str) -> str:
        """Write a value unless there is one; return what stands there."""
        with self.db as db:
            db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
        return str(self.get(key))

    def get(self, key: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row and str(row[0])

    def put(self, key: str, value: str) -> None:
        with self.db as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def desired(self) -> dict[UUID, Desired]:
        """The last full set that the marketplace told us."""
        told = _desired.validate_json(self.get("desired") or "[]")
        return {each.assignment: each for each in told}

    def note_desired(self, desired: Iterable[Desired]) -> None:
        # only what was sent: the grant signs that and no default of ours
        text = _desired.dump_json(tuple(desired), exclude_unset=True).decode()
        if text != self.get("desired"):
            self.put("desired", text)

    def clock(self) -> float | None:
        """The clock's base as last learnt on this boot."""
        boot, _, base = (self.get("clock") or "").partition(" ")
        return float(base) if boot == str(self.boot_id) else None

    def note_clock(self, base: float) -> None:
        known = self.clock()
        if known is None or abs(known - base) > CLOCK_STEP:
            self.put("clock", f"{self.boot_id} {base!r}")

    def facts(self) -> dict[UUID, Fact]:
        rows = self.db.execute("SELECT body FROM fact")
        facts = [Fact.model_validate_json(body) for (body,) in rows]
        return {fact.assignment: fact for fact in facts}

    def note(self, fact: Fact, segment: SegmentReport | None = None) -> None:
        """Write a fact and, in the same transaction, the segment that led to it.

        The segment gets the next number and its place in the assignment's chain; whatever number
        and digest it carries is not looked at.
        """
        with self.db as db:
            db.execute(
                "INSERT OR REPLACE INTO fact (assignment, body) VALUES (?, ?)",
                (str(fact.assignment), fact.model_dump_json()),
            )
            if segment is not None:
                self._append(db, segment)

    def _append(self, db: sqlite3.Connection, segment: SegmentReport) -> None:
        assignment = str(segment.assignment)
        before = db.execute("SELECT sha256 FROM head WHERE assignment = ?", (assignment,))
        [prev] = before.fetchone() or [evidence.GENESIS]
        seq = db.execute(
            "INSERT INTO segment (boot_id, assignment, final, body) VALUES (?, ?, ?, '')",
            (str(self.boot_id), assignment, segment.final),
        ).lastrowid
        whole = segment.model_copy(update={"seq": seq, "prev": prev})
        db.execute(
            "UPDATE segment SET body = ? WHERE seq = ?",
            (whole.model_dump_json(exclude={"signature"}), seq),
        )
        db.execute(
            "INSERT OR REPLACE INTO head (assignment, sha256) VALUES (?, ?)",
            (assignment, evidence.digest({**whole.model_dump(), "boot_id": self.boot_id})),
        )

    def unsent(self, *, limit: int) -> tuple[UUID, list[SegmentReport]] | None:
        """The oldest segments without an answer, all of one boot; None when there are none."""
        rows = self.db.execute(
            "SELECT boot_id, body FROM segment WHERE answer = '' ORDER BY seq LIMIT ?",
            (limit,),
        ).fetchall()
        if not rows:
            return None
        boot_id = rows[0][0]
        segments = [
            SegmentReport.model_validate_json(body) for boot, body in rows if boot == boot_id
        ]
        return UUID(boot_id), segments

    def note_answer(self, answer: str, seqs: Iterable[int]) -> None:
        """Write down what the marketplace said: "stored", "unknown" or "refused"."""
        with self.db as db:
            db.executemany(
                "UPDATE segment SET answer = ? WHERE seq = ? AND answer = ''",
                [(answer, seq) for seq in seqs],
            )

    def unsent_count(self) -> int:
        """How many segments wait for an answer."""
        return int(self.db.execute("SELECT count(*) FROM segment WHERE answer = ''").fetchone()[0])

    def note_event(self, *, uuid: str, xid: int, at: datetime) -> None:
        with self.db as db:
            db.execute(
                "INSERT INTO event (boot_id, uuid, xid, at) VALUES (?, ?, ?, ?)",
                (str(self.boot_id), uuid, xid, at.isoformat()),
            )

    def unsent_events(self, *, limit: int) -> list[XidEvent]:
        """The oldest events that the marketplace does not know yet."""
        rows = self.db.execute(
            "SELECT boot_id, seq, uuid, xid, at FROM event WHERE told = 0 ORDER BY seq LIMIT ?",
            (limit,),
        )
        names = ("boot_id", "seq", "uuid", "xid", "at")
        return [XidEvent.model_validate(dict(zip(names, row, strict=True))) for row in rows]

    def note_events_told(self, seqs: Iterable[int]) -> None:
        with self.db as db:
            db.executemany("UPDATE event SET told = 1 WHERE seq = ?", [(seq,) for seq in seqs])

    def _prune(self) -> None:
        age = f"-{KEEP_DAYS} days"
        with self.db as db:
            db.execute(
                "DELETE FROM event WHERE told = 1 AND written_at < datetime('now', ?)", (age,)
            )
            db.execute(
                "DELETE FROM segment WHERE answer = 'stored' AND written_at < datetime('now', ?)",
                (age,),
            )
            for table in ("fact", "head"):
                db.execute(f"DELETE FROM {table} WHERE changed_at < datetime('now', ?)", (age,))  # noqa: S608  of constants
