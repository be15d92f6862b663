"""Thresholds are dated rows: who may lower them, from when, and what becomes of old decisions."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from compliance import services
from compliance.bands import Band, bands_on
from compliance.index import index_for
from compliance.matching import Bands, Index, Listed, Threshold
from compliance.models import Decision, ScoringBand
from compliance.policy import Rulebook
from compliance.services import MalformedReference
from compliance.services.reference import DATA
from tests import make
from tests.compliance import ofac
from tests.make import HOUR, NOON

TODAY = NOON.date()
FIRST = date(2020, 1, 1)
#: flagged by itself neither as possible nor as a match
ALIKE, LISTED = "Pelagic Down Systems Marine", "PELAGIC DAWN SYSTEMS LTD"


def band(possible=0.8, match=0.98, *, version=1, since=FIRST, approved=False, of=("", "")):
    return Band(*of, version, match, possible, since, approved)


def possible_on(day, *rows):
    return bands_on(day, rows).possible("organisation", "ofac_sdn")


def two_lists():
    names = enumerate([LISTED, "QUORVANE MARITIME", "OYSTERMOON WANDERER", "MERIDIA & SONS"])
    told = [(str(uid), "organisation", "aa", name, "primary") for uid, name in names]
    return Index(Listed(source, *one) for source in ("ofac_sdn", "un_sc") for one in told)


def found(index, name=ALIKE):
    return {
        match.listed.source: match.band for match in index.screen(name, kind="organisation").matches
    }


def test_without_rows_the_scorers_own_bounds_count():
    assert bands_on(TODAY, []) == Bands()
    assert (Bands().possible("person"), Bands().possible("")) == (0.83, 0.82)


def test_what_lowers_nothing_is_left_out():
    same = [band(0.83, of=("", "person")), band(0.82, of=("", "organisation"))]
    assert bands_on(TODAY, same) == Bands()


def test_a_row_never_raises_a_bound():
    high = Bands(thresholds=(Threshold("", "", 1.0, 0.99),))
    assert (high.possible("person"), high.possible(""), high.certain("")) == (0.83, 0.82, 0.98)


def test_the_lowest_bound_that_speaks_of_list_and_kind_counts():
    rows = [band(0.8), band(0.7, of=("un_sc", "")), band(0.6, of=("un_sc", "person"))]
    bands = bands_on(TODAY, rows)
    assert bands.possible("organisation", "ofac_sdn") == 0.8
    assert bands.possible("organisation", "un_sc") == 0.7
    assert bands.possible("person", "un_sc") == 0.6
    assert bands.possible("", "un_sc") == 0.7


def test_a_row_counts_from_its_first_day():
    later = band(0.7, since=TODAY)
    assert possible_on(TODAY - timedelta(days=1), later) == 0.82
    assert possible_on(TODAY, later) == 0.7


def test_only_two_people_raise_a_bound_again():
    low = band(0.6)
    assert possible_on(TODAY, low, band(0.8, version=2)) == 0.6
    assert possible_on(TODAY, low, band(0.8, version=2, approved=True)) == 0.8
    tomorrow = band(0.8, version=2, approved=True, since=TODAY + timedelta(days=1))
    assert possible_on(TODAY, low, tomorrow) == 0.6


def test_anyone_may_lower_a_bound_at_once():
    assert possible_on(TODAY, band(0.8, approved=True), band(0.6, version=2)) == 0.6


def test_a_lower_bound_of_one_list_finds_more_there_and_nowhere_else():
    index = two_lists()
    assert found(index) == {}
    bands = bands_on(TODAY, [band(0.4, of=("un_sc", ""))])
    assert found(index.banded(bands)) == {"un_sc": "possible"}
    certain = bands_on(TODAY, [band(0.4, 0.4, of=("un_sc", ""))])
    assert found(index.banded(certain)) == {"un_sc": "match"}
    assert found(index) == {}
    assert index.banded(Bands()) is index


def test_the_scorer_is_named_without_the_rows():
    assert bands_on(TODAY, [band(0.5)]).scorer == Bands().scorer


# --- in the database


def row(**facts):
    known = {"match_at": "0.980", "possible_at": "0.800", "effective_from": FIRST, "source": "test"}
    return ScoringBand.objects.create(**{**known, **facts})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"possible_at": "0.831"}, "band_never_above_the_measured"),
        ({"match_at": "0.981"}, "band_never_above_the_measured"),
        ({"possible_at": "0"}, "band_bounds_in_order"),
        ({"possible_at": "0.8", "match_at": "0.7"}, "band_bounds_in_order"),
        ({"kind": "cat"}, "band_kind_known"),
        ({"source": ""}, "band_has_a_source"),
        ({"approval": "approved"}, "band_approved_by_two"),
        (
            {"approval": "approved", "approved_by_1": "ada", "approved_by_2": "ada"},
            "band_approved_by_two",
        ),
        ({"approved_by_1": "ada"}, "band_approved_by_two"),
    ],
)
def test_the_database_refuses_what_no_band_can_be(facts, constraint):
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        row(**facts)
    assert not ScoringBand.objects.exists()


@pytest.mark.django_db
def test_a_band_is_never_edited():
    stored = ScoringBand.objects.filter(pk=row().pk)
    for act in (lambda: stored.update(possible_at="0.7"), stored.delete):
        with pytest.raises(DatabaseError, match="forbidden"), transaction.atomic():
            act()
    assert str(stored.get().possible_at) == "0.800"


def edited(folder, edit):
    data = folder / "data"
    shutil.copytree(DATA, data)
    rows = json.loads((data / "scoring_bands.json").read_text())
    edit(rows)
    (data / "scoring_bands.json").write_text(json.dumps(rows))
    return data


@pytest.mark.django_db
def test_a_band_that_reads_otherwise_is_its_next_version(tmp_path):
    assert services.load_reference(at=NOON).bands == Counter(new=2)
    assert services.load_reference(at=NOON).bands == Counter(same=2)
    data = edited(tmp_path, lambda rows: rows[0].update(possible_at="0.7"))
    assert services.load_reference(at=NOON, data=data).bands == Counter(same=1, changed=1)
    versions = ScoringBand.objects.filter(kind="person").order_by("version")
    assert [(one.version, str(one.possible_at)) for one in versions] == [(1, "0.830"), (2, "0.700")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"possible_at": "0.9"},
        {"possible_at": "low"},
        {"effective_from": "soon"},
        {"approval": "approved", "approved_by_1": "ada"},
        {"kind": "cat"},
        {"colour": "red"},
    ],
)
def test_a_file_with_a_band_that_cannot_be_loads_nothing(tmp_path, change):
    data = edited(tmp_path, lambda rows: rows[1].update(change))
    with pytest.raises(MalformedReference, match=r"scoring_bands\.json"):
        services.load_reference(at=NOON, data=data)
    assert not ScoringBand.objects.exists()


# --- in decisions


def alike():
    return services.screen(
        party=make.party(ALIKE, parent_name="Harbour Light Ltd"), question=None, at=NOON
    )


@pytest.fixture
def listed(db, tmp_path):
    services.load_reference(at=NOON)
    folder = ofac.write(tmp_path, ofac.party(1, LISTED), ofac.party(2, "QUORVANE MARITIME"))
    return services.import_list(
        source_code="ofac_sdn", folder=folder, published_on=None, at=NOON, sample=True
    )


def test_a_row_decides_from_its_day_and_replays(listed):
    before = alike()
    assert before.reasons["facts"]["name_match"] == "none"
    row(list_code="ofac_sdn", possible_at="0.500", effective_from=TODAY)
    after = alike()
    assert after.reasons["facts"]["name_match"] == "possible"
    assert after.scorer == before.scorer
    assert after.ruleset_hash != before.ruleset_hash
    for decision in (before, after):
        assert services.replay(decision=Decision.objects.get(pk=decision.pk)) == []


def test_a_new_row_voids_an_allowing_decision(listed):
    allowed = services.screen(party=make.party(), question=None, at=NOON)
    assert services.still_valid(decision=allowed, at=NOON + HOUR)
    row(list_code="ofac_sdn")
    assert not services.still_valid(decision=allowed, at=NOON + HOUR)


def test_an_allowing_decision_ends_where_a_row_begins(listed):
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    row(list_code="ofac_sdn", effective_from=midnight.date())
    allowed = services.screen(party=make.party(), question=None, at=NOON)
    assert (allowed.outcome, allowed.valid_until) == ("allow", midnight)


def test_a_book_without_bands_reads_and_hashes_as_before(db):
    services.load_reference(at=NOON)
    book = services.rulebook()
    bare = Rulebook(book.rules, book.memberships, book.chips)
    assert "bands" not in json.loads(bare.content)
    assert Rulebook.from_content(bare.content).hash == bare.hash
    back = Rulebook.from_content(book.content)
    assert (back.hash, list(back.bands)) == (book.hash, list(book.bands))


def test_the_same_names_are_not_indexed_again_for_other_bands(listed):
    held = index_for([listed])
    other = index_for([listed], bands_on(TODAY, [band(0.5)]))
    assert other is not held
    assert other.names is held.names
    assert index_for([listed]) is held
