"""What a batch would do, decided in memory: first come, first served, as one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import Placed, Strategy
from marketplace.ledger.models import Account, Kind

from .boards import Board, wanted
from .brokering import TAKEN, UNPAID, cost_micro


@dataclass(frozen=True, slots=True)
class Placing:
    """A reservation, the GPUs chosen for it, and what is to be held of which wallet."""

    row: Reservation
    gpus: Placed
    wallet: Account
    cost: int


@dataclass(slots=True)
class Plan:
    placed: list[Placing] = field(default_factory=list)
    refused: list[tuple[Reservation, str]] = field(default_factory=list)


def plan(rows: Sequence[Reservation], strategy: Strategy) -> Plan:
    """Choose GPUs for each that its wallet covers, in the order given; writes nothing.

    One whose wallet was never opened is left out: nothing can be said of it here.
    """
    made = Plan()
    if not rows:
        return made
    board = Board([wanted(row) for row in rows])
    wallets = _wallets(rows)
    left = {key: wallet.balance.available for key, wallet in wallets.items()}
    for row in rows:
        key = (row.renter.public_id, row.currency)
        if key not in wallets:
            continue
        asked, cost = wanted(row), cost_micro(row)
        gpus = board.place(asked, strategy)
        if gpus is None:
            made.refused.append((row, TAKEN))
        elif left[key] < cost:
            made.refused.append((row, UNPAID))
        else:
            board.take(asked, gpus)
            left[key] -= cost
            made.placed.append(Placing(row, gpus, wallets[key], cost))
    return made


def _wallets(rows: Sequence[Reservation]) -> dict[tuple[object, str], Account]:
    whose = Q(
        owner__in={row.renter.public_id for row in rows},
        currency__in={row.currency for row in rows},
    )
    found = Account.objects.filter(whose, kind=Kind.WALLET).select_related("balance")
    return {(wallet.owner, wallet.currency): wallet for wallet in found}
