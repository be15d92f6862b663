"""A clock that a test moves, so that moments are exact on a machine of any speed."""

import math
import time
from datetime import UTC, datetime

from agents.node.clock import Clock, boottime


class Hand:
    """Stands unless it is moved. Move it by eighths of a second: binary fractions stay exact."""

    def __init__(self):
        self.seconds = float(math.floor(boottime()))
        self.base = math.floor(time.time()) - self.seconds

    def boot(self):
        return self.seconds

    def wall(self):
        return self.base + self.seconds

    def now(self):
        return datetime.fromtimestamp(self.wall(), UTC)

    def move(self, seconds):
        self.seconds += seconds

    def clock(self, base=None):
        """Of a host that knows no better than `wall`, or that has learned this base."""
        return Clock(base=base, boot=self.boot, wall=self.wall)
