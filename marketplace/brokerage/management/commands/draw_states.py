"""Write docs/states.md anew from the tables of states."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from marketplace.brokerage.drawing import document


class Command(BaseCommand):
    help = "Write docs/states.md from the state tables."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "states.md").write_text(document())
