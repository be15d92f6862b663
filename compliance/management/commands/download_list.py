from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from compliance import services
from compliance.sources import MalformedList, UnknownSource


class Command(BaseCommand):
    help = "Download a sanctions list from its publisher and put it in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help=f"one of: {', '.join(sorted(settings.LIST_ADDRESSES))}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            snapshot = services.download_list(source_code=options["source"], at=now())
        except (
            UnknownSource,
            MalformedList,
            services.DownloadFailed,
            services.RefusedSnapshot,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{snapshot.source.code}: {snapshot.entry_count} entries in force;"
            f" {snapshot.added} added, {snapshot.changed} changed, {snapshot.dropped} dropped"
        )
