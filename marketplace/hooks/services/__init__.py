"""The verbs of webhooks: keep endpoints, write deliveries, send them."""

from .asking import NotOver, redeliver, test
from .delivering import deliver
from .keeping import (
    MOST_ENDPOINTS,
    OVERLAP,
    BadEndpoint,
    change,
    create,
    endpoints_of,
    remove,
    resume,
    rotate,
)
from .passing_on import pass_on, pass_over
from .pruning import KEPT, prune

__all__ = [
    "KEPT",
    "MOST_ENDPOINTS",
    "OVERLAP",
    "BadEndpoint",
    "NotOver",
    "change",
    "create",
    "deliver",
    "endpoints_of",
    "pass_on",
    "pass_over",
    "prune",
    "redeliver",
    "remove",
    "resume",
    "rotate",
    "test",
]
