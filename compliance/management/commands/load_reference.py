from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services
from compliance.conditions import MalformedRule


class Command(BaseCommand):
    help = "Load the shipped chips, country groups, policy rules and bands. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--proposed-by",
            metavar="EMAIL",
            help="who proposes the rules that are new or changed, and so may not approve them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        proposer = self._proposer(options["proposed_by"])
        try:
            loaded = services.load_reference(at=now(), proposer=proposer)
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

    def _proposer(self, email: str | None) -> UUID | None:
        if email is None:
            return None
        try:
            user = get_user_model().objects.get_by_natural_key(email.lower())
        except ObjectDoesNotExist as error:
            raise CommandError(f"nobody signs in as {email}") from error
        found: UUID = user.public_id
        return found
