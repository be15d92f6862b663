import pytest

from agents.gateway import problems
from tests.make import NOON


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    monkeypatch.setattr(problems, "now", lambda: NOON)
