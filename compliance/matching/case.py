"""A query beside a listed name: what is weighed as one."""

from typing import NamedTuple

from .alignment import Alignment, Words


class Case(NamedTuple):
    """One query against one listed name.

    `slips` is the edits between their joined letters, None when there are more than are looked for;
    `family` how many leading words of the listed name are the family's, `read` whether the query is
    one of several readings of Chinese signs.
    """

    asked: Words
    core: Words
    listed: Words
    listed_core: Words
    kind: str
    listed_kind: str
    chinese: bool
    slips: int | None
    family: int
    read: bool
    found: Alignment

    @property
    def person(self) -> bool:
        return self.kind == "person"

    @property
    def crossed(self) -> bool:
        """A person is asked for and something else is listed, or the other way round."""
        kinds = {self.kind, self.listed_kind} - {""}
        return len(kinds) == 2 and "person" in kinds
