"""What an organisation may be told, as a table: who reads it, and whether a letter goes with it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from marketplace.accounts import roles


class Kind(NamedTuple):
    """`act` is what a role must allow to read it; `letter` whether one is sent unless switched off.

    What is `fixed` concerns law or security and cannot be switched off.
    """

    code: str
    act: str
    letter: bool
    fixed: bool = False


KINDS: Final = (
    Kind("reservation.confirmed", roles.VIEW, False),
    Kind("reservation.refused", roles.VIEW, True),
    Kind("reservation.expired", roles.VIEW, False),
    Kind("reservation.cancelled", roles.VIEW, False),
    Kind("reservation.starting", roles.VIEW, True),
    Kind("reservation.started", roles.VIEW, False),
    Kind("reservation.ending", roles.VIEW, True),
    Kind("reservation.ended", roles.VIEW, False),
    Kind("reservation.failed", roles.VIEW, True),
    Kind("reservation.evicted", roles.VIEW, True),
    Kind("reservation.payment_due", roles.VIEW, True),
    Kind("reservation.not_rolled", roles.VIEW, True),
    Kind("reservation.machine_replaced", roles.VIEW, True),
    Kind("reservation.machine_unreachable", roles.VIEW, True),
    Kind("reservation.machine_lost", roles.VIEW, True),
    Kind("workspace.kept", roles.VIEW, False),
    Kind("workspace.ending", roles.VIEW, True),
    Kind("workspace.ended", roles.VIEW, True),
    Kind("waitlist.served", roles.VIEW, True),
    Kind("waitlist.returned", roles.VIEW, True),
    Kind("waitlist.lapsed", roles.VIEW, True),
    Kind("wallet.low", roles.PAY, True),
    Kind("wallet.grace", roles.PAY, True),
    Kind("wallet.top_up_failed", roles.PAY, True),
    Kind("wallet.topped_up", roles.PAY, False),
    Kind("wallet.automatic_off", roles.PAY, True),
    Kind("wallet.action_needed", roles.PAY, True),
    Kind("wallet.frozen", roles.PAY, True, fixed=True),
    Kind("invoice.issued", roles.PAY, True),
    Kind("payout.paid", roles.PAY, True),
    Kind("payout.returned", roles.PAY, True),
    Kind("payout.reversed", roles.PAY, True),
    Kind("machine.unreachable", roles.PROVIDE, True),
    Kind("machine.back", roles.PROVIDE, False),
    Kind("screening.decided", roles.MANAGE, True, fixed=True),
    Kind("member.joined", roles.MANAGE, True, fixed=True),
    Kind("webhook.paused", roles.RENT, True),
)
BY_CODE: Final = {kind.code: kind for kind in KINDS}
CODES: Final = tuple(BY_CODE)
FIXED: Final = tuple(kind.code for kind in KINDS if kind.fixed)


def readable(may: Callable[[str], bool]) -> list[str]:
    """Codes of what somebody may read; `may` says which acts of accounts.roles are allowed."""
    return [kind.code for kind in KINDS if may(kind.act)]
