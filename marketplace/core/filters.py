"""How lists of staff are narrowed: in the words that their columns use."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import (
    ChoicesFieldListFilter,
    EmptyFieldListFilter,
    FieldListFilter,
)

from . import showing

#: what a column's name says beyond that it is so: healed at, suspended for, released by
ENDING = re.compile(r" (?:at|by|for|on)$")


class WordsFilter(ChoicesFieldListFilter):
    """By a column of few values, called as they are called in the list.

    A column of another table says which: two of them may stand beside each other.
    """

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        if "__" in field_path:
            self.title = field_path

    def choices(self, changelist: Any) -> Iterator[Any]:
        for one in super().choices(changelist):
            yield {**one, "display": showing.choice(one["display"])}


class FilledFilter(EmptyFieldListFilter):
    """Whether there is anything in a column: "healed", yes or no, of when it healed."""

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = ENDING.sub("", showing.heading(field))

    def choices(self, changelist: Any) -> Iterator[Any]:
        """As Django's, which asks whether it is empty: all, it is, it is not."""
        whole, empty, filled = super().choices(changelist)
        yield whole
        yield {**filled, "display": "Yes"}
        yield {**empty, "display": "No"}


def install() -> None:
    """Take the place of Django's own filter of choices in every window."""
    FieldListFilter.register(lambda field: bool(field.choices), WordsFilter, take_priority=True)
