from typing import Any

from django.core.management import BaseCommand, CommandError

from marketplace.ledger import services


class Command(BaseCommand):
    help = "Prove that balances, holds and transfers agree; exits 1 and names what does not."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = services.verify()
        for finding in findings:
            self.stdout.write(self.style.ERROR(finding))
        if findings:
            raise CommandError(f"{len(findings)} disagreements; nothing was changed")
        self.stdout.write("The books agree with themselves.")
