"""Evidence is read through each day without anybody asking; what is wrong is a row, once."""

import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.utils.timezone import now

from compliance import services, tasks
from compliance.models import AuditCheck, AuditFault, ChainLink
from compliance.services import auditing
from marketplace.core.models import AuditEvent
from tests.compliance import tamper, trail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ACTS = "compliance.AuditFault"


def checked(at):
    """The whole of a day's check, with all sealed that waits."""
    services.seal(at=at)
    check = services.check_audit(at=at)
    while check and check.finished_at is None:
        check = services.check_audit(at=at)
    return check


def acts():
    found = AuditEvent.objects.filter(subject__startswith=ACTS).order_by("pk")
    return [(one.verb, one.detail["what"]) for one in found]


def head():
    last = ChainLink.objects.order_by("seq").last()
    return last.seq, last.sha256


def otherwise(decision):
    link = ChainLink.objects.get(subject=decision.public_id)
    return f"link {link.seq}: decision {decision.public_id} reads otherwise than when it was sealed"


def test_an_untouched_trail_is_read_once_a_day_to_its_head():
    trail.laid()
    today = now()
    check = checked(today)
    assert (check.reached, check.head) == head()
    assert (check.faults, check.created_at, check.finished_at) == (0, today, today)
    assert services.check_audit(at=today + timedelta(seconds=1)) is None
    assert checked(today + DAY).pk != check.pk
    assert (AuditCheck.objects.count(), AuditFault.objects.count(), acts()) == (2, 0, [])
    assert services.audit_checked() == (AuditCheck.objects.order_by("pk").last(), 0)


def test_a_tampered_row_raises_one_finding_until_it_reads_as_sealed_again():
    decision = trail.laid()[0]
    today = now()
    tamper.change(decision, "outcome", "'deny'")
    sentence = otherwise(decision)
    assert checked(today).faults == 1
    fault = AuditFault.objects.get()
    assert (fault.sentence, fault.created_at, fault.seen_at, fault.healed_at) == (
        sentence, today, today, None,
    )  # fmt: skip
    assert checked(today + DAY).faults == 1
    fault.refresh_from_db()
    assert (fault.created_at, fault.seen_at, fault.healed_at) == (today, today + DAY, None)
    assert services.audit_checked().faults == AuditFault.objects.count() == 1
    assert acts() == [("audit fault found", sentence)]
    tamper.change(decision, "outcome", f"'{decision.outcome}'")
    assert checked(today + 2 * DAY).faults == 0
    fault.refresh_from_db()
    assert (fault.seen_at, fault.healed_at) == (today + DAY, today + 2 * DAY)
    assert services.audit_checked().faults == 0
    assert acts() == [("audit fault found", sentence), ("audit fault healed", sentence)]
    # the same again is another finding
    tamper.change(decision, "outcome", "'deny'")
    checked(today + 3 * DAY)
    assert list(AuditFault.objects.order_by("pk").values_list("healed_at", flat=True)) == [
        today + 2 * DAY, None,
    ]  # fmt: skip


def test_a_check_in_spans_finds_what_verify_finds(monkeypatch):
    made = trail.laid()
    today = now()
    services.seal(at=today)
    tamper.change(made[0], "outcome", "'deny'")
    tamper.change(made[1], "site_country", "'MX'")
    tamper.remove(ChainLink.objects.get(subject=made[2].public_id))
    expected = sorted(services.verify(at=today))
    monkeypatch.setattr(auditing, "SPAN", 3)
    links = ChainLink.objects.count()
    spans = 0
    while (check := services.check_audit(at=today)).finished_at is None:
        spans += 1
        # a link is missing, so the numbers run ahead of the count by one
        assert check.reached in (3 * spans, 3 * spans + 1)
    assert spans == links // 3
    assert sorted(AuditFault.objects.values_list("sentence", flat=True)) == expected
    assert check.faults == len(expected) == 4


def test_nothing_heals_before_the_whole_is_read(monkeypatch):
    decision = trail.laid()[0]
    today = now()
    tamper.change(decision, "outcome", "'deny'")
    checked(today)
    tamper.change(decision, "outcome", f"'{decision.outcome}'")
    services.seal(at=today + DAY)
    monkeypatch.setattr(auditing, "SPAN", 1)
    assert services.check_audit(at=today + DAY).finished_at is None
    assert services.audit_checked().faults == 1
    # and a check that took longer than its day is ended before another begins
    check = checked(today + 2 * DAY)
    assert (check.created_at, check.finished_at) == (today + DAY, today + 2 * DAY)
    assert services.audit_checked().faults == 0


def test_a_chain_that_was_cut_lacks_the_head_that_was_read_before():
    decision = trail.laid()[-1]
    today = now()
    check = checked(today)
    cut = ChainLink.objects.order_by("seq").last()
    tamper.run("DELETE FROM compliance_chainlink WHERE seq >= %s", cut.seq)
    tamper.run("DELETE FROM core_auditevent WHERE public_id = %s", cut.subject)
    assert list(services.verify(at=today)) == []
    assert checked(today + DAY).faults == 1
    lost = f"link {check.reached} is not the one that was read on {today:%Y-%m-%d} ({check.head})"
    assert AuditFault.objects.get().sentence == lost
    # for good: what comes after does not put it back
    tamper.change(decision, "outcome", "'deny'")
    assert checked(today + 2 * DAY).faults == 2
    assert AuditFault.objects.open().filter(sentence=lost).count() == 1


def test_rows_are_made_of_so_many_faults_only(monkeypatch):
    made = trail.laid()
    for decision in made:
        tamper.change(decision, "site_country", "'MX'")
    monkeypatch.setattr(auditing, "MOST", 2)
    assert (checked(now()).faults, AuditFault.objects.count()) == (3, 2)


@pytest.mark.parametrize("model", [AuditCheck, AuditFault])
def test_what_was_found_is_never_removed(model):
    today = now()
    decision = trail.laid()[0]
    tamper.change(decision, "outcome", "'deny'")
    checked(today)
    with pytest.raises(DatabaseError, match=r"DELETE on compliance_audit.* is forbidden"), atomic():
        model.objects.all()._raw_delete("default")
    assert model.objects.count() == 1


def test_one_who_finds_another_at_it_does_nothing(monkeypatch):
    trail.laid()
    monkeypatch.setattr(auditing, "_alone", lambda: False)
    assert services.check_audit(at=now()) is None
    assert not AuditCheck.objects.exists()


def test_the_log_keeps_the_head_outside_of_the_database(caplog):
    decision = trail.laid()[0]
    services.seal(at=now())
    seq, sha256 = head()
    tamper.change(decision, "outcome", "'deny'")
    caplog.set_level(logging.INFO, logger="compliance.tasks")
    tasks.check_audit()
    tasks.check_audit()
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("ERROR", f"audit read up to {seq}:{sha256}, 1 faults")
    ]
