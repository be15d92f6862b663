"""Programs of the host that we call: nft, mount and their like."""

import os
import shutil
import subprocess

#: where they lie for root, also when we were started without them on the PATH
MORE = "/usr/local/sbin:/usr/sbin:/sbin"
SECONDS = 120


class ToolFailed(Exception):
    """A program of the host is missing or failed; the text is its own."""


def find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:{MORE}")


def call(program: str, *words: str, given: str = "") -> str:
    """Run it and return what it prints. Raises ToolFailed."""
    found = find(program)
    if found is None:
        raise ToolFailed(f"no program {program} on this machine")
    try:
        done = subprocess.run(  # noqa: S603  our own words, no shell
            [found, *words],
            input=given,
            capture_output=True,
            check=False,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"{program} took more than {SECONDS} s") from None
    if done.returncode:
        raise ToolFailed(f"{program}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
