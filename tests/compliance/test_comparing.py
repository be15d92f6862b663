"""A party beside an entry of a list, field by field, as an officer reads it."""

import pytest
from django.db import connection

from compliance.models import EntryName, ListEntry
from compliance.models.above import above
from compliance.services.cases.comparing import compare
from tests import make

pytestmark = pytest.mark.django_db


def entry(**facts):
    """Listed with what is given; everything else is not known of it."""
    snapshot = make.fresh_list()
    made = ListEntry.objects.create(
        source=snapshot.source, uid="1", content_hash=b"1", first_in=snapshot, **facts
    )
    EntryName.objects.create(entry=made, name="DAWN PELAGIC", kind="primary")
    return made


def said(party, of, field="legal_name"):
    rows = compare(party, field, above(party.pk), of)
    return {row.name: row.said for row in rows if row.said}


def test_a_country_is_the_same_by_whatever_name():
    party = make.party("Pelagic Dawn", country="PA", hq_country="AE")
    listed = entry(kind="organisation", countries=["United Arab Emirates"])
    assert said(party, listed)["Countries"] == "same"
    [row] = [one for one in compare(party, "legal_name", above(party.pk), listed)
             if one.name == "Countries"]  # fmt: skip
    told = [(piece.text, piece.kind) for line in [*row.ours, *row.theirs] for piece in line]
    assert told == [("PA", "diff"), ("AE", "same"), ("United Arab Emirates", "same")]


@pytest.mark.parametrize(
    ("countries", "told"), [(["China"], "differs"), (["Vortania"], "unknown"), ([], "unknown")]
)
def test_a_country_that_nobody_knows_tells_nothing(countries, told):
    party = make.party("Pelagic Dawn", country="PA", hq_country="PA")
    assert said(party, entry(kind="organisation", countries=countries))["Countries"] == told


@pytest.mark.parametrize(
    ("number", "told"), [("2019 12345-z", "same"), ("99 12345Z", "differs"), ("1234", "differs")]
)
def test_numbers_are_the_same_however_they_are_written_and_only_whole(number, told):
    party = make.party("Pelagic Dawn", registration_number="201912345Z")
    listed = entry(kind="organisation", identifiers=[["Registration Number", number]])
    assert said(party, listed)["Identifiers"] == told


def test_names_dates_and_addresses():
    party = make.party(
        "Pelagic Dawn", kind="person", birth_date="1974", address="4 Harbour Gate, Colon"
    )
    listed = entry(
        kind="person", birth_dates=["1974-11-02"], addresses=["Harbour Gate 9", "Elsewhere"]
    )
    found = said(party, listed)
    assert (found["Names"], found["Kind"], found["Born"], found["Addresses"]) == (
        "same", "same", "same", "alike",
    )  # fmt: skip


def test_an_owner_is_compared_by_what_is_known_of_the_owner():
    party = make.party("Undermost Ltd", country="SG", hq_country="SG")
    make.stake(party, make.party("Dawn, Pelagic", country="AE", hq_country="AE"), 5000)
    make.stake(party, "Somebody Else", None)
    listed = entry(kind="organisation", countries=["United Arab Emirates"])
    assert said(party, listed, "owner Dawn, Pelagic")["Countries"] == "same"
    assert said(party, listed, "owner Dawn, Pelagic")["Names"] == "same"
    assert said(party, listed, "owner Somebody Else")["Countries"] == "unknown"
    assert said(party, listed, "director Ada")["Kind"] == "differs"


def test_names_stand_in_the_order_of_the_list_wherever_their_rows_lie():
    listed = entry()
    EntryName.objects.create(entry=listed, name="PELAGIC", kind="weak")
    # PostgreSQL writes a changed row anew, behind the others
    EntryName.objects.filter(entry=listed, kind="primary").update(name="DAWN PELAGIC LTD")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    assert [one.kind for one in listed.names.all()] == ["weak", "primary"]
    assert [one.name for one in listed.named] == ["DAWN PELAGIC LTD", "PELAGIC"]
