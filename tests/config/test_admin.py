"""Staff can see every table, and change none that is evidence."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from marketplace.core.evidence import EvidenceAdmin, KeptAdmin

pytestmark = pytest.mark.django_db
OURS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith(("marketplace.", "compliance", "agents."))
    for model in config.get_models()
]
#: shown inside the page of what they belong to
INSIDE = {
    "billing.CostLine",
    "billing.CreditLine",
    "billing.InvoiceLine",
    "billing.LotMove",
    "billing.MaturedCharge",
    "billing.MaturedFee",
    "billing.MaturedKeeping",
    "billing.PayoutLine",
    "gateway.NodeBoot",
    "gateway.NodeKey",
}
#: what people keep by hand; each change is in the audit trail
EDITABLE = {
    "accounts.User",
    "accounts.Organisation",
    "accounts.Membership",
    "catalog.Site",
    "catalog.Machine",
    "catalog.Probe",
    "compliance.CaseDeadline",
    "compliance.Party",
}
#: whose windows call a service that writes the trail
SERVED = {"catalog.Probe", "compliance.Party"}
WINDOWS = pytest.mark.parametrize(
    "model",
    [model for model in OURS if model._meta.label not in INSIDE],
    ids=lambda model: model._meta.label,
)


def test_every_model_is_registered():
    registered = {model for model in OURS if admin.site.is_registered(model)}
    missing = {model._meta.label for model in set(OURS) - registered}
    assert missing == INSIDE


@WINDOWS
def test_what_nobody_keeps_by_hand_is_read_only(model, client, sally):
    window = admin.site._registry[model]
    if model._meta.label in EDITABLE:
        assert not isinstance(window, EvidenceAdmin)
        assert isinstance(window, KeptAdmin) or model._meta.label in SERVED
    else:
        request = type("Request", (), {"user": sally})()
        assert not window.has_change_permission(request)
        assert not window.has_delete_permission(request)


@WINDOWS
def test_staff_only(model, client, alice, sally):
    meta = model._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    client.force_login(alice)
    assert client.get(page).status_code == 302
    client.force_login(sally)
    assert client.get(page).status_code == 200
