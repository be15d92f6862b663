"""manage.py end_factors EMAIL --reason TEXT: when phone and recovery codes are lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User


class Command(BaseCommand):
    help = "Take all second factors and recovery codes of a person away; the trail keeps the reason"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="how it was made sure who asked")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("nobody has this address")
        ended = accounts.end_factors(user=user, reason=options["reason"], at=now())
        self.stdout.write(f"{ended} taken away; {user} signs in by password alone now")
