"""Checks of the evidence at the same moment: one reads, the others leave it alone."""

import pytest
from django.db import IntegrityError
from django.utils.timezone import now

from compliance import services
from compliance.models import AuditCheck, AuditFault
from compliance.services import auditing
from tests.compliance import tamper, trail
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)


def raced():
    """A tampered row, and four who check at once; how each ended."""
    decision = trail.laid()[0]
    tamper.change(decision, "outcome", "'deny'")
    at = now()
    return together(*[lambda: services.check_audit(at=at)] * 4)


def test_a_fault_that_many_look_for_is_found_once():
    done = [one for one in raced() if one is not None]
    assert [(one.faults, one.finished_at is None) for one in done] == [(1, False)]
    assert (AuditCheck.objects.count(), AuditFault.objects.count()) == (1, 1)


def test_control_without_the_lock_the_database_refuses_the_second(monkeypatch):
    """If nobody is refused here, the test above proves nothing."""
    monkeypatch.setattr(auditing, "_alone", lambda: True)
    monkeypatch.setattr(auditing, "_newest", all_have_called(auditing._newest, 4))
    refused = [one for one in raced() if isinstance(one, IntegrityError)]
    assert len(refused) == 3
    assert all("audit_check_one_under_way" in str(one) for one in refused)
    assert (AuditCheck.objects.count(), AuditFault.objects.count()) == (1, 1)
