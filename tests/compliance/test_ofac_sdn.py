from collections import Counter
from pathlib import Path

import pytest

from compliance.sources import MalformedList, ParsedEntry, UnknownSource, source
from tests.compliance import ofac


def read(folder: Path) -> dict[str, ParsedEntry]:
    return {entry.uid: entry for entry in source("ofac_sdn").read(folder)}


def test_the_sample_list_has_every_kind_of_party_and_alias() -> None:
    entries = read(ofac.SAMPLE)
    assert Counter(entry.kind for entry in entries.values()) == {
        "organisation": 11,
        "person": 9,
        "vessel": 3,
        "aircraft": 2,
    }
    pelagic = entries["990001"]
    assert pelagic.names == (
        ("PELAGIC DAWN SYSTEMS LTD.", "primary"),
        ("PELAGIC DAWN", "strong"),
        ("DAWN OF THE PELAGOS COMPUTING", "strong"),
        ("PDS VORTANIA", "strong"),
        ("PELADAWN", "weak"),
    )
    assert pelagic.programs == ("NPWMD", "IFSR")
    assert pelagic.countries == ("Vortania", "Cuba")
    assert pelagic.addresses == ("1 Made-Up Quay, Port Meridia, Vortania", "Farhaven, Cuba")
    assert "Call sign: XQ7Z1; Vessel type: Crude Oil Tanker" in entries["990021"].remarks


@ofac.real_lists
def test_the_list_of_2021_is_read_whole() -> None:
    entries = read(ofac.REAL / "ofac_2021")
    assert len(entries) == 8976
    assert Counter(entry.kind for entry in entries.values()) == {
        "person": 4620,
        "organisation": 3673,
        "vessel": 406,
        "aircraft": 277,
    }
    kinds = Counter(kind for entry in entries.values() for _, kind in entry.names)
    # 11,910 rows of alt.csv, six of which repeat a name of the same entry
    assert (kinds["primary"], kinds["strong"]) == (8976, 11904)
    assert ("BNC", "weak") in entries["306"].names
    # the remarks of this one go on in sdn_comments.csv
    assert "RED MUNDIAL INMOBILIARIA" in entries["12300"].remarks


def test_utf8_with_a_mark_latin1_and_a_header_row_read_the_same(tmp_path: Path) -> None:
    folder = ofac.write(tmp_path, ofac.party(7, "PEÑA, José", "individual"))
    plain = read(folder)
    text = (folder / "sdn.csv").read_bytes().decode("latin-1").rstrip("\x1a")
    header = "ent_num,SDN_Name,SDN_Type,Program,Title,Call_Sign,Vess_type,Tonnage,GRT,Vess_flag,"
    (folder / "sdn.csv").write_text(
        f"{header}Vess_owner,Remarks\r\n{text}", encoding="utf-8-sig", newline=""
    )
    assert read(folder) == plain
    assert plain["7"].names[0] == ("PEÑA, José", "primary")


def test_content_hash_ignores_the_order_of_aliases_and_nothing_else(tmp_path: Path) -> None:
    one, two = '7,1,"aka","FIRST",-0- ', '7,2,"aka","SECOND",-0- '
    firm = ofac.party(7, "THE FIRM")
    forth = read(ofac.write(tmp_path, firm, alt=f"{one}\r\n{two}"))["7"]
    back = read(ofac.write(tmp_path, firm, alt=f"{two}\r\n{one}"))["7"]
    fewer = read(ofac.write(tmp_path, firm, alt=one))["7"]
    assert forth.content_hash == back.content_hash
    assert forth.content_hash != fewer.content_hash


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("sdn.csv", b"", "sdn.csv: is empty"),
        ("sdn.csv", b"\x1a\r\n", "sdn.csv: is empty"),
        ("sdn.csv", b'1,"A FIRM",-0- ,"X"\r\n', "sdn.csv line 1: has 4 columns where 12 belong"),
        ("sdn.csv", b"<html>\r\n<body>Sorry</body>", "sdn.csv line 1: has 1 columns where 12"),
        ("sdn.csv", b"PK\x03\x04\x00\x00binary", "sdn.csv line 1: holds bytes that are not text"),
        ("sdn.csv", b'1,"A FIRM WHOSE QUOTE NEVER', "sdn.csv line 1: cannot be read as CSV"),
        ("alt.csv", b'1,1,"aka"\r\n', "alt.csv line 1: has 3 columns where 5 belong"),
        ("alt.csv", b'1,1,"zzz","X",-0- ', "alt.csv line 1: alias type 'zzz' is not known"),
        ("alt.csv", b'9,1,"aka","X",-0- ', "alt.csv line 1: is about entry 9, which sdn.csv does"),
        ("add.csv", b"1,1,-0- ,-0- ,-0- ,-0- ,-0- ", "add.csv line 1: has 7 columns where 6"),
        ("add.csv", b"x,1,-0- ,-0- ,-0- ,-0- ", "add.csv line 1: starts with 'x', no number"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(
    tmp_path: Path, file: str, content: bytes, told: str
) -> None:
    folder = ofac.write(tmp_path, ofac.party(1, "A FIRM"))
    (folder / file).write_bytes(content)
    with pytest.raises(MalformedList) as refused:
        read(folder)
    assert str(refused.value).startswith(told)
    assert "ownload" in str(refused.value)


@pytest.mark.parametrize("file", ["sdn.csv", "alt.csv", "add.csv"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    folder = ofac.write(tmp_path, ofac.party(1, "A FIRM"))
    (folder / file).unlink()
    with pytest.raises(MalformedList, match=f"^{file}: not found in "):
        read(folder)


def test_a_row_of_the_second_line_is_counted_right_after_a_quoted_line_break(
    tmp_path: Path,
) -> None:
    broken = ofac.party(1, "A FIRM", remarks="one\r\ntwo")
    folder = ofac.write(tmp_path, broken, "2,cut off")
    with pytest.raises(MalformedList, match=r"^sdn\.csv line 3: has 2 columns"):
        read(folder)


def test_an_entry_twice_an_unknown_type_and_a_nameless_party_are_refused(tmp_path: Path) -> None:
    faults = {
        "line 2: repeats entry 1": ofac.party(1, "AGAIN"),
        "line 2: party type 'submarine' is not known": ofac.party(2, "X", "submarine"),
        "line 2: has no name": ofac.party(2, ""),
        "line 2: has a name of 501 characters": ofac.party(2, "X" * 501),
    }
    for told, line in faults.items():
        with pytest.raises(MalformedList, match=told):
            read(ofac.write(tmp_path, ofac.party(1, "A FIRM"), line))


def test_an_unknown_source_names_those_there_are() -> None:
    with pytest.raises(UnknownSource, match="no list source 'un'; there are: bis_dpl, eu_fsf, "):
        source("un")
