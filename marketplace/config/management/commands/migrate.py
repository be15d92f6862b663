from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from marketplace.config import structure


class Command(migrate.Command):
    """Django's, which begins with the finished tables where there are none."""

    def handle(self, *args: Any, **options: Any) -> None:
        whole = not (options["app_label"] or options["check_unapplied"] or options["plan"])
        if whole and options["database"] == DEFAULT_DB_ALIAS and not options["fake"]:
            loaded = structure.load()
            if loaded and options["verbosity"]:
                self.stdout.write("An empty database: tables laid from structure.sql.")
        super().handle(*args, **options)
