"""Checks of decoded values against the annotations of the `stripe` package."""

import ast
import builtins
import datetime
import functools
import importlib
import inspect
import re
import types
import typing
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import stripe
import typing_extensions as te
from stripe._request_options import RequestOptions

from .contract import imports_of

REQUEST_OPTIONS = set(RequestOptions.__annotations__)
NOT_FIELDS = {"OBJECT_NAME", "deleted", "last_response"}
DELETED = {"id", "object", "deleted"}
LITERALS: tuple[Any, ...] = (typing.Literal, te.Literal)


class _Names(dict[str, Any]):
    """A module's names, with those it imports for type checking only fetched at need."""

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(vars(module))
        source = Path(str(module.__file__)).read_text()
        self.imported = imports_of(ast.parse(source))

    def __missing__(self, name: str) -> Any:
        if name in self.imported:
            module, original = self.imported[name]
            self[name] = getattr(importlib.import_module(module), original)
            return self[name]
        return getattr(builtins, name) if hasattr(builtins, name) else vars(typing)[name]


@functools.cache
def _names(module: str) -> _Names:
    return _Names(importlib.import_module(module))


def _evaluate(annotation: Any, names: _Names) -> Any:
    """Evaluate forward references, also inside the arguments of generics."""
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = eval(annotation, {}, names)  # noqa: S307  the installed package's own text
    origin, arguments = te.get_origin(annotation), te.get_args(annotation)
    if not arguments or origin in LITERALS:
        return annotation
    inner = tuple(_evaluate(one, names) for one in arguments)
    if origin in (typing.Union, types.UnionType):
        return functools.reduce(lambda one, other: typing.Union[one, other], inner)  # noqa: UP007
    if origin in (te.NotRequired, te.Required):
        return origin[inner[0]]
    try:
        return origin[inner]
    except TypeError:
        return annotation


@functools.cache
def fields(kind: type) -> dict[str, Any]:
    """Name and annotation of every field of a resource class or parameter dictionary."""
    found: dict[str, Any] = {}
    for one in (kind,) if te.is_typeddict(kind) else reversed(kind.__mro__):
        if not one.__module__.startswith("stripe"):
            continue
        for name, annotation in vars(one).get("__annotations__", {}).items():
            if te.is_typeddict(kind) and name in REQUEST_OPTIONS:
                continue
            found[name] = _evaluate(annotation, _names(one.__module__))
    return found


@functools.cache
def object_fields(kind: type) -> dict[str, Any]:
    return {
        name: annotation
        for name, annotation in fields(kind).items()
        if not name.startswith("_")
        and name not in NOT_FIELDS
        and te.get_origin(annotation) is not typing.ClassVar
    }


def optional(annotation: Any) -> bool:
    return type(None) in te.get_args(annotation)


def check(value: Any, annotation: Any, where: str, *, form: bool) -> list[str]:
    """Complaints about a value; `form` means that numbers and booleans arrived as text."""
    origin = te.get_origin(annotation)
    if annotation is typing.Any:
        return []
    if origin in (te.Required, te.NotRequired):
        return check(value, te.get_args(annotation)[0], where, form=form)
    if origin in (typing.Union, types.UnionType):
        return _check_union(value, annotation, where, form=form)
    if origin in LITERALS:
        known = [str(one) for one in te.get_args(annotation)]
        return [] if str(value) in known else [f"{where}: {value!r} is not one of {known[:6]}"]
    if origin in (list, dict):
        return _check_many(value, annotation, where, form=form)
    if te.is_typeddict(annotation):
        return _check_parameters(value, annotation, where)
    return _check_plain(value, annotation, where, form=form)


def _check_union(value: Any, annotation: Any, where: str, *, form: bool) -> list[str]:
    arguments = te.get_args(annotation)
    if str in arguments and any(_enumerates(one) for one in arguments):
        # the package leaves its enumerations open for new values; ours are closed
        arguments = tuple(one for one in arguments if one is not str)
    answers = [check(value, one, where, form=form) for one in arguments]
    return min(answers, key=len)


def _enumerates(annotation: Any) -> bool:
    """Whether it lists values; an empty text alone only means that a value can be taken away."""
    return te.get_origin(annotation) in LITERALS and te.get_args(annotation) != ("",)


def _check_many(value: Any, annotation: Any, where: str, *, form: bool) -> list[str]:
    wanted, arguments = te.get_origin(annotation), te.get_args(annotation)
    if form and value == "":
        return []
    if not isinstance(value, wanted):
        return [f"{where}: expected a {wanted.__name__}, got {value!r}"]
    items = enumerate(value) if wanted is list else value.items()
    return [
        complaint
        for place, one in items
        for complaint in check(one, arguments[-1], f"{where}[{place}]", form=form)
    ]


def _check_parameters(value: Any, annotation: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: expected an object, got {value!r}"]
    known = fields(annotation)
    complaints = [f"{where}.{name}: unknown parameter" for name in value if name not in known]
    complaints += [
        f"{where}.{name}: missing"
        for name, one in known.items()
        if te.get_origin(one) is not te.NotRequired and name not in value
    ]
    for name in value.keys() & known.keys():
        complaints += check(value[name], known[name], f"{where}.{name}", form=True)
    return complaints


def _number(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return True


def _integer(value: Any, *, form: bool) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool)
    return form and isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None


PLAIN: dict[Any, Callable[[Any, bool], bool]] = {
    str: lambda value, form: isinstance(value, str),
    int: lambda value, form: _integer(value, form=form),
    bool: lambda value, form: isinstance(value, bool) or (form and value in ("true", "false")),
    float: lambda value, form: _number(value),
    Decimal: lambda value, form: _number(value),
    type(None): lambda value, form: value is None,
    datetime.datetime: lambda value, form: value is not None,
}


def _check_plain(value: Any, annotation: Any, where: str, *, form: bool) -> list[str]:
    if annotation in PLAIN:
        fits = PLAIN[annotation](value, form)
        return [] if fits else [f"{where}: expected {annotation.__name__}, got {value!r}"]
    if inspect.isclass(annotation) and issubclass(annotation, stripe.StripeObject):
        if not isinstance(value, dict):
            return [f"{where}: expected a {annotation.__name__}, got {value!r}"]
        return check_object(value, annotation, where)
    return []


def check_object(value: dict[str, Any], kind: type, where: str) -> list[str]:
    """Complaints about an answer: unknown, missing and wrongly typed fields."""
    if value.get("deleted") is True:  # nothing else of it is left
        return [f"{where}.{name}: of a deleted object" for name in value if name not in DELETED]
    known = object_fields(kind)
    complaints = [
        f"{where}.{name}: not a field of {kind.__name__}"
        for name in value
        if name not in known and name != "object"
    ]
    for name, annotation in known.items():
        if name in value:
            complaints += check(value[name], annotation, f"{where}.{name}", form=False)
        elif not optional(annotation):
            complaints.append(f"{where}.{name}: missing in the answer")
    return complaints


def neutral(kind: type, **known: Any) -> dict[str, Any]:
    """An object with every required field of the class, filled with a neutral value."""
    made = {
        name: _neutral_value(annotation)
        for name, annotation in object_fields(kind).items()
        if name not in known and not optional(annotation)
    }
    return {**made, "object": getattr(kind, "OBJECT_NAME", ""), **known}


def _neutral_value(annotation: Any) -> Any:
    origin, arguments = te.get_origin(annotation), te.get_args(annotation)
    if origin in LITERALS:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return _neutral_value(arguments[0])
    if annotation in (str, int, bool) or origin in (list, dict):
        return (origin or annotation)()
    if inspect.isclass(annotation) and issubclass(annotation, stripe.StripeObject):
        if annotation.__name__ == "ListObject":
            return {"object": "list", "data": [], "has_more": False, "url": ""}
        return neutral(annotation)
    return {}
