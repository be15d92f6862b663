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
    # what we took for a failure may turn out paid: what Stripe took is booked and shown as taken
    TopUpState.FAILED: frozenset({TopUpState.SUCCEEDED}),
}


class CommandState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
