"""Red flags as rows: raised once, weighed by decisions, closed with a reason, sealed."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from compliance import services, tasks
from compliance.models import (
    ChainLink,
    ChipModel,
    Content,
    Decision,
    ListEntry,
    Outcome,
    RedFlag,
    RedFlagClosed,
    RedFlagKind,
)
from compliance.redflags import Finding
from compliance.services import Question
from tests import make
from tests.compliance import ofac, tamper
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _ready():
    services.load_reference(at=NOON)
    ofac.import_sample()


def decide(party, at=NOON):
    chip = ChipModel.objects.get(name="H200 SXM")
    return services.screen(
        party=party, question=Question(chip, "MY", NOON + HOUR, NOON + 3 * HOUR), at=at
    )


def codes(party):
    return sorted(party.red_flags.open().values_list("kind__code", flat=True))


def fired(decision):
    return {rule["rule"] for rule in decision.reasons["rules"]}


@pytest.mark.parametrize(
    ("raised", "outcome", "rules", "fact"),
    [
        ([], "allow", {"P090"}, "none"),
        (["R9"], "allow", {"P090"}, "soft"),
        (["R9", "R9"], "allow", {"P090"}, "soft"),
        (["R7", "R9"], "manual_review", {"P061", "P090"}, "several_soft"),
        (["R4"], "manual_review", {"P060", "P090"}, "hard"),
    ],
)
def test_a_hard_flag_or_two_soft_kinds_send_a_party_to_review(raised, outcome, rules, fact):
    party = make.party()
    for number, code in enumerate(raised):
        make.flag(party, code, number=number)
    decision = decide(party)
    assert (decision.outcome, fired(decision)) == (outcome, rules)
    assert decision.reasons["facts"]["red_flags"] == fact


def test_a_decision_names_the_open_flags_for_staff():
    party = make.party()
    make.flag(party, "R9", network="tor")
    [told] = decide(party).reasons["flags"]
    assert (told["code"], told["weight"], told["text"]) == ("R9", "soft", "Seen for R9.")
    assert (told["raised_by"], told["raised_at"]) == ("sweep", "2026-11-24T12:00:00+00:00")


def test_the_public_reason_says_nothing_of_flags():
    party = make.party()
    make.flag(party, "R4")
    assert services.public_reason(decide(party)) == "under review"


def test_raising_a_flag_voids_what_was_decided_and_closing_it_gives_a_new_chance():
    party = make.party()
    cleared = decide(party)
    assert services.still_valid(decision=cleared, at=NOON)
    flag = make.flag(party, "R17")
    assert not services.still_valid(decision=cleared, at=NOON)
    assert decide(party).outcome == "manual_review"
    services.close_flag(flag=flag, reason="A board was replaced.", by="sally", at=NOON)
    assert decide(party).outcome == "allow"


def test_the_same_evidence_is_raised_once_also_after_it_was_closed():
    party = make.party()
    found = [Finding("R9", "Used through tor.", {"network": "tor", "month": "2026-11"})]
    assert services.note(party=party, findings=[*found, *found], at=NOON) == 1
    assert services.note(party=party, findings=found, at=NOON + DAY) == 0
    services.close_flag(flag=RedFlag.objects.get(), reason="A test.", by="sally", at=NOON)
    assert services.note(party=party, findings=found, at=NOON + DAY) == 0
    other = [Finding("R9", "Used through tor.", {"network": "tor", "month": "2026-12"})]
    assert services.note(party=party, findings=other, at=NOON + DAY) == 1
    assert [one.raised_at for one in RedFlag.objects.order_by("pk")] == [NOON, NOON + DAY]


def test_a_kind_that_is_not_in_force_is_not_raised_and_does_not_weigh():
    party = make.party()
    make.flag(party, "R4")
    RedFlagKind.objects.filter(code="R4").update(effective_to=NOON.date() - DAY)
    assert decide(party).outcome == "allow"
    assert services.note(party=party, findings=[Finding("R4", "x", {"n": 1})], at=NOON) == 0
    assert services.note(party=party, findings=[Finding("R99", "x", {})], at=NOON) == 0


def test_a_clearance_ends_when_a_kind_of_flag_begins_to_count():
    party = make.party()
    make.flag(party, "R4")
    RedFlagKind.objects.filter(code="R4").update(effective_from=NOON.date() + DAY)
    cleared = decide(party)
    assert cleared.outcome == "allow"
    assert cleared.valid_until.isoformat() == "2026-11-25T00:00:00+00:00"
    assert decide(party, at=cleared.valid_until).outcome == "manual_review"


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"founded_on": NOON.date() - 90 * DAY}, ["R2"]),
        ({"founded_on": NOON.date() - 900 * DAY}, []),
        ({"end_use": "refused"}, ["R5"]),
        ({"is_reseller": True}, ["R6"]),
        ({"is_reseller": True, "end_users": "Quay Ltd, Singapore"}, []),
        ({"parent_name": "", "created_at": NOON - 31 * DAY}, ["R5"]),
        ({"parent_name": "", "created_at": NOON - DAY}, []),
        ({"parent_name": "", "created_at": NOON - 31 * DAY, "kind": "person"}, []),
        ({"founded_on": NOON.date(), "is_reseller": True}, ["R2", "R6"]),
    ],
)
def test_what_a_party_says_of_itself_is_looked_at_before_it_is_decided_about(facts, found):
    party = make.party(**facts)
    decide(party)
    decide(party)
    assert codes(party) == found


def test_a_new_reseller_without_end_users_waits_for_a_person():
    decision = decide(make.party(founded_on=NOON.date(), is_reseller=True))
    assert (decision.outcome, "P061" in fired(decision)) == ("manual_review", True)


def test_the_address_of_a_listed_party_waits_for_a_person():
    entry = ListEntry.objects.exclude(addresses=[]).order_by("pk").first()
    tamper.run(
        "UPDATE compliance_listentry SET addresses = %s WHERE id = %s",
        json.dumps(["Unit 5, 88 Harbour Road, Sea Cloud Building, Hong Kong"]),
        entry.pk,
    )
    party = make.party(address="88 Harbour Rd, Sea Cloud Bldg, Unit 5, Hong Kong")
    decision = decide(party)
    assert (decision.outcome, codes(party)) == ("manual_review", ["R4"])
    assert party.red_flags.get().evidence["uid"] == entry.uid
    assert decide(make.party(address="9 Raffles Place, Singapore")).outcome == "allow"


def test_a_name_given_up_soon_after_its_listing_is_a_flag():
    party = make.party("Pelagic Dawn Systems Ltd")
    services.amend_party(
        party=party, by="x", at=NOON + DAY, legal_name="Sunrise Compute Ltd", parent_name="Quay"
    )
    flag = party.red_flags.get()
    assert (flag.kind.code, flag.evidence["uid"]) == ("R14", "990001")
    other = make.party("Harbour Light Research Ltd")
    services.amend_party(party=other, by="x", at=NOON + DAY, legal_name="Sunrise Compute Ltd")
    assert not other.red_flags.exists()


def test_a_changed_story_about_the_end_use_stays_on_record():
    party = make.party(end_use="military")
    services.amend_party(party=party, by="x", at=NOON, end_use="inference")
    flag = party.red_flags.get()
    assert (flag.kind.code, flag.evidence["end_use"]) == ("R5", ["military", "inference"])


def test_a_director_or_owner_shared_with_a_denied_party_is_a_flag():
    denied, near, far = make.party("Bad Ltd"), make.party("Near Ltd"), make.party("Far Ltd")
    make.decision(denied, outcome=Outcome.ALLOW)
    make.director(denied, "Ada Roe")
    make.director(near, "ADA  ROE")
    make.director(far, "Bob Roe")
    tasks.find_red_flags()
    assert codes(near) == []
    make.decision(denied, outcome=Outcome.DENY, at=NOON + HOUR)
    make.stake(far, denied, 2500)
    assert services.look_for_ties(at=NOON) == 2
    assert services.look_for_ties(at=NOON) == 0
    assert (codes(near), codes(far), codes(denied)) == (["R15"], ["R15"], [])
    assert {flag.evidence["what"] for flag in RedFlag.objects.all()} == {"director", "owner"}


def test_the_sweep_looks_at_parties_nobody_decides_about():
    party = make.party(is_reseller=True)
    tasks.find_red_flags()
    assert codes(party) == ["R6"]


def test_staff_raise_and_close_with_words():
    party, kind = make.party(), RedFlagKind.objects.get(code="R3")
    flag = services.raise_flag(party=party, kind=kind, text=" A flat. ", by="sally", at=NOON)
    assert (flag.text, flag.raised_by) == ("A flat.", "sally")
    closed = services.close_flag(flag=flag, reason="An office.", by="sam", at=NOON + HOUR)
    assert (closed.reason, closed.closed_by, codes(party)) == ("An office.", "sam", [])


@pytest.mark.parametrize("text", ["", "  ", "Null\x00"])
def test_no_flag_is_raised_or_closed_without_words(text):
    party, kind = make.party(), RedFlagKind.objects.get(code="R3")
    with pytest.raises(ValidationError):
        services.raise_flag(party=party, kind=kind, text=text, by="sally", at=NOON)
    assert not RedFlag.objects.exists()
    flag = make.flag(party)
    with pytest.raises(ValidationError):
        services.close_flag(flag=flag, reason=text, by="sally", at=NOON)
    assert not RedFlagClosed.objects.exists()


def test_a_flag_is_raised_and_closed_once():
    party, kind = make.party(), RedFlagKind.objects.get(code="R3")
    flag = services.raise_flag(party=party, kind=kind, text="A flat.", by="sally", at=NOON)
    with pytest.raises(ValidationError, match="raised before"):
        services.raise_flag(party=party, kind=kind, text="A flat.", by="sam", at=NOON)
    services.close_flag(flag=flag, reason="An office.", by="sam", at=NOON)
    with pytest.raises(ValidationError, match="closed before"):
        services.close_flag(flag=flag, reason="Again.", by="sam", at=NOON)
    assert (RedFlag.objects.count(), RedFlagClosed.objects.count()) == (1, 1)


@pytest.mark.parametrize("table", ["redflag", "redflagclosed"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nobody_rewrites_a_flag(table, act):
    services.close_flag(flag=make.flag(make.party()), reason="A test.", by="sally", at=NOON)
    with pytest.raises(DatabaseError, match="its rows are evidence"), transaction.atomic():
        connection.cursor().execute(act.format(f"compliance_{table}"))


def test_flags_are_sealed_and_a_changed_one_is_found():
    flag = make.flag(make.party())
    services.close_flag(flag=flag, reason="A test.", by="sally", at=NOON)
    services.seal(at=NOON)
    assert {"flag", "flag_closed"} <= set(ChainLink.objects.values_list("kind", flat=True))
    assert list(services.verify(at=NOON)) == []
    tamper.run("UPDATE compliance_redflagclosed SET reason = 'Nothing.'")
    [fault] = services.verify(at=NOON)
    assert "reads otherwise than when it was sealed" in fault


def test_a_decision_replays_with_the_flags_it_saw():
    party = make.party()
    flag = make.flag(party, "R17")
    old = decide(party)
    services.close_flag(flag=flag, reason="A test.", by="sally", at=NOON)
    make.flag(party, "R9")
    RedFlagKind.objects.update(weight="soft")
    assert (old.outcome, decide(party).outcome) == ("manual_review", "allow")
    assert services.replay(decision=Decision.objects.get(pk=old.pk)) == []


def test_a_decision_from_before_flags_were_kept_still_replays():
    party = make.party()
    old = decide(party)
    facts = json.loads(Content.objects.get(sha256=bytes(old.party_hash).hex()).text)
    for name in ("flags", "statements"):
        del facts[name]
    text = json.dumps(facts, sort_keys=True)
    sha256 = services.sealing.chain.sha256(text)
    Content.objects.create(sha256=sha256, text=text)
    tamper.change(old, "party_hash", rf"'\x{sha256}'")
    tamper.change(old, "reasons", "(reasons - 'flags') #- '{facts,red_flags}'")
    assert old.reasons["facts"]["end_use_statement"] == party.end_use_statement
    assert services.replay(decision=Decision.objects.get(pk=old.pk)) == []
