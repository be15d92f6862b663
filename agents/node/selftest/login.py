"""SSH into the trial lease: with its key, and with one that it does not know."""

import socket
import subprocess
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node.containers import tools

from .steps import Wrong

OPENS_WITHIN, SECONDS = 20.0, 20
REFUSED = "Permission denied (publickey)"
QUIET = (
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "ConnectTimeout=10",
)


def make_key(file: Path) -> str:
    """Write a private key that nobody keeps; return its public line."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    file.touch(mode=0o600)
    file.write_bytes(private)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode()


def accepted(host: str, port: int, key: Path, command: str) -> str:
    """What a command prints in the lease. Raises Wrong."""
    _await(host, port)
    done = _ssh(host, port, key, command)
    if done.returncode:
        raise Wrong(f"SSH to {host}:{port} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def refused(host: str, port: int, key: Path) -> str:
    """Raises Wrong unless this key is turned away."""
    done = _ssh(host, port, key, "true")
    if REFUSED not in done.stderr:
        raise Wrong(f"a key that the lease does not know was not refused: {done.stderr.strip()}")
    return "a key that it does not know is refused"


def _ssh(host: str, port: int, key: Path, command: str) -> "subprocess.CompletedProcess[str]":
    program = tools.find("ssh")
    if program is None:
        raise Wrong("no program ssh on this machine: apt-get install openssh-client")
    words = [word for option in QUIET for word in ("-o", option)]
    try:
        return subprocess.run(  # noqa: S603  our own words, no shell
            [program, *words, "-i", str(key), "-p", str(port), f"root@{host}", command],
            capture_output=True,
            check=False,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Wrong(f"SSH to {host}:{port} took more than {SECONDS} s") from None


def _await(host: str, port: int) -> None:
    deadline = time.monotonic() + OPENS_WITHIN
    while not _answers(host, port):
        if time.monotonic() > deadline:
            raise Wrong(
                f"nothing answers SSH on {host}:{port}: look for a firewall on this machine"
            )
        time.sleep(0.1)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1) as found:
            return found.recv(4).startswith(b"SSH")
    except OSError:
        return False
