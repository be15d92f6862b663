"""Every address of the API, as every person, by a key of their own; staff have none."""

import json
from functools import partial
from uuid import uuid4

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from marketplace.api.urls import urlpatterns
from tests import make
from tests.access.cast import MEMBERS
from tests.access.rules import API, PUBLIC, ROLES, read, things_of

pytestmark = pytest.mark.django_db
RULES = read(API)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: the act was allowed: it is done, or its body was looked at and found wanting
IN = {200, 201, 202, 204, 400, 402, 409, 422}


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert {rule.name for rule in RULES} == {pattern.name for pattern in urlpatterns}


def url_of(rule, things):
    return reverse(f"api:{rule.name}", args=things.args(rule.thing))


def client_of(person):
    client = APIClient()
    if person is not None:
        secret = make.api_key(person.organisations.get(), person)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def asking(method, url):
    def knock(person):
        headers = {"Idempotency-Key": "access"}
        body = json.dumps({}) if method == "POST" else ""
        return client_of(person).generic(method, url, body, "application/json", headers=headers)

    return knock


@pytest.mark.parametrize("thing", things_of(RULES), ids=lambda thing: thing or "nothing")
def test_who_is_let_in(thing, things, customers, each):
    rules = [rule for rule in RULES if rule.thing == thing]
    asks = {rule: asking(rule.method, url_of(rule, things)) for rule in rules}

    def knock(rule, person):
        status = asks[rule](person).status_code
        return "in" if status in IN else status

    found = {str(rule): each(customers, partial(knock, rule)) for rule in rules}
    assert found == {str(rule): expected(rule) for rule in rules}


def expected(rule):
    if rule.act == PUBLIC:
        return dict.fromkeys(["anonymous", *MEMBERS, "outsider"], "in")
    return {
        "anonymous": 401,
        **{role: "in" if role in ROLES[rule.act] else 403 for role in MEMBERS},
        "outsider": 404 if rule.own else "in",
    }


def test_a_method_without_a_rule_is_not_allowed(alice, harbour):
    """Whatever the address names, it need not be there."""
    harbour.can_provide = True
    harbour.save()
    ruled = {(rule.name, rule.method) for rule in RULES}
    found = {
        f"{method} {pattern.name}": asking(method, somewhere(pattern))(alice).status_code
        for pattern in urlpatterns
        for method in METHODS
        if (pattern.name, method) not in ruled
    }
    assert found == dict.fromkeys(found, 405)
    assert len(found) > 3 * len(urlpatterns)


def somewhere(pattern):
    names = pattern.pattern.regex.groupindex
    return reverse(f"api:{pattern.name}", kwargs={name: uuid4() for name in names})
