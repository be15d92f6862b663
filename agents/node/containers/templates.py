"""What a renter may name instead of an image: kept as data in templates.json."""

import re
from collections.abc import Mapping
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from agents.node.runtime import CannotStart
from agents.protocol.messages import Desired

DEFAULT = "base"
#: a registry's host is optional, as is the tag; what follows the name is a tag or a digest
REFERENCE = re.compile(
    r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:[0-9A-Za-z_][0-9A-Za-z_.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)
MAX_REFERENCE = 255
#: images under it are made on this machine; only templates may name them
LOCAL = "localhost/"


class Template(BaseModel):
    """An image with its command, and the ports (by name) under which it is reached over HTTP.

    `token` names the variable that takes a secret made for this lease; `path` is what a browser
    opens, the secret following.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    image: str
    command: tuple[str, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict)
    ports: dict[str, int] = Field(default_factory=dict)
    token: str = ""
    path: str = ""


_all = TypeAdapter(dict[str, Template])


def shipped() -> dict[str, Template]:
    """The templates of this version, by name."""
    return _all.validate_json(resources.files(__package__).joinpath("templates.json").read_bytes())


def chosen(wanted: Desired, known: Mapping[str, Template]) -> Template:
    """What to run, with the renter's image and command put in. Raises CannotStart."""
    template = known.get(wanted.template or DEFAULT)
    if template is None:
        raise CannotStart(f"this machine knows no template {wanted.template!r}")
    image = wanted.image or template.image
    if wanted.image and not allowed(wanted.image):
        raise CannotStart(f"{wanted.image!r} is no reference of an image")
    command = wanted.command or template.command
    if not command:
        raise CannotStart("it has no command")
    return template.model_copy(update={"image": image, "command": command})


def allowed(image: str) -> bool:
    """Whether a renter may name this image."""
    fits = len(image) <= MAX_REFERENCE and REFERENCE.fullmatch(image) is not None
    return fits and not image.startswith(LOCAL)
