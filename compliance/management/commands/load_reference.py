from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from compliance import services
from compliance.conditions import MalformedRule


class Command(BaseCommand):
    help = "Load the shipped chips, country groups, policy rules and bands. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = services.load_reference(at=now())
        except (MalformedRule, services.MalformedReference) as error:
            raise CommandError(str(error)) from error
        if not options["verbosity"]:
            return
        for name, count in vars(loaded).items():
            self.stdout.write(
                f"{name}: {count['new']} new, {count['changed']} changed, {count['same']} the same"
            )
        if waiting := services.unapproved_rules(day=now().date()):
            self.stderr.write(f"{len(waiting)} rules in force are unapproved and need counsel")
