import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from compliance.models import ListSnapshot, ListSource
from tests.compliance import lists, ofac
from tests.make import HOUR

pytestmark = pytest.mark.django_db

INPUT = """id,name,kind,country
1,Pelagic Dawn Systems Ltd,organisation,SG
2,"QUORVANE, Thaddeus Ilario",person,
3,Harbour Light Research Ltd,,SG
4,Peladawn,,
5,,,
6,3M,organisation,US
"""


def screen(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "in.csv").write_text(text, encoding=encoding)
    call_command("screen", str(folder / "in.csv"), "--out", str(folder / "out.csv"))
    return folder / "out.csv"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_batch_gets_an_outcome_per_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ofac.import_sample(at=now())
    with screen(tmp_path, INPUT, "utf-8-sig").open(newline="") as out:
        rows = list(csv.reader(out))
    assert rows == [
        ["id", "outcome", "score", "list", "entry_id", "entry_name", "reasons"],
        ["1", "match", "1.0000", "ofac_sdn", "990001", "PELAGIC DAWN SYSTEMS LTD.",
         "the same words"],
        ["2", "match", "1.0000", "ofac_sdn", "990012", "QUORVANE, Thaddeus Ilario",
         "the same words"],
        ["3", "clear", "", "", "", "", ""],
        ["4", "possible", "0.9500", "ofac_sdn", "990001", "PELADAWN",
         "the same words; listed as a weak alias"],
        ["5", "unscreenable", "", "", "", "", "the name is empty or too short to compare"],
        ["6", "unscreenable", "", "", "", "", "the name is empty or too short to compare"],
    ]  # fmt: skip
    assert "6 screened: 1 clear, 2 match, 1 possible, 2 unscreenable" in capsys.readouterr().out
    assert left(tmp_path) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "in.csv line 1: no column id, name"),
        ("id,title\n1,X\n", "in.csv line 1: no column name"),
        ("id,name\n1,Good Name\n2,Two,Cells\n", "in.csv line 3: has other columns than the first"),
        ("id,name\n1,Good Name\n2\n", "in.csv line 3: has other columns than the first"),
        ("id,name\n1,Good Name\n ,No Id\n", "in.csv line 3: has no id"),
        ("id,name,kind\n1,Good Name,robot\n", "in.csv line 2: kind 'robot' is none of person"),
        ("id,name,country\n1,Good Name,Malta\n", "line 2: country 'MALTA' is not a code"),
        ("id,name,birth_date\n1,Good Name,2/3/70\n", "line 2: birth_date '2/3/70' is not YYYY"),
        ('id,name\n1,Good Name\n2,"never closed\n', "in.csv line 3: not CSV"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path: Path, text: str, told: str) -> None:
    ofac.import_sample(at=now())
    (tmp_path / "out.csv").write_text("from an earlier run")
    with pytest.raises(CommandError, match=told):
        screen(tmp_path, text)
    assert (tmp_path / "out.csv").read_text() == "from an earlier run"
    assert left(tmp_path) == ["in.csv", "out.csv"]


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    ofac.import_sample(at=now())
    with pytest.raises(CommandError, match=r"in\.csv: is not UTF-8 text"):
        screen(tmp_path, "id,name\n1,Peña\n", "latin-1")
    assert left(tmp_path) == ["in.csv"]


def test_without_a_fresh_list_there_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no list was ever imported; import it with"):
        screen(tmp_path, INPUT)
    ofac.import_sample(at=now() - 25 * HOUR)
    with pytest.raises(CommandError, match="ofac_sdn is stale; import it with"):
        screen(tmp_path, INPUT)
    assert left(tmp_path) == ["in.csv"]


def test_a_stale_list_answers_only_when_allowed_and_marks_every_row(tmp_path: Path) -> None:
    ofac.import_sample(at=now() - 25 * HOUR)
    (tmp_path / "in.csv").write_text(INPUT)
    call_command(
        "screen", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--allow-stale"
    )
    with (tmp_path / "out.csv").open(newline="") as out:
        reasons = [row["reasons"] for row in csv.DictReader(out)]
    assert len(reasons) == 6
    assert all(reason.startswith("the lists are stale") for reason in reasons)


def test_allowing_stale_lists_does_not_allow_missing_ones(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(INPUT)
    with pytest.raises(CommandError, match="no list was ever imported"):
        call_command(
            "screen", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--allow-stale"
        )
    assert left(tmp_path) == ["in.csv"]


def test_lists_are_chosen_by_code_and_jobs_change_nothing(tmp_path: Path) -> None:
    ofac.import_sample(at=now())
    source, one, two = (tmp_path / name for name in ("in.csv", "one.csv", "two.csv"))
    source.write_text("id,name,type\n" + "1,Pelagic Dawn Systems Ltd,Company\n" * 1500)
    call_command("screen", str(source), "--out", str(one), "--lists", "ofac_sdn")
    call_command("screen", str(source), "--out", str(two), "--jobs", "2")
    assert one.read_bytes() == two.read_bytes()
    with pytest.raises(CommandError, match="no list uk_sl is imported; there are: ofac_sdn"):
        call_command("screen", str(source), "--out", str(one), "--lists", "ofac_sdn,uk_sl")


def test_a_missing_input_or_folder_is_an_error(tmp_path: Path) -> None:
    ofac.import_sample(at=now())
    with pytest.raises(CommandError, match="No such file"):
        call_command("screen", str(tmp_path / "no.csv"), "--out", str(tmp_path / "out.csv"))
    assert left(tmp_path) == []
    (tmp_path / "in.csv").write_text(INPUT)
    with pytest.raises(CommandError, match="No such file"):
        call_command(
            "screen", str(tmp_path / "in.csv"), "--out", str(tmp_path / "nowhere" / "out.csv")
        )


def test_import_list_prints_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("import_list", "ofac_sdn", str(ofac.SAMPLE), "--sample")
    call_command(*arguments, "--published", "2026-01-31", "--diff", "1")
    call_command(*arguments)
    assert capsys.readouterr().out.splitlines() == [
        "ofac_sdn: 25 entries in force; 25 added, 0 changed, 0 dropped",
        "+ 990001 PELAGIC DAWN SYSTEMS LTD.",
        "+ ... 24 more added",
        "ofac_sdn: 25 entries in force; 0 added, 0 changed, 0 dropped",
    ]
    with pytest.raises(CommandError, match="published on 2026-01-30, but the list of 2026-01-31"):
        call_command(*arguments, "--published", "2026-01-30")
    with pytest.raises(CommandError, match="invalid fromisoformat value"):
        call_command(*arguments, "--published", "yesterday")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("ofac_sdn", r"sdn\.csv: not found in"),
        ("un_sc", r"holds 0 files \*\.xml where one belongs"),
        ("xx", "no list source 'xx'"),
    ],
)
def test_import_list_refuses_cleanly(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("import_list", source, str(tmp_path))
    assert not ListSource.objects.exists()
    assert not ListSnapshot.objects.exists()


def test_import_list_takes_a_file_or_its_folder(tmp_path: Path) -> None:
    place = lists.write(tmp_path, "un_sc")
    call_command("import_list", "un_sc", str(place))
    call_command("import_list", "un_sc", str(tmp_path))
    assert [(one.entry_count, one.added) for one in ListSnapshot.objects.order_by("pk")] == [
        (2, 2),
        (2, 0),
    ]


def test_the_output_holds_no_formula(tmp_path: Path) -> None:
    ofac.import_sample(at=now())
    screen(tmp_path, 'id,name\n"=1+1",Somebody Else\n')
    with (tmp_path / "out.csv").open(newline="") as opened:
        assert next(csv.DictReader(opened))["id"] == "'=1+1"


def test_an_ordinary_cell_is_written_as_it_is(tmp_path: Path) -> None:
    ofac.import_sample(at=now())
    screen(tmp_path, "id,name\n7 = O'Brien,Somebody Else\n")
    assert "\n7 = O'Brien," in (tmp_path / "out.csv").read_text()
