"""Whatever is wrong with a publisher's file: refused with its place, and the old list stays."""

import pytest

from compliance import services
from compliance.models import ListEntry, ListSnapshot
from compliance.sources import MalformedList, markup, tables
from tests.compliance import lists, ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db

XML = ("un_sc", "eu_fsf", "uk_sl")
ROOTS = {"un_sc": "CONSOLIDATED_LIST", "eu_fsf": "export", "uk_sl": "Designations"}
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n'
    "<CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>"
)


def refused(code, place, told):
    """The import of `place` fails as told and what was in force before is in force still."""
    before = list(ListEntry.objects.in_force().order_by("pk").values_list("pk", flat=True))
    assert before
    with pytest.raises(MalformedList, match=told):
        services.import_list(source_code=code, folder=place, published_on=None, at=NOON + HOUR)
    assert ListSnapshot.objects.count() == 1
    after = ListEntry.objects.in_force().order_by("pk").values_list("pk", flat=True)
    assert list(after) == before


def imported(folder, code):
    place = lists.write(folder, code)
    services.import_list(source_code=code, folder=place, published_on=None, at=NOON)
    return place


@pytest.mark.parametrize("code", XML)
def test_xml_that_is_cut_off(tmp_path, code):
    place = imported(tmp_path, code)
    whole = place.read_text()
    place.write_text(whole[: len(whole) // 2])
    refused(code, place, rf"^{place.name} line \d+: cannot be read as XML \(.*line \d+")


@pytest.mark.parametrize("code", XML)
def test_xml_in_another_encoding_than_it_says(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_bytes(place.read_text().replace("Amb", "P\xe9a").encode("latin-1", "replace"))
    refused(code, place, rf"^{place.name} line \d+: cannot be read as XML \(not well-formed")


@pytest.mark.parametrize("code", XML)
def test_xml_with_entities(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_text(BOMB)
    refused(code, place, f"^{place.name} line 2: declares a document type")


@pytest.mark.parametrize("code", XML)
def test_xml_of_something_else(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_text("<html>\n<body>Sorry</body></html>")
    refused(code, place, f"^{place.name} line 1: begins with <html> where <{ROOTS[code]}> belongs")


@pytest.mark.parametrize("code", XML)
def test_xml_without_an_entry(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_text(f"<{ROOTS[code]}/>")
    refused(code, place, f"^{code}: has no entries")


def test_xml_nested_without_end(tmp_path):
    place = imported(tmp_path, "un_sc")
    place.write_text("<CONSOLIDATED_LIST>" + "<a>" * 50)
    refused("un_sc", place, "line 1: is nested more than 40 deep")


def test_an_entry_without_end(tmp_path, monkeypatch):
    place = imported(tmp_path, "un_sc")
    monkeypatch.setattr(markup, "LARGEST_ENTRY", 500)
    refused("un_sc", place, r"line \d+: has an entry of more than 500 bytes")


@pytest.mark.parametrize(
    ("code", "old", "new", "told"),
    [
        ("un_sc", "900001", "x1", "line 4: has a DATAID of 'x1', no number"),
        ("un_sc", "<FIRST_NAME>MERIDIA FOUNDRY</FIRST_NAME>", "", r"line 2\d: has no name"),
        ("un_sc", ">Low<", ">Odd<", "line 4: alias quality 'Odd' is not known"),
        ("un_sc", "900002", "900001", "entry 900001 comes twice"),
        ("un_sc", "MF Works", "M" * 501, "has a name of 501 characters"),
        ("eu_fsf", 'logicalId="9001"', "", "line 3: has a logicalId of ''"),
        ("eu_fsf", 'code="person"', 'code="robot"', "line 3: subject type 'robot' is not known"),
        ("eu_fsf", "wholeName", "name", r"line 2\d: has no name"),
        ("uk_sl", "<UniqueID>RUS9001</UniqueID>", "", "line 4: has a UniqueID of ''"),
        ("uk_sl", ">Individual<", ">Robot<", "line 4: party type 'Robot' is not known"),
        ("uk_sl", ">Alias<", ">Odd<", "line 4: name type 'odd' is not known"),
        ("uk_sl", ">Primary name<", ">Alias<", r"line \d+: has no primary name"),
        ("us_csl", "alt_names", "aliases", "line 1: has no column alt_names"),
        ("us_csl", "Individual", "Robot", "line 2: has a party type 'robot'"),
        ("us_csl", "2026-05-16", "16 May", "line 4: has '16 May' for its end_date"),
        ("us_csl", "(SDN)", "", "line 2: is of the list 'Specially Designated Nationals"),
        ("us_csl", "b" * 40, "", "line 4: has no usable number"),
        ("us_csl", "Late Order", "", "line 4: has no name"),
        ("us_csl", ",Late Order", ',"Late Order', "line 4: cannot be read as CSV"),
        ("bis_dpl", "Expiration_Date", "Expires", "line 1: has no column Expiration_Date"),
        ("bis_dpl", "05/16/2026", "2026-05-16", "line 4: has '2026-05-16' for its Expiration_Date"),
        ("bis_dpl", '"MERIDIA FOUNDRY"\t', "", "line 4: has 11 columns where 12 belong"),
        ("bis_dpl", "MERIDIA FOUNDRY", "", "line 4: has no name"),
    ],
)
def test_one_thing_wrong(tmp_path, code, old, new, told):
    place = imported(tmp_path, code)
    whole = place.read_text()
    assert old in whole
    place.write_text(whole.replace(old, new))
    refused(code, place, told)


@pytest.mark.parametrize("code", ["us_csl", "bis_dpl"])
def test_a_table_that_is_cut_off(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_text(place.read_text().rstrip()[:-30])
    refused(code, place, rf"^{place.name} line 4: (has \d+ columns|cannot be read as CSV)")


@pytest.mark.parametrize("code", ["us_csl", "bis_dpl"])
def test_a_table_in_utf16(tmp_path, code):
    place = imported(tmp_path, code)
    place.write_text(place.read_text(), encoding="utf-16")
    refused(code, place, f"^{place.name} line 1: (is not UTF-8|holds bytes that are not) text")


def test_a_screening_list_in_latin1(tmp_path):
    place = imported(tmp_path, "us_csl")
    place.write_bytes(place.read_text().replace("Meridia", "M\xe9ridia").encode("latin-1"))
    refused("us_csl", place, "line 3: is not UTF-8 text")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"results": [', "line 1: cannot be read as JSON"),
        ("[1]", "line 1: has no list of results"),
        ('{"results": [{"name": "X"}]}', "record 1 has no source and name"),
        ('{"results": [{"name": "X", "source": "A (SDN)"}]}', "record 1 has no usable number"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_screening_list_in_bad_json(tmp_path, content, told):
    imported(tmp_path, "us_csl")
    place = tmp_path / "bad.json"
    place.write_text(content)
    refused("us_csl", place, f"^bad.json.*{told}")


def test_files_far_too_large_are_not_even_read(tmp_path, monkeypatch):
    place = imported(tmp_path, "un_sc")
    with place.open("r+b") as file:
        file.truncate(33 << 20)
    refused("un_sc", place, "is larger than 33554432 bytes")


@pytest.mark.parametrize("code", ["us_csl", "bis_dpl"])
def test_cells_and_tables_far_too_large(tmp_path, code):
    place = imported(tmp_path, code)
    whole = place.read_text()
    place.write_text(whole.replace("FOUNDRY" if code == "bis_dpl" else "Foundry", "x" * 200_000))
    refused(code, place, r"line [34]: cannot be read as CSV \(field larger than")
    with place.open("r+b") as file:
        file.truncate(tables.BIGGEST + 1)
    refused(code, place, f"is larger than {tables.BIGGEST} bytes")


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("cons_prim.csv", "", "cons_prim.csv: is empty"),
        ("cons_prim.csv", "=1+1,x", "cons_prim.csv line 1: has 2 columns where 12"),
        ("cons_alt.csv", '9,1,"aka","X",-0- ', "entry 9, which cons_prim.csv does not have"),
        ("cons_add.csv", None, "cons_add.csv: not found in "),
    ],
)
def test_a_consolidated_list_of_ofac(tmp_path, file, content, told):
    folder = ofac.write_cons(tmp_path, *ofac.numbered(3))
    services.import_list(source_code="ofac_cons", folder=folder, published_on=None, at=NOON)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    refused("ofac_cons", folder, told)
