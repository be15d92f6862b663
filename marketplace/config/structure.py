"""The tables of an empty database in one piece, as all migrations up to a day leave them.

To migrate from nothing replays the history of every table and takes half a minute of computing,
most of it Django's picture of the models at each step. `structure.sql` is what that history ends
in, written by `write` from a database that was migrated; `load` lays it into an empty database in a
second, and later migrations follow as they would anyhow. It names the migrations it stands for with
a digest of each file, so one that was edited since makes it void, and history is replayed.
"""

import hashlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

FILE = Path(__file__).with_name("structure.sql")
HEAD = "-- migration "
#: what pg_dump says of itself, of the session, and of sequences that were not used
NOISE = re.compile(
    r"^(--.*|\\.*|SET .*|SELECT pg_catalog\.(set_config.*|setval\(.*, 1, false\);))$",
    re.MULTILINE,
)
#: a function may name a table that comes after it
SESSION = "SET LOCAL check_function_bodies = false; SET LOCAL search_path = '';"

#: digests of migrations by their name, "app.name"
Migrations = dict[str, str]


class CannotWrite(Exception):
    """The structure was not written; the text says why."""


def load() -> bool:
    """Lay the structure into this database if that is right; say whether it was.

    It is when there is no table yet, the server is no older than the one it was written by, and no
    migration that it stands for was changed. All or nothing.
    """
    if not FILE.exists():
        return False
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            return False
    text = FILE.read_text()
    version, stands_for = _told(text)
    if _server() < version or not stands_for.items() <= migrations().items():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SESSION + text)
        cursor.execute("SET LOCAL search_path TO DEFAULT")
    return True


def write(program: Path) -> None:
    """Write the structure from this database, where everything is migrated and nothing else is.

    `program` is the server's own pg_dump. Raises CannotWrite.
    """
    loader = MigrationLoader(connection)
    if missing := sorted(set(loader.disk_migrations) - set(loader.applied_migrations)):
        raise CannotWrite(f"not migrated: {missing}; run migrate first")
    where = connection.get_connection_params()
    done = subprocess.run(  # noqa: S603  the server's own program
        [
            str(program),
            *("--no-owner", "--no-privileges", "--inserts", "--schema", "public"),
            *("--host", where["host"], "--username", where["user"], where["dbname"]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotWrite(done.stderr.strip())
    FILE.write_text("\n".join([*_head(), body(done.stdout)]))


def body(dumped: str) -> str:
    """What of pg_dump's text makes tables and rows."""
    made = NOISE.sub("", dumped).replace("CREATE SCHEMA public;", "")
    return re.sub(r"\n{2,}", "\n", made).strip() + "\n"


def migrations() -> Migrations:
    """Every migration in the tree or in a package, with the digest of its file."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {f"{app}.{name}": _digest(one) for (app, name), one in sorted(known.items())}


def _digest(migration: object) -> str:
    text = inspect.getsource(sys.modules[type(migration).__module__])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _head() -> Iterator[str]:
    yield f"-- made by `make structure` on PostgreSQL {_server()}; not to be edited"
    for name, digest in migrations().items():
        yield f"{HEAD}{name} {digest}"


def _told(text: str) -> tuple[int, Migrations]:
    version = int(re.search(r"on PostgreSQL (\d+);", text)[1])  # type: ignore[index]
    lines = (line.removeprefix(HEAD) for line in text.splitlines() if line.startswith(HEAD))
    return version, dict(line.split() for line in lines)


def _server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000
