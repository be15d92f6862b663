"""How lists of staff are narrowed: in the words that their columns use."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import ChoicesFieldListFilter, FieldListFilter

from . import showing


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


def install() -> None:
    """Take the place of Django's own filter of choices in every window."""
    FieldListFilter.register(lambda field: bool(field.choices), WordsFilter, take_priority=True)
