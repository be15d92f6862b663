import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from agents.gateway import problems

from .world import Lab


@pytest.fixture
def turning(market, tmp_path, monkeypatch, settings):
    """A lab without nodes, whose clock is the gateway's too."""
    settings.HEARTBEAT_SECONDS = 60
    made = Lab(tmp_path)
    # the end of a request must not end the transaction of the test
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(problems, "now", made.now)
    yield made
    made.close()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
