"""A GPU is on one machine. Who claims it second is suspended, and people look at both."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from compliance import services as compliance
from compliance.redflags import machines
from marketplace.accounts.models import User
from marketplace.accounts.trail import trail
from marketplace.catalog.models import BoardClaim, Gpu, Machine, Trust
from marketplace.catalog.states import MACHINE_MOVES, MachineState
from marketplace.core.states import IllegalMove, LostRace, move

from .asking import owe

TRIES = 3
CLAIMED_TWICE = "a GPU that it reports is on another machine already"


class DuplicateBoard(Exception):
    """A board with this serial number is already on another machine."""


def claim_boards(*, machine: Machine, serials: Collection[str], at: datetime) -> None:
    """Note whose boards these are; what the machine no longer reports is free again.

    Raises DuplicateBoard when one is another machine's; then nothing was written. To be called in
    a transaction that is left by the error.
    """
    machine.boards.exclude(serial__in=serials).delete()
    known = set(machine.boards.values_list("serial", flat=True))
    try:
        with transaction.atomic():
            BoardClaim.objects.bulk_create(
                BoardClaim(serial=serial, machine=machine, claimed_at=at)
                for serial in sorted(set(serials) - known)
            )
    except IntegrityError as error:
        if "board_serial_once" not in str(error):
            raise
        raise DuplicateBoard("a board of this machine is already on another one") from error


def second_claim(
    *, machine: Machine, at: datetime, uuids: Iterable[str] = (), serials: Iterable[str] = ()
) -> None:
    """Suspend the machine that claims what others have, and open a case on each operator.

    Whoever was there first goes on serving and is not flagged: to clone a competitor's GPU must
    not be a way to stop it.
    """
    taken = Gpu.objects.filter(present=True, uuid__in=list(uuids)).exclude(machine=machine)
    boards = BoardClaim.objects.filter(serial__in=list(serials)).exclude(machine=machine)
    held = [
        *taken.values_list("uuid", "machine"),
        *boards.values_list("serial", "machine"),
    ]
    suspend(machine=machine, reason=CLAIMED_TWICE, by=None, at=at)
    owners = Machine.objects.select_related("site__operator__party").in_bulk(
        {owner for _, owner in held}
    )
    for what, owner in sorted(held):
        found = machines.claimed_twice(what, first=named(owners[owner]), second=named(machine))
        # the newcomer first: if one operator has both, the flag is on it
        for one, flagged in ((machine, True), (owners[owner], False)):
            party = one.site.operator.party
            compliance.refer(party=party, findings=[found], at=at, flagged=flagged)


def suspend(*, machine: Machine, reason: str, by: User | None, at: datetime) -> bool:
    """Take a machine off the market until staff let it back; False when it is off already.

    What runs on it runs on: renters are not punished. Nothing new is placed there.
    """
    with transaction.atomic():
        if not _moved(machine, MachineState.SUSPENDED):
            return False
        Trust.objects.update_or_create(machine=machine, defaults={"suspended_for": reason})
        trail(verb="suspended machine", subject=machine, by=by, at=at, reason=reason)
    return True


def lift(*, machine: Machine, by: User, at: datetime) -> bool:
    """Staff let a suspended machine back: offline until it is heard of; False if it was not."""
    with transaction.atomic():
        if machine.state != MachineState.SUSPENDED or not _moved(machine, MachineState.OFFLINE):
            return False
        Trust.objects.filter(machine=machine).update(suspended_for="")
        owe(machine=machine, uuids=machine.gpus.filter(present=True).values_list("uuid", flat=True))
        trail(verb="lifted suspension", subject=machine, by=by, at=at)
    return True


def release(*, machine: Machine, by: User, at: datetime) -> int:
    """Staff free the GPUs and boards of a machine that is not online, for the one they went to.

    Returns how many GPUs that were; none of a machine that is online: it would claim them again.
    """
    with transaction.atomic():
        row = Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)
        if row.state == MachineState.ONLINE:
            return 0
        freed = row.gpus.filter(present=True).update(present=False)
        row.boards.all().delete()
        trail(verb="released GPUs", subject=row, by=by, at=at, gpus=str(freed))
    return freed


def _moved(machine: Machine, to: MachineState) -> bool:
    """Move it from whatever state it is in by now."""
    for _ in range(TRIES):
        machine.refresh_from_db(fields=["state"])
        try:
            move(machine, to, table=MACHINE_MOVES)
        except IllegalMove:
            return False
        except LostRace:
            continue
        return True
    return False


def named(machine: Machine) -> str:
    """As findings call a machine; evidence of a finding keeps to it."""
    return f"{machine.name} at {machine.site.name}"
