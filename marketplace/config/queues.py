"""In which queue a task waits: what asks others over the network keeps up nobody but its own kind.

A Stripe that does not answer holds a worker for a minute at a call, and there is a sweep every few
seconds. What brokers, starts and ends rentals has workers that never wait for anybody.
"""

from typing import Any

from kombu import Exchange, Queue

#: Celery's own name of the queue of whatever is sent nowhere else
WORK = "celery"
NETWORK = "network"
#: what is sent to people and their programs goes before what waits for Stripe; 0 comes first
SOON, LATER = 0, 6

#: how soon each task that waits for another's server gets its turn; tests find what is missing here
TURNS = {
    "compliance.tasks.download": LATER,
    "marketplace.billing.paper_tasks.issue_monthly": LATER,
    "marketplace.billing.tasks.book_movements": LATER,
    "marketplace.billing.tasks.end_waiting_top_ups": LATER,
    "marketplace.billing.tasks.handle_event": LATER,
    "marketplace.billing.tasks.handle_stored_events": LATER,
    "marketplace.billing.tasks.look_at_payout_accounts": LATER,
    "marketplace.billing.tasks.reconcile": LATER,
    "marketplace.billing.tasks.send_command": LATER,
    "marketplace.billing.tasks.send_due_commands": LATER,
    "marketplace.billing.tasks.store_missed_events": LATER,
    "marketplace.hooks.tasks.send_due": SOON,
    "marketplace.notices.tasks.send_letters": SOON,
}
#: processes that `manage.py up` gives each queue
PROCESSES = {WORK: 2, NETWORK: 2}


def queues() -> list[Queue]:
    """Celery's `task_queues`: a worker that is told of no queue serves all of them."""
    return [Queue(name, Exchange(name), routing_key=name) for name in PROCESSES]


def routes() -> dict[str, dict[str, Any]]:
    """Celery's `task_routes`."""
    return {task: {"queue": NETWORK, "priority": turn} for task, turn in TURNS.items()}
