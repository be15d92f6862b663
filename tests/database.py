"""The database of a test run, copied from one that was migrated once.

The pattern stays for the next run. It says itself, in its comment, of which files it was made, and
is made anew when one of them changed.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from marketplace.config import structure

HERE = Path(__file__).resolve().parent.parent
PATTERN, UNFINISHED = "straits_pattern", "straits_pattern_unfinished"
#: of PostgreSQL's advisory locks: of several workers one migrates, the others wait for it
LOCK = 0x57A7E57

#: digests of files by their path
Files = dict[str, str]


def create() -> str:
    """Make this run's database and let Django use it; returns its name."""
    name = connection.creation._get_test_db_name()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _bring_up_to_date(cursor)
        drop(name)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE {PATTERN}')
    _use(name)
    return name


def drop(name: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _bring_up_to_date(cursor: Any) -> None:
    wanted = files()
    if _made_of(cursor) == wanted:
        return
    drop(UNFINISHED)
    cursor.execute(f"CREATE DATABASE {UNFINISHED} TEMPLATE template0")
    _use(UNFINISHED)
    call_command("migrate", verbosity=0, interactive=False)
    drop(PATTERN)
    cursor.execute(f"ALTER DATABASE {UNFINISHED} RENAME TO {PATTERN}")
    cursor.execute(f"COMMENT ON DATABASE {PATTERN} IS '{json.dumps(wanted)}'")


def _made_of(cursor: Any) -> Files | None:
    """Of what the pattern was made; None when there is none."""
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [PATTERN],
    )
    found = cursor.fetchone()
    return json.loads(found[0]) if found and found[0] else None


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name


def files() -> Files:
    """All migrations and what they import, all models (for permissions), and the packages."""
    found = {HERE / "requirements.lock", structure.FILE}
    for room in apps.get_app_configs():
        folder = Path(room.path)
        if folder.is_relative_to(HERE) and "site-packages" not in folder.parts:
            migrations = set(folder.glob("migrations/*.py"))
            found |= migrations | set(folder.rglob("*models*.py")) | set(folder.glob("models/*.py"))
            found |= {used for each in migrations for used in _imported(each)}
    return {
        str(file.relative_to(HERE)): hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in sorted(found)
    }


def _imported(file: Path) -> Iterator[Path]:
    """Our own modules that a file names; not what those name."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            if name.partition(".")[0] in ("agents", "compliance", "marketplace"):
                origin = getattr(find_spec(name), "origin", None)
                if origin:
                    yield Path(origin)
