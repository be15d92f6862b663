from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from marketplace.config import engines
from tests import homes


def test_the_engines_are_real(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150_000
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()


def test_a_long_path_gets_a_short_socket():
    deep = Path("/", *["deeply"] * 20)
    assert len(str(engines.socket_dir(deep))) < engines.SOCKET_ROOM
    assert engines.socket_dir(deep) != engines.socket_dir(deep / "other")
    short = Path("/srv/straits")
    assert engines.socket_dir(short) == short


@pytest.fixture
def home():
    with homes.home() as made:
        yield made


def test_engines_start_keep_their_data_and_stop(home, monkeypatch):
    monkeypatch.setenv("APP_DATABASE_URL", "")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    for turn in range(2):
        with engines.running(home):
            with psycopg.connect(engines.os.environ["DATABASE_URL"]) as own:
                own.execute("CREATE TABLE IF NOT EXISTS kept (turn int)")
                own.execute("INSERT INTO kept VALUES (%s)", [turn])
                rows = own.execute("SELECT turn FROM kept ORDER BY turn").fetchall()
            with psycopg.connect(engines.os.environ["DATABASE_URL"]) as own:
                own.execute("DROP ROLE IF EXISTS straits_app")
                own.execute("CREATE ROLE straits_app LOGIN")
            with psycopg.connect(engines.os.environ["APP_DATABASE_URL"]) as lesser:
                assert lesser.execute("SELECT current_user").fetchone() == ("straits_app",)
            with engines.running(home):
                pass  # one that found them running leaves them running
            assert engines.Redis(home).is_running()
        assert rows == [(past,) for past in range(turn + 1)]
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("REDIS_URL", raising=False)
        assert not engines.Redis(home).is_running()
        assert not engines.Postgres(home).is_running()


def test_an_address_that_lies_in_a_file_is_left_alone(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(f"{name}_FILE", "/run/secret")
    with engines.running(tmp_path):
        assert "DATABASE_URL" not in engines.os.environ
    assert list(tmp_path.iterdir()) == []


def test_a_server_named_in_the_environment_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/straits")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with engines.running(tmp_path):
        assert engines.os.environ["DATABASE_URL"] == "postgresql://elsewhere/straits"
    assert list(tmp_path.iterdir()) == []
