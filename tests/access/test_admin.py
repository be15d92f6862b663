"""Every window of the admin, as every person of staff."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.access.cast import STAFF

pytestmark = pytest.mark.django_db
#: whose rooms each may look into
SEES = {
    "officer": {"compliance", "core", "accounts", "brokerage", "catalog"},
    "finance": {"billing", "ledger", "metering", "core", "accounts", "brokerage", "catalog"},
    "support": {"accounts", "brokerage", "catalog", "gateway", "hooks", "metering", "notices"},
}
#: what each may do; everything else is looking
DOES = {
    "officer": {
        "compliance.add_casedeadline",
        "compliance.add_licence",
        "compliance.approve_cases",
        "compliance.approve_licence",
        "compliance.approve_policyrule",
        "compliance.change_casedeadline",
        "compliance.change_party",
        "compliance.revoke_licence",
        "compliance.work_cases",
    },
    "finance": {
        "billing.add_creditgrant",
        "billing.add_discount",
        "billing.add_payouthold",
        "billing.add_payoutreversal",
        "billing.add_ratesegment",
        "billing.add_refund",
        "billing.change_creditgrant",
        "billing.change_dispute",
        "billing.change_payouthold",
        "billing.change_stripecommand",
        "billing.change_stripeevent",
        "metering.add_outageruling",
    },
    "support": {
        "gateway.add_enrolmenttoken",
        "gateway.change_enrolmenttoken",
        "gateway.change_node",
        "metering.add_ownoutage",
    },
}
WINDOWS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", WINDOWS, ids=lambda model: model._meta.label)
def test_who_sees_a_window(model, people, each):
    meta = model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    def knock(person):
        client = Client()
        if person is not None:
            client.force_login(person)
        return client.get(url).status_code

    rooms = {role: meta.app_label in SEES[role] for role in SEES}
    assert each(people, knock) == {
        # the admin's own way of saying no to who is not staff
        **{name: 302 for name in people if name not in STAFF},
        **{role: 200 if seen else 403 for role, seen in rooms.items()},
        "superuser": 200,
    }


@pytest.mark.parametrize("role", sorted(DOES))
def test_what_a_role_may_do_beyond_looking(people, role):
    held = Permission.objects.filter(group__user=people[role]).select_related("content_type")
    names = {f"{one.content_type.app_label}.{one.codename}" for one in held}
    assert {name for name in names if ".view_" not in name} == DOES[role]


def test_nobody_but_a_superuser_makes_staff(people):
    url = reverse("admin:accounts_user_change", args=[people["viewer"].pk])
    for role in STAFF:
        client = Client()
        client.force_login(people[role])
        client.post(url, {"is_staff": "on", "is_superuser": "on"})
        people["viewer"].refresh_from_db()
        assert (people["viewer"].is_staff, people["viewer"].is_superuser) == (False, False)
