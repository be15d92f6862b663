"""Made-up lists in the exact shape of what is published: each attribute, each oddity."""

from pathlib import Path

import pytest

from compliance.matching.births import days_of
from compliance.sources import MalformedList, ParsedEntry, source
from compliance.sources.identifiers import in_sentence
from tests.compliance import lists, uk_csv

PUBLISHED = lists.DATA / "published"
CYRILLIC = "\u0410\u043c\u0431\u0440\u043e\u0437"
UK = (PUBLISHED / "uk.xml").read_text()


def read(code: str, place: Path) -> dict[str, ParsedEntry]:
    return {entry.uid: entry for entry in source(code).read(place)}


def test_the_eu_list_says_in_remarks_which_names_are_weak_and_dates_in_other_calendars():
    entries = read("eu_fsf", PUBLISHED / "eu.xml")
    assert list(entries) == ["9101", "9102"]
    assert entries["9101"] == ParsedEntry(
        uid="9101",
        kind="person",
        names=(
            (CYRILLIC, "primary"),
            ("Ambrose QUILLFEATHER", "strong"),
            ("Abu Quill", "weak"),
            ("Ambros J. Quill", "weak"),
        ),
        programs=("TAQA",),
        countries=("SA", "YE"),
        addresses=("1 Pier Road, Farhaven, YEMEN",),
        remarks="EU.9101.36; Made up, with a break.; Made up:24/03/2011 (no longer valid)",
        # the Hijri day is told in ours too; a year that is missing is no date at all
        birth_dates=("1982-04-18", "1982-04-19", "1979/1984", "1981~", "1981-08"),
        identifiers=(
            ("national_id", "1028745097"),
            ("passport", "\u041a475336"),
            ("passport", "K475336"),
            ("national_id", "34409/129"),
            ("national_id", "E-5521"),
        ),
    )


def test_a_firm_of_the_eu_list_has_numbers_of_registers_and_dates_that_cannot_be_read():
    firm = read("eu_fsf", PUBLISHED / "eu.xml")["9102"]
    assert (firm.kind, firm.remarks) == ("organisation", "")
    assert firm.names == (("Tionscail Meridia", "primary"), ("Meridia Foundry (MF)", "strong"))
    # 1343 of the Hijri calendar is none of our years
    assert firm.birth_dates == ("XXXX", "../1980")
    assert firm.identifiers == (
        ("registration", "0104892"),
        ("tax", "7702000406"),
        ("swift", "HAVIGB2L"),
        ("imo", "9187629"),
        ("registration", "CN-118844"),
    )


def test_the_uk_list_spells_out_what_it_does_not_know():
    entries = read("uk_sl", PUBLISHED / "uk.xml")
    assert list(entries) == ["AFG9101", "BEL9102", "DPR9103"]
    assert entries["AFG9101"] == ParsedEntry(
        uid="AFG9101",
        kind="person",
        names=(
            ("AMBROSE JAN QUILLFEATHER", "primary"),
            ("Ambros Quill-Feather", "strong"),
            ("Haji Ambrose", "strong"),
            ("The Feather", "weak"),
            (CYRILLIC, "strong"),
        ),
        programs=("The Afghanistan (Sanctions) (EU Exit) Regulations 2020",),
        countries=("Afghanistan", "Pakistan", "Cuba"),
        addresses=("1 Pier Road, 2nd Floor, Farhaven, 1001, Afghanistan", "Cuba"),
        remarks="UN reference: TAi.902; Position: Maker of pens;"
        ' Sanctions: Asset freeze|Travel Ban; Made up, "with quotes" and, commas.',
        birth_dates=("1945", "1946-07", "1947", "1948", "1958-03-01", "XXXX"),
        identifiers=(
            ("passport", "K475336"),
            ("passport", "L 191609"),
            ("national_id", "260012001546"),
        ),
    )
    assert entries["DPR9103"].identifiers == (("imo", "IMO9187629"),)
    assert entries["DPR9103"].countries == ("Comoros",)


def test_numbers_are_found_in_the_sentences_of_the_uk_list():
    firm = read("uk_sl", PUBLISHED / "uk.xml")["BEL9102"]
    # the second primary name is another spelling
    assert firm.names == (("Meridia (UK) Ltd", "primary"), ("Meridia Foundry", "strong"))
    assert firm.identifiers == (
        ("registration", "06527449"),
        ("registration", "190950894"),
        ("registration", "7704734000"),
        ("registration", "1027700132195"),
        ("tax", "7710137066"),
        ("registration", "HE 118844"),
    )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INN: 7702000406", ["INN: 7702000406"]),
        ("L 191609", ["L 191609"]),
        ("Passport 475336, issued 03.02.2011 in Farhaven", ["475336"]),
        ("issued in Farhaven 2011", ["issued in Farhaven 2011"]),
    ],
)
def test_only_a_sentence_is_taken_apart(text, numbers):
    assert in_sentence(text) == numbers


def test_csv_and_xml_of_the_uk_list_say_the_same(tmp_path):
    place = tmp_path / "UK-Sanctions-List.csv"
    place.write_bytes(uk_csv.published(UK))
    # 4 names, 2 addresses, 6 dates, 2 nationalities and 3 passports; 2 and 5; 2
    assert place.read_bytes().count(b"\r\n") == 2 + 4 * 2 * 6 * 2 * 3 + 2 * 5 + 2
    assert read("uk_sl", place) == read("uk_sl", PUBLISHED / "uk.xml")


def test_columns_of_the_uk_list_may_move_come_and_be_spelt_otherwise(tmp_path):
    moved = tuple(reversed(uk_csv.COLUMNS))
    text = uk_csv.published(UK, ("Wallet", *moved)).decode()
    for old, new in (
        ("D.O.B", "DOB"),
        ("Nationality(/ies)", "Nationality/ies"),
        ("Name 6", "NAME6"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "uk.csv").write_text(text, newline="")
    assert read("uk_sl", tmp_path) == read("uk_sl", PUBLISHED / "uk.xml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("D.O.B", "Born", "uk.csv line 2: has no column D.O.B. "),
        ("Unique ID", "Id", "uk.csv line 1: has no column Unique ID. "),
        ("Individual,UK|UN", "Individual", "uk.csv line 3: has 57 columns where 58 belong. "),
        ("BEL9102", "DPR9103", "uk.csv line 301: repeats DPR9103 as 'Ship'. "),
        ("AFG9101", "", "uk.csv line 3: has a UniqueID of ''. "),
        (",Ship,", ",Boat,", "uk.csv line 301: party type 'Boat' is not known. "),
        ("ALias", "Other", "uk.csv line 3: name type 'other' is not known. "),
        ("Primary name,", "Alias,", "uk.csv line 301: has no primary name. "),
        ("Made up", "\x00", "uk.csv line 3: holds bytes that are not text. "),
    ],
)
def test_one_thing_wrong_with_the_csv_of_the_uk(tmp_path, old, new, told):
    text = uk_csv.published(UK).decode("utf-8-sig")
    assert old in text
    place = tmp_path / "uk.csv"
    place.write_text(text.replace(old, new), newline="")
    with pytest.raises(MalformedList) as raised:
        read("uk_sl", place)
    assert str(raised.value).startswith(told)


def test_the_list_that_the_treasury_closed_is_refused(tmp_path):
    place = tmp_path / "ConList.csv"
    place.write_text(
        "Last Updated,27/01/2026\n"
        "Name 6,Name 1,Title,DOB,Group Type,Alias Type,Regime,Last Updated,Group ID\n"
        "QUILL,Ambrose,,,Individual,Primary name,Cuba,01/01/2020,99001\n"
    )
    told = r"ConList.csv line 2: is the OFSI list that was closed in January 2026. Take the UK Sanc"
    with pytest.raises(MalformedList, match=told):
        read("uk_sl", place)


@pytest.mark.parametrize(
    ("code", "file"), [("eu_fsf", "eu.xml"), ("uk_sl", "uk.xml"), ("ofac_sdn", "sdn_advanced.xml")]
)
def test_a_mark_of_the_encoding_and_other_ends_of_lines_change_nothing(tmp_path, code, file):
    raw = (PUBLISHED / file).read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / file).write_bytes(b"\xef\xbb\xbf" + raw)
    assert read(code, tmp_path) == read(code, PUBLISHED / file)


@pytest.mark.parametrize(
    ("told", "births"),
    [
        ("<YEAR>1971</YEAR>", ("1971~",)),
        ("<YEAR>circa the war</YEAR>", ("XXXX",)),
        ("<FROM_YEAR>1968</FROM_YEAR>", ("XXXX",)),
        ("<NOTE>not known</NOTE>", ()),
    ],
)
def test_a_date_of_the_un_that_cannot_be_read_is_not_left_out(tmp_path, told, births):
    born = f"<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE>{told}"
    place = tmp_path / "un.xml"
    place.write_text(
        "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>9</DATAID><FIRST_NAME>QUILL"
        f"</FIRST_NAME><INDIVIDUAL_DATE_OF_BIRTH>{born}</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>"
        "</INDIVIDUALS></CONSOLIDATED_LIST>"
    )
    assert read("un_sc", place)["9"].birth_dates == births


@pytest.mark.parametrize("unread", ["XXXX", "../1980", "1980/.."])
def test_beside_a_date_that_cannot_be_read_no_other_is_compared(unread):
    assert days_of(("1971-02-03",)) == ("1971-02-03",)
    assert days_of(("1971-02-03", unread)) == ()


def test_ofac_tells_a_nationality_by_the_text_of_its_place():
    entries = read("ofac_sdn", PUBLISHED / "sdn_advanced.xml")
    assert list(entries) == ["9036", "9677", "9238", "9432"]
    assert entries["9677"] == ParsedEntry(
        uid="9677",
        kind="person",
        names=(
            ("QUILL FEATHER, Ambrose Jan", "primary"),
            (f"\u041a\u0432\u0438\u043b\u043b, {CYRILLIC}", "strong"),
            ("THE FEATHER", "weak"),
        ),
        programs=("SDGT", "NPWMD"),
        countries=("Vortania", "Cuba"),
        remarks="Place of Birth Farhaven, Vortania; Gender Male",
        birth_dates=("1947-04-19", "1948~", "1950-02"),
        identifiers=(("passport", "K475336"), ("national_id", "1820418404")),
    )


def test_ofac_tells_a_country_by_its_area_and_registers_by_many_names():
    entries = read("ofac_sdn", PUBLISHED / "sdn_advanced.xml")
    firm = entries["9036"]
    assert firm.names == (("MERIDIA FOUNDRY LTD", "primary"), ("MERIDIA-FOUNDRY", "strong"))
    assert (firm.programs, firm.countries) == (("CUBA",), ("Cuba", "Ukraine"))
    assert firm.addresses == ("1 Pier Road, Farhaven, Cuba", "Ukraine")
    assert firm.identifiers == (
        ("registration", "C122790"),
        ("registration", "71093370-8"),
        ("tax", "B76543214"),
        ("registration", "0123-4567"),
    )
    ship, plane = entries["9238"], entries["9432"]
    assert (ship.kind, plane.kind) == ("vessel", "aircraft")
    assert (ship.countries, ship.addresses, ship.remarks) == ((), (), "VESSEL TYPE General Cargo")
    assert ship.identifiers == (("imo", "IMO 9187629"),)
    assert plane.identifiers == (("aircraft", "8401"), ("aircraft", "1013409297"))
