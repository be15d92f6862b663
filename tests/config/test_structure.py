"""An empty database begins with the finished tables, and with nothing that is not so."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from marketplace.config import structure
from tests import database


@pytest.fixture
def empty(django_db_setup, django_db_blocker):
    """Django's connection leads to a database without a table."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_empty"
    with django_db_blocker.unblock():
        database.drop(name)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        database._use(name)
        yield
        database._use(own)
        database.drop(name)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the file, to be spoilt."""
    file = tmp_path / "structure.sql"
    file.write_text(structure.FILE.read_text())
    monkeypatch.setattr(structure, "FILE", file)
    return file


def tables():
    return connection.introspection.table_names(connection.cursor())


def applied():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations")
        return {name for [name] in cursor.fetchall()}


def test_it_stands_for_every_migration_as_it_is():
    _, stands_for = structure._told(structure.FILE.read_text())
    assert stands_for == structure.migrations(), "run `make structure`"


def test_migrate_lays_it_into_an_empty_database(empty):
    call_command("migrate", verbosity=0)
    assert applied() == set(structure.migrations())
    assert set(connection.introspection.django_table_names()) <= set(tables())


def test_what_was_laid_guards_itself(empty):
    call_command("migrate", verbosity=0)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="its rows are evidence"),
        psycopg.connect(**_direct()) as own,
    ):
        own.execute("DELETE FROM catalog_cancellationschedule")


def test_migrations_that_came_later_are_applied_on_top(empty, copy):
    """As when one was written and the structure was not written anew."""
    of_sessions = ("django_session", "'sessions', '0001_initial'")
    lines = copy.read_text().splitlines(keepends=True)
    head = "".join(line for line in lines if line[:2] == "--" and "sessions." not in line)
    rest = "".join(line for line in lines if line[:2] != "--").split(";\n")
    kept = [one for one in rest if not any(of in one for of in of_sessions)]
    copy.write_text(head + ";\n".join(kept))
    assert structure.load()
    assert "django_session" not in tables()
    call_command("migrate", verbosity=0)
    assert applied() == set(structure.migrations())
    assert "django_session" in tables()


def test_a_migration_that_was_edited_makes_it_void(empty, copy):
    digest = structure.migrations()["core.0001_initial"]
    copy.write_text(copy.read_text().replace(digest, "0" * 16))
    assert not structure.load()
    assert tables() == []


def test_an_older_server_replays_the_history(empty, copy):
    copy.write_text(copy.read_text().replace("on PostgreSQL 18", "on PostgreSQL 99", 1))
    assert not structure.load()
    assert tables() == []


def test_without_the_file_the_history_is_replayed(empty, copy):
    copy.unlink()
    assert not structure.load()


def test_a_database_with_a_table_is_left_alone(empty):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine ()")
    assert not structure.load()
    assert tables() == ["mine"]


def test_half_of_it_leaves_nothing(empty, copy):
    copy.write_text(copy.read_text() + "SELECT 1 / 0;\n")
    with pytest.raises(Exception, match="division by zero"):
        structure.load()
    assert tables() == []


def test_it_is_not_written_from_a_database_that_lags(empty, copy, tmp_path):
    before = copy.read_text()
    with pytest.raises(structure.CannotWrite, match="run migrate first"):
        structure.write(tmp_path / "pg_dump")
    assert copy.read_text() == before


def _direct():
    where = connection.get_connection_params()
    return {name: where[name] for name in ("host", "user", "dbname") if where.get(name)}
