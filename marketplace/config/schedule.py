"""What beat asks for, and how often: sweeps that find whatever is left to do."""

from typing import Any

from .queues import TURNS

#: how often, in sweeps
EVERY = {
    "marketplace.brokerage.tasks.broker_open": 1,
    "marketplace.brokerage.tasks.expire_overdue": 1,
    "marketplace.brokerage.tasks.end_due": 1,
    "marketplace.brokerage.tasks.take_payments": 1,
    "marketplace.brokerage.tasks.interrupt_broken": 1,
    "marketplace.brokerage.tasks.mend_broken": 3,
    "marketplace.brokerage.tasks.remind": 6,
    "marketplace.brokerage.tasks.serve_waiting": 1,
    "marketplace.brokerage.tasks.enforce_clearance": 6,
    # far more often than `kept.LOOKED_WITHIN`, which is the most that one look counts
    "marketplace.brokerage.tasks.tally_keepings": 6,
    "marketplace.brokerage.tasks.end_keepings": 6,
    "marketplace.brokerage.tasks.audit_states": 30,
    "marketplace.brokerage.tasks.find_drift": 6,
    # one score a day; looks more often, since beat counts from its own start
    "marketplace.brokerage.tasks.score_machines": 60,
    "marketplace.catalog.tasks.mark_silent": 1,
    "marketplace.catalog.tasks.prune_telemetry": 360,
    "marketplace.catalog.tasks.verify_challenges": 1,
    "marketplace.metering.tasks.seal_running": 1,
    # the hold covers the window, so a charge can wait; each is rows for ever
    "marketplace.billing.tasks.charge_sealed": 30,
    "marketplace.billing.tasks.settle_ended": 1,
    "marketplace.billing.tasks.charge_cards_of_due": 1,
    # far less often than a step is long: see ROLL_MINUTES
    "marketplace.billing.tasks.roll_on": 6,
    "marketplace.billing.tasks.rerate_ruled": 6,
    "marketplace.billing.tasks.send_due_commands": 1,
    "marketplace.billing.tasks.handle_stored_events": 1,
    "marketplace.billing.tasks.collect_debts": 1,
    "marketplace.billing.tasks.pay_providers": 180,
    "marketplace.billing.tasks.look_at_payout_accounts": 180,
    "marketplace.billing.tasks.top_up_low_wallets": 1,
    "marketplace.billing.tasks.end_waiting_top_ups": 60,
    "marketplace.billing.tasks.expire_credit": 30,
    "marketplace.billing.tasks.thaw_settled": 30,
    "marketplace.billing.tasks.store_missed_events": 360,
    "marketplace.billing.tasks.book_movements": 360,
    "marketplace.billing.tasks.reconcile": 360,
    # papers: issuing looks at every wallet, so once an hour
    "marketplace.billing.paper_tasks.issue_monthly": 360,
    "marketplace.billing.paper_tasks.render_papers": 6,
    "marketplace.billing.paper_tasks.collect_tax": 30,
    "marketplace.billing.paper_tasks.file_papers": 6,
    "marketplace.billing.paper_tasks.give_service_credits": 30,
    "marketplace.billing.paper_tasks.pass_deadlines": 6,
    # red flags: what a single decision cannot see
    "marketplace.accounts.tasks.keep_sightings": 6,
    "marketplace.accounts.tasks.find_red_flags": 360,
    "marketplace.brokerage.tasks.find_red_flags": 30,
    "marketplace.billing.tasks.find_red_flags": 360,
    "marketplace.notices.tasks.catch_up": 3,
    "marketplace.notices.tasks.spread": 1,
    "marketplace.notices.tasks.send_letters": 3,
    "marketplace.hooks.tasks.pass_on": 1,
    "marketplace.hooks.tasks.send_due": 1,
    "marketplace.hooks.tasks.prune": 360,
    "marketplace.billing.tasks.warn_of_low_wallets": 30,
    # seals once a day; looks more often, since beat counts from its own start
    "marketplace.ledger.tasks.seal": 360,
    "compliance.tasks.seal_audit": 1,
    # checks once a day; looks more often, since beat counts from its own start
    "compliance.tasks.check_audit": 360,
    "compliance.tasks.pass_deadlines": 6,
    # looks at every party's hash; a change sends a hint, so this may be slow
    "compliance.tasks.rescreen_due": 30,
    "compliance.tasks.rescreen_listed": 3,
    "compliance.tasks.find_red_flags": 360,
    "compliance.tasks.remind_of_statements": 360,
    "agents.gateway.tasks.tend": 1,
    "agents.gateway.tasks.roll_up": 6,
}
#: however long a sweep is
SECONDS = {
    "compliance.tasks.download_due": 3600,
    # a lease that was just confirmed starts within a second or two
    "agents.gateway.tasks.follow": 1,
}
#: of those that waited for a busy worker one is enough; so it is with all that wait for others'
#: servers, which may be silent for hours
EXPIRES = {"agents.gateway.tasks.follow": 5}


def schedule(*, sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Celery's `beat_schedule`, every entry under the name of its task."""
    seconds = {task: sweep_seconds * factor for task, factor in EVERY.items()} | SECONDS
    entries: dict[str, dict[str, Any]] = {
        task: {"task": task, "schedule": every} for task, every in seconds.items()
    }
    waiting = {task: every for task, every in seconds.items() if task in TURNS}
    for task, after in (waiting | EXPIRES).items():
        entries[task]["options"] = {"expires": after}
    return entries
