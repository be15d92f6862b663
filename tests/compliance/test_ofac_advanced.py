import shutil

import pytest

from compliance.sources import MalformedList, ParsedEntry, source
from tests.compliance import lists, ofac

XML = lists.DATA / "sdn_advanced.xml"


def read(place):
    return {entry.uid: entry for entry in source("ofac_sdn").read(place)}


def test_a_person_is_read_whole():
    assert read(XML)["7001"] == ParsedEntry(
        uid="7001",
        kind="person",
        names=(
            ("QUILLFEATHER, Ambrose", "primary"),
            ("\u0410\u043c\u0431\u0440\u043e\u0437", "strong"),
            ("THE FEATHER", "weak"),
        ),
        programs=("SDGT", "NPWMD"),
        countries=("Cuba", "Vortania"),
        addresses=("1 Pier Road, Farhaven, Cuba",),
        birth_dates=("1971-02-03", "1970~", "1968/1972"),
        identifiers=(("passport", "K475336"),),
    )


def test_entities_and_vessels_are_told_apart():
    entries = read(XML)
    assert [entry.kind for entry in entries.values()] == ["person", "organisation", "vessel"]
    assert entries["7002"].identifiers == (("swift", "HAVIGB2L"),)
    assert entries["7003"].names == (("PELAGIC DAWN", "primary"),)


def test_a_folder_holds_the_xml_or_the_csv_and_not_both(tmp_path):
    shutil.copy(XML, tmp_path / "SDN_ADVANCED.XML")
    assert read(tmp_path) == read(XML)
    ofac.write(tmp_path, ofac.party(1, "A FIRM"))
    with pytest.raises(MalformedList, match=r"holds both sdn\.csv and XML\. Name the file"):
        read(tmp_path)
    assert list(read(tmp_path / "sdn.csv")) == ["1"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('DistinctParty FixedRef="7002"', 'DistinctParty FixedRef="x"', r"line 47: has a party"),
        ('PartySubTypeID="3"', 'PartySubTypeID="9"', "party type '' is not known"),
        ("MERIDIA BANK", "", "has no name"),
        ("<Sanctions ", "<!DOCTYPE x><Sanctions ", "line 2: declares a document type"),
        ("</SanctionsEntries>", "", "cannot be read as XML"),
        ("Sanctions xmlns", "Penalties xmlns", "begins with <Penalties> where <Sanctions>"),
        ("MERIDIA BANK", "M" * 501, "has a name of 501 characters"),
    ],
)
def test_one_thing_wrong(tmp_path, old, new, told):
    whole = XML.read_text()
    assert old in whole
    place = tmp_path / "sdn_advanced.xml"
    place.write_text(whole.replace(old, new))
    with pytest.raises(MalformedList, match=rf"^sdn_advanced\.xml.*{told}"):
        read(place)
