"""What is known beside a name reaches the lists: of the party, its owners and its directors."""

import json

import pytest

from compliance import services
from compliance.index import names_of
from compliance.models import Decision, Party
from compliance.services.telling import told_of
from tests import make
from tests.compliance import ofac
from tests.make import NOON

USCC, OTHER_USCC = "91110000MA005UCQ5P", "914403001922038216"
PERSON = ofac.party(
    1, "QUILL, Amby", "individual", "DOB 03 Feb 1971; nationality Cuba; Passport K475336 (Cuba)."
)
FIRM = ofac.party(
    2, "QUORVANE MARITIME WORKS", remarks=f"Unified Social Credit Code (USCC) {USCC} (China)."
)


@pytest.fixture
def listed(db, tmp_path):
    services.load_reference(at=NOON)
    folder = ofac.write(tmp_path, PERSON, FIRM, add='2,1,-0- ,-0- ,"China",-0- ')
    return services.import_list(
        source_code="ofac_sdn", folder=folder, published_on=None, at=NOON, sample=True
    )


def judged(party):
    decision = services.screen(party=party, question=None, at=NOON)
    assert services.replay(decision=Decision.objects.get(pk=decision.pk)) == []
    return decision


def name_match(party):
    return judged(party).reasons["facts"]["name_match"]


def quill(**facts):
    known = {"kind": "person", "country": "CU", "hq_country": "CU", "birth_date": "1971-02-03"}
    return make.party("Amby Quill", parent_name="", **{**known, **facts})


def test_what_the_list_knows_is_in_the_index(listed):
    told = {one.name: one for one in names_of(listed)}
    person, firm = told["QUILL, Amby"], told["QUORVANE MARITIME WORKS"]
    assert (person.countries, person.births) == (("CU",), ("1971-02-03",))
    assert person.numbers == ("K475336", "PAPERK475336", "PAPERCUK475336")
    assert (firm.countries, firm.births) == (("CN",), ())
    assert firm.numbers == (USCC, f"USCC{USCC}")


def test_details_are_those_of_the_snapshot_that_is_asked(listed, tmp_path):
    changed = PERSON.replace("1971", "1991")
    folder = ofac.write(tmp_path / "later", changed, FIRM, add='2,1,-0- ,-0- ,"Cuba",-0- ')
    later = services.import_list(
        source_code="ofac_sdn", folder=folder, published_on=None, at=NOON, sample=True
    )
    births = {
        snapshot: {one.births for one in names_of(snapshot) if one.uid == "1"}
        for snapshot in (listed, later)
    }
    assert births == {listed: {("1971-02-03",)}, later: {("1991-02-03",)}}


def test_a_person_is_told_from_a_namesake_by_birth_date_or_country_and_never_cleared(listed):
    assert name_match(quill()) == "match"
    assert name_match(quill(birth_date="")) == "match"
    assert name_match(quill(country="", hq_country="")) == "match"
    assert name_match(quill(birth_date="1990-01-01")) == "possible"
    assert name_match(quill(country="SG", hq_country="SG")) == "possible"
    # two countries speak against nobody
    assert name_match(quill(country="SG", hq_country="CU")) == "match"
    assert name_match(quill(country="SG", hq_country="MY")) == "match"


def test_a_listed_number_is_a_match_whatever_the_name(listed):
    party = make.party("Gentle Bakery Ltd")
    assert name_match(party) == "none"
    services.add_identifier(party=party, kind="uscc", number=USCC, by="sally", at=NOON)
    decision = judged(party)
    assert decision.outcome == "deny"
    [own] = [one for one in decision.reasons["names"] if one["field"] == "legal_name"]
    assert own["matches"][0]["reasons"] == ["the same identifier"]


def test_the_registration_number_counts_as_one(listed):
    assert name_match(make.party("Gentle Bakery Ltd", registration_number=USCC)) == "match"


def test_another_number_of_the_same_register_asks_for_a_person(listed):
    party = make.party("Quorvane Maritime Works")
    assert name_match(party) == "match"
    row = services.add_identifier(party=party, kind="uscc", number=OTHER_USCC, by="sally", at=NOON)
    assert name_match(party) == "possible"
    services.end_identifier(identifier=row, until=NOON.date(), by="sally", at=NOON)
    assert name_match(party) == "match"


def test_an_owners_number_and_birth_date_count_for_the_owner(listed):
    owner = make.party("Gentle Bakery Ltd", kind="organisation")
    party = make.party()
    make.stake(party, owner, 2500)
    assert judged(party).reasons["facts"]["owner_match"] == "none"
    services.add_identifier(party=owner, kind="uscc", number=USCC, by="sally", at=NOON)
    facts = judged(party).reasons["facts"]
    assert (facts["owner_match"], facts["name_match"]) == ("match", "none")
    assert facts["listed_ownership"] == "minority"


@pytest.mark.parametrize(("country", "band"), [("", "match"), ("CU", "match"), ("SG", "possible")])
def test_a_directors_country_counts(listed, country, band):
    party = make.party()
    make.director(party, "Amby Quill", country=country)
    assert judged(party).reasons["facts"]["director_match"] == band


@pytest.mark.parametrize(("country", "band"), [("", "match"), ("CU", "match"), ("SG", "possible")])
def test_a_named_owners_country_counts(listed, country, band):
    party = make.party()
    make.stake(party, "Amby Quill", 100, owner_kind="person", owner_country=country)
    assert judged(party).reasons["facts"]["owner_match"] == band


def test_contents_kept_before_numbers_and_birth_dates_read_as_they_did(listed):
    party = make.party()
    text = party.content()
    assert not {"birth_date", "identifiers"} & json.loads(text).keys()
    back, known = Party.from_content(text)
    assert back.birth_date == ""
    assert back.content(known) == text


def test_nothing_known_is_nothing_told():
    assert told_of({}, []) == {"country": "", "birth_date": "", "identifier": ""}


def test_a_batch_finds_a_number_as_it_is_written(listed, tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        f"id,name,identifier\n1,Gentle Bakery,{USCC.lower()}\n2,Gentle Bakery,K475336\n"
    )
    services.screen_file(source=source, target=target, at=NOON)
    rows = target.read_text().splitlines()[1:]
    assert [row.split(",")[:5] for row in rows] == [
        ["1", "match", "1.0000", "ofac_sdn", "2"],
        ["2", "match", "1.0000", "ofac_sdn", "1"],
    ]
