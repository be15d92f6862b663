from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from compliance import services
from compliance.models import Party, PartyIdentifier
from compliance.services import Numbered
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_what_is_left_out_is_unknown() -> None:
    party = services.register_party(legal_name=" Harbour Light Ltd ", country="sg", at=NOON)
    assert (party.legal_name, party.country, party.kind) == (
        "Harbour Light Ltd",
        "SG",
        "organisation",
    )
    assert (party.hq_country, party.parent_name, party.end_use) == ("", "", "")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "   "}, "legal_name"),
        ({"legal_name": "X" * 301}, "legal_name"),
        ({"legal_name": "Null\x00"}, "legal_name"),
        ({"country": "ZZ"}, "country"),
        ({"hq_country": "Singapore"}, "hq_country"),
        ({"end_use": "fun"}, "end_use"),
        ({"kind": "cat"}, "kind"),
        ({"kind": "person", "birth_date": "2026-11-25"}, "birth_date"),
        ({"kind": "person", "birth_date": "1899"}, "birth_date"),
        ({"birth_date": "1980-12-31"}, "__all__"),
        ({"identifiers": [Numbered("uscc", "91110000MA005UCQ5X")]}, "uscc"),
        ({"identifiers": [Numbered("lei", "253400WSS48YWMBUA689")]}, "lei"),
        ({"identifiers": [Numbered("tax", "12\x00345")]}, "tax"),
        ({"identifiers": [Numbered("tax", "12345", "ZZ")]}, "tax"),
        ({"identifiers": [Numbered("passport", "K475336")]}, "passport"),
        ({"public_id": "x"}, "__all__"),
    ],
)
def test_nonsense_is_refused_by_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.register_party(at=NOON, **{"legal_name": "Harbour Light Ltd", **facts})
    assert field in refused.value.message_dict
    assert not Party.objects.exists()
    assert not PartyIdentifier.objects.exists()


def test_an_amendment_is_on_the_trail_with_old_and_new() -> None:
    party = make.party(hq_country="SG")
    before = party.content_hash
    amended = services.amend_party(
        party=party, by="sally@example.test", at=NOON, hq_country="hk", country="SG"
    )
    assert amended.hq_country == "HK"
    assert Party.objects.get().content_hash != before
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_label, event.at) == ("amend_party", "sally@example.test", NOON)
    assert event.detail == {"hq_country": ["SG", "HK"]}


def test_an_amendment_that_changes_nothing_leaves_no_trail() -> None:
    party = make.party(hq_country="SG")
    services.amend_party(party=party, by="sally@example.test", at=NOON, hq_country="SG")
    assert not AuditEvent.objects.exists()


def test_a_wrong_amendment_changes_nothing() -> None:
    party = make.party(hq_country="SG")
    with pytest.raises(ValidationError):
        services.amend_party(party=party, by="x", at=NOON, hq_country="ZZ", end_use="training")
    party.refresh_from_db()
    assert (party.hq_country, party.end_use) == ("SG", "inference")
    assert not AuditEvent.objects.exists()


# --- numbers of a party

USCC = "91110000MA005UCQ5P"


def test_a_person_has_a_birth_date_and_a_firm_its_numbers() -> None:
    numbers = [Numbered("uscc", " 9111 0000 ma005ucq5p ", "cn"), Numbered("tax", "12-345", "CN")]
    firm = services.register_party(legal_name="Tidal Firm Ltd", identifiers=numbers, at=NOON)
    stored = list(firm.identifiers.order_by("pk").values_list("kind", "number", "country"))
    assert stored == [("uscc", USCC, "CN"), ("tax", "12-345", "CN")]
    facts = {"legal_name": "Amby Quill", "kind": "person", "birth_date": "1971-02-03"}
    assert services.register_party(at=NOON, **facts).birth_date == "1971-02-03"


def test_a_number_is_given_and_ended_and_both_void_earlier_decisions() -> None:
    party = make.party()
    bare = party.content_hash
    row = services.add_identifier(
        party=party, kind="uscc", number=USCC, country="CN", by="sally", at=NOON
    )
    numbered = party.content_hash
    assert numbered != bare
    services.end_identifier(identifier=row, until=NOON.date(), by="sally", at=NOON)
    assert party.content_hash == bare
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", "detail")
    assert list(verbs) == [
        ("add_identifier", {"kind": "uscc", "number": USCC, "country": "CN"}),
        ("end_identifier", {"ended": str(row.public_id), "until": "2026-11-24"}),
    ]


def test_the_same_number_twice_or_an_end_twice_or_to_come_is_refused() -> None:
    party = make.party()
    given: dict[str, Any] = {"party": party, "kind": "tax", "number": "12345"}
    row = services.add_identifier(**given, by="sally", at=NOON)
    tomorrow = NOON.date() + timedelta(days=1)
    with pytest.raises(ValidationError):
        services.add_identifier(**given, by="sally", at=NOON)
    with pytest.raises(ValidationError, match="has not come yet"):
        services.end_identifier(identifier=row, until=tomorrow, by="sally", at=NOON)
    services.end_identifier(identifier=row, until=NOON.date(), by="sally", at=NOON)
    with pytest.raises(ValidationError, match="It ended on 2026-11-24 already"):
        services.end_identifier(identifier=row, until=NOON.date(), by="sally", at=NOON)
    assert AuditEvent.objects.count() == 2
    assert PartyIdentifier.objects.count() == 1


@pytest.mark.parametrize("change", [{"number": "54321"}, {"kind": "lei"}, {"until": None}])
def test_a_number_is_never_edited_or_removed(change: dict[str, Any]) -> None:
    row = services.add_identifier(
        party=make.party(), kind="tax", number="12345", by="sally", at=NOON
    )
    services.end_identifier(identifier=row, until=NOON.date(), by="sally", at=NOON)
    rows = PartyIdentifier.objects.filter(pk=row.pk)
    for act in (lambda: rows.update(**change), rows.delete):
        with pytest.raises(DatabaseError, match="forbidden"), transaction.atomic():
            act()
    assert rows.get().number == "12345"


def test_only_a_person_is_born() -> None:
    party = make.party()
    with pytest.raises(DatabaseError, match="party_born_is_a_person"), transaction.atomic():
        Party.objects.filter(pk=party.pk).update(birth_date="1971")
