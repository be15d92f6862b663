"""Which of the marketplace's wishes count: those that its pinned key granted to this very node."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.protocol import grants
from agents.protocol.grants import BadGrant
from agents.protocol.messages import MAX_REPORTS, Desired, GrantKeyChange, GrantRefusal

log = logging.getLogger(__name__)


class Grants:
    """The pinned key, and what was refused under it; `pin` writes down another key."""

    def __init__(self, *, node: UUID, key: str, pin: Callable[[str], None]) -> None:
        self.node, self.key, self.pin = node, key, pin
        #: refusals that stand, by assignment
        self.refused: dict[UUID, GrantRefusal] = {}
        #: one was refused that the marketplace does not know of yet
        self.news = False

    def follow(self, told: str, changes: Iterable[GrantKeyChange]) -> None:
        """Go over to the marketplace's present key if the pinned one leads there."""
        if told in ("", self.key):
            return
        try:
            key = grants.follow(self.key, told, changes)
        except grants.BadKeyChange as error:
            log.error("%s", error)
            return
        self.pin(key)
        self.key = key
        log.info("the marketplace's key changed; the one before vouched for it")

    def admitted(
        self, told: Iterable[Desired], known: Mapping[UUID, Desired], at: datetime
    ) -> list[Desired]:
        """Those that count; where one is refused, what was known before goes on."""
        taken, before = [], self.refused
        self.refused = {}
        for each in told:
            if self.allows(each, known.get(each.assignment), at):
                taken.append(each)
            elif each.assignment in known:
                taken.append(known[each.assignment])
        self.news = bool(set(self.refused.values()) - set(before.values()))
        return taken

    def allows(self, desired: Desired, known: Desired | None, at: datetime) -> bool:
        """Whether it may be begun or extended at this moment; a refusal is kept to be reported."""
        try:
            self._check(desired, known, at)
        except BadGrant as error:
            if desired.assignment not in self.refused:
                log.error("assignment %s is refused: %s", desired.assignment, error)
            self._note(desired, error)
            return False
        return True

    def _check(self, desired: Desired, known: Desired | None, at: datetime) -> None:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
        grants.check(desired, node=self.node, key=key, at=at)
        if known is not None and desired.generation < known.generation:
            raise BadGrant("older")

    def _note(self, desired: Desired, error: BadGrant) -> None:
        self.refused[desired.assignment] = GrantRefusal(
            assignment=desired.assignment, generation=desired.generation, reason=error.reason
        )

    def reports(self) -> tuple[GrantRefusal, ...]:
        return tuple(self.refused.values())[:MAX_REPORTS]
