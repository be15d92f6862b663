"""Give a machine's owner the means to let its agent join."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from agents.gateway import services
from marketplace.catalog.models import Machine


class Command(BaseCommand):
    help = "Print a one-time token with which the agent of a machine joins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("machine", help="public id, or name if only one machine has it")

    def handle(self, *args: Any, **options: Any) -> None:
        machine = _find(options["machine"])
        try:
            token = services.issue_token(machine=machine, by=None, at=now())
        except services.MachineRetired as error:
            raise CommandError(str(error)) from error
        minutes = services.VALID.total_seconds() // 60
        self.stdout.write(
            f"Shown only now, good once and for {minutes:.0f} minutes. On {machine.name} run:\n"
            f"STRAITS_TOKEN={token} straits-node enrol --server {settings.PUBLIC_URL}"
        )


def _find(given: str) -> Machine:
    found = list(Machine.objects.filter(name=given).select_related("site"))
    with suppress(ValueError):
        found = found or list(Machine.objects.filter(public_id=UUID(given)))
    if not found:
        raise CommandError(f"no machine has the name or public id {given!r}; see the admin's list")
    if len(found) > 1:
        which = "\n".join(f"  {one.public_id}  {one.name} at {one.site}" for one in found)
        raise CommandError(
            f"{len(found)} machines are called {given!r}; name one by its id:\n{which}"
        )
    return found[0]
