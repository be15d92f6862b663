"""Celery is a hint: every task that is sent has a sweep, and every sweep is on the clock."""

import gc

from celery.signals import worker_process_init
from django.conf import settings

from marketplace.config.celery import app

PAPERS = "marketplace.billing.paper_tasks"


def test_every_scheduled_name_is_a_task():
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert names <= set(app.tasks)


def test_every_task_of_ours_is_scheduled_or_is_a_hint_with_a_sweep():
    app.loader.import_default_modules()
    ours = {
        name for name in app.tasks if name.startswith(("marketplace.", "compliance.", "agents."))
    }
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    swept_by = {
        "compliance.tasks.download": "compliance.tasks.download_due",
        "compliance.tasks.rescreen_changed": "compliance.tasks.rescreen_due",
        "marketplace.billing.tasks.send_command": "marketplace.billing.tasks.send_due_commands",
        "marketplace.billing.tasks.handle_event": "marketplace.billing.tasks.handle_stored_events",
        f"{PAPERS}.render_invoice": f"{PAPERS}.render_papers",
        f"{PAPERS}.render_credit_note": f"{PAPERS}.render_papers",
    }
    assert ours == scheduled | set(swept_by)
    assert set(swept_by.values()) <= scheduled


def test_a_worker_collects_no_garbage_among_what_it_loaded_before_it_began():
    before = gc.get_freeze_count()
    try:
        worker_process_init.send(sender=None)
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
