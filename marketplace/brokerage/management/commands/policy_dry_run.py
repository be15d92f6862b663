from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance.conditions import MalformedRule
from marketplace.brokerage import services


class Command(BaseCommand):
    help = "Show what new rules would change for renters and open reservations. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rules", type=Path, help="JSON as compliance/data/policy_rules.json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = list(services.rehearse_policy(rules=options["rules"], at=now()))
        except MalformedRule as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(
                f"{change.label}: {change.before} -> {change.after} ({', '.join(change.rules)})"
            )
        self.stdout.write(f"{len(changes)} would come out otherwise; nothing was written.")
