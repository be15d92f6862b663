import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services


def anchor(text: str) -> services.Anchor:
    seq, _, sha256 = text.partition(":")
    if not seq.isdecimal() or len(sha256) != 64:
        raise argparse.ArgumentTypeError("must be SEQ:SHA256, as `export_audit` prints it")
    return services.Anchor(int(seq), sha256.lower())


class Command(BaseCommand):
    help = (
        "Prove that decisions, rules and acts read as when sealed; exits 1, naming what does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            type=anchor,
            metavar="SEQ:SHA256",
            help="a head written down earlier: also finds a chain that was cut or made anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in services.verify(at=now(), anchor=options["head"]):
            faults += 1
            self.stdout.write(self.style.ERROR(fault))
        if faults:
            raise CommandError(f"{faults} faults; nothing was changed")
        self.stdout.write("Everything sealed reads as it did when it was sealed.")
