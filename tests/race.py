import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*calls: Callable[[], Any], seconds: float = 30) -> list[Any]:
    """Run calls at the same instant, one thread each; return results or exceptions, in order."""
    start = threading.Barrier(len(calls), timeout=10)
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
    """The same call, which returns to nobody before `count` threads have its answer.

    For controls: what each saw before any of them wrote, on a machine of any speed.
    """
    seen = threading.Barrier(count, timeout=20)

    def held(*args: Any, **facts: Any) -> Any:
        answer = call(*args, **facts)
        seen.wait()
        return answer

    return held
