"""The external script beside a file that somebody spoilt."""

import json

import pytest
from django.core.management import call_command

from tests.compliance import trail
from tests.compliance.test_audit import FINE, SCRIPT, externally

pytestmark = pytest.mark.django_db


def spoil(lines: list[str], how: str) -> list[str]:
    if how == "changed":
        line = json.loads(lines[-3])
        line["payload"] = line["payload"].replace('"outcome":"allow"', '"outcome":"allof"')
        return [*lines[:-3], json.dumps(line), *lines[-2:]]
    if how == "removed":
        return lines[:-3] + lines[-2:]
    if how == "swapped":
        return [*lines[:-4], lines[-3], lines[-4], *lines[-2:]]
    if how == "inserted":
        return [*lines[:-2], lines[-3], *lines[-2:]]
    return lines[:-2] + lines[-1:]


@pytest.mark.parametrize("how", ["changed", "removed", "swapped", "inserted", "cut"])
def test_the_script_finds_a_spoilt_file(how, tmp_path):
    trail.laid()
    file = tmp_path / "audit.jsonl"
    call_command("export_audit", str(file))
    before = file.read_text().splitlines()
    after = spoil(before, how)
    assert after != before
    file.write_text("\n".join(after) + "\n")
    code, told = externally(tmp_path)
    assert code == 1
    assert told[0] != FINE


def test_the_script_is_short_enough_to_be_read_by_whoever_runs_it():
    assert len(SCRIPT.read_text().splitlines()) <= 50


def test_a_field_put_into_a_line_and_a_line_after_the_end_are_found(tmp_path):
    trail.laid()
    file = tmp_path / "audit.jsonl"
    call_command("export_audit", str(file))
    before = file.read_text().splitlines()
    added = json.dumps({**json.loads(before[0]), "note": "fine"})
    for after in ([added, *before[1:]], [*before, before[0]]):
        file.write_text("\n".join(after) + "\n")
        code, told = externally(tmp_path)
        assert (code, FINE in told) == (1, False)
