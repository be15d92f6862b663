from typing import Any

from django.core.management import BaseCommand

from marketplace.config import staff_roles


class Command(BaseCommand):
    help = "Make the admin's groups of staff hold what marketplace/config/staff_roles.py says."

    def handle(self, *args: Any, **options: Any) -> None:
        held = staff_roles.load()
        if options["verbosity"]:
            self.stdout.write(f"{held} roles of staff")
