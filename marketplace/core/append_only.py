"""Migration operations that make a table append-only in the database itself."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION straits_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def forbid_change_function() -> migrations.RunSQL:
    """Create the trigger function (once, in the first migration of core)."""
    return migrations.RunSQL(FUNCTION, "DROP FUNCTION straits_forbid_change() CASCADE")


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on the table, whoever asks, the owner included."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
        """,
        f"""
        DROP TRIGGER append_only ON {table};
        DROP TRIGGER append_only_truncate ON {table};
        """,
    )
