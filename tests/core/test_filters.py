"""How lists of staff are narrowed."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("window", "titles"),
    [
        ("brokerage_drift", {"healed", "sure", "mends itself"}),
        ("catalog_trust", {"suspended"}),
        ("compliance_auditfault", {"healed"}),
        ("metering_link", {"doubt"}),
        ("metering_segment", {"quarantine"}),
        ("billing_payouthold", {"released"}),
    ],
)
def test_whether_there_is_anything_is_asked_as_yes_or_no(client, sally, window, titles):
    client.force_login(sally)
    answer = client.get(reverse(f"admin:{window}_changelist"))
    changelist = answer.context["cl"]
    asked = {
        spec.title: [one["display"] for one in spec.choices(changelist)]
        for spec in changelist.filter_specs
    }
    assert {title: asked[title] for title in titles} == {
        title: ["All", "Yes", "No"] for title in titles
    }
    assert "Not empty" not in answer.content.decode()


def test_yes_finds_what_is_filled(client, sally):
    client.force_login(sally)
    answer = client.get(reverse("admin:brokerage_drift_changelist"))
    changelist = answer.context["cl"]
    [healed] = [spec for spec in changelist.filter_specs if spec.title == "healed"]
    asked = {one["display"]: one["query_string"] for one in healed.choices(changelist)}
    assert asked["Yes"] == "?healed_at__isempty=0"
    assert asked["No"] == "?healed_at__isempty=1"
