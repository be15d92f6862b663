from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`said` is what was found or, when not `ok`, what is wrong and how to mend it."""

    name: str
    ok: bool
    said: str
