"""From a request's bytes to one of our messages."""

from typing import TypeVar

from django.http import HttpRequest
from pydantic import ValidationError

from agents.protocol.messages import Message

MAX_BYTES = 1_000_000
#: faults named in one answer, and how long each may get
MAX_FAULTS, MAX_FAULT = 5, 200

Known = TypeVar("Known", bound=Message)


class TooLarge(Exception):
    """The body has more than MAX_BYTES."""


class Malformed(Exception):
    """The body is not JSON."""


class Invalid(Exception):
    """The body is JSON but not this message; the text names the fields."""


def body_of(request: HttpRequest) -> bytes:
    """The raw body; never reads more than the limit, whatever Content-Length claims."""
    body = bytes(request.read(MAX_BYTES + 1))
    if len(body) > MAX_BYTES:
        raise TooLarge(f"the body has more than {MAX_BYTES} bytes; send it in parts")
    return body


def parse(kind: type[Known], body: bytes) -> Known:
    """Read a message; raises Malformed and Invalid, which repeat no value that was sent."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            raise Malformed(faults[0]["msg"][:MAX_FAULT]) from None
        told = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults]
        raise Invalid("; ".join(text[:MAX_FAULT] for text in told[:MAX_FAULTS])) from None
