import pytest

from agents.gateway import problems
from agents.gateway.fast import bell, links
from tests.make import NOON


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)


@pytest.fixture(autouse=True)
def _redis_may_take_its_time(monkeypatch):
    """On a busy machine too it answers, and is not taken for one that does not."""
    monkeypatch.setattr(links, "PATIENCE", 30.0)
    monkeypatch.setattr(bell, "PAUSE", 30.0)
