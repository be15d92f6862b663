"""A clearing counts in the decision, for one entry only, and dies with whatever it is bound to."""

import shutil

import pytest

from compliance import services
from compliance.matching import Answer, Bands
from compliance.models import Case, ChipModel, Clearing, Decision, PolicyRule, ReviewClearance
from compliance.services.reasons import Asked, Grant
from tests import make
from tests.compliance import caseroom, ofac
from tests.compliance.caseroom import decided, opened, screen
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
YEAR = 365 * 24 * HOUR


@pytest.fixture(autouse=True)
def ready():
    return caseroom.ready()


@pytest.fixture
def cleared():
    """A party whose likeness to 990001 two officers found to be none."""
    return decided().party


def rules(decision):
    return {rule["rule"] for rule in decision.reasons["rules"]}


def again(decision):
    return services.replay(decision=Decision.objects.get(pk=decision.pk))


def listed(folder, *extra, remarks="-0- ", at=NOON + HOUR):
    """The list anew: 30 numbered companies and 990001, as it was or with other remarks."""
    parties = [*ofac.numbered(30), ofac.party(990001, "PELAGIC DAWN SYSTEMS LTD.", remarks=remarks)]
    return services.import_list(
        source_code="ofac_sdn", folder=ofac.write(folder, *parties, *extra), published_on=None,
        at=at, sample=True,
    )  # fmt: skip


def test_a_cleared_likeness_does_not_count_and_is_told(cleared):
    before = Decision.objects.get()
    assert (before.outcome, rules(before)) == ("manual_review", {"P020"})
    decision = screen(cleared)
    assert (decision.outcome, rules(decision)) == ("allow", {"P091"})
    assert decision.reasons["facts"]["name_match"] == "none"
    [legal, parent] = decision.reasons["names"]
    assert (legal["band"], parent["band"]) == ("none", "none")
    given = Clearing.objects.get()
    for one in (legal, parent):
        [match] = one["matches"]
        assert (match["uid"], match["cleared"]) == ("990001", str(given.public_id))
    assert "is like" not in decision.reasons["sentence"]
    assert (given.subject, given.source, given.entry_uid) == ("legal_name", "ofac_sdn", "990001")
    assert given.scorer == before.scorer


def test_with_and_without_it_decisions_replay_the_same(cleared, tmp_path):
    before, after = Decision.objects.get(), screen(cleared)
    assert after.party_hash != before.party_hash
    assert again(before) == again(after) == []
    listed(tmp_path / "new", remarks="Other remarks.")
    services.amend_party(party=cleared, by="staff", at=NOON + HOUR, legal_name="Other Name Ltd")
    screen(cleared, at=NOON + HOUR)
    assert again(before) == again(after) == []


def test_earlier_decisions_of_the_party_stand_no_longer():
    party = make.party("Pelagik Dawn Systems Ltd")
    other = screen(make.party())
    case = Case.objects.get(decision=screen(party))
    decided(case)
    assert services.still_valid(decision=other, at=NOON)
    assert services.still_valid(decision=screen(party), at=NOON)


def test_an_exact_namesake_is_cleared_too():
    party = make.party()
    assert screen(party).outcome == "allow"
    services.amend_party(
        party=party, by="x", at=NOON, kind="person", legal_name="Ysolde Vellacott-Zarrin",
        parent_name="",
    )  # fmt: skip
    assert (screen(party).outcome, rules(screen(party))) == ("deny", {"P010"})
    decided(Case.objects.get(kind="flip"))
    decision = screen(party)
    assert (decision.outcome, decision.reasons["facts"]["listed_as"]) == ("allow", "")


def test_a_cleared_owner_is_no_listed_owner():
    party = make.party()
    make.stake(party, "Pelagic Dawn Systems Ltd", 6000, owner_kind="organisation",
               owner_country="SG")  # fmt: skip
    assert screen(party).reasons["facts"]["blocked_ownership"] == "at_least_half"
    with_director = make.party("Quiet Bay Computing Ltd")
    make.director(with_director, "Ysolde Vellacott-Zarrin")
    assert screen(with_director).outcome == "manual_review"
    decided(Case.objects.get(party=with_director))
    assert screen(with_director).outcome == "allow"
    services.ask_about_screening(party=party, by=make.user(), text="Not us.", at=NOON)
    decided(Case.objects.get(party=party))
    facts = screen(party).reasons["facts"]
    assert (facts["blocked_ownership"], facts["owner_match"]) == ("none", "none")


# --- each way of dying


def test_it_dies_when_the_party_is_renamed(cleared):
    services.amend_party(party=cleared, by="x", at=NOON, legal_name="Pelagik Dawn Systems LLC")
    decision = screen(cleared)
    assert decision.outcome == "manual_review"
    assert decision.reasons["facts"]["name_match"] == "possible"
    services.amend_party(party=cleared, by="x", at=NOON, legal_name="Pelagik Dawn Systems Ltd")
    assert screen(cleared).outcome == "allow"


@pytest.mark.parametrize(
    "facts",
    [{"native_name": "Harbour"}, {"country": "MY"}, {"registration_number": "7"}],
)
def test_it_dies_with_every_fact_that_tells_who_a_name_is(cleared, facts):
    services.amend_party(party=cleared, by="x", at=NOON, **facts)
    assert rules(screen(cleared)) == {"P020"}


def test_it_lives_on_when_something_else_of_the_party_changes(cleared):
    services.amend_party(party=cleared, by="x", at=NOON, address="1 Quay Street")
    assert screen(cleared).outcome == "allow"


def test_it_dies_when_the_entry_changes_and_lives_when_it_does_not(cleared, tmp_path):
    given = Clearing.objects.get()
    changed = shutil.copytree(ofac.SAMPLE, tmp_path / "changed")
    text = (changed / "sdn.csv").read_text(encoding="latin-1")
    (changed / "sdn.csv").write_text(
        text.replace("Made-up party for demonstrations;", "Also elsewhere;"), encoding="latin-1"
    )
    for at, folder, outcome in (
        (NOON + HOUR, changed, "manual_review"),
        (NOON + 2 * HOUR, ofac.SAMPLE, "allow"),
    ):
        services.import_list(
            source_code="ofac_sdn", folder=folder, published_on=None, at=at, sample=True
        )
        decision = screen(cleared, at=at)
        [match] = decision.reasons["names"][0]["matches"]
        assert decision.outcome == outcome
        assert (match["entry_hash"] == given.entry_sha256) == (outcome == "allow")
    assert Case.objects.live().get().opened_at == NOON + HOUR


def test_it_dies_with_another_scorer(cleared, monkeypatch):
    monkeypatch.setattr(Bands, "scorer", "straits-names-99")
    assert rules(screen(cleared)) == {"P020"}


def test_it_dies_on_its_day(cleared):
    ofac.import_sample(at=NOON + YEAR - HOUR)
    last = screen(cleared, at=NOON + YEAR - HOUR)
    assert (last.outcome, last.valid_until) == ("allow", NOON + YEAR)
    assert rules(screen(cleared, at=NOON + YEAR)) == {"P020"}
    assert Case.objects.live().get().opened_at == NOON + YEAR


def test_how_long_it_lives_is_a_setting(settings):
    settings.CLEARING_DAYS = 1
    decided()
    assert Clearing.objects.get().expires_at == NOON + 24 * HOUR


def test_one_approver_clears_nothing():
    case = caseroom.assigned()
    caseroom.propose(case)
    caseroom.approve(case)
    assert screen(case.party).outcome == "manual_review"
    assert not Clearing.objects.exists()


# --- nothing more than what was cleared


def test_a_second_listed_entry_still_flags(cleared, tmp_path):
    twin = ofac.party(990099, "PELAGIC DAWNS SYSTEM LTD.")
    listed(tmp_path / "twin", twin)
    decision = screen(cleared, at=NOON + HOUR)
    assert (decision.outcome, rules(decision)) == ("manual_review", {"P020"})
    told = {match["uid"]: "cleared" in match for match in decision.reasons["names"][0]["matches"]}
    assert told["990099"] is False


def test_another_party_of_the_same_name_is_not_cleared(cleared):
    twin = make.party(cleared.legal_name)
    assert screen(twin).outcome == "manual_review"


def test_who_joins_the_party_later_is_not_cleared(cleared):
    make.director(cleared, "Ysolde Vellacott-Zarrin")
    assert rules(screen(cleared)) == {"P023"}
    make.stake(cleared, "Pelagik Dawn Systems Ltd", 100, owner_kind="organisation")
    assert screen(cleared).reasons["facts"]["owner_match"] == "possible"


def test_a_cleared_parent_does_not_clear_the_name():
    party = make.party(parent_name="Pelagik Dawn Systems Ltd")
    decided(Case.objects.get(decision=screen(party)))
    assert screen(party).reasons["facts"]["owner_match"] == "none"
    services.amend_party(party=party, by="x", at=NOON, native_name="Pelagik Dawn Systems Ltd")
    assert screen(party).reasons["facts"]["name_match"] == "possible"


def test_more_likenesses_than_an_answer_holds_stay_possible(tmp_path):
    names = [ofac.party(990100 + n, f"PELAGIC DAWN SYSTEMS {n} LTD.") for n in range(14)]
    listed(tmp_path / "many", *names, at=NOON)
    case = opened()
    assert len(caseroom.newest(case).reasons["names"][0]["matches"]) == 10
    decided(case)
    decision = screen(case.party)
    assert decision.reasons["names"][0]["band"] == "possible"
    assert decision.outcome == "manual_review"


def test_a_name_that_cannot_be_compared_stays_so_when_its_likenesses_are_cleared():
    match = type("M", (), {"listed": type("L", (), {"source": "s", "uid": "1"}), "band": "match"})
    cleared = {("s", "1"): Grant("x", NOON)}
    assert Asked("f", Answer("match", (match,), "Han"), cleared=cleared).band == "unscreenable"
    assert Asked("f", Answer("match", (match,)), cleared=cleared).band == "none"
    assert Asked("f", Answer("match", (match,))).band == "match"


# --- reviews


def near(party, site="MY", **when):
    return screen(party, chip="A10", site=site, **when)


def reviewed(**scope):
    party = make.party()
    decision = near(party)
    assert (decision.outcome, rules(decision)) == ("manual_review", {"P044", "P090"})
    case = Case.objects.get(decision=decision)
    decided(case, "reviewed", rules=services.reviews(decision, **scope))
    return party


def test_a_review_that_is_done_satisfies_its_rule_and_is_told():
    decision = near(reviewed())
    assert (decision.outcome, rules(decision)) == ("allow", {"P090"})
    [told] = decision.reasons["reviewed"]
    given = ReviewClearance.objects.get()
    assert (told["rule"], told["version"], told["review"]) == ("P044", 1, str(given.public_id))
    assert (given.chip, given.site_country) == ("A10", "MY")
    assert again(decision) == []


def test_a_review_is_for_that_chip_and_site_unless_it_says_all():
    party = reviewed()
    assert near(party, site="SG").outcome == "manual_review"
    everywhere = reviewed(everywhere=True)
    assert near(everywhere, site="SG").outcome == "allow"


def test_a_review_dies_with_any_fact_of_the_party():
    party = reviewed()
    services.amend_party(party=party, by="x", at=NOON, end_use="training")
    assert near(party).outcome == "manual_review"
    services.amend_party(party=party, by="x", at=NOON, end_use="inference")
    assert near(party).outcome == "allow"
    make.director(party)
    assert near(party).outcome == "manual_review"


def test_a_review_dies_on_its_day():
    party = reviewed()
    ofac.import_sample(at=NOON + YEAR - HOUR)
    windows = {"start": NOON + YEAR, "end": NOON + YEAR + HOUR}
    question = services.Question(ChipModel.objects.get(name="A10"), "MY", **windows)
    last, late = (
        services.screen(party=party, question=question, at=at)
        for at in (NOON + YEAR - HOUR, NOON + YEAR)
    )
    assert (last.outcome, last.valid_until) == ("allow", NOON + YEAR)
    assert (late.outcome, rules(late)) == ("manual_review", {"P044", "P090"})


def test_a_review_dies_with_its_rule():
    party = reviewed()
    rule = PolicyRule.objects.get(rule_id="P044")
    rule.supersedes_id, rule.pk, rule.public_id, rule.version = rule.pk, None, make.BOOT, 2
    rule.save(force_insert=True)
    decision = near(party)
    assert (decision.outcome, rules(decision)) == ("manual_review", {"P044", "P090"})


def test_a_review_lifts_nothing_else():
    party = reviewed(everywhere=True)
    assert near(party, site="KP").outcome == "deny"
    assert near(party, at=NOON + 25 * HOUR).outcome == "deny_temporary"
    unknown = screen(party, chip="MI308X")
    assert unknown.outcome == "manual_review"
    assert [rule["rule"] for rule in unknown.reasons["reviewed"]] == ["P044"]
    assert rules(unknown) == set()
