"""What a batch would do, decided in memory: first come, first served, as one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import Placed, Strategy
from marketplace.ledger.models import Account, Kind

from .boards import Board, Wanted, wanted
from .brokering import TAKEN, UNPAID, held_micro
from .contending import anybody_may_go, make_room


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


def plan(rows: Sequence[Reservation], strategy: Strategy, at: datetime) -> Plan:
    """Choose GPUs for each that its wallet covers, in the order given; writes nothing.

    Bids come after all who pay the full price, the highest first. Left out is one whose wallet was
    never opened, because nothing can be said of it here, and one for which others would have to
    go: whoever makes room for somebody is asked alone.
    """
    made = Plan()
    if not rows:
        return made
    somebody = anybody_may_go()  # before the look: who goes after it was in the way of it
    board = Board([wanted(row) for row in rows])
    wallets = _wallets(rows)
    left = {key: wallet.balance.available for key, wallet in wallets.items()}
    for row in sorted(rows, key=_turn):
        key = (row.renter.public_id, row.currency)
        if key not in wallets:
            continue
        asked, cost = wanted(row), held_micro(row)
        gpus = board.place(asked, strategy)
        if gpus is None and somebody and row.auto_confirm and _may_have_room(asked, row, at):
            continue
        if gpus is None:
            made.refused.append((row, TAKEN))
        elif left[key] < cost:
            made.refused.append((row, UNPAID))
        else:
            board.take(asked, gpus)
            left[key] -= cost
            made.placed.append(Placing(row, gpus, wallets[key], cost))
    return made


def _turn(row: Reservation) -> tuple[bool, int]:
    return row.interruptible, -row.price_micro_per_gpu_hour if row.interruptible else 0


def _may_have_room(asked: Wanted, row: Reservation, at: datetime) -> bool:
    bid = row.price_micro_per_gpu_hour if row.interruptible else None
    return make_room(asked=asked, bid_micro=bid, at=at) is not None


def _wallets(rows: Sequence[Reservation]) -> dict[tuple[object, str], Account]:
    whose = Q(
        owner__in={row.renter.public_id for row in rows},
        currency__in={row.currency for row in rows},
    )
    found = Account.objects.filter(whose, kind=Kind.WALLET).select_related("balance")
    return {(wallet.owner, wallet.currency): wallet for wallet in found}
