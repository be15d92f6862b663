"""`manage.py up` in production mode, behind a proxy that ends TLS."""

import signal
import socket

import httpx
import psycopg

from marketplace.config import engines
from marketplace.config.processes import free_port

PROXY = {"Host": "straits.example", "X-Forwarded-Proto": "https"}


def connected_as(home):
    """The database roles of all who are connected to the embedded PostgreSQL now."""
    server = engines.PostmasterInfo.read_from_pgdata(home / "postgres")
    with psycopg.connect(server.get_uri(database=engines.DATABASE)) as own:
        rows = own.execute(
            "SELECT usename FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {name for [name] in rows}


def test_production_mode_serves_and_stops(manage, home, left_running):
    port = free_port()
    process = manage(
        "up",
        DEBUG="0",
        EMAIL_HOST="mail.invalid",
        SECRET_KEY="k" * 25 + "0123456789" * 3,
        PUBLIC_URL="https://straits.example",
        LISTEN=f"127.0.0.1:{port}",
        STRIPE_API_KEY="sk_live_none",
        STRIPE_WEBHOOK_SECRET="whsec_none",
        GRANT_KEY="9" * 64,
    )
    log = []
    for line in process.stdout:
        log.append(line)
        if "Straits is up at https://straits.example/" in line:
            break
    assert "Straits is up" in log[-1], "".join(log)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=PROXY, timeout=60) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        [style] = [word for word in page.text.split('"') if word.endswith(".css")]
        assert style != "/static/straits.css", "collected files carry a hash in their name"
        assert client.get(style).status_code == 200
        plain = client.get("/", headers={"X-Forwarded-Proto": "http"})
        assert plain.headers["Location"] == "https://straits.example/"
    assert engines.APP_ROLE in connected_as(home)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=180)
    assert process.returncode == 0, rest
    assert left_running() == []


def test_a_taken_port_is_named_and_nothing_stays(manage, left_running):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        process = manage("up", DEBUG="1", PUBLIC_URL=f"http://127.0.0.1:{port}")
        told, _ = process.communicate(timeout=180)
    assert process.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in told
    assert left_running() == []
