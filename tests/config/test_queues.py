"""What waits for others' servers waits in a queue of its own, and every queue is served."""

import inspect
import types
from functools import cache

import pytest
from celery import Task, current_app
from django.conf import settings
from kombu import Connection

from marketplace.config import processes, queues, schedule
from marketplace.config.celery import app
from marketplace.core import hints

OURS = ("marketplace.", "compliance.", "agents.")
#: packages that open connections to others; the database and Redis are ours
OUTSIDE = (
    "stripe",
    "httpx",
    "requests",
    "urllib3",
    "socket",
    "http",
    "smtplib",
    "django.core.mail",
)


def talking(thing):
    """Whether it is a class or a function of a package that speaks with others."""
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return False
    home = str(getattr(thing, "__module__", ""))
    return callable(thing) and any(f"{home}.".startswith(f"{one}.") for one in OUTSIDE)


def codes(code):
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from codes(one)


@cache
def named(function):
    """What the names in a function stand for: globals, and attributes of the modules among them."""
    names = {name for code in codes(function.__code__) for name in code.co_names}
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    for module in (one for one in found if isinstance(one, types.ModuleType)):
        found += [thing for name in names if (thing := getattr(module, name, None)) not in found]
    return found


def functions(thing):
    """Our functions in what a name stands for; a task that is named is another task's work."""
    if isinstance(thing, Task):
        return
    if isinstance(thing, types.FunctionType):
        yield from [thing] if thing.__module__.startswith(OURS) else ()
    elif isinstance(thing, dict | list | tuple):
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from functions(one)
    elif isinstance(thing, type):
        yield from methods(thing) if thing.__module__.startswith(OURS) else ()
    else:  # a partial, or what wraps one
        whole = getattr(thing, "func", None) or getattr(thing, "__wrapped__", None)
        yield from functions(whole) if callable(whole) else ()


def methods(thing):
    for one in vars(thing).values():
        whole = inspect.unwrap(getattr(one, "fget", None) or getattr(one, "func", one))
        yield from functions(whole) if isinstance(whole, types.FunctionType) else ()


def way_out(function, seen):
    """Whether what a function names leads to another's server."""
    seen.add(function)
    things = named(function)
    return any(talking(thing) for thing in things) or any(
        way_out(one, seen) for thing in things for one in functions(thing) if one not in seen
    )


@pytest.fixture
def broker():
    """The broker of the tests, with both queues empty before and after."""
    with Connection(settings.CELERY_BROKER_URL) as connection:
        made = connection.channel()
        for name in queues.PROCESSES:
            made.queue_purge(name)
        yield made
        for name in queues.PROCESSES:
            made.queue_purge(name)


def taken(broker, queue):
    """The tasks in a queue, as a worker gets them."""
    while message := broker.basic_get(queue, no_ack=True):
        yield message.headers["task"]


def test_every_task_that_speaks_with_others_waits_in_their_queue():
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith(OURS)]
    assert {task.name for task in ours if way_out(task.run, set())} == set(queues.TURNS)


@pytest.mark.django_db
def test_a_letter_goes_before_what_waits_for_stripe(broker, django_capture_on_commit_callbacks):
    letters, commands = "marketplace.notices.tasks.send_letters", "marketplace.billing.tasks."
    with django_capture_on_commit_callbacks(execute=True):
        hints.after_commit(f"{commands}send_command", command_id=1)
        hints.after_commit(f"{commands}handle_event", event_id=1)
        hints.after_commit("marketplace.brokerage.tasks.broker_open")
        hints.after_commit(letters)
    waiting = [f"{commands}send_command", f"{commands}handle_event"]
    assert list(taken(broker, "network")) == [letters, *waiting]
    assert list(taken(broker, "celery")) == ["marketplace.brokerage.tasks.broker_open"]


def test_up_serves_every_queue_and_a_worker_that_is_told_of_none_serves_all():
    def told(command, option):
        return command[list(command).index(option) + 1]

    started = {
        told(child.command, "--queues"): (child.name, told(child.command, "--concurrency"))
        for child in processes.workers()
    }
    assert started == {"celery": ("worker", "2"), "network": ("network", "2")}
    names = {told(child.command, "--hostname") for child in processes.workers()}
    assert len(names) == 2, "each is asked by its name whether it is there"
    all_of_them = current_app.amqp.queues.consume_from
    bound = {name: queue.routing_key for name, queue in all_of_them.items()}
    assert bound == {"celery": "celery", "network": "network"}


def test_sweeps_that_waited_until_the_next_one_was_sent_are_not_done_any_more():
    entries = schedule.schedule(sweep_seconds=10)
    kept = {
        task: entry["options"]["expires"] for task, entry in entries.items() if "options" in entry
    }
    assert kept.pop("agents.gateway.tasks.follow") == 5
    assert set(kept) == set(queues.TURNS) & set(entries)
    assert kept["marketplace.billing.tasks.send_due_commands"] == 10
    assert kept["marketplace.notices.tasks.send_letters"] == 30
