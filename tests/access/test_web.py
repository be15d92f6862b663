"""Every page, as every person."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.web.urls import urlpatterns
from tests.access.cast import MEMBERS, STAFF
from tests.access.rules import OWN_WAY, PERSON, PUBLIC, ROLES, WEB, read, things_of

pytestmark = pytest.mark.django_db
RULES = read(WEB)
#: what a page answers to somebody it lets in: the content, an act done, what is wrong with it, or
#: (events) that this server has no streams
IN = {200, 204, 302, 402, 409, 410, 422}


def test_every_page_has_a_rule_and_every_rule_a_page():
    assert {rule.name for rule in RULES} == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("thing", things_of(RULES), ids=lambda thing: thing or "nothing")
def test_who_is_let_in(thing, things, people, each):
    rules = [rule for rule in RULES if rule.thing == thing and rule.act != OWN_WAY]
    urls = {rule: reverse(rule.name, args=things.args(rule.thing)) for rule in rules}

    def knock(rule, person):
        client = Client()
        if person is not None:
            client.force_login(person)
        answer = client.generic(rule.method, urls[rule])
        if rule.act != PUBLIC and answer.status_code == 200:
            assert "no-store" in answer["Cache-Control"]
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
        return "sign in" if to_sign_in else "in" if answer.status_code in IN else answer.status_code

    found = {str(rule): each(people, partial(knock, rule)) for rule in rules}
    assert found == {str(rule): expected(rule) for rule in rules}


def expected(rule):
    if rule.act == PUBLIC:
        return dict.fromkeys(["anonymous", *MEMBERS, "outsider", *STAFF], "in")
    if rule.act == PERSON:
        return {
            "anonymous": "sign in",
            **dict.fromkeys([*MEMBERS, "outsider", *STAFF], "in"),
        }
    return {
        "anonymous": "sign in",
        **{role: "in" if role in ROLES[rule.act] else 403 for role in MEMBERS},
        # what is another's is not there at all
        "outsider": 404 if rule.own else "in",
        # staff work in the admin, and act for no organisation
        **dict.fromkeys(STAFF, 403),
    }
