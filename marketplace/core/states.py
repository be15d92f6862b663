"""State machines as data: a table of allowed moves and one guarded UPDATE."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from . import changes
from .models import Record

Moves = Mapping[str, frozenset[str]]


class Stateful(models.Model):
    state = models.CharField(max_length=16)

    class Meta:
        abstract = True


class IllegalMove(Exception):
    """The table has no such edge."""


class LostRace(Exception):
    """Another worker moved the row first."""


def move(row: Stateful, to: str, *, table: Moves, **also: Any) -> None:
    """Move row.state along an edge of table, in one guarded UPDATE, setting `also` with it.

    Raises IllegalMove when the table has no such edge and LostRace when the row in the database
    is no longer in the state this copy of it shows; in both cases nothing was written.
    Open pages of the row hear of it after the commit.
    """
    if to not in table[row.state]:
        raise IllegalMove(f"{row._meta.label} {row.pk}: {row.state} -> {to}")
    guarded = type(row)._base_manager.filter(pk=row.pk, state=row.state)
    if not guarded.update(state=to, **also):
        raise LostRace(f"{row._meta.label} {row.pk}: no longer {row.state}")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    if isinstance(row, Record):
        changes.after_commit(row)
