"""A long screening that is cut off goes on where it was, and comes out the same."""

import io
import json
import os
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils.timezone import now

from compliance.management.commands.screen import Bar
from compliance.services import batch
from tests.compliance import ofac
from tests.make import HOUR

pytestmark = pytest.mark.django_db
NAMES = ("Pelagic Dawn Systems Ltd", "Harbour Light Research Ltd", '"Quorvane\nThaddeus, Ilario"')


@pytest.fixture
def source(tmp_path):
    rows = [f"{place},{NAMES[place % 3]},Company" for place in range(2600)]
    place = tmp_path / "in.csv"
    place.write_text("\n".join(["id,name,type", *rows]) + "\n")
    return place


def screen(source, out, *more):
    call_command("screen", str(source), "--out", str(out), *more)
    return out.read_bytes()


def cut_off(source, out, *, after):
    """A run that gets SIGKILL once so many chunks are in the side file."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            left, real = [after], batch.Unfinished.add

            def add(self, rows):
                real(self, rows)
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

            batch.Unfinished.add = add
            call_command("screen", str(source), "--out", str(out))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert not out.exists()
    return out.with_name(f"{out.name}.part")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(tmp_path, source, after, capsys):
    ofac.import_sample(at=now())
    undisturbed = screen(source, tmp_path / "one.csv")
    out = tmp_path / "two.csv"
    part = cut_off(source, out, after=after)
    assert len(part.read_text().splitlines()) == 1 + after
    told = capsys.readouterr().out
    assert screen(source, out, "--resume") == undisturbed
    assert capsys.readouterr().out == told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "one.csv", "two.csv"]


@pytest.fixture
def part(tmp_path, source, monkeypatch):
    """The side file of a run that was stopped in its second chunk."""
    ofac.import_sample(at=now())
    stop_in_the_second_chunk(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        screen(source, tmp_path / "out.csv")
    monkeypatch.undo()
    return tmp_path / "out.csv.part"


def stop_in_the_second_chunk(monkeypatch):
    real, calls = batch._told, []

    def told(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(batch, "_told", told)


def test_what_is_done_is_not_done_again(tmp_path, source, part, monkeypatch):
    asked, real = [], batch._told

    def told(index, chunk):
        asked.append(len(chunk))
        return real(index, chunk)

    monkeypatch.setattr(batch, "_told", told)
    screen(source, tmp_path / "out.csv", "--resume")
    assert asked == [1000, 600]


def test_a_line_that_was_cut_off_is_done_again(tmp_path, source, part):
    whole = part.read_bytes()
    part.write_bytes(whole + b'[["1000", "clear", "", "",')
    mended = screen(source, tmp_path / "out.csv", "--resume")
    assert mended == screen(source, tmp_path / "again.csv")


def test_resuming_without_a_side_file_begins(tmp_path, source):
    ofac.import_sample(at=now())
    assert screen(source, tmp_path / "one.csv", "--resume") == screen(source, tmp_path / "two.csv")


def test_without_resume_everything_is_done_anew(tmp_path, source, part):
    header = json.loads(part.read_text().splitlines()[0])
    part.write_text(json.dumps(header) + '\n[["x", "clear", "", "", "", "", ""]]\n')
    assert b"\nx," not in screen(source, tmp_path / "out.csv")
    assert not part.exists()


def another_input(source):
    source.write_text(source.read_text().replace("2599,", "9999,"))


def another_list(source):
    ofac.import_sample(at=now())


@pytest.mark.parametrize(
    ("change", "told"), [(another_input, "another input"), (another_list, "another list")]
)
def test_what_was_begun_with_something_else_is_not_gone_on_with(
    tmp_path, source, part, change, told
):
    before = part.read_bytes()
    change(source)
    with pytest.raises(CommandError, match=rf"out.csv.part: was begun with {told}; run without"):
        screen(source, tmp_path / "out.csv", "--resume")
    assert part.read_bytes() == before
    assert not (tmp_path / "out.csv").exists()


def test_another_scorer_and_lists_of_another_age_are_told_as_well(tmp_path, source, part):
    header, *rest = part.read_text().splitlines()
    bound = json.loads(header) | {"scorer": "older", "age of the lists": ["x"]}
    part.write_text("\n".join([json.dumps(bound), *rest]) + "\n")
    with pytest.raises(CommandError, match="another age of the lists and another scorer"):
        screen(source, tmp_path / "out.csv", "--resume")


def test_a_side_file_that_is_something_else_is_refused(tmp_path, source, part):
    part.write_text("[]\n")
    with pytest.raises(CommandError, match="is no file of a screening"):
        screen(source, tmp_path / "out.csv", "--resume")


def test_two_runs_never_write_one_output(tmp_path, source, part):
    bound = {"input": "x"}
    other = batch.Unfinished.of(part, bound, resume=False)
    with pytest.raises(CommandError, match="another run is writing it"):
        screen(source, tmp_path / "out.csv")
    other.close(finished=True)


def test_a_bad_row_far_down_is_told_before_anything_is_screened(tmp_path, source):
    ofac.import_sample(at=now() - HOUR)
    source.write_text(source.read_text() + ",No Id,Company\n")
    with pytest.raises(CommandError, match="has no id"):
        screen(source, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("column", ["type", "kind"])
def test_the_kind_of_a_party_goes_by_either_name(tmp_path, column):
    ofac.import_sample(at=now())
    place = tmp_path / "in.csv"
    place.write_text(f"id,name,{column}\n1,Pelagic Dawn Systems Ltd,person\n")
    assert b"asked as person, listed as organisation" in screen(place, tmp_path / "out.csv")


class Screen(io.StringIO):
    def isatty(self):
        return True


def told(out, monkeypatch, *steps):
    """What a bar says when the rows done stand so at these seconds."""
    clock = iter([0.0, *(second for second, _ in steps)])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    from django.core.management.base import OutputWrapper

    bar = Bar(OutputWrapper(out))
    for _, done in steps:
        bar(done, 3000)
    return out.getvalue()


def test_a_terminal_sees_a_bar_with_rows_and_rate(monkeypatch):
    assert told(Screen(), monkeypatch, (0.0, 1000), (2.0, 2000), (4.0, 3000)) == (
        f"\r[{'#' * 10}{'.' * 20}] 1,000/3,000 rows, 0/s"
        f"\r[{'#' * 20}{'.' * 10}] 2,000/3,000 rows, 500/s"
        f"\r[{'#' * 30}] 3,000/3,000 rows, 500/s\n"
    )


def test_a_log_gets_a_line_now_and_then(monkeypatch):
    lines = told(io.StringIO(), monkeypatch, (0.0, 0), (9.0, 900), (11.0, 1100), (12.0, 3000))
    assert lines.splitlines() == [
        f"[{'#' * 11}{'.' * 19}] 1,100/3,000 rows, 100/s",
        f"[{'#' * 30}] 3,000/3,000 rows, 250/s",
    ]
