from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from marketplace.config import app_role
from marketplace.config.engines import APP_ROLE


class Command(BaseCommand):
    help = (
        "Let the database role of web, worker and beat do what they need and no more. Run by the "
        "owner of the tables after each migrate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--role",
            default=settings.APP_ROLE or APP_ROLE,
            metavar="NAME",
            help="made without a password if there is none (default: %(default)s)",
        )

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        try:
            count = app_role.grant(role=role)
        except app_role.UnfitRole as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{role} may use {count} tables, each as its triggers allow")
