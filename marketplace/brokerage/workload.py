"""What a renter asks to run: {"command": [words], "environment": {name: value}}."""

import re
from typing import Any, TypedDict

MAX_WORDS = 64
MAX_WORD = 4_000
NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
#: these belong to the node: the leased GPUs, and where it finds its libraries
RESERVED = {"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "LD_PRELOAD", "LD_LIBRARY_PATH"}


class Workload(TypedDict):
    command: list[str]
    environment: dict[str, str]


class BadWorkload(ValueError):
    """The text says which part is wrong and what it must be."""


def parse(given: Any) -> Workload:
    """Check a workload from outside; raises BadWorkload, returns exactly the known parts."""
    if not isinstance(given, dict) or set(given) - {"command", "environment"}:
        raise BadWorkload("workload takes 'command' and 'environment' and nothing else")
    return {
        "command": _command(given.get("command")),
        "environment": _environment(given.get("environment", {})),
    }


def _command(given: Any) -> list[str]:
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_WORDS:
        raise BadWorkload(f"command must be a list of 1 to {MAX_WORDS} words")
    for place, word in enumerate(given):
        if not isinstance(word, str) or not word or len(word) > MAX_WORD or "\0" in word:
            raise BadWorkload(f"command[{place}] must be text of 1 to {MAX_WORD} characters")
    return list(given)


def _environment(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or len(given) > MAX_WORDS:
        raise BadWorkload(f"environment must map at most {MAX_WORDS} names to values")
    for name, value in given.items():
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
            raise BadWorkload(f"environment name {name!r} is not allowed; use A-Z, 0-9 and _")
        if not isinstance(value, str) or len(value) > MAX_WORD or "\0" in value:
            raise BadWorkload(f"environment[{name}] must be text of at most {MAX_WORD} characters")
    return dict(given)
