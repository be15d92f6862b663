"""Have another key sign lease grants, without a node that has to enrol anew."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import BaseCommand

from agents.gateway.services import granting
from agents.protocol import grants


class Command(BaseCommand):
    help = "Print a new GRANT_KEY and what to set with it; nothing changes until both are set."

    def handle(self, *args: Any, **options: Any) -> None:
        new = Ed25519PrivateKey.generate()
        change = grants.change_key(old=granting.signing_key(), new=new)
        said = f"{change.old}:{change.new}:{change.signature}"
        self.stdout.write(f"GRANT_KEY={new.private_bytes_raw().hex()}")
        self.stdout.write(f"GRANT_KEY_CHANGES={','.join([*settings.GRANT_KEY_CHANGES, said])}")
        self.stderr.write(
            "The first line is a secret. Set both in one step and start the processes anew; keep "
            "GRANT_KEY_CHANGES until every node has been heard of since."
        )
