import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import ChipModel, Decision, PolicyRule
from compliance.services.reference import DATA
from marketplace.brokerage import services as brokerage
from marketplace.core.models import AuditEvent
from tests import make
from tests.compliance import ofac
from tests.make import HOUR

pytestmark = pytest.mark.django_db


def rule(**facts: Any) -> dict[str, Any]:
    return {
        "rule_id": "T900",
        "effective_from": "2020-01-01",
        "effective_to": None,
        "conditions": {
            "all": [{"fact": "asked", "is": "rental"}, {"fact": "site_country", "is": "MY"}]
        },
        "outcome": "deny",
        "reason": "A ban made for a test.",
        "citation": "none",
        "verification": "none",
        **facts,
    }


def dry_run(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    (folder / "rules.json").write_text(text)
    call_command("policy_dry_run", str(folder / "rules.json"))
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def live() -> Any:
    """A reservation of a cleared renter that begins in an hour of the real clock."""
    compliance.load_reference(at=now())
    ofac.import_sample(at=now())
    offer = make.offer(machine=make.machine(), chip=ChipModel.objects.get(name="H200 SXM"))
    offer.machine.gpus.update(chip=offer.chip)
    renter = make.organisation("Harbour Light")
    make.funded(renter, at=now())
    start = (now() + HOUR).replace(microsecond=0)
    asked = make.ask(offer, start=start)
    return brokerage.request(renter=renter, by=None, ask=asked, key="key", at=now())


def test_it_names_who_would_come_out_otherwise_and_writes_nothing(
    live: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (PolicyRule.objects.count(), AuditEvent.objects.count())
    assert dry_run(tmp_path, json.dumps([rule()]), capsys) == [
        f"requested reservation {live.public_id}: allow -> deny (T900)",
        "1 would come out otherwise; nothing was written.",
    ]
    assert (PolicyRule.objects.count(), AuditEvent.objects.count()) == before
    assert not Decision.objects.exists()


def test_a_known_rule_would_be_its_next_version(
    live: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = rule(rule_id="P090", conditions={"fact": "asked", "is": "party"}, outcome="allow")
    assert dry_run(tmp_path, json.dumps([row]), capsys) == [
        f"requested reservation {live.public_id}: allow -> manual_review ()",
        "1 would come out otherwise; nothing was written.",
    ]


def test_the_rules_of_today_change_nothing(
    live: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = (DATA / "policy_rules.json").read_text()
    assert dry_run(tmp_path, shipped, capsys) == [
        "0 would come out otherwise; nothing was written."
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "rules.json: is no readable JSON file"),
        ("{}", "rules.json: expected a list of rules"),
        ('[{"rule_id": "T900"}]', "rules.json: expected a list of rules"),
        ("[5]", "rules.json: expected a list of rules"),
        (json.dumps([rule(outcome="maybe")]), "rule T900: outcome 'maybe' is not known"),
        (
            json.dumps([rule(conditions={"fact": "country", "in_group": "NOWHERE"})]),
            "rule T900: no country group NOWHERE",
        ),
        (
            json.dumps([rule(approval="approved")]),
            "rule T900: a rule has no approval; two people approve it in the admin",
        ),
    ],
)
def test_a_malformed_file_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text(text)
    with pytest.raises(CommandError, match=told):
        call_command("policy_dry_run", str(tmp_path / "rules.json"))
