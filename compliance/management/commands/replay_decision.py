from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import services
from compliance.models import Decision


class Command(BaseCommand):
    help = "Make an old decision again from what it names: exits 1 if it differs, 2 if it cannot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", type=UUID, help="its public id")

    def handle(self, *args: Any, **options: Any) -> None:
        decision = Decision.objects.filter(public_id=options["decision"]).first()
        if decision is None:
            raise CommandError(f"there is no decision {options['decision']}", returncode=2)
        try:
            differences = services.replay(decision=decision)
        except services.CannotReplay as reason:
            raise CommandError(f"cannot be replayed: {reason}", returncode=2) from reason
        for difference in differences:
            self.stdout.write(self.style.ERROR(difference))
        if differences:
            raise CommandError(f"{len(differences)} differences")
        self.stdout.write(f"same: {decision.outcome}, {decision.scorer}, {decision.ruleset_hash}")
