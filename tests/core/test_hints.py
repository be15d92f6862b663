import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from marketplace.core import hints

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, kwargs, **how: calls.append((name, kwargs))
    )
    return calls


def test_a_hint_is_sent_after_commit(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        hints.after_commit("room.tasks.act", row_id=7)
        assert sent == []
    assert sent == [("room.tasks.act", {"row_id": 7})]


def test_nothing_is_sent_when_the_transaction_fails(sent, django_capture_on_commit_callbacks):
    def act_and_fail():
        with transaction.atomic():
            hints.after_commit("room.tasks.act", row_id=7)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        act_and_fail()
    assert sent == []


def test_an_unreachable_broker_is_logged_and_nothing_else(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(*args, **how):
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        hints.after_commit("room.tasks.act", row_id=7)
    assert "its sweep will find the work" in caplog.text
