"""What decided cases have granted a party, applied to what the lists and the rules say of it.

It is read from the party's content, so a decision rests on it by hash and is made again with it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance import chain
from compliance.models import Party
from compliance.models.above import Above
from compliance.policy import Version

from .reasons import Asked, Grant

if TYPE_CHECKING:
    from .finding import Question

#: who was asked (by hash), list, entry, content of the entry
Likeness = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Granted:
    """In force at the moment of a decision; whatever is bound to other content is not found."""

    name_content: str
    clearings: Mapping[Likeness, Grant]
    reviews: Sequence[Mapping[str, Any]]

    @classmethod
    def to(
        cls, party: Party, content: str, known: Above, *, scorer: str, at: datetime
    ) -> "Granted":
        """`content` is the party's, with everything `known`."""
        clearings = {
            (row["subject_sha256"], row["source"], row["entry_uid"], row["entry_sha256"]): _grant(
                row
            )
            for row in _unexpired(known.get("clearings", []), at)
            if row["scorer"] == scorer
        }
        reviews = _unexpired(known.get("reviews", []), at)
        facts = Party.facts_hash(content) if reviews else ""
        bound = [row for row in reviews if row["facts_sha256"] == facts]
        return cls(party.name_content(known), clearings, bound)

    def cleared(self, asked: Iterable[Asked]) -> list[Asked]:
        """The answers, each with who was asked and with what is cleared of it."""
        return [self._cleared(one) for one in asked]

    def _cleared(self, one: Asked) -> Asked:
        subject = chain.sha256(json.dumps([self.name_content, one.who]))
        found = {}
        for match in one.answer.matches if self.clearings else ():
            listed = match.listed
            grant = self.clearings.get((subject, listed.source, listed.uid, listed.content_hash))
            if grant:
                found[listed.source, listed.uid] = grant
        return replace(one, subject=subject, cleared=found)

    def reviewed(self, question: "Question | None") -> dict[Version, Grant]:
        """The rules whose review is done for this question."""
        chip = question.chip.name if question and question.chip else ""
        site = question.site_country if question else ""
        return {
            (row["rule_id"], row["rule_version"]): _grant(row)
            for row in self.reviews
            if row["chip"] in ("", chip) and row["site_country"] in ("", site)
        }


def _unexpired(rows: Iterable[Mapping[str, Any]], at: datetime) -> list[Mapping[str, Any]]:
    return [row for row in rows if at < datetime.fromisoformat(row["expires_at"])]


def _grant(row: Mapping[str, Any]) -> Grant:
    return Grant(row["public_id"], datetime.fromisoformat(row["expires_at"]))
