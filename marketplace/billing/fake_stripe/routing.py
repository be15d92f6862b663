"""Which function answers which endpoint. A module put into `resources` is found by itself."""

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable
from typing import Any, TypeVar

from . import resources
from .wire import Json

#: takes the fake, the decoded parameters and the ids in the path
Act = Callable[..., Json]
Some = TypeVar("Some", bound=Act)
_ACTS: list[tuple[str, re.Pattern[str], Act]] = []


def endpoint(method: str, template: str) -> Callable[[Some], Some]:
    """Let a function answer a method and path such as "/v1/refunds/{id}"."""
    pattern = re.compile(re.sub(r"\{\w+\}", r"([^/]+)", template))

    def register(act: Some) -> Some:
        _ACTS.append((method, pattern, act))
        return act

    return register


@functools.cache
def load() -> None:
    """Import every resource; to be called before there are threads."""
    for one in pkgutil.iter_modules(resources.__path__):
        importlib.import_module(f"{resources.__name__}.{one.name}")


def find(method: str, path: str) -> tuple[Act, tuple[str, ...]] | None:
    """The function for a request, with the ids of its path; None when there is none."""
    load()
    for known, pattern, act in _ACTS:
        found: Any = known == method and pattern.fullmatch(path)
        if found:
            return act, found.groups()
    return None
