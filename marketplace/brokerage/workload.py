"""What a renter asks to run, such as {"command": [words], "environment": {name: value}}.

Besides: "image" by reference, or a "template" that nodes know, and "ssh_keys" that may log in.
"""

import re
from typing import Any, NotRequired, TypedDict

MAX_WORDS = 64
MAX_WORD = 4_000
NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
#: templates bring a command of their own
TEMPLATES = ("ssh", "jupyter")
MAX_IMAGE = 255
IMAGE = re.compile(r"[a-z0-9][a-z0-9.:/_-]*(:[0-9A-Za-z_.-]+)?(@sha256:[0-9a-f]{64})?")
MAX_KEYS, MAX_KEY = 10, 1_000
KEY = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [0-9A-Za-z+/]+=*( [ -~]*)?")
#: these belong to the node: the leased GPUs, and where it finds its libraries
RESERVED = {"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "LD_PRELOAD", "LD_LIBRARY_PATH"}


PARTS = {"command", "environment", "image", "template", "ssh_keys"}


class Workload(TypedDict):
    command: list[str]
    environment: dict[str, str]
    image: NotRequired[str]
    template: NotRequired[str]
    ssh_keys: NotRequired[list[str]]


class BadWorkload(ValueError):
    """The text says which part is wrong and what it must be."""


def parse(given: Any) -> Workload:
    """Check a workload from outside; raises BadWorkload, returns exactly the known parts."""
    if not isinstance(given, dict) or set(given) - PARTS:
        raise BadWorkload(f"workload takes {', '.join(sorted(PARTS))} and nothing else")
    template = _template(given.get("template", ""))
    found: Workload = {
        "command": _command(
            given.get("command", [] if template else None), least=0 if template else 1
        ),
        "environment": _environment(given.get("environment", {})),
    }
    if template:
        found["template"] = template
    if given.get("image"):
        found["image"] = _image(given["image"])
    if given.get("ssh_keys"):
        found["ssh_keys"] = _keys(given["ssh_keys"])
    return found


def _template(given: Any) -> str:
    if given == "" or given in TEMPLATES:
        return str(given)
    raise BadWorkload(f"template must be one of {', '.join(TEMPLATES)}, or be left out")


def _image(given: Any) -> str:
    whole = isinstance(given, str) and len(given) <= MAX_IMAGE and IMAGE.fullmatch(given)
    if not whole:
        raise BadWorkload("image must be a reference, such as docker.io/library/debian:12")
    return str(given)


def _keys(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > MAX_KEYS:
        raise BadWorkload(f"ssh_keys must be a list of at most {MAX_KEYS} public keys")
    for place, key in enumerate(given):
        if not isinstance(key, str) or len(key) > MAX_KEY or not KEY.fullmatch(key):
            raise BadWorkload(f"ssh_keys[{place}] must be a public key in one line of OpenSSH")
    return list(given)


def _command(given: Any, *, least: int) -> list[str]:
    if not isinstance(given, list) or not least <= len(given) <= MAX_WORDS:
        raise BadWorkload(f"command must be a list of {least} to {MAX_WORDS} words")
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
