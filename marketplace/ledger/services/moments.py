"""Reading the books while others write them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all statements inside see what was committed by the first of them, and only that.

    Each would see the books of its own moment otherwise, and what they say would not add up. Inside
    a transaction of the caller's they see what that sees.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(ONE_MOMENT)
        yield
