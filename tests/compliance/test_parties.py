import pytest
from django.core.exceptions import ValidationError

from compliance import services
from compliance.models import Party
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
        ({"public_id": "x"}, "__all__"),
    ],
)
def test_nonsense_is_refused_by_field(facts: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.register_party(at=NOON, **{"legal_name": "Harbour Light Ltd", **facts})
    assert field in refused.value.message_dict
    assert not Party.objects.exists()


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
