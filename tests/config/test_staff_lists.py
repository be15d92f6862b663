"""Every list of staff asks the database as often for twenty rows as for one."""

import re

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import Case, Decision
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


#: what Python, JSON and the database make of values that nobody put into words
RAW = re.compile(
    r"\bNone\b|\+00:00|memory at 0x|datetime\.|[\[{](?:&#x27;|&quot;)|micro\b(?!-units)"
    r"|\b[12]0000\b"  # the amounts of the rows, where micro-units are shown
)


#: a page of its own, which asks a decision for its reasons: see the tests of cases
OWN = {Case}


@pytest.mark.parametrize("room", ROOMS)
def test_lists_and_pages_say_nothing_raw(room, client, sally):
    rows.unruled()
    client.force_login(sally)
    made, found = rows.Rows(), {}
    for model in admin.site._registry:
        if model._meta.app_label == room:
            row = made.of(model, 0)
            name = f"admin:{room}_{model._meta.model_name}"
            pages = [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
            for page in pages[:1] if model in OWN else pages:
                if raw := RAW.findall(words(client.get(page))):
                    found[page] = raw
    assert found == {}


def words(answer):
    """What a reader sees; what can be chosen in a form is not looked at."""
    assert answer.status_code == 200
    text = re.sub(r"<(script|style|select)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", text)


def test_a_list_may_be_narrowed_to_what_holds_nothing(client, sally):
    rows.unruled()
    client.force_login(sally)
    rows.Rows().of(Decision, 0, site_country="")
    answer = client.get(reverse("admin:compliance_decision_changelist"))
    assert '<a href="?site_country=">none</a>' in answer.content.decode()


def test_control_a_list_that_asks_for_each_row_is_found(ask, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Machine], "list_select_related", ())
    assert len(ask(Machine, MANY)) == len(ask(Machine, 1)) + MANY - 1
