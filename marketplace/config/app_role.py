"""The database role of web, worker and beat: may do less than the owner of the tables.

What no row of a table may suffer is said once, by triggers of straits_forbid_change (see
core/append_only.py); the role's rights follow from them, so a new evidence table needs no list.
"""

import os
import re

from django.conf import settings
from django.db import connection, transaction

from .engines import APP_ROLE

#: written by triggers and by migrations only
READ_ONLY = ("ledger_balance", "django_migrations")
UPDATE, DELETE = 16, 8  # bits of pg_trigger.tgtype

OUR_TABLES = """
SELECT c.relname, coalesce(bit_or(t.tgtype), 0)
FROM pg_class c
LEFT JOIN pg_trigger t
  ON t.tgrelid = c.oid AND t.tgfoid = 'public.straits_forbid_change()'::regprocedure
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND pg_has_role(c.relowner, 'USAGE')
GROUP BY c.relname ORDER BY c.relname
"""
#: These run as the owner of the tables. PostgreSQL asks for EXECUTE only when a trigger is made:
#: whoever has it could hang one on a temporary table of its own, and write balances with it.
OWNERS_TRIGGERS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.prosecdef AND p.prorettype = 'trigger'::regtype AND p.pronamespace = 'public'::regnamespace
  AND pg_has_role(p.proowner, 'USAGE')
ORDER BY 1
"""
#: a role of the server, and another worker may be making it now
CREATE = """
DO $$ BEGIN
  CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
IS_OWNER = "SELECT pg_has_role(%s, current_user, 'MEMBER')"
#: what is left to ask of whoever owns the database and its schema
REACH = """
SELECT has_database_privilege(%(role)s, current_database(), 'CONNECT'),
  has_schema_privilege(%(role)s, 'public', 'USAGE'),
  NOT has_schema_privilege(%(role)s, 'public', 'CREATE'),
  NOT has_database_privilege(%(role)s, current_database(), 'CREATE')
"""
MENDS = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
    "REVOKE CREATE ON DATABASE {database} FROM PUBLIC, {role}",
)


class UnfitRole(Exception):
    """A role that cannot be the processes' role; the message says what to do."""


def tables() -> dict[str, list[str]]:
    """What the role may do with each table."""
    with connection.cursor() as cursor:
        cursor.execute(OUR_TABLES)
        return {name: _rights(name, forbidden) for name, forbidden in cursor.fetchall()}


def _rights(table: str, forbidden: int) -> list[str]:
    if table in READ_ONLY:
        return ["SELECT"]
    more = [right for right, bit in (("UPDATE", UPDATE), ("DELETE", DELETE)) if not forbidden & bit]
    return ["SELECT", "INSERT", *more]


def grant(*, role: str = APP_ROLE) -> int:
    """Make the role if there is none, and let it do what `tables` says and no more.

    Returns the number of tables. To be run by the owner of the tables after each migration: a table
    that came since cannot be reached until then. Raises UnfitRole, having changed nothing.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise UnfitRole(f"{role!r} is no name for a role; write small letters, digits and _")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CREATE.format(role=role))
        cursor.execute(IS_OWNER, [role])
        if cursor.fetchone() != (False,):
            raise UnfitRole(f"{role} owns the tables, or may act as who does; name another role")
        rights = tables()
        for table, names in rights.items():
            cursor.execute(f'REVOKE ALL ON "{table}" FROM PUBLIC, {role}')
            cursor.execute(f'GRANT {", ".join(names)} ON "{table}" TO {role}')
        cursor.execute(OWNERS_TRIGGERS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC, {role}")
        cursor.execute(REACH, {"role": role})
        reach = cursor.fetchone()
        mends = [mend for fine, mend in zip(reach, MENDS, strict=True) if not fine]
        if mends:
            database = connection.settings_dict["NAME"]
            raise UnfitRole(
                "as the owner of the database: "
                + "; ".join(mend.format(role=role, database=database) for mend in mends)
            )
    return len(rights)


def prepare() -> dict[str, str]:
    """Grant what the role of APP_DATABASE_URL needs; returns the environment that selects it.

    Empty without that variable: then processes run as whoever DATABASE_URL names.
    """
    if not settings.APP_ROLE:
        return {}
    grant(role=settings.APP_ROLE)
    os.environ.pop("DATABASE_URL_FILE", None)  # the children's address stands in the variable
    return {"DATABASE_URL": settings.APP_DATABASE_URL}
