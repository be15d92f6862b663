"""What officers read in their windows is said in words, and each form says what it is about."""

import pytest
from django.urls import reverse

from compliance import services
from compliance.models import CaseEvent, ListSource, OwnershipStake, PolicyRule
from tests import make
from tests.compliance import caseroom, ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
CRUMB = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


def test_a_form_stands_under_the_party_that_it_is_about(staff, said):
    party = make.party("Lion City Cloud Pte. Ltd.")
    text = said(staff.get(reverse("admin:compliance_add_stake", args=[party.pk])))
    assert f"Parties {CRUMB} Lion City Cloud Pte. Ltd. {CRUMB} Add an owner of" in text
    assert "never edited, and earlier decisions about the party no longer stand." in text
    assert "Share, %:" in text


def test_a_form_that_declares_nothing_does_not_speak_of_declaring(staff, said):
    party = make.party()
    text = said(staff.get(reverse("admin:compliance_raise_flag", args=[party.pk])))
    assert "It stays on record under your name" in text
    assert "What is declared" not in text


def test_half_of_a_party_is_fifty_percent_of_it(staff):
    party = make.party()
    facts = {"owner_name": "Quay Ltd", "owner_kind": "organisation", "share_bps": "50.25"}
    facts |= {"since": "2026-01-01", "source": "Register", "evidence": "Extract no. 7."}
    answer = staff.post(reverse("admin:compliance_add_stake", args=[party.pk]), facts)
    assert answer.status_code == 302
    assert OwnershipStake.objects.get().share_bps == 5025


def test_days_and_lookups_of_a_form_have_what_they_need(staff):
    party = make.party()
    page = staff.get(reverse("admin:compliance_add_stake", args=[party.pk])).content.decode()
    assert reverse("admin:jsi18n") in page
    assert "RelatedObjectLookups.js" in page
    assert "DateTimeShortcuts.js" in page


def test_a_rehearsal_tells_outcomes_in_words(staff, said):
    services.load_reference(at=NOON)
    make.organisation("Harbour Light", party=make.party())
    rule = PolicyRule.objects.get(rule_id="P001")
    text = said(staff.get(reverse("admin:rule_preview", args=[rule.pk])))
    assert "P001 v1: what it changes Deny temporary In force" in text
    assert "Organisation Harbour Light manual review deny temporary P001" in text
    assert "manual_review" not in text


def test_a_red_flag_says_whether_it_is_open(staff, said):
    services.load_reference(at=NOON)
    flag = make.flag(make.party())
    queue = reverse("admin:compliance_redflag_changelist")
    assert "Open" in said(staff.get(queue)).split("State")[1].split("1 red flag")[0]
    services.close_flag(flag=flag, reason="Explained.", by="sally", at=NOON)
    assert "Closed" in said(staff.get(queue)).split("State")[1].split("1 red flag")[0]


def test_a_band_of_every_list_says_so(staff, said):
    services.load_reference(at=NOON)
    text = said(staff.get(reverse("admin:compliance_scoringband_changelist")))
    assert "Every list Organisation 1" in text


def test_a_stale_list_says_since_when(staff, said):
    ofac.import_sample(at=NOON - 216 * HOUR)
    text = said(staff.get(reverse("admin:compliance_listsnapshot_changelist")))
    assert "OFAC Specially Designated Nationals Stale since 16 Nov 2026, 12:00 UTC" in text


@pytest.mark.parametrize(
    ("window", "room", "name"),
    [
        ("compliance_listsnapshot", "Compliance", "Lists"),
        ("catalog_trust", "Catalog", "Machines in doubt"),
    ],
)
def test_the_way_to_a_window_calls_it_as_the_window_does(staff, said, window, room, name):
    text = said(staff.get(reverse(f"admin:{window}_changelist")))
    assert f"{room} {CRUMB} {name} {name}" in text


@pytest.mark.parametrize("window", ["listsnapshot", "listentry"])
def test_lists_are_narrowed_by_what_they_are_called(staff, window):
    one = ofac.import_sample().source
    other = ListSource.objects.create(code="eu", title="Consolidated list of the EU")
    answer = staff.get(reverse(f"admin:compliance_{window}_changelist"))
    changelist = answer.context["cl"]
    [source] = [spec for spec in changelist.filter_specs if spec.title == "source"]
    asked = {choice["display"]: choice["query_string"] for choice in source.choices(changelist)}
    assert asked == {
        "All": "?",
        "Consolidated list of the EU": f"?source__id__exact={other.pk}",
        "OFAC Specially Designated Nationals": f"?source__id__exact={one.pk}",
    }


def test_a_list_that_is_missing_is_called_by_its_title(staff, said):
    ListSource.objects.create(code="eu", title="Consolidated list of the EU")
    text = said(staff.get(reverse("admin:compliance_listsnapshot_changelist")))
    assert "Consolidated list of the EU Missing never imported" in text


def test_what_an_event_recorded_names_no_hash(staff, said):
    services.load_reference(at=NOON)
    ofac.import_sample()
    case = caseroom.opened()
    event = CaseEvent.objects.get(case=case, kind="opened")
    for page in ("caseevent", "case"):
        row = event if page == "caseevent" else case
        text = said(staff.get(reverse(f"admin:compliance_{page}_change", args=[row.pk])))
        assert "legal name is like ofac_sdn 990001" in text
        assert event.detail["reasons"][0].rpartition(" ")[2] not in text
