"""Kept workspaces as they lie on the disk: no engine is asked, and none answers."""

from datetime import timedelta

import pytest

from agents.node.clock import Clock
from agents.node.containers import ContainerRuntime, making, workspace
from agents.node.containers import record as records
from agents.node.containers.host import Host, Options
from agents.node.containers.templates import Template
from agents.node.reconcile import Phase
from agents.node.runtime import NOT_KEPT, CannotStart
from tests.agents.node.build import NOON, ONE, TWO, wanted
from tests.agents.node.market import until

LATER = NOON + timedelta(hours=3)


def record(assignment=ONE, **facts):
    return records.Record(
        **{
            "assignment": assignment,
            "gpu_uuids": ("GPU-a",),
            "plan": Template(image="x"),
            "environment": {},
            "started_at": NOON,
            "ended": True,
            **facts,
        }
    )


@pytest.fixture
def folder(tmp_path):
    """Of a lease that is over and left its workspace."""
    made = tmp_path / "leases"
    made.mkdir()
    records.write(made, record(keep_until=LATER))
    (made / str(ONE) / "workspace.img").write_bytes(b"data")
    return made


@pytest.fixture
def make(folder, tmp_path):
    made = []

    def make():
        host = Host(
            options=Options(engine=f"unix://{tmp_path / 'nobody'}"),
            clock=Clock(),
            owner=str(tmp_path),
            gpu_count=lambda: 1,
            gpu_pids=lambda gpus: frozenset(),
        )
        made.append(ContainerRuntime(folder, host))
        return made[-1]

    yield make
    for each in made:
        each.close()


def sight(runtime, assignment=ONE):
    [seen] = [each for each in runtime.observe() if each.assignment == assignment]
    return seen.phase, seen.kept, seen.workspace_bytes


def image(folder, assignment=ONE):
    return folder / str(assignment) / "workspace.img"


def test_it_is_found_by_the_next_agent(make):
    assert sight(make()) == (Phase.ENDED, True, 4)


def test_one_whose_file_is_gone_is_not_kept(make, folder):
    runtime = make()
    image(folder).unlink()
    assert sight(runtime) == (Phase.ENDED, False, None)


def test_it_is_wiped_and_its_record_stays(make, folder):
    runtime = make()
    runtime.wipe(assignment=ONE)
    until(lambda: not image(folder).exists())
    assert sight(runtime) == sight(make()) == (Phase.ENDED, False, None)


def test_it_is_removed_whole(make, folder):
    runtime = make()

    def removed():
        runtime.remove(assignment=ONE)
        return not runtime.observe()

    until(removed)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("verb", ["wipe", "remove"])
def test_a_wipe_is_tried_until_nothing_is_left_and_meanwhile_nothing_is_kept(
    make, folder, monkeypatch, verb
):
    runtime, tries = make(), []

    def busy(place, wipe=workspace.wipe):
        tries.append(place)
        if len(tries) < 3:
            raise OSError("busy")
        wipe(place)

    monkeypatch.setattr(workspace, "wipe", busy)
    for _ in range(5):
        getattr(runtime, verb)(assignment=ONE)
    assert sight(runtime)[1] is False
    with pytest.raises(CannotStart, match=NOT_KEPT):
        runtime.start(wanted=wanted(TWO, resume=ONE), at=NOON)
    until(lambda: not image(folder).exists())
    assert tries == [folder / str(ONE)] * 3


@pytest.mark.parametrize("before", ["not known", "without a file"])
def test_nothing_goes_on_with_what_is_not_kept(make, folder, before):
    runtime, old = make(), TWO
    if before == "without a file":
        old = ONE
        image(folder).unlink()
    with pytest.raises(CannotStart, match=NOT_KEPT):
        runtime.start(wanted=wanted(TWO, resume=old), at=NOON)
    assert [each.name for each in folder.iterdir()] == [str(ONE)]


def test_a_lease_never_gets_an_empty_workspace_for_a_kept_one(make, folder):
    host = make().host
    image(folder).unlink()
    place = folder / str(TWO)
    place.mkdir()
    with pytest.raises(CannotStart, match=NOT_KEPT):
        making.make_workspace(record(TWO, resumes=ONE, origin=ONE), place, host)
    assert list(place.iterdir()) == []


def test_users_are_those_of_who_made_the_workspace():
    first = making.first_user(record())
    assert making.first_user(record(TWO)) != first
    assert making.first_user(record(TWO, resumes=ONE, origin=ONE)) == first


def test_what_is_mounted_against_all_looks_is_not_deleted(folder, monkeypatch):
    """The data of the lease before, while this one never ran."""
    place = folder / str(TWO)
    (place / "workspace").mkdir(parents=True)
    (place / "workspace" / "data").touch()
    monkeypatch.setattr(workspace.os.path, "ismount", lambda _: False)
    workspace.wipe(place)
    assert (place / "workspace" / "data").exists()
