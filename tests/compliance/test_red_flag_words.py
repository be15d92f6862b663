"""R1, R3, R13, R15 by phone and R29: what of them the data decides, at the edge of each."""

from datetime import date

import pytest

from compliance import services, tasks
from compliance.models import Decision, RedFlag, RedFlagKind
from compliance.redflags import crowds, orders, owners, ties, wording
from tests import make
from tests.compliance import caseroom
from tests.make import HOUR, NOON

HOME = "Apt 12, 9 Orchard Road, Singapore"
OFFICE = "9 Orchard Road, Singapore"
HIDES = "We need GPUs. Please keep no logs of what we run! Thank you."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We want no logs.", ["no logs"]),
        ("NO-LOGS,\nplease", ["no logs"]),
        ("No login and no logsheets.", []),
        ("Don't  log it", ["don't log"]),
        ("c/o Quay Ltd", ["c/o"]),
        ("Cover 7", []),
        ("P.O. Box 12", ["p.o. box"]),
        ("PO Box 12", ["po box"]),
        ("请不要日志谢谢", ["不要日志"]),
        ("日志", []),
        ("", []),
    ],
)
def test_a_phrase_is_found_as_whole_words_however_it_is_punctuated(text, found):
    phrases = ["no logs", "don't log", "c/o", "p.o. box", "po box", "不要日志"]
    assert wording.phrases_in(text, phrases) == found


def test_each_sentence_that_asks_to_hide_is_a_flag_and_is_its_evidence():
    text = "We train models. No logs please. Also, mask our IP.\nNo logs please."
    found = list(wording.asks_to_hide("letter", text, phrases=["no logs", "mask our ip"]))
    assert [one.evidence for one in found] == [
        {"where": "letter", "said": "No logs please."},
        {"where": "letter", "said": "Also, mask our IP."},
        {"where": "letter", "said": "No logs please."},
    ]
    assert found[0].digest == found[2].digest
    assert {one.code for one in found} == {"R13"}
    assert list(wording.asks_to_hide("letter", "We train.", phrases=["no logs"])) == []


@pytest.mark.parametrize(
    ("founded_on", "found"),
    [
        (date(2022, 10, 8), True),
        (date(2022, 10, 7), False),
        (date(1999, 1, 1), False),
        (None, False),
    ],
)
def test_only_a_company_founded_after_the_controls_cannot_have_ordered_before(founded_on, found):
    first = orders.Order("7", NOON, "H100", "3A090.a", 1, NOON, NOON + HOUR)
    after = date(2022, 10, 7)
    finding = orders.first_advanced(first, founded_on=founded_on, founded_after=after)
    assert (finding is not None) == found
    assert orders.first_advanced(None, founded_on=founded_on, founded_after=after) is None


def rows(count, address=OFFICE, group=None):
    return [(number, address, group or f"group {number}") for number in range(count)]


@pytest.mark.parametrize(
    ("registered", "found"),
    [
        (rows(5), [0, 1, 2, 3, 4]),
        (rows(4), []),
        (rows(5, group="one group"), []),
        (rows(5, address="Orchard Road, Singapore"), []),
        ([*rows(4), (9, "9 ORCHARD RD., Singapore", "another")], [0, 1, 2, 3, 9]),
        ([*rows(4), (9, "8 Orchard Road, Singapore", "another")], []),
        ([*rows(4), (9, OFFICE, "group 3")], []),
    ],
)
def test_five_unrelated_parties_at_one_address_are_a_crowd(registered, found):
    assert sorted(key for key, _ in crowds.crowded(registered, parties=5)) == found


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+65 6123-4567", "", "+6561234567"),
        ("(65) 6123 4567", "SG", "+6561234567"),
        ("6123 4567", "SG", "+6561234567"),
        ("6123 4567", "", ""),
        ("6123 4567", "XX", ""),
        ("0065 6123 4567", "DE", "+6561234567"),
        ("12", "SG", ""),
        ("ask for Ada", "SG", ""),
        ("", "SG", ""),
    ],
)
def test_a_phone_number_is_one_however_it_is_written(text, country, number):
    assert ties.phone(text, country=country) == number


def test_the_same_unknown_shares_are_the_same_flag():
    assert owners.unknown_shares([]) is None
    one, two = owners.unknown_shares(["b", "a"]), owners.unknown_shares(["a", "b"])
    assert (one.code, one.digest) == ("R29", two.digest)
    assert one.digest != owners.unknown_shares(["a"]).digest


@pytest.fixture
def ready(db):
    return caseroom.ready()


def codes(party):
    return sorted(party.red_flags.open().values_list("kind__code", flat=True))


def contact(party, phone, email="ada@quay.example"):
    return services.add_contact(
        party=party, name="Ada", position="Counsel", email=email, phone=phone, by="x", at=NOON
    )


def test_an_address_that_reads_like_no_office_is_seen_before_a_decision(ready):
    party, other = make.party(address=HOME), make.party(address=OFFICE)
    for _ in range(2):
        decision = caseroom.screen(party)
    [told] = decision.reasons["flags"]
    assert (told["code"], decision.reasons["facts"]["red_flags"]) == ("R3", "soft")
    assert party.red_flags.get().evidence == {"address": HOME, "reads": "no office"}
    caseroom.screen(other)
    assert codes(other) == []


def test_what_was_explained_does_not_come_back_and_another_address_does(ready):
    party = make.party(address=HOME)
    caseroom.screen(party)
    flag = party.red_flags.get()
    services.close_flag(flag=flag, reason="Its office is there.", by="sally", at=NOON)
    caseroom.screen(party)
    assert codes(party) == []
    services.amend_party(party=party, by="x", at=NOON, address="PO Box 7, Singapore")
    caseroom.screen(party)
    assert codes(party) == ["R3"]


def test_a_kind_that_is_over_finds_nothing(ready):
    RedFlagKind.objects.update(effective_to=date(2026, 1, 1))
    party = make.party(address=HOME, end_use_statement=HIDES)
    denied = make.party("Bad Ltd")
    make.decision(denied, outcome="deny")
    for one in (party, denied):
        contact(one, "+65 6123 4567")
    make.stake(party, "Pelagic Dawn Systems Ltd", None)
    tasks.find_red_flags()
    caseroom.screen(party)
    assert not RedFlag.objects.exists()


def test_a_crowd_is_found_by_the_sweep_once(ready):
    made = [make.party(f"Firm {number} Ltd", address=OFFICE) for number in range(4)]
    made += [make.party("Daughter Ltd", address=OFFICE, parent_name="Firm 0 Ltd")]
    tasks.find_red_flags()
    assert not RedFlag.objects.exists()
    made += [make.party("Firm 5 Ltd", address="9 Orchard Rd, Singapore")]
    for _ in range(2):
        tasks.find_red_flags()
    assert [codes(party) for party in made] == [["R3"]] * 6
    assert made[5].red_flags.get().text == (
        "5 unrelated parties are registered at '9 Orchard Rd, Singapore'."
    )


def test_asking_for_no_logs_is_seen_when_it_is_signed_and_by_the_sweep(ready):
    party, early = make.party(), make.party(end_use_statement=HIDES)
    services.amend_party(party=party, by="x", at=NOON, end_use_statement=HIDES)
    flag = party.red_flags.get()
    assert flag.evidence == {
        "where": "end-use statement",
        "said": "Please keep no logs of what we run!",
    }
    assert codes(early) == []
    for _ in range(2):
        tasks.find_red_flags()
    assert (codes(party), codes(early)) == (["R13"], ["R13"])
    assert RedFlag.objects.count() == 2
    services.amend_party(party=party, by="x", at=NOON, end_use_statement="We serve models.")
    assert codes(party) == ["R13"]


def test_asking_an_officer_to_mask_the_location_is_seen(ready):
    case = caseroom.assigned()
    user = make.user()
    services.ask_about_screening(
        party=case.party, by=user, text="Could you mask our location?", at=NOON
    )
    request = services.request_information(
        case=case, by=caseroom.officer(), text="An extract, please.", at=NOON
    )
    services.answer_request(request=request, by=user, text="Without logs, yes.", at=NOON)
    told = [flag.evidence for flag in RedFlag.objects.order_by("pk")]
    assert told == [
        {"where": "question about its screening", "said": "Could you mask our location?"},
        {"where": "answer to a request", "said": "Without logs, yes."},
    ]
    assert services.look_for_words(at=NOON) == 0


def test_a_phone_number_shared_with_a_denied_party_is_a_flag_also_once_removed(ready):
    denied, near, far = make.party("Bad Ltd"), make.party("Near Ltd"), make.party("Far Ltd")
    make.decision(denied, outcome="allow")
    gone = contact(denied, "6123 4567")
    services.end_contact(contact=gone, by="x", at=NOON)
    contact(near, "+65 61234567")
    contact(far, "+65 61234568")
    tasks.find_red_flags()
    assert not RedFlag.objects.exists()  # the control: nobody is denied yet
    make.decision(denied, outcome="deny", at=NOON + HOUR)
    for _ in range(2):
        tasks.find_red_flags()
    assert (codes(near), codes(far), codes(denied)) == (["R15"], [], [])
    evidence = near.red_flags.get().evidence
    assert (evidence["what"], evidence["value"]) == ("phone number", "+6561234567")


def test_a_listed_owner_with_an_unknown_share_is_a_flag_of_the_very_decision(ready):
    party = make.party()
    stake = make.stake(party, "Pelagic Dawn Systems Ltd", None)
    decision = caseroom.screen(party)
    [told] = decision.reasons["flags"]
    assert (told["code"], decision.outcome) == ("R29", "manual_review")
    assert party.red_flags.get().evidence == {
        "lines": ["Pelagic Dawn Systems Ltd holds an unknown share of Harbour Light Research Ltd"]
    }
    assert services.replay(decision=Decision.objects.get(pk=decision.pk)) == []
    again = caseroom.screen(party, at=NOON + HOUR)
    assert bytes(again.party_hash) == bytes(decision.party_hash)
    assert RedFlag.objects.count() == 1
    services.close_flag(flag=party.red_flags.get(), reason="Seen.", by="sally", at=NOON)
    services.end_stake(stake=stake, until=NOON.date(), by="x", at=NOON)
    make.stake(party, "Pelagic Dawn Systems Ltd", 100)
    caseroom.screen(party)
    assert codes(party) == []


def test_an_unknown_share_of_nobody_listed_is_no_flag(ready):
    party = make.party()
    make.stake(party, "Tove Lindqvarn", None)
    make.stake(party, "Pelagic Dawn Systems Ltd", 100, source="another register")
    caseroom.screen(party)
    assert codes(party) == []
