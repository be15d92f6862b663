from typing import Final

from django.db import models


class EndpointState(models.TextChoices):
    """As it is shown; one that was removed is not shown."""

    ACTIVE = "active"
    PAUSED = "paused"  # nothing is sent until a person resumes it


class DeliveryState(models.TextChoices):
    PENDING = "pending"  # to be sent at next_at
    SENDING = "sending"  # claimed by a sender until claimed_until
    DELIVERED = "delivered"  # the endpoint took it
    FAILED = "failed"  # nobody took it in time


#: only a person who asks for it again moves it on
OVER: Final = (DeliveryState.DELIVERED, DeliveryState.FAILED)
