"""Recorded demand through the real broker: read, placed, summed up, and nowhere near live rows."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.placing import place_all, several
from marketplace.brokerage.figures import fragmentation
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import STRATEGIES
from marketplace.brokerage.services.replaying import ReplayStopped, replay
from marketplace.brokerage.traces import BadTrace, Task, read_nodes, read_tasks
from tests import make
from tests.make import NOON

SETTINGS = "marketplace.config.settings"
ROOT = Path(__file__).parents[2]
NODES = "sn,cpu_milli,memory_mib,gpu,model\na,1,1,2,T4\nb,1,1,0,\nc,1,1,4,T4\n"
HEAD = "name,num_gpu,creation_time,deletion_time\n"
#: two hours on 2 GPUs, an hour on 4 and one on 4 that finds no room
TASKS = HEAD + "a,2,100,7300\nb,4,200,3800\nc,4,260,3860\nd,0,0,50\ne,1,400,\n"


def tasks(text, **how):
    return read_tasks(text.splitlines(), name="tasks.csv", **how)


def nodes(text=NODES, **how):
    return read_nodes(text.splitlines(), name="nodes.csv", **how)


def test_machines_without_a_gpu_are_left_out():
    assert nodes() == [2, 4]
    assert nodes(every=2) == [2]
    assert nodes("gpu_capacity_num\n8\n") == [8]


def test_tasks_are_squeezed_and_what_is_left_out_is_counted():
    demand = tasks(TASKS, squeeze=10)
    assert demand.tasks == [Task(0, 7200, 2), Task(10, 3600, 4), Task(16, 3600, 4)]
    assert demand.left_out == {"no GPU": 1, "no end": 1, "longer than 30 days": 0, "early": 0}
    assert demand.gpu_hours == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\na\n", "tasks.csv: no column num_gpu"),
        (HEAD + "a,two,0,1\n", "tasks.csv, line 2: num_gpu is 'two', not a whole number"),
        (HEAD + "a,1,0,1\nb,1,-5,1\n", "tasks.csv, line 3: creation_time is '-5'"),
        (HEAD, "tasks.csv: no task"),
    ],
)
def test_a_trace_that_cannot_be_read_names_the_place(text, said):
    with pytest.raises(BadTrace, match=said):
        tasks(text)


def test_fragmentation_is_what_a_request_could_not_use():
    assert fragmentation([4, 4], {4: 1.0}) == 0
    assert fragmentation([3, 5], {4: 1.0}) == 3 / 8
    assert fragmentation([3, 5], {4: 0.5, 1: 0.5}) == 3 / 16
    assert fragmentation([0, 0], {4: 1.0}) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_the_broker_decides_and_the_rows_are_counted(strategy, market):
    run = replay(
        machines=[2, 4],
        demand=tasks(TASKS),
        strategy=strategy,
        tick=timedelta(seconds=120),
        at=NOON,
    )
    assert (run.asked, run.accepted) == (3, 2)
    assert run.accepted_gpu_hours == 8
    assert run.asked_gpu_hours == 12
    assert (run.waited_mean_s, run.waited_p95_s) == (70, 120)
    assert len(run.busy) == len(run.fragmented)


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_in_memory_it_comes_to_the_same(strategy, market):
    """Forty tasks on ten machines, some of which find no room."""
    lengths = [(1 + place % 4, 60 * place, 60 * place + 700 + place * 97) for place in range(40)]
    text = HEAD + "".join(f"t,{gpus},{at},{end}\n" for gpus, at, end in lengths)
    machines = [1, 4, 2, 2, 8, 1, 4, 2, 1, 2]
    asked = {"machines": machines, "demand": tasks(text), "strategy": strategy}
    booked = replay(**asked, tick=timedelta(seconds=300), at=NOON)
    placed = place_all(**asked, tick=300)
    assert 0 < booked.accepted < 40
    told = [replace(run, seconds=0) for run in (booked, placed)]
    assert told[0] == told[1]


def test_a_trace_several_times_over_has_every_task_as_often():
    demand = tasks(TASKS, squeeze=10)
    many = several(demand, 3, seed=1)
    assert many.gpu_hours == 3 * demand.gpu_hours
    assert sorted(task.gpus for task in many.tasks) == [2, 2, 2, 4, 4, 4, 4, 4, 4]
    arrivals = [task.arrival for task in many.tasks]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] <= demand.tasks[-1].arrival
    assert several(demand, 3, seed=1) == many != several(demand, 3, seed=2)


@pytest.mark.django_db
def test_figures_of_a_renter_that_screening_refuses_are_not_given(db):
    make.chip("T4")
    with pytest.raises(ReplayStopped, match="requests are refused"):
        replay(
            machines=[4],
            demand=tasks(TASKS),
            strategy="ours",
            tick=timedelta(seconds=60),
            at=NOON,
        )


def run(*arguments, **environment):
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, "manage.py", "replay", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": SETTINGS, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_the_command_leaves_nothing_but_its_files(tmp_path):
    paths = tmp_path / "nodes.csv", tmp_path / "tasks.csv"
    for path, text in zip(paths, (NODES, TASKS), strict=True):
        path.write_text(text)
    done = run(*paths, "--strategy", "all", "--squeeze", 10, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "replay.json").read_text())
    assert told == json.loads(done.stdout.splitlines()[-1])
    assert (told["squeeze"], told["machines_share"], told["gpus"]) == (10, "1/1", 6)
    assert [one["strategy"] for one in told["runs"]] == ["first-fit", "best-fit", "ours"]
    svg = ElementTree.parse(tmp_path / "out" / "replay.svg").getroot()  # noqa: S314  our own
    assert len(svg.findall("{http://www.w3.org/2000/svg}polyline")) == 6
    assert not Reservation.objects.exists()


def test_it_refuses_in_production(tmp_path):
    done = run(
        *("n.csv", "t.csv"),
        DEBUG="0",
        EMAIL_HOST="mail.invalid",
        SECRET_KEY="s" * 60,
        PUBLIC_URL="https://straits.example",
        STRIPE_API_KEY="sk_live_none",
        STRIPE_WEBHOOK_SECRET="whsec_none",
        GRANT_KEY="9" * 64,
    )
    assert done.returncode == 1
    assert "a replay needs DEBUG=1" in done.stderr


def test_a_share_that_cannot_be_read_is_named(tmp_path):
    done = run("n.csv", "t.csv", "--machines", "2/3")
    assert done.returncode != 0
    assert "'2/3': write a share such as 1/40" in done.stderr
