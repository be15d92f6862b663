"""An old decision comes out the same from what it names, whatever is in force by now."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from compliance import services
from compliance.matching import Bands
from compliance.models import ChipModel, Content, CountryGroup, Decision, ListSource, PolicyRule
from compliance.policy import Rulebook
from tests import make
from tests.compliance import ofac, tamper, trail
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
NAMES = ["Harbour Light Research Ltd", "Pelagic Dawn Systems Limited", "Peladawn", "QUORVANE"]


def again(decision):
    return services.replay(decision=Decision.objects.get(pk=decision.pk))


def everything_changes(folder):
    """Another list, another law, other chips and other facts than at noon."""
    for source in ListSource.objects.all():
        source.max_age_hours = 1
        source.save()
    parties = ofac.numbered(30)
    services.import_list(
        source_code="ofac_sdn",
        folder=ofac.write(folder / "list", *parties),
        published_on=None,
        at=NOON + HOUR,
        sample=True,
    )
    ChipModel.objects.update(export_class="below")
    CountryGroup.objects.filter(group="EMBARGO").update(effective_to=NOON.date())
    PolicyRule.objects.create(
        rule_id="P001",
        version=2,
        supersedes=PolicyRule.objects.get(rule_id="P001"),
        effective_from=NOON.date(),
        conditions={"fact": "lists", "in": ["fresh"]},
        outcome="deny",
        reason="Nothing goes any more.",
        citation="test",
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_replays_the_same_at_once(name):
    services.load_reference(at=NOON)
    ofac.import_sample()
    assert again(trail.decide(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_replays_the_same_when_all_it_rested_on_has_changed(name, tmp_path):
    services.load_reference(at=NOON)
    ofac.import_sample()
    old = trail.decide(name)
    everything_changes(tmp_path)
    services.amend_party(party=old.party, by="sally", at=NOON + HOUR, legal_name="Other Name Ltd")
    new = services.screen(party=old.party, question=None, at=NOON + HOUR)
    assert new.ruleset_hash != old.ruleset_hash
    assert new.snapshots != old.snapshots
    assert again(old) == []
    assert again(new) == []


def test_one_without_a_question_or_a_list_or_on_a_stale_list_replays():
    services.load_reference(at=NOON)
    party = make.party()
    without = services.screen(party=party, question=None, at=NOON)
    ofac.import_sample()
    stale = services.screen(party=party, question=None, at=NOON + timedelta(hours=25))
    assert (without.reasons["facts"]["lists"], stale.reasons["facts"]["lists"]) == (
        "missing",
        "stale",
    )
    assert again(without) == again(stale) == []


def test_a_content_from_before_cases_replays():
    decision = trail.laid()[0]
    content = json.loads(Content.objects.get(sha256=bytes(decision.party_hash).hex()).text)
    old = json.dumps({key: content[key] for key in content if key not in ("clearings", "reviews")})
    sha256 = hashlib.sha256(old.encode()).hexdigest()
    Content.objects.create(sha256=sha256, text=old)
    tamper.change(decision, "party_hash", f"decode('{sha256}', 'hex')")
    assert again(decision) == []


def test_what_was_altered_is_shown():
    decision = trail.laid()[1]
    tamper.change(decision, "outcome", "'allow'")
    tamper.change(decision, "reasons", "jsonb_set(reasons, '{facts,name_match}', '\"none\"')")
    assert again(decision) == [
        'outcome: stored "allow", replayed "deny"',
        'reasons.facts.name_match: stored "none", replayed "match"',
    ]


def test_what_the_code_says_only_today_is_no_difference():
    decision = trail.laid()[0]
    tamper.change(decision, "reasons", "reasons - 'sentence'")
    assert again(decision) == []


def test_the_command_says_same_or_shows_the_difference(capsys):
    decision = trail.laid()[0]
    call_command("replay_decision", str(decision.public_id))
    assert capsys.readouterr().out == (f"same: allow, {decision.scorer}, {decision.ruleset_hash}\n")
    tamper.change(decision, "site_country", "'SG'")
    with pytest.raises(CommandError, match="1 differences") as refused:
        call_command("replay_decision", str(decision.public_id))
    assert refused.value.returncode == 1
    assert capsys.readouterr().out == ('reasons.facts.site_country: stored "MY", replayed "SG"\n')


def test_another_scorer_is_said_and_not_pretended(monkeypatch):
    decision = trail.laid()[0]
    monkeypatch.setattr(Bands, "scorer", "straits-names-99")
    told = f"it was scored by '{decision.scorer}' and this code scores by 'straits-names-99'"
    with pytest.raises(CommandError, match=told) as refused:
        call_command("replay_decision", str(decision.public_id))
    assert refused.value.returncode == 2


def test_what_was_not_kept_cannot_be_replayed():
    decision = trail.laid()[0]
    tamper.run("DELETE FROM compliance_content WHERE sha256 = %s", decision.ruleset_hash)
    with pytest.raises(CommandError, match=r"the rulebook with hash \w+ was not kept") as refused:
        call_command("replay_decision", str(decision.public_id))
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="there is no decision 00000000-") as refused:
        call_command("replay_decision", str(make.BOOT))
    assert refused.value.returncode == 2


def test_a_book_comes_back_from_its_text():
    services.load_reference(at=NOON)
    book = services.rulebook()
    back = Rulebook.from_content(book.content)
    assert (list(back.rules), back.chips, back.hash) == (list(book.rules), book.chips, book.hash)
    assert set(back.memberships) == set(book.memberships)
    assert not Content.objects.exists()
