"""Every publisher's format against every way in which a file goes bad, one cell each.

What is peculiar to one format stands in test_malformed_lists.py; here every source must refuse the
same things, say where and why, and leave the list that is in force as it is, to the byte.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from compliance import services
from compliance.models import EntryName, ListEntry, ListSnapshot, ReversePass
from compliance.sources import MalformedList, csl_rows, eu_fsf, ofac_advanced, tables, uk_sl, un_sc
from tests.compliance import lists, ofac, uk_csv
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"


@dataclass(frozen=True)
class Format:
    """A publisher's file as the tests write it: where, and what in it a fault can take hold of."""

    code: str
    file: str
    content: bytes
    family: str
    biggest: int
    #: (a cell or element that every record must have, the same without it, what is said)
    lacking: tuple[str, str, str]
    #: (what tells two records apart, the same as in the first, what is said); none: see below
    twice: tuple[tuple[str, ...], tuple[str, ...], str] | None
    #: a name, to be replaced
    name: str

    def write(self, folder: Path) -> Path:
        """What is given to the importer: the file, or its folder where it has companions."""
        if self.code in ("ofac_sdn", "ofac_cons") and self.family == "csv":
            write = ofac.write if self.code == "ofac_sdn" else ofac.write_cons
            return write(folder, *ofac.numbered(3))
        (folder / self.file).write_bytes(self.content)
        return folder / self.file


def ofac_format(code: str, file: str) -> Format:
    return Format(
        code, file, b"", "csv", tables.BIGGEST,
        (',"SDGT"', "", "line 1: has 11 columns where 12 belong"),
        (("\n2,",), ("\n1,",), "line 2: repeats entry 1"),
        "COMPANY NUMBER 00002 OF THE TEST",
    )  # fmt: skip


def xml_format(code, file, content, biggest, lacking, twice, name) -> Format:
    return Format(code, file, content.encode(), "xml", biggest, lacking, twice, name)


#: what tells rows of the screening list apart
CSL_SECOND, CSL_THIRD = ("a" * 56, "Entity List (EL)"), ("b" * 40, "Denied Persons List (DPL)")
FORMATS = {
    "ofac_sdn": ofac_format("ofac_sdn", "sdn.csv"),
    "ofac_cons": ofac_format("ofac_cons", "cons_prim.csv"),
    "ofac_sdn advanced": xml_format(
        "ofac_sdn", "sdn_advanced.xml", (lists.DATA / "sdn_advanced.xml").read_text(),
        ofac_advanced.BIGGEST,
        ('FixedRef="7002"', "", r"line \d+: has a party ''"),
        (('FixedRef="7002"',), ('FixedRef="7001"',), "entry 7001 comes twice"),
        "MERIDIA BANK",
    ),
    "us_csl": Format(
        "us_csl", "consolidated.csv", lists.csl_csv().encode(), "csv", tables.BIGGEST,
        ("alt_names", "other_names", "line 1: has no column alt_names"),
        (CSL_THIRD, CSL_SECOND, "line 4: repeats EL:a"),
        "=Meridia Foundry",
    ),
    "us_csl json": Format(
        "us_csl", "consolidated.json", lists.csl_json().encode(), "json", csl_rows.BIGGEST_JSON,
        ('"name": "Late Order"', '"title": "Late Order"', "record 3 has no source and name"),
        (CSL_THIRD, CSL_SECOND, "record 3 repeats EL:a"),
        "=Meridia Foundry",
    ),
    "un_sc": xml_format(
        "un_sc", "un.xml", lists.FILES["un_sc"][1], un_sc.BIGGEST,
        ("<DATAID>900002</DATAID>", "", r"line \d+: has a DATAID of ''"),
        (("900002",), ("900001",), "entry 900001 comes twice"),
        "MERIDIA FOUNDRY",
    ),
    "eu_fsf": xml_format(
        "eu_fsf", "eu.xml", lists.FILES["eu_fsf"][1], eu_fsf.BIGGEST,
        ('code="person"', "", r"line \d+: subject type '' is not known"),
        (('logicalId="9002"',), ('logicalId="9001"',), "entry 9001 comes twice"),
        "Ambrose Quillfeather",
    ),
    "uk_sl": xml_format(
        "uk_sl", "uk.xml", lists.FILES["uk_sl"][1], uk_sl.BIGGEST,
        ("<UniqueID>RUS9001</UniqueID>", "", r"line \d+: has a UniqueID of ''"),
        None,
        "QUILLFEATHER",
    ),
    "uk_sl csv": Format(
        "uk_sl", "uk.csv", uk_csv.published(lists.FILES["uk_sl"][1]), "csv", uk_sl.BIGGEST,
        ("D.O.B", "Born", "line 2: has no column D.O.B"),
        None,
        "QUILLFEATHER",
    ),
    "bis_dpl": Format(
        "bis_dpl", "dpl.txt", lists.DPL.encode(), "csv", tables.BIGGEST,
        ("Expiration_Date", "Expires", "line 1: has no column Expiration_Date"),
        None,
        "MERIDIA FOUNDRY",
    ),
}  # fmt: skip
XML = [name for name, one in FORMATS.items() if one.family == "xml"]
every = pytest.mark.parametrize("name", FORMATS)


@pytest.fixture
def good(tmp_path, request):
    """The format, the place to import from and its main file, after a first import."""
    one = FORMATS[request.getfixturevalue("name")]
    place = one.write(tmp_path)
    services.import_list(source_code=one.code, folder=place, published_on=None, at=NOON)
    return one, place, tmp_path / one.file


def in_force():
    """All that makes the list in force, and how much of everything there is."""
    newest = ListSnapshot.objects.order_by("-pk").first()
    entries = ListEntry.objects.in_force().order_by("pk")
    return {
        "snapshot": (newest.pk, bytes(newest.sha256), newest.entry_count),
        "entries": [(key, bytes(of)) for key, of in entries.values_list("pk", "content_hash")],
        "rows": [
            model.objects.count() for model in (ListSnapshot, ListEntry, EntryName, ReversePass)
        ],
    }


def refused(one, place, told):
    """It is refused with the name of the file, its place in it and why; nothing has changed."""
    before = in_force()
    assert before["rows"][:2] == [1, before["snapshot"][2]]
    with pytest.raises(MalformedList, match=told):
        services.import_list(source_code=one.code, folder=place, published_on=None, at=NOON + HOUR)
    assert in_force() == before


CUT = {
    "csv": r"{file} line \d+: (has \d+ columns|cannot be read as CSV|is about entry)",
    "xml": r"{file} line \d+: cannot be read as XML",
    "json": r"{file} line 1: cannot be read as JSON",
}


@every
def test_cut_off(good, name):
    one, place, file = good
    whole = file.read_bytes().rstrip(b"\r\n\x1a")
    file.write_bytes(whole[:-30])
    refused(one, place, f"^{CUT[one.family].format(file=one.file)}")


@every
def test_cut_off_in_the_middle(good, name):
    one, place, file = good
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    companion = "alt.csv|add.csv|cons_alt.csv|cons_add.csv"
    refused(one, place, CUT[one.family].format(file=f"^({one.file}|{companion})"))


ENCODINGS = {
    "csv": r"line \d+: (is not UTF-8 text|holds bytes that are not text)",
    "xml": r"line \d+: cannot be read as XML",
    "json": r"line \d+: is not UTF-8 text",
}


@every
def test_in_an_encoding_that_is_none_of_text(good, name):
    one, place, file = good
    file.write_bytes(file.read_text("utf-8").encode("utf-16-be"))
    told = r"line \d+: (is not|holds bytes)" if one.family == "json" else ENCODINGS[one.family]
    refused(one, place, f"^{one.file} {told}")


@pytest.mark.parametrize("name", ["us_csl", "us_csl json", *XML])
def test_in_another_encoding_than_it_should_be(good, name):
    one, place, file = good
    latin = one.name.replace("M", "\xe9").replace("A", "\xe9").encode("latin-1")
    file.write_bytes(file.read_bytes().replace(one.name.encode(), latin))
    refused(one, place, f"^{one.file} {ENCODINGS[one.family]}")


@every
def test_without_a_column_or_element(good, name):
    one, place, file = good
    old, new, told = one.lacking
    changed(file, old, new)
    refused(one, place, f"^{one.file}.*{told}")


@every
def test_far_too_large(good, name):
    """Ten times the largest real one, or more: not even read."""
    one, place, file = good
    with file.open("r+b") as opened:
        opened.truncate(one.biggest + 1)
    refused(one, place, f"^{one.file}: is larger than {one.biggest} bytes")


BOMBS = {
    "entities in entities": '<!DOCTYPE x [<!ENTITY b "haha"><!ENTITY a "&b;&b;&b;">]>',
    "a long entity": f'<!DOCTYPE x [<!ENTITY a "{"ha" * 1000}">]>',
    "a file of the machine": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;]>',
    "a schema elsewhere": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("name", XML)
def test_with_entities(good, name, bomb):
    one, place, file = good
    text = file.read_text()
    first, rest = text.split("\n", 1)
    file.write_text(f"{first}\n{BOMBS[bomb]}\n{rest.replace(one.name, '&a;')}")
    refused(one, place, f"^{one.file} line 2: declares a document type")


@pytest.mark.parametrize("name", [one for one in FORMATS if one not in XML])
def test_xml_where_a_table_belongs(good, name):
    one, place, file = good
    file.write_text(f'<?xml version="1.0"?>\n{BOMBS["entities in entities"]}\n<x>&a;</x>')
    refused(one, place, rf"^{one.file} line 1: (has|cannot be read as JSON)")


@every
def test_empty(good, name):
    one, place, file = good
    file.write_bytes(b"")
    told = r" line 1: cannot be read as XML \(no element" if one.family == "xml" else ": is empty"
    refused(one, place, f"^{one.file}{told}")


@pytest.mark.parametrize("name", [one for one in FORMATS if FORMATS[one].twice])
def test_a_number_that_comes_twice(good, name):
    one, place, file = good
    olds, news, told = one.twice
    for old, new in zip(olds, news, strict=True):
        changed(file, old, new)
    refused(one, place, told)


def test_a_number_that_comes_twice_in_the_uk_list(tmp_path):
    one = FORMATS["uk_sl"]
    place = one.write(tmp_path)
    services.import_list(source_code=one.code, folder=place, published_on=None, at=NOON)
    whole = place.read_text()
    begin, end = whole.index("<Designation>"), whole.index("</Designation>") + 14
    place.write_text(whole[:end] + whole[begin:end] + whole[end:])
    refused(one, place, "entry RUS9001 comes twice")


def test_the_denied_persons_list_has_no_numbers_so_the_same_row_again_is_the_same_order(tmp_path):
    one = FORMATS["bis_dpl"]
    place = one.write(tmp_path)
    services.import_list(source_code=one.code, folder=place, published_on=None, at=NOON)
    whole = place.read_text()
    place.write_text(f"{whole}\n{whole.splitlines()[-1]}")
    again = services.import_list(source_code=one.code, folder=place, published_on=None, at=NOON)
    assert (again.added, again.changed, again.dropped) == (0, 0, 0)


@every
def test_a_formula_is_a_name_like_any_other_and_leaves_as_text(tmp_path, name):
    one = FORMATS[name]
    (tmp_path / "list").mkdir()
    place = one.write(tmp_path / "list")
    changed(tmp_path / "list" / one.file, one.name, FORMULA)
    services.import_list(source_code=one.code, folder=place, published_on=None, at=now())
    held = EntryName.objects.filter(name__contains=FORMULA).first()
    assert held is not None
    rows = tmp_path / "in.csv"
    rows.write_text(f'id,name\n1,"{held.name}"\n')
    call_command("screen", str(rows), "--out", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="") as opened:
        [row] = csv.DictReader(opened)
    assert row["outcome"] == "match"
    found = EntryName.objects.get(name=row["entry_name"].removeprefix("'"))
    assert found.name == held.name
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@")) for cell in row.values())


def changed(file, old, new):
    """The first `old` of the file becomes `new`; it must be there."""
    whole = file.read_bytes()
    assert old.encode() in whole
    file.write_bytes(whole.replace(old.encode(), new.encode(), 1))
