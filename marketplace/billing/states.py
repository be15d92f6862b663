from django.db import models

from marketplace.core.states import Moves


class TopUpState(models.TextChoices):
    PENDING = "pending"
    NEEDS_ACTION = "needs_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


TOP_UP_MOVES: Moves = {
    TopUpState.PENDING: frozenset(
        {TopUpState.SUCCEEDED, TopUpState.FAILED, TopUpState.NEEDS_ACTION}
    ),
    TopUpState.NEEDS_ACTION: frozenset({TopUpState.SUCCEEDED, TopUpState.FAILED}),
    TopUpState.SUCCEEDED: frozenset(),
    TopUpState.FAILED: frozenset(),
}


class CommandState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


COMMAND_MOVES: Moves = {
    CommandState.PENDING: frozenset({CommandState.SENDING}),
    CommandState.SENDING: frozenset({CommandState.PENDING, CommandState.DONE, CommandState.FAILED}),
    CommandState.DONE: frozenset(),
    CommandState.FAILED: frozenset(),
}
