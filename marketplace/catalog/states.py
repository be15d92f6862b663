from django.db import models

from marketplace.core.states import Moves


class MachineState(models.TextChoices):
    OFFLINE = "offline"
    ONLINE = "online"
    RETIRED = "retired"


MACHINE_MOVES: Moves = {
    MachineState.OFFLINE: frozenset({MachineState.ONLINE, MachineState.RETIRED}),
    MachineState.ONLINE: frozenset({MachineState.OFFLINE, MachineState.RETIRED}),
    MachineState.RETIRED: frozenset(),
}


class OfferState(models.TextChoices):
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


OFFER_MOVES: Moves = {
    OfferState.LISTED: frozenset({OfferState.WITHDRAWN}),
    OfferState.WITHDRAWN: frozenset(),
}
