from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from compliance import services
from compliance.models import ChipModel, Party
from marketplace.accounts.models import User
from marketplace.core.models import AuditEvent
from tests import make
from tests.compliance import ofac
from tests.make import NOON

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("compliance").get_models())


@pytest.fixture
def staff(sally: User, client: Client) -> Client:
    client.force_login(sally)
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_model_can_be_seen_and_none_made_or_removed(model: Any, staff: Client) -> None:
    services.load_reference(at=NOON)
    ofac.import_sample()
    party = make.party()
    make.stake(party, "Somebody Ltd", 100)
    make.director(party)
    services.attest_chip(
        chip=ChipModel.objects.get(name="A10"),
        export_class="below",
        eccn="",
        attested_on=NOON.date(),
        evidence="Letter of the vendor.",
        by="test",
        at=NOON,
    )
    services.screen(party=party, question=None, at=NOON)
    assert admin.site.is_registered(model)
    place = f"/admin/compliance/{model._meta.model_name}/"
    row = model._default_manager.first()
    assert staff.get(place).status_code == 200
    assert staff.get(f"{place}{row.pk}/change/").status_code == 200
    assert staff.get(f"{place}add/").status_code == 403
    assert staff.post(f"{place}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    if model is not Party:
        assert staff.post(f"{place}{row.pk}/change/", {}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


def test_staff_may_correct_a_party_and_it_is_on_the_trail(staff: Client) -> None:
    party = make.party(hq_country="SG")
    facts = {name: getattr(party, name) for name in Party.SCREENED_FIELDS}
    place = f"/admin/compliance/party/{party.pk}/change/"
    assert staff.post(place, {**facts, "hq_country": "ZZ"}).status_code == 200
    assert not AuditEvent.objects.exists()
    assert staff.post(place, {**facts, "hq_country": "HK"}).status_code == 302
    party.refresh_from_db()
    assert party.hq_country == "HK"
    event = AuditEvent.objects.get()
    assert event.detail == {"hq_country": ["SG", "HK"]}
    assert "sally" in event.actor_label
