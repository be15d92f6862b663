"""A lease on MIG slices: handed out by their own UUIDs, and no slice more."""

from uuid import uuid4

import pytest

from agents.node.containers import attached
from agents.node.simulated import cdi

from . import at
from .conftest import STORAGE


@pytest.fixture
def slices(engine):
    """Seven slices that the engine knows by CDI."""
    name = uuid4()
    uuids = tuple(f"MIG-{name}-{number}" for number in range(7))
    with cdi.described(uuids, host=name):
        yield uuids


def test_a_lease_has_its_slices_and_no_other(make, slices):
    runtime, each = make(), at.lease(slices[2:4])
    seen = at.run(runtime, each)
    assert seen.gpu_uuids == slices[2:4]
    process = runtime.known[each.assignment].record.process
    paths = {node.path[-7:] for node in attached.nodes_of(process.pid) if "simulated" in node.path}
    assert paths == {"nvidia2", "nvidia3"}
    runtime.stop(assignment=each.assignment, grace=0)
    at.end(runtime, each)
    assert at.left(STORAGE, each.assignment) == set()
