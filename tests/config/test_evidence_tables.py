"""Every table of these rooms is evidence unless it is named here: one without triggers fails."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

ROOMS = ("billing", "catalog", "compliance", "core", "ledger", "metering")
#: what changes by design: caches and holds, work in hand, reference data, declarations, cases
CHANGES = {
    "billing_payout",
    "billing_payoutaccount",
    "billing_payouthold",
    "billing_payoutline",
    "billing_autotopup",
    "billing_bankpayout",
    "billing_creditgrant",
    "billing_creditlot",
    "billing_dispute",
    "billing_refund",
    "billing_savedcard",
    "billing_numberseries",
    "billing_rentaldispute",
    "billing_stripecommand",
    "billing_stripeevent",
    "billing_taxfiling",
    "billing_topup",
    "billing_walletnotice",
    "catalog_boardclaim",
    "catalog_challenge",
    "catalog_challengeanswer",
    "catalog_devicekey",
    "catalog_gpu",
    "catalog_machine",
    "catalog_machinereading",
    "catalog_offer",
    "catalog_probe",
    "catalog_site",
    "catalog_telemetry",
    "catalog_trust",
    "compliance_auditcheck",
    "compliance_auditfault",
    "compliance_case",
    "compliance_casedeadline",
    "compliance_chipmodel",
    "compliance_countrygroup",
    "compliance_director",
    "compliance_entryname",
    "compliance_listentry",
    "compliance_listsource",
    "compliance_ownershipstake",
    "compliance_party",
    "compliance_partycontact",
    "compliance_partyidentifier",
    "compliance_redflagkind",
    "compliance_rescreening",
    "compliance_reversepass",
    "compliance_siterisk",
    "compliance_unsealed",
    "ledger_balance",
    "ledger_freeze",
    "ledger_hold",
}
MODELS = {
    model._meta.db_table: model
    for room in ROOMS
    for model in apps.get_app_config(room).get_models()
}
EVIDENCE = sorted(set(MODELS) - CHANGES)
REWRITES = ("UPDATE {table} SET {pk} = {pk}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")
#: a row of nothing but its key, in a table that for the length of a test asks for no more
LOOSEN = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT conname FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype = 'c' LOOP
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', one.conname);
  END LOOP;
  FOR one IN SELECT attname FROM pg_attribute
    WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attnotnull AND attname <> '{pk}' LOOP
    EXECUTE format('ALTER TABLE {table} ALTER COLUMN %I DROP NOT NULL', one.attname);
  END LOOP;
END $$;
SET LOCAL session_replication_role = replica;
INSERT INTO {table} ({pk}) VALUES (1) ON CONFLICT DO NOTHING;
SET LOCAL session_replication_role = origin;
"""

pytestmark = pytest.mark.django_db


def run(sql, table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table, pk=MODELS[table]._meta.pk.column))


def test_what_changes_is_named_once_and_exists():
    assert set(MODELS) >= CHANGES
    assert {"ledger_transfer", "metering_usage", "billing_charge", "compliance_decision"} <= set(
        EVIDENCE
    )


def test_no_table_of_these_rooms_is_without_a_model():
    rooms = "|".join(ROOMS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace AND relname ~ %s",
            [f"^({rooms})_"],
        )
        assert {name for [name] in cursor.fetchall()} == set(MODELS)


@pytest.mark.parametrize("sql", REWRITES, ids=["update", "delete", "truncate"])
@pytest.mark.parametrize("table", EVIDENCE)
def test_the_owner_cannot_rewrite_evidence(table, sql):
    run(LOOSEN, table)
    with pytest.raises(DatabaseError, match=f"on {table} is forbidden: its rows are evidence"):
        run(sql, table)


@pytest.mark.parametrize("table", EVIDENCE)
def test_the_processes_cannot_rewrite_evidence(table):
    call_command("grant_app_role")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE straits_app")
    for sql in REWRITES:
        with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
            run(sql, table)
