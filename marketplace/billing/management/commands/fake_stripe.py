import signal
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from marketplace.billing.fake_stripe import Fake, serve
from marketplace.billing.fake_stripe.server import Postman


class Command(BaseCommand):
    help = "Serve the fake Stripe on loopback (development only; it takes no money)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--webhook", default="", help="address to deliver events to")
        parser.add_argument("--secret", default="", help="secret to sign events with")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("the fake Stripe cannot run in production mode; set STRIPE_API_KEY")
        fake = Fake()
        if options["webhook"]:
            fake.on_event = Postman(options["webhook"], options["secret"]).letters.put
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with serve(fake, port=options["port"]) as address, suppress(KeyboardInterrupt):
            self.stdout.write(f"fake Stripe at {address}; no money moves")
            signal.pause()
