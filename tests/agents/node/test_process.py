import json
import os
import subprocess
import sys
import time
from uuid import UUID

import pytest

from agents.node import proc
from agents.node.process import ProcessRuntime
from agents.node.reconcile import Phase
from agents.node.runtime import CannotStart

from .build import NOON, ONE, wanted
from .market import until

GPUS = ("GPU-a", "GPU-b")
#: starts a child that ignores SIGTERM and, in it, one that leaves for a group of its own
STUBBORN = """
trap '' TERM
sh -c 'trap "" TERM; echo $$ >> pids; sleep 100' &
bash -c 'set -m; sleep 100 & echo $! >> pids; wait' &
echo $$ >> pids
while :; do sleep 1; done
"""


@pytest.fixture
def runtime(tmp_path):
    made = ProcessRuntime(tmp_path / "leases")
    yield made
    for assignment in list(made.known):
        made.stop(assignment=assignment, grace=0)
    until(lambda: all(each.phase is Phase.ENDED for each in made.observe()))


def start(runtime, *command, environment=None):
    runtime.start(wanted=wanted(command=command, environment=environment or {}, gpus=GPUS), at=NOON)
    return runtime.folder / str(ONE)


def phase(runtime):
    [seen] = runtime.observe()
    return seen.phase


def wait_for_end(runtime):
    until(lambda: phase(runtime) is Phase.ENDED)
    return runtime.observe()[0]


def alive(pid):
    return proc.look(pid) is not None


def pids_in(work, count):
    file = work / "pids"
    until(lambda: file.exists() and len(file.read_text().split()) == count)
    return [int(pid) for pid in file.read_text().split()]


def test_a_workload_sees_its_leased_gpus_and_nothing_of_the_agents(runtime, monkeypatch):
    monkeypatch.setenv("STRAITS_TOKEN", "a-secret-of-the-agent")
    folder = start(
        runtime,
        sys.executable,
        "-c",
        "import json, os; print(json.dumps([dict(os.environ), os.getcwd()]))",
        environment={"EPOCHS": "3", "HOME": "/root", "CUDA_VISIBLE_DEVICES": "GPU-of-another"},
    )
    assert wait_for_end(runtime).exit_code == 0
    environment, place = json.loads((folder / "output.log").read_text())
    work = str(folder / "work")
    assert environment == {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "EPOCHS": "3",
        "HOME": work,
        "CUDA_VISIBLE_DEVICES": "GPU-a,GPU-b",
        "NVIDIA_VISIBLE_DEVICES": "GPU-a,GPU-b",
        "STRAITS_NOTICE": str(folder / "notice.json"),
    }
    assert place == work


def test_a_workload_has_no_open_file_of_the_agents(runtime, tmp_path):
    with (tmp_path / "key").open("w"):
        folder = start(runtime, "ls", "-l", "/proc/self/fd")
        wait_for_end(runtime)
    assert str(tmp_path / "key") not in (folder / "output.log").read_text()
    assert "/dev/null" in (folder / "output.log").read_text(), "stdin"


def test_what_a_workload_ended_with_is_known(runtime):
    start(runtime, "sh", "-c", "exit 7")
    seen = wait_for_end(runtime)
    assert (seen.exit_code, seen.started_at, seen.gpu_uuids) == (7, NOON, GPUS)


def test_a_workload_that_obeys_ends_at_once_and_takes_its_children_along(runtime):
    child = "sh -c 'trap \"\" TERM; echo $$ >> pids; sleep 100' &"
    folder = start(runtime, "sh", "-c", f"trap 'exit 3' TERM; {child} echo $$ >> pids; wait")
    pids = pids_in(folder / "work", 2)
    runtime.stop(assignment=ONE, grace=60)
    assert wait_for_end(runtime).exit_code == 3
    assert not any(alive(pid) for pid in pids)


def test_every_process_of_a_workload_is_asked_to_end(runtime):
    child = "trap 'echo told > told; exit' TERM; echo $$ > pids; while :; do sleep 0.05; done"
    parent = 'trap : TERM; sh -c "$CHILD" & while :; do sleep 0.05; done'
    folder = start(runtime, "sh", "-c", parent, environment={"CHILD": child})
    pids_in(folder / "work", 1)
    runtime.stop(assignment=ONE, grace=60)
    until(lambda: (folder / "work" / "told").exists())


def test_nothing_of_a_stubborn_workload_remains_after_the_grace(runtime):
    folder = start(runtime, "sh", "-c", STUBBORN)
    pids = pids_in(folder / "work", 3)
    runtime.stop(assignment=ONE, grace=60)
    until_when = runtime.known[ONE].kill_at
    runtime.stop(assignment=ONE, grace=100)
    assert runtime.known[ONE].kill_at == until_when, "no grace makes another longer"
    assert phase(runtime) is Phase.STOPPING
    assert alive(pids[-1])
    runtime.stop(assignment=ONE, grace=0.4)
    assert wait_for_end(runtime).exit_code == -9
    assert not any(alive(pid) for pid in pids)


def test_what_a_workload_leaves_running_goes_with_it(runtime):
    folder = start(runtime, "sh", "-c", "sleep 100 & echo $! > pids; exit 0")
    [pid] = pids_in(folder / "work", 1)
    assert wait_for_end(runtime).exit_code == 0
    assert not alive(pid)


@pytest.mark.parametrize("command", [("no-such-program",), ("./run.sh",), ("/etc/passwd",), ()])
def test_a_program_that_is_not_there_starts_nothing(runtime, command):
    with pytest.raises(CannotStart, match=r"no (program|command)"):
        start(runtime, *command)
    assert runtime.observe() == []
    assert list(runtime.folder.iterdir()) == []


@pytest.mark.parametrize(
    "facts", [{"image": "debian:12"}, {"template": "ssh"}, {"ssh_keys": ("ssh-ed25519 AAAA",)}]
)
def test_what_needs_a_container_starts_nothing(runtime, facts):
    with pytest.raises(CannotStart, match="runs plain commands only"):
        runtime.start(wanted=wanted(**facts), at=NOON)
    assert list(runtime.folder.iterdir()) == []


def test_an_assignment_is_started_once(runtime):
    start(runtime, "sleep", "100")
    before = dict(runtime.known)
    with pytest.raises(CannotStart, match="started before"):
        start(runtime, "sleep", "100")
    assert runtime.known == before


def test_what_ended_is_wiped_and_what_runs_is_not(runtime):
    folder = start(runtime, "sh", "-c", "echo secret > data; sleep 0.3")
    runtime.remove(assignment=ONE)
    assert folder.exists()
    wait_for_end(runtime)
    runtime.remove(assignment=ONE)
    assert runtime.observe() == []
    assert not folder.exists()


STARTER = """
import sys
from pathlib import Path
from agents.node.process import ProcessRuntime
from tests.agents.node.build import NOON, wanted
ProcessRuntime(Path(sys.argv[1])).start(
    wanted=wanted(command=tuple(sys.argv[2:])), at=NOON
)
import os
os._exit(0)
"""


def start_by_another_agent(tmp_path, *command):
    folder = tmp_path / "leases"
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", STARTER, str(folder), *command], check=True
    )
    return folder


def test_what_an_agent_before_us_started_is_found_and_can_be_stopped(tmp_path):
    runtime = ProcessRuntime(start_by_another_agent(tmp_path, "sleep", "100"))
    [seen] = runtime.observe()
    assert (seen.assignment, seen.phase, seen.started_at) == (ONE, Phase.RUNNING, NOON)
    pid = runtime.known[ONE].record.pid
    runtime.stop(assignment=ONE, grace=5)
    assert wait_for_end(runtime).exit_code is None
    assert not alive(pid)


def test_what_ended_while_no_agent_ran_is_found_without_an_exit_code(tmp_path):
    folder = start_by_another_agent(tmp_path, "true")
    runtime = ProcessRuntime(folder)
    until(lambda: not alive(runtime.known[ONE].record.pid))
    [seen] = runtime.observe()
    assert (seen.phase, seen.exit_code) == (Phase.ENDED, None)


@pytest.mark.parametrize("changed", [{"start": 1}, {"boot": UUID(int=9)}])
def test_another_process_with_the_same_pid_is_left_alone(tmp_path, changed):
    folder = start_by_another_agent(tmp_path, "sleep", "100")
    file = folder / str(ONE) / "process.json"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, **changed}, default=str))
    runtime = ProcessRuntime(folder)
    assert wait_for_end(runtime).exit_code is None
    runtime.stop(assignment=ONE, grace=0)
    assert alive(record["pid"])
    os.kill(record["pid"], 9)


def test_a_workload_whose_agent_dies_before_it_wrote_down_the_pid_never_runs(tmp_path):
    code = (
        "import os, agents.node.process as p; p.write_whole = lambda *_: os._exit(1); "
        f"exec({STARTER!r})"
    )
    folder = tmp_path / "leases"
    command = [sys.executable, "-c", code, str(folder), "touch", "ran"]
    assert subprocess.run(command, check=False).returncode == 1  # noqa: S603
    time.sleep(0.3)
    assert list((folder / str(ONE)).iterdir()) != []
    assert not (folder / str(ONE) / "work" / "ran").exists()
    assert ProcessRuntime(folder).observe() == []


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, caplog):
    (tmp_path / "leases" / "photos").mkdir(parents=True)
    (tmp_path / "leases" / "photos" / "process.json").write_text("{}")
    assert ProcessRuntime(tmp_path / "leases").observe() == []
    assert "is not a record of ours" in caplog.text


#: says what it finds in the file when the signal comes
LISTENS = """
import json, os, pathlib, signal
def told(*_):
    pathlib.Path("heard").write_text(pathlib.Path(os.environ["STRAITS_NOTICE"]).read_text())
signal.signal(signal.SIGCONT, told)
pathlib.Path("ready").touch()
while True:
    signal.pause()
"""


def test_a_workload_hears_that_it_gives_way(runtime):
    folder = start(runtime, sys.executable, "-c", LISTENS)
    until((folder / "work" / "ready").exists)
    assert not (folder / "notice.json").exists()
    runtime.tell(assignment=ONE, evict_at=NOON)
    heard = folder / "work" / "heard"
    until(lambda: heard.exists() and heard.read_text())
    assert json.loads(heard.read_text()) == {"evict_at": "2026-11-24T12:00:00+00:00"}
    assert phase(runtime) is Phase.RUNNING
    assert runtime.observe()[0].told == NOON
    heard.unlink()
    runtime.tell(assignment=ONE, evict_at=NOON)
    assert ProcessRuntime(runtime.folder).observe()[0].told == NOON, "the next agent knows as well"
    assert not heard.exists(), "told once"


def test_one_that_does_not_listen_runs_on(runtime):
    start(runtime, "sleep", "100")
    runtime.tell(assignment=ONE, evict_at=NOON)
    assert phase(runtime) is Phase.RUNNING
    assert runtime.observe()[0].told == NOON


def test_one_that_ended_or_is_not_known_is_not_told(runtime):
    folder = start(runtime, "true")
    wait_for_end(runtime)
    runtime.tell(assignment=ONE, evict_at=NOON)
    runtime.tell(assignment=UUID(int=9), evict_at=NOON)
    assert not (folder / "notice.json").exists()
