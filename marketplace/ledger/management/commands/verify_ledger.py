import argparse
import re
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from marketplace.ledger import services
from marketplace.ledger.models import Seal


def kept(text: str) -> services.Kept:
    seq, _, sha256 = text.partition(":")
    if not seq.isdecimal() or not re.fullmatch("[0-9A-Fa-f]{64}", sha256):
        raise argparse.ArgumentTypeError("must be SEQ:SHA256, as an earlier run printed it")
    return services.Kept(int(seq), sha256.lower())


class Command(BaseCommand):
    help = (
        "Prove that balances, holds, transfers and seals agree; exits 1 and names what does not. "
        "Prints the last seal: keep it elsewhere, it fixes all that came before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seal",
            type=kept,
            metavar="SEQ:SHA256",
            help="a seal written down earlier: also finds a chain that was cut or made anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = services.verify(kept=options["seal"])
        for finding in findings:
            self.stdout.write(self.style.ERROR(finding))
        if findings:
            raise CommandError(f"{len(findings)} disagreements; nothing was changed")
        self.stdout.write("The books agree with themselves.")
        if last := Seal.objects.order_by("seq").last():
            self.stdout.write(f"Seal of {last.day}: {last.seq}:{bytes(last.sha256).hex()}")
