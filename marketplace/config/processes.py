"""Which processes make up a running marketplace, and how each shows that it is healthy."""

import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from celery import Celery
from django.conf import settings

from .queues import PROCESSES, WORK
from .supervisor import Child, Supervisor, python

WITHIN_SECONDS = 60.0
#: below where Linux begins to give ports to connections (net.ipv4.ip_local_port_range)
PORTS = range(20_000, 32_000)


class PortTaken(Exception):
    """Another program listens where the web server should."""


def require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"{host}:{port} cannot be used ({error.strerror}); stop what listens there or set "
                "PUBLIC_URL (in production LISTEN) to another port, such as http://127.0.0.1:8001"
            ) from error


def free_port() -> int:
    """A loopback port that nobody listens on now.

    Not one of those that the kernel gives to whoever asks for any: it could be gone to the next
    connection that some program opens, before ours listens there.
    """
    while True:
        port = secrets.choice(PORTS)
        with suppress(PortTaken):
            require_free("127.0.0.1", port)
            return port


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether a GET of the address answers 200."""
    try:
        return httpx.get(url, headers=headers, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def worker_answers(name: str) -> bool:
    app = Celery(broker=settings.CELERY_BROKER_URL)
    return bool(app.control.ping(destination=[name], timeout=1))


def fake_stripe_environment(public_url: str) -> dict[str, str]:
    """Where there is no key (and only in development), Stripe is our own fake: say where it is."""
    if settings.STRIPE_API_KEY or not settings.DEBUG:
        return {}
    return {
        "FAKE_STRIPE_URL": f"http://127.0.0.1:{free_port()}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "FAKE_STRIPE_WEBHOOK": f"{public_url}/stripe/webhook",
    }


def start_all(
    supervisor: Supervisor, *, public_url: str, listen: tuple[str, int], extra: Mapping[str, str]
) -> None:
    """Start fake Stripe (if one is needed), web, workers and beat; return when all are healthy.

    `listen` is the host and port of the web server, `public_url` what the outside calls it.
    """
    require_free(*listen)
    env = {**extra, "PUBLIC_URL": public_url, **fake_stripe_environment(public_url)}
    os.environ.update(env)
    if "FAKE_STRIPE_URL" in env:
        supervisor.start(_fake_stripe(env), within=WITHIN_SECONDS)
    for child in (_web(*listen, public_url), *workers(), _beat()):
        supervisor.start(child, within=WITHIN_SECONDS)
        supervisor.say(child.name, "healthy")


def _fake_stripe(env: Mapping[str, str]) -> Child:
    port = str(urlsplit(env["FAKE_STRIPE_URL"]).port)
    command = python(
        "manage.py",
        "fake_stripe",
        "--port",
        port,
        "--webhook",
        env["FAKE_STRIPE_WEBHOOK"],
        "--secret",
        env["STRIPE_WEBHOOK_SECRET"],
    )
    calls = f"{env['FAKE_STRIPE_URL']}/_fake/calls"
    return Child("stripe", command, ready=lambda: answers(calls))


def _web(host: str, port: int, public_url: str) -> Child:
    command = python(
        "-m",
        "uvicorn",
        "marketplace.config.asgi:application",
        "--host",
        host,
        "--port",
        str(port),
        "--lifespan",
        "off",
        "--no-access-log",
        "--timeout-graceful-shutdown",
        "5",
        *(["--proxy-headers"] if not settings.DEBUG else []),
    )
    public = urlsplit(public_url)
    # as the proxy in front would ask
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    url = f"http://{host}:{port}/healthz"
    return Child("web", command, ready=lambda: answers(url, headers))


def workers() -> list[Child]:
    """One for each queue; the one that brokers is called worker."""
    names = {WORK: "worker"}
    return [_worker(names.get(queue, queue), queue, count) for queue, count in PROCESSES.items()]


def _worker(called: str, queue: str, count: int) -> Child:
    name = f"straits-{queue}-{os.getpid()}@{socket.gethostname()}"
    command = python(
        "-m",
        "celery",
        "--quiet",
        "-A",
        "marketplace.config.celery",
        "worker",
        "--queues",
        queue,
        "--concurrency",
        str(count),
        "--hostname",
        name,
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "WARNING",
    )
    return Child(called, command, ready=lambda: worker_answers(name))


def _beat() -> Child:
    folder: Path = settings.STRAITS_HOME
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("beat-schedule*"):
        stale.unlink()
    schedule = folder / "beat-schedule"
    command = python(
        "-m",
        "celery",
        "--quiet",
        "-A",
        "marketplace.config.celery",
        "beat",
        "--schedule",
        str(schedule),
        "--pidfile",
        "",
        "--loglevel",
        "WARNING",
    )
    # beat writes its schedule once it has read the settings and reached the broker
    return Child("beat", command, ready=lambda: any(folder.glob("beat-schedule*")))
