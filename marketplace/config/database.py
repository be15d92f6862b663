"""From a PostgreSQL address to Django's DATABASES entry."""

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

OWN = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def django_database(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Read a libpq address (postgresql://user:password@host:port/name?sslmode=...).

    `name` is the variable that holds it, for messages.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must start with postgresql://; no other database")
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{name} names no database; end it with /straits")
    own = {django: str(parts.pop(libpq, "") or "") for libpq, django in OWN.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **own,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }
