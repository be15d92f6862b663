import pytest

from tests.metering import reporting


@pytest.fixture
def running(market, harbour):
    """A two-GPU lease [12:00, 13:00) that runs since 12:00."""
    return reporting.started(harbour)


@pytest.fixture
def assignment(running):
    return running.assignments.get()
