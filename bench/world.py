"""A marketplace of its own for a bench: durable engines in a folder that is thrown away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def world() -> Iterator[None]:
    """Start engines (durable, as in production), migrate, load reference data and a sample list.

    The database and Redis of the environment are not touched, so that a bench never writes to them.
    """
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "marketplace.config.settings",
        "LOG_LEVEL": "ERROR",
    }
    from marketplace.config import engines

    with tempfile.TemporaryDirectory(prefix="straits-bench-") as home:
        os.environ["STRAITS_HOME"] = home
        with engines.running(Path(home)):
            _fill()
            yield


def _fill() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from compliance import services as compliance
    from tests.make import NOON

    settings.DEBUG = False  # or Django keeps every query
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    sample = Path(settings.BASE_DIR) / "compliance" / "data" / "sample_ofac_sdn"
    compliance.import_list(
        source_code="ofac_sdn", folder=sample, published_on=None, at=NOON, sample=True
    )
