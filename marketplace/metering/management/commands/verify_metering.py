from typing import Any

from django.core.management import BaseCommand, CommandError

from marketplace.metering import services


class Command(BaseCommand):
    help = (
        "Prove that the running sums of sealed usage, from which it is charged, are its sums; "
        "exits 1 and names what is not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = services.verify()
        for finding in findings:
            self.stdout.write(self.style.ERROR(finding))
        if findings:
            raise CommandError(f"{len(findings)} disagreements; nothing was changed")
        self.stdout.write("Sealed usage agrees with its sums.")
