"""Typed reading of the environment. A wrong value stops the program and names the mend."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> str:
    """Read a text value; NAME_FILE names a file that holds it instead (for secrets)."""
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name, default)
    if name in environ:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; unset one of them")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path}: {error.strerror}; fix the path") from error


def file(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Read the path of a file that must be there; empty when the variable is not set."""
    value = environ.get(name, "")
    if value and not Path(value).is_file():
        raise ImproperlyConfigured(f"{name}={value!r} is no file; fix the path or unset it")
    return value


def boolean(name: str, default: bool, *, environ: Mapping[str, str] = os.environ) -> bool:
    value = environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or no; write 1 or 0")


def integer(
    name: str,
    default: int,
    *,
    least: int,
    most: int,
    environ: Mapping[str, str] = os.environ,
) -> int:
    value = environ.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {least} to {most}")
    return number


def choice(
    name: str, default: str, known: tuple[str, ...], *, environ: Mapping[str, str] = os.environ
) -> str:
    value = environ.get(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name}={value!r} is not known; write {' or '.join(known)}")
    return value


def words(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Read a comma-separated list; empty parts are dropped."""
    return [
        part.strip() for part in text(name, default, environ=environ).split(",") if part.strip()
    ]


def address(name: str, default: str, *, environ: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Read HOST:PORT; the port may be left out and is 80 then."""
    value = environ.get(name, default)
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name}={value!r} is not an address such as 127.0.0.1:8000")
    return host, 80 if port is None else port
