"""Detectors of red flags: facts in, findings out. Pure.

Which kinds there are, how much each weighs and every limit stand in data/red_flags.json; what a
detector is given as `days`, `gpus` and the like is one of those limits.
"""

from .finding import Finding
from .weighing import weigh

__all__ = ["Finding", "weigh"]
