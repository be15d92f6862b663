from typing import Any

from django.core.management import BaseCommand, CommandError

from marketplace.ledger import services
from marketplace.ledger.models import Seal


class Command(BaseCommand):
    help = (
        "Prove that balances, holds, transfers and seals agree; exits 1 and names what does not. "
        "Prints the last seal: keep that line elsewhere, it fixes all that came before."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = services.verify()
        for finding in findings:
            self.stdout.write(self.style.ERROR(finding))
        if findings:
            raise CommandError(f"{len(findings)} disagreements; nothing was changed")
        self.stdout.write("The books agree with themselves.")
        if last := Seal.objects.order_by("seq").last():
            self.stdout.write(f"Seal {last.seq} of {last.day}: {bytes(last.sha256).hex()}")
