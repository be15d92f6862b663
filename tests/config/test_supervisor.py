import os
import signal
import time

import pytest

from marketplace.config.supervisor import Child, NotHealthy, Supervisor, python

SLEEP = python("-c", "import time; print('up', flush=True); time.sleep(60)")


@pytest.fixture
def lines():
    return []


@pytest.fixture
def supervisor(lines):
    made = Supervisor(lines.append)
    yield made
    made.stop()


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def test_output_is_prefixed_with_the_name(supervisor, lines):
    supervisor.start(Child("web", SLEEP), within=60)
    until(lambda: "     web | up" in lines)


def test_waits_until_healthy(supervisor, lines):
    supervisor.start(Child("web", SLEEP, ready=lambda: "     web | up" in lines), within=60)
    assert "     web | up" in lines


def test_one_that_dies_before_it_is_healthy_is_an_error(supervisor):
    with pytest.raises(NotHealthy, match="web ended with 3"):
        supervisor.start(
            Child("web", python("-c", "raise SystemExit(3)"), ready=lambda: False), within=60
        )


def test_one_that_never_gets_healthy_is_an_error(supervisor):
    with pytest.raises(NotHealthy, match="not healthy after 0 s"):
        supervisor.start(Child("web", SLEEP, ready=lambda: False), within=0.3)


def test_a_killed_child_is_started_again(supervisor, lines):
    child = Child("worker", SLEEP)
    supervisor.start(child, within=60)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: child.restarts == 1 and child.alive())
    assert child.process.pid != first
    assert any("ended with -9; starting it again" in line for line in lines)


def test_stop_ends_grandchildren_too(supervisor, lines):
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('grandchild', child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor.start(Child("web", python("-c", code)), within=60)
    until(lambda: any("grandchild" in line for line in lines))
    pid = int(next(line for line in lines if "grandchild" in line).split()[-1])
    supervisor.stop()

    def gone():
        try:
            with open(f"/proc/{pid}/stat") as stat:
                return stat.read().split()[2] == "Z"
        except FileNotFoundError:
            return True

    until(gone)
