"""A real Chromium on pages that this process serves from the test database."""

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.test import Client

from marketplace.web.live.ear import ear
from tests import network

# Playwright's synchronous way keeps a loop on this thread, which Django takes for asynchronous code
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = shutil.which("chromium")
#: seconds that a page may take on a busy machine
PATIENCE = 90
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def browsers() -> Iterator[Any]:
    """Have a Chromium; the test skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on the path (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with network.ours(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Closed before other tests run: while it is open an event loop runs in this thread."""
    with browsers() as browser:
        yield browser


class Server(uvicorn.Server):
    """Closes at its end what a process otherwise keeps open as long as it lives."""

    async def shutdown(self, sockets: Any = None) -> None:
        await super().shutdown(sockets)
        await ear().link.aclose()


@pytest.fixture
def asgi(transactional_db: Any) -> Iterator[str]:
    """The application as it is served in earnest: the usual server knows no streams.

    Named before `visit`, so that it outlives the pages.
    """
    config = uvicorn.Config(
        "marketplace.config.asgi:application",
        port=0,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    gc.collect()  # connections of its threads go with them, in this test and not in the next


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a path as a person, in a window of a width and a scheme; complaints fail the test.

    A complaint is whatever the browser writes to its console as an error: a breach of the content
    security policy, a file that is not there, a script that throws.
    """
    contexts, complaints = [], []

    def open_(
        path: str,
        person: Any = None,
        *,
        width: int = 1280,
        scheme: str = "light",
        at: str = "",
        clock: bool = False,
        **context_facts: Any,
    ) -> Any:
        url = at or live_server.url
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **context_facts
        )
        contexts.append(context)
        if person is not None:
            context.add_cookies([_signed_in(person, url)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        if clock:
            page.clock.install()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _signed_in(person: Any, url: str) -> dict[str, Any]:
    client = Client()
    client.force_login(person)
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
