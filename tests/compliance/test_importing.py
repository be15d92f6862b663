from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance import services
from compliance.index import names_of
from compliance.models import EntryName, ListEntry, ListSnapshot, ListSource
from compliance.services import importing
from compliance.sources import MalformedList
from tests.compliance import lists, ofac
from tests.make import HOUR, NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db


def bring(folder: Path, **facts: Any) -> ListSnapshot:
    known = {"source_code": "ofac_sdn", "published_on": None, "at": NOON}
    return services.import_list(folder=folder, **{**known, **facts})


def numbers(snapshot: ListSnapshot) -> tuple[int, int, int, int]:
    return snapshot.entry_count, snapshot.added, snapshot.changed, snapshot.dropped


def stored() -> tuple[int, int, int, int]:
    return tuple(
        model.objects.count() for model in (ListSource, ListSnapshot, ListEntry, EntryName)
    )


def test_the_first_import_adds_everything(tmp_path: Path) -> None:
    snapshot = bring(ofac.write(tmp_path, *ofac.numbered(40)), published_on=date(2026, 11, 20))
    assert numbers(snapshot) == (40, 40, 0, 0)
    assert stored() == (1, 1, 40, 41)
    assert snapshot.source.title == "OFAC Specially Designated Nationals"
    assert (snapshot.source.mandatory, snapshot.source.max_age_hours) == (True, 24)
    first = ListEntry.objects.get(uid="1")
    assert first.countries == ["Cuba"]
    assert bytes(first.content_hash) in {
        entry.content_hash for entry in importing.source("ofac_sdn").read(tmp_path)
    }


def test_the_same_again_is_a_fresh_snapshot_without_changes(tmp_path: Path) -> None:
    folder = ofac.write(tmp_path, *ofac.numbered(3))
    first = bring(folder)
    again = bring(folder, at=NOON + HOUR)
    assert numbers(again) == (3, 0, 0, 0)
    assert again.imported_at == NOON + HOUR
    assert bytes(again.sha256) == bytes(first.sha256)
    assert stored() == (1, 2, 3, 4)


def test_a_newer_list_adds_changes_and_drops(tmp_path: Path) -> None:
    lines = ofac.numbered(40)
    first = bring(ofac.write(tmp_path, *lines))
    newer = [*lines[:38], ofac.party(39, "RENAMED"), ofac.party(41, "NEW"), ofac.party(42, "NEWER")]
    second = bring(ofac.write(tmp_path, *newer))
    assert numbers(second) == (41, 2, 1, 1)
    in_force = {entry.uid: entry for entry in ListEntry.objects.in_force()}
    assert sorted(map(int, in_force)) == [*range(1, 40), 41, 42]
    assert in_force["39"].first_in == second
    assert set(ListEntry.objects.filter(dropped_in=second).values_list("uid", flat=True)) == {
        "39",
        "40",
    }
    # what the first snapshot had can still be read, for decisions made on it
    assert {listed.name for listed in names_of(first) if listed.uid in ("39", "40")} == {
        "COMPANY NUMBER 00039 OF THE TEST",
        "COMPANY NUMBER 00040 OF THE TEST",
    }
    assert {listed.name for listed in names_of(second) if listed.uid in ("39", "40")} == {"RENAMED"}


def test_an_entry_that_comes_back_is_added_again(tmp_path: Path) -> None:
    lines = ofac.numbered(40)
    for folder in (lines, lines[:39], lines):
        snapshot = bring(ofac.write(tmp_path, *folder))
    assert numbers(snapshot) == (40, 1, 0, 0)
    assert ListEntry.objects.filter(uid="40").count() == 2


def test_a_list_that_shrinks_by_more_than_a_twentieth_is_refused(tmp_path: Path) -> None:
    lines = ofac.numbered(100)
    bring(ofac.write(tmp_path, *lines))
    before = stored()
    with pytest.raises(services.RefusedSnapshot, match="94 entries where 100 are in force"):
        bring(ofac.write(tmp_path, *lines[:94]))
    assert stored() == before
    assert ListEntry.objects.in_force().count() == 100
    assert numbers(bring(ofac.write(tmp_path, *lines[:95]))) == (95, 0, 0, 5)


def test_a_list_that_grows_more_than_tenfold_is_refused(tmp_path: Path) -> None:
    bring(ofac.write(tmp_path, *ofac.numbered(100)))
    before = stored()
    with pytest.raises(services.RefusedSnapshot, match="1001 entries where 100 are in force"):
        bring(ofac.write(tmp_path, *ofac.numbered(1001)))
    assert stored() == before
    assert numbers(bring(ofac.write(tmp_path, *ofac.numbered(1000)))) == (1000, 900, 0, 0)


def test_birth_dates_and_numbers_are_stored(tmp_path: Path) -> None:
    place = lists.write(tmp_path, "us_csl")
    bring(place, source_code="us_csl")
    person = ListEntry.objects.get(uid="SDN:7001")
    assert person.birth_dates == ["1971-02-03", "1970", "1969~"]
    assert person.identifiers == [["passport", "K475336"], ["tax", "991"]]
    assert ListSource.objects.get().max_age_hours == 24


def test_an_order_that_ended_drops_out_with_the_list_that_says_so(tmp_path: Path) -> None:
    place = lists.write(tmp_path, "bis_dpl")
    bring(place, source_code="bis_dpl", published_on=date(2026, 5, 16))
    assert ListEntry.objects.in_force().count() == 2
    # one in two is more than a list may lose at once
    with pytest.raises(services.RefusedSnapshot, match="1 entries where 2 are in force"):
        bring(place, source_code="bis_dpl", published_on=date(2026, 5, 17))
    assert ListEntry.objects.in_force().count() == 2


def test_the_changes_of_an_import_are_told_by_name(tmp_path: Path) -> None:
    lines = ofac.numbered(40)
    bring(ofac.write(tmp_path, *lines))
    newer = [*lines[:38], ofac.party(39, "RENAMED"), ofac.party(41, "NEW"), ofac.party(42, "NEWER")]
    snapshot = bring(ofac.write(tmp_path, *newer))
    assert services.changes_of(snapshot=snapshot, limit=20) == services.Changes(
        added=["41 NEW", "42 NEWER"],
        changed=["39 RENAMED"],
        dropped=["40 COMPANY NUMBER 00040 OF THE TEST"],
    )
    assert services.changes_of(snapshot=snapshot, limit=1).added == ["41 NEW"]


def test_a_list_may_not_go_back_in_time_nor_come_from_the_future(tmp_path: Path) -> None:
    folder = ofac.write(tmp_path, *ofac.numbered(3))
    bring(folder, published_on=date(2026, 11, 20))
    before = stored()
    with pytest.raises(services.RefusedSnapshot, match="2026-11-19, but the list of 2026-11-20"):
        bring(folder, published_on=date(2026, 11, 19))
    with pytest.raises(services.RefusedSnapshot, match="2026-11-26, which has not come yet"):
        bring(folder, published_on=date(2026, 11, 26))
    assert stored() == before
    bring(folder, published_on=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("sdn.csv", b""),
        ("sdn.csv", b'1,"A FIRM",-0- '),
        ("alt.csv", b'1,1,"aka","X",-0- ,-0- '),
        ("add.csv", b"\x00\x01\x02"),
    ],
)
def test_a_malformed_list_leaves_nothing_behind(tmp_path: Path, file: str, content: bytes) -> None:
    folder = ofac.write(tmp_path, *ofac.numbered(3))
    (folder / file).write_bytes(content)
    with pytest.raises(MalformedList):
        bring(folder)
    assert stored() == (0, 0, 0, 0)


def test_an_import_that_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **facts: Any) -> None:
        raise RuntimeError("killed between entries and names")

    monkeypatch.setattr(importing.EntryName.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError, match="killed"):
        bring(ofac.write(tmp_path, *ofac.numbered(3)))
    assert stored() == (0, 0, 0, 0)


def test_made_up_lists_are_refused_where_they_are_off(settings: Any) -> None:
    settings.SAMPLE_LISTS = False
    with pytest.raises(services.RefusedSnapshot, match="made-up lists are switched off"):
        ofac.import_sample()
    assert stored() == (0, 0, 0, 0)
    settings.SAMPLE_LISTS = True
    assert ofac.import_sample().sample is True


@pytest.mark.parametrize("statement", ["UPDATE {} SET entry_count = 9", "DELETE FROM {}"])
def test_a_snapshot_is_evidence(statement: str) -> None:
    ofac.import_sample()
    with pytest.raises(DatabaseError, match="is forbidden"), transaction.atomic():
        ListSnapshot.objects.raw(statement.format("compliance_listsnapshot"))._fetch_all()
    assert ListSnapshot.objects.get().entry_count == 25


@ofac.real_lists
def test_from_the_list_of_2021_to_that_of_2024(tmp_path: Path) -> None:
    assert numbers(bring(ofac.REAL / "ofac_2021", published_on=date(2021, 7, 1))) == (
        8976,
        8976,
        0,
        0,
    )
    # aliases at hand are of 2025: those of parties that the list of 2024 lacks are left out
    sdn = (ofac.REAL / "ofac_2024-06" / "sdn.csv").read_bytes()
    known = {line.split(b",")[0] for line in sdn.splitlines()}
    alt = (ofac.REAL / "ofac_2025-02" / "alt.csv").read_bytes()
    kept = b"\n".join(line for line in alt.splitlines() if line.split(b",")[0] in known)
    (tmp_path / "sdn.csv").write_bytes(sdn)
    (tmp_path / "alt.csv").write_bytes(kept)
    (tmp_path / "add.csv").write_bytes((ofac.REAL / "ofac_2024-06" / "add.csv").read_bytes())
    newer = bring(tmp_path, published_on=date(2024, 6, 1), at=NOON + timedelta(days=1))
    assert newer.entry_count == 15402
    assert newer.added - newer.dropped == 15402 - 8976
    assert ListEntry.objects.in_force().count() == 15402
    with connection.cursor() as cursor:
        # who checks foreign keys at the end remembers the table as small, and would read all of it
        # for each name
        cursor.execute("ANALYZE compliance_listentry")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_imports_at_once_come_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The control takes the lock away: then both see an empty list and both add to it."""
    source = ListSource.objects.create(code="ofac_sdn", title="there already")
    if not guarded:
        monkeypatch.setattr(importing, "_locked", lambda adapter: source)
        monkeypatch.setattr(importing, "_in_force", all_have_called(importing._in_force, 2))
    folder = ofac.write(tmp_path, *ofac.numbered(50))
    outcome = together(lambda: bring(folder), lambda: bring(folder))
    if guarded:
        assert sorted(numbers(one) for one in outcome) == [(50, 0, 0, 0), (50, 50, 0, 0)]
        assert stored() == (1, 2, 50, 51)
    else:
        assert [type(one) for one in outcome].count(IntegrityError) == 1
    assert ListEntry.objects.in_force().count() == 50
