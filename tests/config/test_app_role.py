"""The processes' database role: the whole rental works, evidence and structure are out of reach."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from compliance import services as compliance
from compliance.models import Decision
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.config import app_role
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import stand_in, use
from tests.compliance import caseroom
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
EVIDENCE = {
    "billing_charge",
    "billing_coststatement",
    "billing_costline",
    "billing_usagestatement",
    "compliance_decision",
    "compliance_listsnapshot",
    "compliance_policyrule",
    "core_auditevent",
    "ledger_account",
    "ledger_seal",
    "ledger_transaction",
    "ledger_transfer",
    "metering_closing",
    "metering_link",
    "metering_segment",
    "metering_signer",
    "metering_usage",
}
REWRITES = ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
VERBS = pytest.mark.parametrize("sql", REWRITES, ids=["update", "delete", "truncate"])


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def become(db):
    """Act as the role of the processes from now on, to the end of the test's transaction."""
    call_command("grant_app_role")
    return lambda: run("SET LOCAL ROLE straits_app")


@pytest.fixture
def evidence(market, harbour):
    """At least one row in every evidence table."""
    billing.settle(reservation=use.ended(harbour), at=NOON + HOUR)
    ledger.seal(at=NOON + HOUR)
    AuditEvent.objects.create(at=NOON, actor_label="test", verb="test", subject="test")
    run("SET CONSTRAINTS ALL IMMEDIATE")


def column(table):
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    return model._meta.pk.column


def test_every_table_that_its_triggers_guard_is_evidence(db):
    only_insert = {name for name, may in app_role.tables().items() if may == ["SELECT", "INSERT"]}
    assert only_insert >= EVIDENCE
    for table in only_insert:  # a guard of rows that forgets TRUNCATE is none
        with pytest.raises(DatabaseError, match="is forbidden: its rows are evidence"):
            run(f"TRUNCATE {table} CASCADE")


def test_what_is_written_by_triggers_is_only_read(db):
    may = app_role.tables()
    assert may["ledger_balance"] == may["django_migrations"] == ["SELECT"]
    assert may["ledger_hold"] == ["SELECT", "INSERT", "UPDATE"]
    assert may["catalog_gpu"] == ["SELECT", "INSERT", "UPDATE", "DELETE"]


@VERBS
@pytest.mark.fault(30)
def test_evidence_cannot_be_rewritten_by_the_processes(evidence, become, sql):
    become()
    for table in EVIDENCE:
        with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
            run(sql.format(table, column(table), column(table)))


@VERBS
@pytest.mark.fault(30)
def test_evidence_cannot_be_rewritten_by_the_owner(evidence, sql):
    for table in EVIDENCE:
        with pytest.raises(DatabaseError, match="is forbidden: its rows are evidence"):
            run(sql.format(table, column(table), column(table)))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_balance SET floor = -1",
        "SELECT 1 FROM ledger_balance FOR UPDATE",
        "INSERT INTO ledger_balance SELECT 1, 0, 0, 0",
        "DELETE FROM ledger_hold",
        "TRUNCATE ledger_hold CASCADE",
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "TRUNCATE catalog_gpu CASCADE",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON ledger_transfer",
        "DROP TABLE catalog_gpu CASCADE",
        "CREATE TRIGGER mine BEFORE INSERT ON ledger_transfer"
        " FOR EACH ROW EXECUTE FUNCTION straits_forbid_change()",
        "CREATE OR REPLACE FUNCTION straits_forbid_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "CREATE ROLE mine",
        "SET session_replication_role = replica",
    ],
)
def test_structure_and_balances_are_out_of_reach(become, sql):
    become()
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run(sql)


@pytest.mark.parametrize(
    ("function", "columns", "when"),
    [
        (
            "ledger_apply_transfers",
            "debit_id bigint, credit_id bigint, amount bigint",
            "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT",
        ),
        ("ledger_open_balance", "id bigint, kind text", "FOR EACH ROW"),
        (
            "ledger_apply_hold",
            "key text, account_id bigint, placed bigint, amount bigint",
            "FOR EACH ROW",
        ),
    ],
)
@pytest.mark.fault(30)
def test_what_writes_balances_hangs_on_no_table_of_the_processes(become, function, columns, when):
    become()
    run(f"CREATE TEMP TABLE mine ({columns})")
    with pytest.raises(ProgrammingError, match=f"permission denied for function {function}"):
        run(f"CREATE TRIGGER mine AFTER INSERT ON mine {when} EXECUTE FUNCTION {function}()")


def test_no_trigger_that_runs_as_the_owner_is_anybodys(become):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_function_privilege('straits_app', oid, 'EXECUTE')), count(*)"
            " FROM pg_proc WHERE prosecdef AND prorettype = 'trigger'::regtype"
            " AND pronamespace = 'public'::regnamespace"
        )
        reachable, functions = cursor.fetchone()
    assert (reachable, functions >= 5) == (False, True)


def test_a_whole_rental_runs_as_the_processes_role(market, harbour, alice, fake, become):
    become()
    asked = stand_in.ask(harbour, by=alice)
    billing.send_command(command=asked.commands.get(), at=NOON)
    stand_in.deliver(fake.events[0])
    before = billing.wallet(organisation=harbour).posted
    assert before == 25_000_000
    ended = use.ended(harbour)
    invoice = billing.settle(reservation=ended, at=NOON + HOUR)
    wallet = billing.wallet(organisation=harbour)
    assert invoice.total_micro == 800_000
    assert (wallet.posted, wallet.held) == (before + 100_000_000 - 800_000, 0)
    assert ledger.seal(at=NOON).seq == 1
    assert ledger.verify() == []
    assert Decision.objects.exists()


def test_a_licence_is_registered_and_drawn_on_as_the_processes_role(market, harbour, become):
    become()
    licence = make.licence(harbour.party)
    make.funded(harbour)
    offer = make.offer(machine=make.machine(country="VN"))
    booked = make.reservation(harbour, offer, start=NOON + HOUR)
    assert (booked.state, booked.decision.licence) == ("confirmed", licence)
    assert compliance.drawn_gpu_us(licence=licence) == 3_600_000_000
    brokerage.cancel(reservation=booked, by=None, at=NOON)
    assert compliance.drawn_gpu_us(licence=licence) == 0
    with pytest.raises(ProgrammingError, match="permission denied for table compliance_licence"):
        run("SELECT 1 FROM compliance_licence FOR UPDATE")


def test_a_case_is_decided_as_the_processes_role_and_never_removed(market, become):
    become()
    case = caseroom.decided()
    assert case.clearings.exists()
    assert compliance.screen(party=case.party, question=None, at=NOON).outcome == "allow"
    for table in ("case", "caseevent", "casedecision", "casedocument", "clearing"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(f"DELETE FROM compliance_{table}")  # noqa: S608


def test_granting_again_takes_back_what_is_too_much(become):
    run("GRANT ALL ON ledger_transfer TO straits_app; GRANT ALL ON ledger_transfer TO PUBLIC")
    call_command("grant_app_role")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('straits_app', 'ledger_transfer', right_),"
            " has_table_privilege('straits_app', 'ledger_transfer', 'INSERT')"
            " FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_"
        )
        assert cursor.fetchall() == [(False, True)] * 4


def test_a_table_made_later_is_closed_until_granted(become):
    run("CREATE TABLE later (id int)")
    with pytest.raises(ProgrammingError, match="permission denied for table later"):
        run("SET LOCAL ROLE straits_app; SELECT * FROM later")
    call_command("grant_app_role")
    become()
    run("DELETE FROM later")


def test_the_owner_cannot_be_the_processes_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [owner] = cursor.fetchone()
    with pytest.raises(CommandError, match="owns the tables, or may act as who does"):
        call_command("grant_app_role", role=owner)


def test_a_role_that_may_create_is_refused_and_gets_nothing(db):
    run("CREATE ROLE builder; GRANT CREATE ON SCHEMA public TO builder")
    with pytest.raises(CommandError, match="REVOKE CREATE ON SCHEMA public FROM PUBLIC, builder"):
        call_command("grant_app_role", role="builder")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('builder', 'catalog_gpu', 'SELECT')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("role", ["", "Straits", 'x"; DROP ROLE y', "1st"])
def test_a_name_that_is_none_is_refused(db, role):
    with pytest.raises(CommandError, match="is no name for a role"):
        call_command("grant_app_role", role=role)


def test_processes_are_started_as_the_role_that_was_granted(db, settings, monkeypatch):
    settings.APP_ROLE, settings.APP_DATABASE_URL = "straits_app", "postgresql://straits_app@/s"
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/owner")
    assert app_role.prepare() == {"DATABASE_URL": "postgresql://straits_app@/s"}
    assert "DATABASE_URL_FILE" not in app_role.os.environ
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('straits_app', 'catalog_gpu', 'DELETE')")
        assert cursor.fetchone() == (True,)


def test_without_a_second_address_processes_run_as_they_did(db, settings):
    settings.APP_ROLE = ""
    assert app_role.prepare() == {}
