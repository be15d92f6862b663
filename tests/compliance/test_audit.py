"""verify_audit and the external script find the same tamperings, each by name."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now
from psycopg.types.range import TimestamptzRange

from compliance import services
from compliance.models import (
    Case,
    CaseDecision,
    CaseEvent,
    ChainLink,
    Clearing,
    Content,
    Decision,
    Party,
    PolicyRule,
    ReviewClearance,
    Unsealed,
)
from compliance.services.evidence import KINDS
from marketplace.core.models import Record
from tests import make
from tests.compliance import caseroom, ofac, tamper, trail
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_audit.py"
FINE = "Everything sealed reads as it did when it was sealed."


def faults(**how):
    return list(services.verify(at=now(), **how))


def externally(folder: Path, *head: str) -> tuple[int, list[str]]:
    """What the script says of an export, run by itself without anything of ours."""
    file = folder / "audit.jsonl"
    if not file.exists():
        call_command("export_audit", str(file))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", str(SCRIPT), str(file), *head],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def named(decision: Decision) -> str:
    link = ChainLink.objects.get(subject=decision.public_id)
    return f"link {link.seq}: decision {decision.public_id}"


def test_an_untouched_trail_verifies(tmp_path, capsys):
    trail.laid()
    call_command("verify_audit")
    assert capsys.readouterr().out.splitlines() == [FINE]
    assert externally(tmp_path) == (0, [FINE])
    head = ChainLink.objects.order_by("-seq").first()
    assert f"{head.seq} links. Keep the head" in capsys.readouterr().out
    assert externally(tmp_path, f"{head.seq}:{head.sha256}") == (0, [FINE])


CHANGES = {
    "created_at": "created_at + interval '1 microsecond'",
    "party_id": "(SELECT max(id) FROM compliance_party)",
    "party_hash": "set_byte(party_hash, 0, (get_byte(party_hash, 0) + 1) %% 256)",
    "chip_id": "(SELECT id FROM compliance_chipmodel WHERE name <> 'H200 SXM' LIMIT 1)",
    "site_country": "'MX'",
    "during": "tstzrange(lower(during), upper(during), '[]')",
    "outcome": "'deny'",
    "reasons": "jsonb_set(reasons, '{names,0,band}', '\"nonE\"')",
    "snapshots": "snapshots || '{\"x\": 1}'",
    "ruleset_hash": "overlay(ruleset_hash placing '#' from 1 for 1)",
    "scorer": "scorer || ' '",
    "decided_at": "decided_at - interval '1 microsecond'",
    "valid_until": "valid_until + interval '1 microsecond'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_one_changed_byte_is_found(column, tmp_path):
    victim = trail.laid()[0]
    tamper.change(victim, column, CHANGES[column])
    fault = f"{named(victim)} reads otherwise than when it was sealed"
    assert fault in faults()
    assert externally(tmp_path) == (1, [fault])


def test_every_column_of_a_decision_is_tried():
    columns = {field.column for field in Decision._meta.fields}
    assert columns == set(CHANGES) | {"id", "public_id", "licence_id"}


def test_another_key_makes_a_row_that_is_gone_and_one_that_was_put_in(tmp_path):
    victim = trail.laid()[0]
    lost = f"{named(victim)} is sealed, but the row is gone"
    tamper.change(victim, "public_id", "'00000000-0000-0000-0000-000000000001'")
    put_in = "decision 00000000-0000-0000-0000-000000000001 was put in past the chain"
    assert faults() == [lost, f"{put_in}: no link, and none was asked for"]
    assert externally(tmp_path) == (1, [lost, put_in])


def test_the_same_number_written_otherwise_is_found():
    victim = trail.laid()[1]
    path = "'{names,0,matches,0,score}'"
    assert victim.reasons["names"][0]["matches"][0]["score"] == 1.0
    tamper.change(victim, "reasons", f"jsonb_set(reasons, {path}, '1.00')")
    assert Decision.objects.get(pk=victim.pk).reasons == victim.reasons
    assert faults() == [f"{named(victim)} reads otherwise than when it was sealed"]


def test_a_removed_row_is_found(tmp_path):
    victim = trail.laid()[1]
    tamper.remove(victim)
    fault = f"{named(victim)} is sealed, but the row is gone"
    assert faults() == [fault]
    assert externally(tmp_path) == (1, [fault])


def test_a_swapped_pair_is_found(tmp_path):
    one, other, _ = trail.laid()
    tamper.swap(one, other)
    told = [f"{named(x)} reads otherwise than when it was sealed" for x in (one, other)]
    assert faults() == told
    assert externally(tmp_path) == (1, told)


def test_swapped_links_are_found(tmp_path):
    one, other = (ChainLink.objects.get(subject=x.public_id) for x in trail.laid()[:2])
    tamper.swap_links(one, other)
    found = faults()
    assert f"link {one.seq}: decision {other.subject} does not follow link {one.seq - 1}" in found
    assert f"link {other.seq}: decision {one.subject} reads otherwise than its own hash" in found
    code, told = externally(tmp_path)
    assert (code, set(told)) == (1, set(found))


def test_an_inserted_row_is_found_at_once(tmp_path):
    tamper.insert(trail.laid()[0])
    odd = Decision.objects.order_by("-pk").first()
    fault = f"decision {odd.public_id} was put in past the chain"
    assert faults() == [f"{fault}: no link, and none was asked for"]
    assert services.seal(at=NOON) == 0
    assert externally(tmp_path) == (1, [fault])


def test_a_row_removed_together_with_its_link_leaves_a_gap(tmp_path):
    victim = trail.laid()[1]
    link = ChainLink.objects.get(subject=victim.public_id)
    tamper.remove(victim)
    tamper.run("DELETE FROM compliance_chainlink WHERE id = %s", link.pk)
    assert faults() == [
        f"link {link.seq + 1} follows link {link.seq - 1}: what was between them is gone"
    ]
    code, [told] = externally(tmp_path)
    assert (code, told.rpartition(" does ")[2]) == (1, f"not follow link {link.seq - 1}")


def test_a_chain_cut_at_its_end_is_found_by_a_head_written_down(tmp_path):
    trail.laid()
    head = ChainLink.objects.order_by("-seq").first()
    written = services.Anchor(head.seq, head.sha256)
    tamper.run("DELETE FROM core_auditevent WHERE public_id = %s", head.subject)
    tamper.run("DELETE FROM compliance_chainlink WHERE id = %s", head.pk)
    assert faults() == []
    assert faults(anchor=written) == [
        f"link {head.seq} is not the one that was written down ({head.sha256})"
    ]
    with pytest.raises(CommandError, match="1 faults; nothing was changed"):
        call_command("verify_audit", "--head", str(written))
    assert externally(tmp_path)[0] == 0
    assert externally(tmp_path, str(written)) == (
        1,
        [f"no link is the one that was written down ({written})"],
    )


@pytest.mark.parametrize("head", ["5", "5:ab", "x:" + "0" * 64])
def test_a_head_that_is_none_is_refused(head):
    with pytest.raises(CommandError, match="must be SEQ:SHA256"):
        call_command("verify_audit", "--head", head)


def test_a_rule_a_band_an_act_and_a_snapshot_are_covered_too():
    trail.laid()
    for query in (
        "UPDATE compliance_policyrule SET outcome = 'allow' WHERE rule_id = 'P010'",
        "UPDATE core_auditevent SET actor_label = 'bob' WHERE verb = 'amend_party'",
        "UPDATE compliance_scoringband SET possible_at = 0.8 WHERE kind = 'person'",
        "UPDATE compliance_listsnapshot SET sample = NOT sample",
    ):
        tamper.run(query)
    assert [fault.split(" ")[2] for fault in faults()] == ["rule", "band", "snapshot", "act"]


def test_lost_content_is_found():
    victim = trail.laid()[0]
    tamper.run("DELETE FROM compliance_content WHERE sha256 = %s", bytes(victim.party_hash).hex())
    assert faults() == [
        f"decision {victim.public_id}: the party it rested on is not kept",
    ]


def test_a_row_may_wait_for_its_link_but_not_long():
    trail.laid()
    waits = trail.decide()
    since = Unsealed.objects.get().since
    assert faults() == []
    assert list(services.verify(at=since + timedelta(minutes=10))) == []
    assert list(services.verify(at=since + timedelta(minutes=10, microseconds=1))) == [
        f"decision {waits.public_id} waits for its link since {since:%Y-%m-%d %H:%M:%SZ}"
    ]
    tamper.remove(waits)
    assert faults() == [f"decision {waits.public_id} waits for its link, but the row is gone"]


def test_verify_names_each_fault_and_exits_1(capsys):
    one, other, _ = trail.laid()
    told = named(one), named(other)
    tamper.change(one, "outcome", "'deny'")
    tamper.remove(other)
    with pytest.raises(CommandError, match="2 faults; nothing was changed") as refused:
        call_command("verify_audit")
    assert refused.value.returncode == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{told[0]} reads otherwise than when it was sealed",
        f"{told[1]} is sealed, but the row is gone",
    ]


def test_an_export_seals_first_and_appears_whole_or_not_at_all(tmp_path):
    trail.laid()
    made = trail.decide()
    call_command("export_audit", str(tmp_path / "audit.jsonl"))
    assert ChainLink.objects.order_by("-seq").first().subject == made.public_id
    *links, end = map(json.loads, (tmp_path / "audit.jsonl").read_text().splitlines())
    assert len(links) == ChainLink.objects.count()
    assert end["head"] == f"{links[-1]['seq']}:{links[-1]['sha256']}"
    assert json.loads(links[-1]["payload"])["outcome"] == "allow"
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_audit", str(tmp_path / "nowhere" / "audit.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["audit.jsonl"]


def test_content_that_was_altered_is_found():
    trail.laid()
    kept = Content.objects.first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_content DROP CONSTRAINT content_named_by_hash")
    tamper.run("UPDATE compliance_content SET text = text || ' ' WHERE id = %s", kept.pk)
    assert faults() == [f"kept content {kept.sha256} reads otherwise than its hash"]


OTHER_EVIDENCE = {
    "decision": ("compliance_decision", "licence_id = (SELECT max(id) FROM compliance_licence)"),
    "rule_approval": ("compliance_ruleapproval", "approver_label = 'carl'"),
    "licence": ("compliance_licence", "gpu_hours = gpu_hours + 1"),
    "licence_event": ("compliance_licenceevent", "actor_label = 'carl'"),
    "licence_draw": ("compliance_licencedraw", "rental = gen_random_uuid()"),
    "licence_return": ("compliance_licencereturn", "until = until + interval '1 microsecond'"),
}


def licensed():
    """A licence drawn on and put back, and an approved rule; sealed."""
    services.load_reference(at=NOON)
    rule = PolicyRule.objects.get(rule_id="P001")
    services.approve_rule(rule=rule, actor=make.SECOND, actor_label="ben", at=NOON)
    party, window = make.party(), TimestamptzRange(NOON, NOON + HOUR)
    granted, _ = make.licence(party), make.licence(party)
    decision = make.decision(party, outcome="allow_licence", licence=granted, during=window)
    rental = {"rental": make.BOOT, "at": NOON}
    services.draw(decision=decision, gpus=1, start=NOON, end=NOON + HOUR, **rental)
    services.put_back(until=NOON, **rental)
    services.seal(at=NOON)


@pytest.mark.parametrize("kind", OTHER_EVIDENCE)
def test_licences_and_approvals_are_sealed(kind, tmp_path):
    licensed()
    table, change = OTHER_EVIDENCE[kind]
    link = ChainLink.objects.filter(kind=kind).first()
    tamper.run(f"UPDATE {table} SET {change} WHERE public_id = %s", link.subject)  # noqa: S608
    fault = f"{link} reads otherwise than when it was sealed"
    assert fault in faults()
    code, told = externally(tmp_path)
    assert (code, fault in told) == (1, True)


def cased() -> dict[str, list[Record]]:
    """Two decided cases and all that they left, sealed: by kind of evidence, two rows of each."""
    caseroom.ready()
    for name in ("Pelagik Dawn Systems Ltd", "Peladawn"):
        caseroom.decided(caseroom.opened(name))
        party = make.party(name + " Test Ltd")
        decision = caseroom.screen(party, chip="A10")
        case = Case.objects.get(decision=decision)
        caseroom.decided(case, "reviewed")
    services.seal(at=now())
    models = {"case_event": CaseEvent, "case_decision": CaseDecision}
    models |= {"clearing": Clearing, "review": ReviewClearance}
    return {kind: list(model.objects.order_by("pk")[:2]) for kind, model in models.items()}


#: kind, a column, another value of it, and what else a copied row needs to be let in
CASED = {
    "case_event": ("text", "text || '.'", {}),
    "case_decision": ("reason", "reason || '.'", {"actor": "gen_random_uuid()"}),
    "clearing": ("entry_uid", "'990002'", {}),
    "review": ("rule_version", "rule_version + 1", {}),
}


@pytest.mark.parametrize("kind", CASED)
@pytest.mark.parametrize("how", ["changed", "removed", "swapped", "inserted"])
def test_the_same_is_found_in_what_cases_left(kind, how, tmp_path):
    column, value, more = CASED[kind]
    one, other = cased()[kind]
    assert faults() == []
    links = [ChainLink.objects.get(subject=row.public_id) for row in (one, other)]
    named = [f"link {link.seq}: {kind} {link.subject}" for link in links]
    if how == "changed":
        tamper.change(one, column, value)
        told = [f"{named[0]} reads otherwise than when it was sealed"]
    elif how == "removed":
        tamper.remove(one)
        told = [f"{named[0]} is sealed, but the row is gone"]
    elif how == "swapped":
        tamper.swap_keys(one, other)
        told = [f"{link} reads otherwise than when it was sealed" for link in named]
    else:
        tamper.insert(one, **more)
        odd = type(one).objects.order_by("-pk").first()
        told = [f"{kind} {odd.public_id} was put in past the chain"]
    assert [fault.partition(": no link")[0] for fault in faults()] == told
    assert externally(tmp_path) == (1, told)


def test_every_kind_is_in_the_chain_and_verifies(tmp_path):
    cased()
    assert faults() == []
    assert externally(tmp_path) == (0, [FINE])
    licensed()
    services.close_flag(flag=make.flag(make.party()), reason="x", by="sally", at=now())
    services.seal(at=now())
    kinds = set(ChainLink.objects.values_list("kind", flat=True))
    assert kinds == set(KINDS)


def test_a_document_that_was_altered_or_is_gone_is_found():
    caseroom.ready()
    case, by = caseroom.assigned(), caseroom.officer()
    kept = services.add_document(case=case, by=by, name="a", content=caseroom.PDF, at=now())
    services.seal(at=now())
    assert faults() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE compliance_casedocument DROP CONSTRAINT case_document_named_by_hash"
        )
    tamper.change(kept, "content", "content || '\\x00'")
    fault = f"document {kept.public_id} of a case is not kept as it came"
    assert faults() == [fault]
    tamper.remove(kept)
    assert faults() == [fault]


#: by kind of evidence: its table, a column that differs between two rows, what a copy must change
OTHERS = {
    "rule": ("compliance_policyrule", "reason", {"version": "version + 100"}),
    "act": ("core_auditevent", "detail", {}),
    "snapshot": ("compliance_listsnapshot", "imported_at", {}),
}


def rows(kind):
    """Two rows of the kind that are sealed."""
    trail.laid()
    services.amend_party(party=Party.objects.first(), by="sally", at=NOON, hq_country="SG")
    ofac.import_sample(at=NOON + HOUR)
    services.seal(at=NOON)
    links = ChainLink.objects.filter(kind=kind).order_by("seq")
    first, *_, last = links.values_list("subject", flat=True)
    assert first != last
    return first, last


def tampered(how, table, column, copy, one, other):
    if how == "changed":
        later = "created_at = created_at + interval '1 us'"
        tamper.run(f"UPDATE {table} SET {later} WHERE public_id = %s", one)  # noqa: S608
    elif how == "removed":
        # the later one: entries refer to the first snapshot
        tamper.run(f"DELETE FROM {table} WHERE public_id = %s", other)  # noqa: S608
    elif how == "swapped":
        tamper.run(
            f"UPDATE {table} d SET {column} = (SELECT {column} FROM {table} o"  # noqa: S608
            " WHERE o.public_id IN (%s, %s) AND o.id <> d.id) WHERE d.public_id IN (%s, %s)",
            one, other, one, other,
        )  # fmt: skip
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
            columns = [part.name for part in cursor.description]
        new = {"id": f"(SELECT max(id) + 1 FROM {table})", "public_id": "gen_random_uuid()", **copy}  # noqa: S608
        values = ", ".join(new.get(name, name) for name in columns)
        tamper.run(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"  # noqa: S608
            " WHERE public_id = %s",
            one,
        )


@pytest.mark.parametrize("how", ["changed", "removed", "swapped", "inserted"])
@pytest.mark.parametrize("kind", OTHERS)
def test_other_evidence_is_covered_alike_and_the_script_agrees(kind, how, tmp_path):
    one, other = rows(kind)
    assert faults() == []
    tampered(how, *OTHERS[kind], one, other)
    found = faults()
    assert len(found) == (2 if how == "swapped" else 1)
    assert all(f"{kind} " in fault for fault in found)
    code, told = externally(tmp_path)
    assert code == 1
    assert told == [fault.removesuffix(": no link, and none was asked for") for fault in found]
