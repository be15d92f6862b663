"""Kill a process between two writes, as `kill -9` on a worker does, and see what remains."""

import os
import signal
import warnings
from collections.abc import Callable

from django.db import connection, connections

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


def killed_after(writes: int, call: Callable[[], None]) -> bool:
    """Run the call in a forked child that gets SIGKILL right after its n-th write statement.

    The statement has been executed and nothing after it has: what it was part of is rolled back
    unless it stood alone. Returns whether the child was killed; False: it ended before. Fails when
    the child ends in any other way.
    """
    connections.close_all()  # parent and child must not share a socket
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
        child = os.fork()
    if child == 0:
        _die_after(writes, call)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed by itself"
    return False


def _die_after(writes: int, call: Callable[[], None]) -> None:
    left = [writes]

    def count(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.lstrip().upper().startswith(WRITES):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return result

    code = 1
    try:
        with connection.execute_wrapper(count):
            call()
        connections.close_all()
        code = 0
    finally:
        os._exit(code)
