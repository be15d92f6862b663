"""The page of notices, the bell of every page, and the choice of what to hear of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from marketplace.notices.models import Choice, Seen
from tests import make
from tests.notices.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(harbour, alice, client):
    client.force_login(alice)
    return tell(harbour, "wallet.low", at=now(), hours=6)


def bell(client, said):
    return said(client.get(reverse("bell")))


def test_a_notice_is_unread_until_it_is_read(told, client, said):
    assert "Notices unread: 1" in said(client.get(reverse("home")))
    page = said(client.get(reverse("notices")))
    assert "Unread: Your wallet is low" in page
    assert "uses it up in less than 6 h" in page
    answer = client.post(reverse("read-notice", args=[told.public_id]))
    assert answer["Location"] == reverse("notices")
    assert "Unread" not in said(client.get(reverse("notices")))
    assert "unread" not in bell(client, said)


def test_opening_leads_to_what_it_is_about(told, client):
    answer = client.post(reverse("read-notice", args=[told.public_id]), {"open": "1"})
    assert answer["Location"] == reverse("wallet")
    assert Seen.objects.count() == 1


def test_all_are_read_at_once(told, harbour, client, said):
    tell(harbour, "wallet.low", key="2", at=now())
    assert "unread: 2" in bell(client, said)
    client.post(reverse("read-notices"))
    assert "unread" not in bell(client, said)


def test_what_a_role_may_not_read_is_not_shown(told, harbour, client, said):
    viewer = make.member(harbour, "viewer")
    client.force_login(viewer)
    assert "Nothing happened yet" in said(client.get(reverse("notices")))
    assert client.post(reverse("read-notice", args=[told.public_id])).status_code == 404
    assert not Seen.objects.exists()


def test_a_choice_is_kept_and_law_and_security_are_not_asked(told, alice, client, said):
    page = client.get(reverse("notice-choices"))
    assert 'name="email:wallet.low"' in page.content.decode()
    assert 'name="email:screening.decided"' not in page.content.decode()
    chosen = {"page:wallet.low": "on", "email:screening.decided": "", "page:nothing": "on"}
    assert client.post(reverse("notice-choices"), chosen).status_code == 302
    row = Choice.objects.get(kind="wallet.low")
    assert (row.person, row.by_email, row.by_page) == (alice, False, True)
    assert not Choice.objects.filter(kind="screening.decided").exists()


def test_the_page_asks_as_often_for_20_as_for_1(told, harbour, client):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("notices"))
        return len(seen)

    one = asked()
    for number in range(20):
        tell(harbour, "wallet.low", key=f"more {number}", at=now())
    assert asked() == one
