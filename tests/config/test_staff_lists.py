"""Every list of staff asks the database as often for twenty rows as for one."""

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.catalog.models import Machine
from tests import rows

pytestmark = pytest.mark.django_db
MANY = 20
ROOMS = sorted({model._meta.app_label for model in admin.site._registry})


@pytest.fixture
def ask(client, sally):
    """The questions of a list with so many rows, which are gone afterwards."""
    rows.unruled()
    client.force_login(sally)

    def ask(model, many):
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        with transaction.atomic():
            made = rows.Rows()
            for number in range(many):
                made.of(model, number)
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(reverse(page))
            assert len(answer.context["cl"].result_list) >= many
            transaction.set_rollback(True)
        return [one["sql"] for one in seen]

    ask(Machine, 1)  # the first look fills caches
    return ask


@pytest.mark.parametrize("room", ROOMS)
def test_lists_ask_as_often_for_many_rows_as_for_one(room, ask):
    for model in admin.site._registry:
        if model._meta.app_label == room:
            one, many = ask(model, 1), ask(model, MANY)
            assert len(many) == len(one), "\n".join([model._meta.label, *many])


def test_control_a_list_that_asks_for_each_row_is_found(ask, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Machine], "list_select_related", ())
    assert len(ask(Machine, MANY)) == len(ask(Machine, 1)) + MANY - 1
