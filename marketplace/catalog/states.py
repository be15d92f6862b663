from django.db import models

from marketplace.core.states import Moves


class MachineState(models.TextChoices):
    OFFLINE = "offline"
    ONLINE = "online"
    SUSPENDED = "suspended"
    RETIRED = "retired"


MACHINE_MOVES: Moves = {
    MachineState.OFFLINE: frozenset(
        {MachineState.ONLINE, MachineState.SUSPENDED, MachineState.RETIRED}
    ),
    MachineState.ONLINE: frozenset(
        {MachineState.OFFLINE, MachineState.SUSPENDED, MachineState.RETIRED}
    ),
    # only a person lets it back in
    MachineState.SUSPENDED: frozenset({MachineState.OFFLINE, MachineState.RETIRED}),
    MachineState.RETIRED: frozenset(),
}


class Health(models.TextChoices):
    """Of a GPU; what stands behind it are the rules of catalog.health."""

    OK = "ok"
    DEGRADED = "degraded"  # what runs goes on, nothing new starts
    FAILED = "failed"  # what runs is interrupted


class OfferState(models.TextChoices):
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


OFFER_MOVES: Moves = {
    OfferState.LISTED: frozenset({OfferState.WITHDRAWN}),
    OfferState.WITHDRAWN: frozenset(),
}
