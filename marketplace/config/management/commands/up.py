"""Start the whole marketplace and keep it running until Ctrl-C."""

import signal
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from marketplace.config import app_role
from marketplace.config.processes import PortTaken, require_free, start_all
from marketplace.config.supervisor import NotHealthy, Supervisor


class Command(BaseCommand):
    help = "Migrate, then run web, worker and beat as supervised children until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_free(*settings.LISTEN)  # before a long preparation that would be for nothing
        except PortTaken as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        call_command("load_staff_roles", verbosity=0)
        database = app_role.prepare()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore SIGINT
            signal.signal(number, signal.default_int_handler)
        supervisor = Supervisor(self.stdout.write)
        try:
            start_all(
                supervisor,
                public_url=settings.PUBLIC_URL,
                listen=settings.LISTEN,
                extra=database,
            )
            self.stdout.write(self.style.SUCCESS(f"Straits is up at {settings.PUBLIC_URL}/"))
            signal.pause()
        except (NotHealthy, PortTaken) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("stopping")
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once asked to stop, stop in peace
            supervisor.stop()
