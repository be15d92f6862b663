from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from compliance.sources import SOURCES, MalformedList, ParsedEntry, source
from tests.compliance import lists, ofac

CYRILLIC = "\u0410\u043c\u0431\u0440\u043e\u0437"
OF_PERSON = {
    "us_csl": "SDN:7001",
    "un_sc": "900001",
    "eu_fsf": "9001",
    "uk_sl": "RUS9001",
}


def read(code: str, place: Path, published_on: date | None = None) -> dict[str, ParsedEntry]:
    return {entry.uid: entry for entry in source(code).read(place, published_on)}


def kinds(entries: dict[str, ParsedEntry]) -> Counter[str]:
    return Counter(entry.kind for entry in entries.values())


def name_kinds(entries: dict[str, ParsedEntry]) -> Counter[str]:
    return Counter(kind for entry in entries.values() for _, kind in entry.names)


def test_there_is_an_adapter_for_every_list():
    assert sorted(SOURCES) == [
        "bis_dpl", "eu_fsf", "ofac_cons", "ofac_sdn", "uk_sl", "un_sc", "us_csl",
    ]  # fmt: skip


def test_a_person_of_the_un_list_is_read_whole(tmp_path):
    entries = read("un_sc", lists.write(tmp_path, "un_sc"))
    person = entries["900001"]
    assert person == ParsedEntry(
        uid="900001",
        kind="person",
        names=(
            ("AMBROSE QUILLFEATHER", "primary"),
            (CYRILLIC, "strong"),
            ("Amby Quill", "strong"),
            ("A. Quill", "strong"),
            ("The Feather", "weak"),
        ),
        programs=("DPRK",),
        countries=("Vortania", "Cuba"),
        addresses=("Farhaven, Cuba",),
        remarks="Reference: KPi.901; Made up.",
        birth_dates=("1971-02-03", "1970~", "1968/1972"),
        identifiers=(("passport", "K475336"),),
    )
    assert entries["900002"].kind == "organisation"
    assert entries["900002"].names == (("MERIDIA FOUNDRY", "primary"), ("MF Works", "strong"))


def test_a_person_of_the_eu_list_is_read_whole(tmp_path):
    entries = read("eu_fsf", lists.write(tmp_path, "eu_fsf"))
    assert entries["9001"] == ParsedEntry(
        uid="9001",
        kind="person",
        names=(
            ("Ambrose Quillfeather", "primary"),
            (CYRILLIC, "strong"),
            ("The Feather", "weak"),
        ),
        programs=("BLR",),
        countries=("BY", "CU"),
        addresses=("1 Pier Road, Farhaven, CUBA",),
        remarks="EU.9001.1; Made up.",
        birth_dates=("1971-02-03", "1970~", "1969-05", "1968/1972"),
        identifiers=(("passport", "K475336"), ("national_id", "7")),
    )
    assert entries["9002"].kind == "organisation"
    assert entries["9002"].identifiers == (("registration", "C122790"),)


def test_a_person_of_the_uk_list_is_read_whole(tmp_path):
    entries = read("uk_sl", lists.write(tmp_path, "uk_sl"))
    assert entries["RUS9001"] == ParsedEntry(
        uid="RUS9001",
        kind="person",
        names=(
            ("Ambrose QUILLFEATHER", "primary"),
            ("FEATHER", "weak"),
            ("Ambros QUILLFEATHER", "strong"),
            (CYRILLIC, "strong"),
        ),
        programs=("The Russia (Sanctions) (EU Exit) Regulations 2019",),
        countries=("Russia", "Cuba"),
        addresses=("1 Pier Road, Cuba",),
        remarks="Sanctions: Asset freeze|Travel Ban; Made up.",
        birth_dates=("1971-02-03", "1970-02", "1969"),
        identifiers=(("passport", "K475336"),),
    )
    assert kinds(entries) == {"person": 1, "organisation": 1, "vessel": 1}
    assert entries["RUS9002"].identifiers == (("tax", "INN: 7702000406"),)
    assert entries["RUS9003"].identifiers == (("imo", "9187629"),)


def test_a_person_of_the_screening_list_is_read_whole(tmp_path):
    entries = read("us_csl", lists.write(tmp_path, "us_csl"))
    assert entries["SDN:7001"] == ParsedEntry(
        uid="SDN:7001",
        kind="person",
        names=(
            ("QUILLFEATHER, Ambrose", "primary"),
            ("QUILL, Amby", "strong"),
            ("@quill_bot", "strong"),
        ),
        programs=("SDN", "SDGT", "NPWMD"),
        countries=("CU",),
        addresses=("1 Pier Road, Farhaven, CU", "Nowhere"),
        remarks="(Linked To: PELAGIC DAWN); CU, 2014-08-30, K475336, Passport; Male, Gender;"
        " 991, Tax ID No.",
        birth_dates=("1971-02-03", "1970", "1969~"),
        identifiers=(("passport", "K475336"), ("tax", "991")),
    )


def test_a_party_without_type_has_no_kind_and_its_formula_stays_a_name(tmp_path):
    firm = read("us_csl", lists.write(tmp_path, "us_csl"))[f"EL:{'a' * 56}"]
    assert firm.kind == ""
    assert firm.names == (
        ("=Meridia Foundry", "primary"),
        ("MF Works", "strong"),
        ("Meridia Works", "strong"),
    )
    assert firm.identifiers == (("registration", "C122790"),)


def test_json_and_csv_of_the_screening_list_say_the_same(tmp_path):
    (tmp_path / "consolidated.json").write_text(lists.csl_json())
    from_json = read("us_csl", tmp_path / "consolidated.json")
    from_csv = read("us_csl", lists.write(tmp_path, "us_csl"))
    assert from_json.keys() == from_csv.keys()
    for uid, entry in from_csv.items():
        other = from_json[uid]
        assert (other.kind, other.names, other.programs) == (
            entry.kind,
            entry.names,
            entry.programs,
        )
        assert (other.countries, other.addresses) == (entry.countries, entry.addresses)
        assert (other.birth_dates, other.identifiers) == (entry.birth_dates, entry.identifiers)


@pytest.mark.parametrize("code", ["us_csl", "bis_dpl"])
def test_an_order_counts_until_the_day_the_list_was_published(tmp_path, code):
    place = lists.write(tmp_path, code)
    everyone = read(code, place)
    assert len(everyone) == {"us_csl": 3, "bis_dpl": 2}[code]
    assert read(code, place, date(2026, 5, 16)).keys() == everyone.keys()
    assert len(read(code, place, date(2026, 5, 17))) == len(everyone) - 1


def test_a_party_twice_on_one_screening_list_is_one_entry(tmp_path):
    person = lists.CSL_ROWS[0]
    twice = [person, {**person, "alt_names": "ANOTHER", "addresses": "Elsewhere, KP"}]
    entries = read("us_csl", lists.write(tmp_path, "us_csl", lists.csl_csv(rows=twice)))
    (entry,) = entries.values()
    assert [name for name, _ in entry.names] == [
        "QUILLFEATHER, Ambrose", "QUILL, Amby", "@quill_bot", "ANOTHER",
    ]  # fmt: skip
    assert entry.countries == ("CU", "KP")
    other = [person, {**person, "name": "SOMEBODY ELSE"}]
    place = lists.write(tmp_path, "us_csl", lists.csl_csv(rows=other))
    with pytest.raises(MalformedList, match=r"csv line 3: repeats SDN:7001 with another name"):
        read("us_csl", place)


def test_a_denied_person_with_two_addresses_is_one_entry(tmp_path):
    entries = list(read("bis_dpl", lists.write(tmp_path, "bis_dpl")).values())
    assert [entry.names for entry in entries] == [
        (("AMBROSE QUILLFEATHER", "primary"),),
        (("MERIDIA FOUNDRY", "primary"),),
    ]
    assert entries[0].addresses == (
        "1 PIER ROAD, FARHAVEN, CU",
        "2 QUAY, ELKTON, MD, US, 21921",
    )
    assert entries[0].countries == ("CU", "US")
    assert entries[0].remarks == "Order of 06/19/2003 to 06/29/2056; 68 F.R. 1"


def test_remarks_of_ofac_give_birth_dates_and_numbers(tmp_path):
    remarks = (
        "DOB 03 Feb 1971; alt. DOB circa 1970; POB Farhaven; Passport K475336 (Cuba) expires 05"
        " Jan 2030; National ID No. 47-11 (Cuba); Tax ID No. 7744001497 (Russia); Gender Male;"
        " SWIFT/BIC HAVIGB2L; Unified Social Credit Code (USCC) 91110000MA005UCQ5P (China)."
    )
    folder = ofac.write(tmp_path, ofac.party(7, "QUILL, Amby", "individual", remarks))
    person = read("ofac_sdn", folder)["7"]
    assert person.birth_dates == ("1971-02-03", "1970~")
    assert person.identifiers == (
        ("passport", "K475336"),
        ("national_id", "47-11"),
        ("tax", "7744001497"),
        ("swift", "HAVIGB2L"),
        ("uscc", "91110000MA005UCQ5P"),
    )


@pytest.mark.parametrize(
    ("remark", "identifier"),
    [
        ("RFC CAVP-590612-AD1 (Mexico)", ("tax", "CAVP-590612-AD1")),
        ("US FEIN 95-4227517", ("tax", "95-4227517")),
        ("RTN 05019005483678 (Honduras)", ("tax", "05019005483678")),
        ("BIK (RU) 044525607", ("registration", "044525607")),
        ("Branch Unit Number 2030.515.945 (Belgium)", ("registration", "2030.515.945")),
        ("Registration ID 1027700035769 (Russia)", ("registration", "1027700035769")),
        ("National ID No. D489833(9) (Hong Kong)", ("national_id", "D489833(9)")),
        ("alt. Passport Booklet: A5199819 (Pakistan)", ("passport", "A5199819")),
        ("Citizen's Card Number 211226197812154256 (China)", ("national_id", "211226197812154256")),
        (
            "United Social Credit Code Certificate (USCCC) 91420112711981060J (China)",
            ("uscc", "91420112711981060J"),
        ),
        (
            "Aircraft Construction Number (also called L/N or S/N or F/N) 8401",
            ("aircraft", "8401"),
        ),
    ],
)
def test_a_number_in_remarks_is_known_by_its_label(tmp_path, remark, identifier):
    folder = ofac.write(tmp_path, ofac.party(7, "QUILL, Amby", "individual", f"POB Far; {remark}."))
    assert read("ofac_sdn", folder)["7"].identifiers == (identifier,)


@pytest.mark.parametrize(
    "remark",
    ["Telephone (98)(21)(66153220)", "Organization Established Date 17 Dec 2016", "arrested 1999"],
)
def test_other_figures_in_remarks_are_no_numbers_of_anyone(tmp_path, remark):
    folder = ofac.write(tmp_path, ofac.party(7, "QUILL, Amby", "individual", f"POB Far; {remark}."))
    assert read("ofac_sdn", folder)["7"].identifiers == ()


@pytest.mark.parametrize("code", sorted(OF_PERSON))
def test_birth_dates_and_numbers_are_part_of_the_content(tmp_path, code):
    place = lists.write(tmp_path, code)
    before = read(code, place)[OF_PERSON[code]].content_hash
    for old, new in (("K475336", "K475337"), ("1970", "1973")):
        lists.write(tmp_path, code, lists.FILES[code][1].replace(old, new))
        assert read(code, place)[OF_PERSON[code]].content_hash != before


def test_a_folder_will_do_when_it_holds_one_fitting_file(tmp_path):
    place = lists.write(tmp_path, "un_sc")
    (tmp_path / "readme.txt").write_text("beside it")
    assert read("un_sc", tmp_path) == read("un_sc", place)
    (tmp_path / "other.xml").write_text("<a/>")
    with pytest.raises(MalformedList, match=r"holds 2 files \*\.xml where one belongs"):
        read("un_sc", tmp_path)
    with pytest.raises(MalformedList, match=r"readme\.txt: is not \*\.xml\. Name the publisher's"):
        read("un_sc", tmp_path / "readme.txt")


@ofac.real_lists
def test_the_real_consolidated_list_of_ofac():
    entries = read("ofac_cons", ofac.REAL / "ofac_2025-12")
    assert kinds(entries) == {"organisation": 363, "person": 79}
    # 1,073 rows of cons_alt.csv, two of which repeat the primary name
    assert name_kinds(entries) == {"primary": 442, "strong": 1071, "weak": 72}
    assert entries["9639"].birth_dates == ("1962",)
    assert ("RUSAG", "weak") in entries["17014"].names
    assert ("lei", "253400WSS48YWMBUA688") in entries["17016"].identifiers


@ofac.real_lists
def test_the_real_screening_list():
    place = ofac.REAL / "csl" / "consolidated_2022-05.csv"
    entries = read("us_csl", place)
    # 14,160 rows; Bank of Kunlun is on the CAPTA list twice
    assert len(entries) == 14_159
    assert kinds(entries) == {
        "organisation": 4532,
        "": 3625,
        "person": 5286,
        "vessel": 433,
        "aircraft": 283,
    }
    of_list = Counter(entry.programs[0] for entry in entries.values())
    assert (of_list["SDN"], of_list["EL"], of_list["DPL"], of_list["CAP"]) == (10026, 2001, 462, 52)
    aecc = entries["CMIC:30902"]
    assert aecc.names[0] == ("AERO ENGINE CORPORATION OF CHINA", "primary")
    assert aecc.identifiers == (("uscc", "91110000MA005UCQ5P"),)
    assert aecc.countries == ("CN",)
    assert entries["SDN:21944"].birth_dates == ("1973-03-25",)
    # 44 orders had ended on the last day of May
    assert len(read("us_csl", place, date(2022, 5, 31))) == 14_159 - 44


@ofac.real_lists
def test_the_screening_list_in_the_layout_of_2025():
    entries = read("us_csl", ofac.REAL / "csl" / "csl_sample_2025-06.csv")
    assert kinds(entries) == {"organisation": 3, "person": 4, "": 6}
    assert entries["SDN:52291"].identifiers == (("passport", "836238033"),)
    assert entries["SDN:52291"].countries == ("KP", "CN")


@ofac.real_lists
def test_the_real_list_of_the_un():
    entries = read("un_sc", ofac.REAL / "un")
    assert kinds(entries) == {"person": 730, "organisation": 273}
    badege = entries["6907993"]
    assert badege.names == (("ERIC BADEGE", "primary"),)
    assert badege.countries == ("Democratic Republic of the Congo", "Rwanda")
    assert badege.birth_dates == ("1971",)
    adf = entries["6908402"]
    assert adf.names[:2] == (("ADF", "primary"), ("Allied Democratic Forces", "strong"))
    births = Counter(
        "/" if "/" in born else "~" if "~" in born else len(born)
        for entry in entries.values()
        for born in entry.birth_dates
    )
    # of 31 intervals none is lost; 454 days
    assert (births["/"], births[10]) == (31, 454)


@ofac.real_lists
def test_the_real_denied_persons():
    place = ofac.REAL / "bis"
    entries = read("bis_dpl", place)
    # 581 rows about 461 names with a day of order each
    assert len(entries) == 461
    assert len(read("bis_dpl", place, date(2026, 11, 24))) == 189
    ash = next(entry for entry in entries.values() if entry.names[0][0] == "I. ASH")
    assert "605 TRAIL LAKE DRIVE" in " ".join(ash.addresses) or "SEAGOVILLE" in ash.addresses[0]
