import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

#: seconds that a busy machine may take until all threads are where they should be
PATIENCE = 60
#: those of this database: others may run beside it, and a wait for a row names no database
WAITING = """
SELECT count(*) FROM pg_locks waiting WHERE NOT waiting.granted AND EXISTS (
  SELECT FROM pg_locks held JOIN pg_database own ON own.oid = held.database
  WHERE own.datname = current_database() AND held.pid = waiting.pid)
"""


def together(*calls: Callable[[], Any], seconds: float = 2 * PATIENCE) -> list[Any]:
    """Run calls at the same instant, one thread each; return results or exceptions, in order."""
    start = threading.Barrier(len(calls), timeout=PATIENCE)
    outcome: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            start.wait()
            outcome[place] = call()
        except Exception as error:
            outcome[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a call hangs"
    return outcome


def all_have_called(call: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The same call, whose first answer nobody gets before `count` threads have theirs.

    For controls: what each saw before any of them wrote, on a machine of any speed.
    """
    seen, mine = threading.Barrier(count, timeout=PATIENCE), threading.local()

    def held(*args: Any, **facts: Any) -> Any:
        answer = call(*args, **facts)
        if not hasattr(mine, "came"):
            mine.came = True
            seen.wait()
        return answer

    return held


def wait_for_a_lock() -> None:
    """Until another connection of this test waits for what somebody here has locked."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
