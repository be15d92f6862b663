"""Usage statements: a real one verifies offline; whatever is changed in it is found and named."""

import copy
import hashlib
import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as project

from agents.protocol import evidence
from marketplace.billing import services
from marketplace.billing.models import Charge, CostStatement, UsageStatement
from marketplace.brokerage import services as brokerage
from marketplace.metering import services as metering
from marketplace.metering.models import Gap
from tests import make
from tests.billing import use
from tests.billing.use import MINUTE
from tests.make import HOUR, NODE_KEY, NOON

pytestmark = pytest.mark.django_db
SCRIPT = Path(project.BASE_DIR) / "docs" / "verify_usage.py"
#: an odd price, so that the micro-unit matters
PRICE = 2_345_679


def verify(raw, tmp_path, *more):
    """Exit status and what the script prints, run by a Python that knows nothing of us."""
    file = tmp_path / "statement.json"
    file.write_bytes(raw)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(SCRIPT), str(file), *more],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout.strip()


def rented(harbour):
    """Six slices of ten minutes, one not verified, one with a short gap before it; then settled."""
    made = use.running(harbour, gpus=2, price_micro=PRICE)
    assignment = made.assignments.get()
    slices = [
        (0, 2, 0),
        (2, 4, 3),  # a minute without a look: bridged
        (4, 6, None),  # not verified
        (6, 7, 6),
        (7, 9, 8.6),  # 96 s without a look: not bridged
        (9, 10, 8.6),
    ]
    parts = [
        make.segment(
            assignment,
            NOON + begin * MINUTE,
            NOON + end * MINUTE + timedelta(microseconds=7 * (end == 10)),
            verified_since=None if since is None else NOON + since * MINUTE,
            final=end == 10,
            seq=place,
        )
        for place, (begin, end, since) in enumerate(slices, start=1)
    ]
    random.Random(1).shuffle(parts)  # noqa: S311
    make.accept(machine=assignment.machine, segments=parts, at=NOON + 11 * MINUTE)
    brokerage.stop(reservation=made, by=None, at=NOON + 11 * MINUTE)
    services.settle(reservation=made, at=NOON + HOUR)
    return made


@pytest.fixture
def settled(market, harbour):
    return rented(harbour)


def raw_of(reservation):
    statement = services.latest_statement(reservation=reservation)
    return services.statement_file(statement=statement)[1]


def resealed(content):
    """The changed content as a file whose own digest is right again."""
    body = json.dumps({k: v for k, v in content.items() if k != "sha256"})[:-1].encode()
    return body + b',\n"sha256":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def signed_again(segment):
    segment["signature"] = NODE_KEY.sign(
        json.dumps(
            {name: segment[name] for name in ("kind", *evidence.FIELDS)},
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
    ).hex()


def rule(reservation, by, begin, end):
    return metering.rule_outage(
        assignment=reservation.assignments.get(),
        start=NOON + begin * MINUTE,
        end=NOON + end * MINUTE,
        reason="The rack had no power.",
        by=by,
        at=NOON + 2 * HOUR,
    )


def test_a_real_statement_verifies(settled, tmp_path):
    status, told = verify(raw_of(settled), tmp_path)
    assert (status, told.splitlines()[-1]) == (
        0,
        "All signed, unbroken and recomputed: 500410 micro-units of USD.",
    ), told
    # 0 to 4, 6 to 7 and 8.6 to 10 minutes: 384 s at 2,345,679 an hour, rounded down, twice
    assert [row.covered_ms for row in Charge.objects.all()] == [384_000] * 2
    assert CostStatement.objects.get().total_micro == 2 * 250_205
    assert " 384000 " in told


def test_its_bytes_and_digest_are_always_the_same(settled, tmp_path):
    statement = UsageStatement.objects.get()
    raw = raw_of(settled)
    assert raw == raw_of(settled)
    assert hashlib.sha256(raw).hexdigest() == statement.hexdigest
    assert verify(raw, tmp_path, statement.hexdigest)[0] == 0
    assert json.loads(raw)["chains"][0]["links"] == 6


def test_the_digest_on_the_invoice_finds_a_statement_made_anew(settled, tmp_path):
    status, told = verify(raw_of(settled), tmp_path, "0" * 64)
    assert status == 1
    assert told.endswith("not the invoice's")


def test_a_ruling_makes_a_new_statement_and_leaves_the_invoice(settled, tmp_path, sally):
    before = UsageStatement.objects.get()
    services.rerate(ruling=rule(settled, sally, 1, 2), at=NOON + 3 * HOUR)
    raw = raw_of(settled)
    status, told = verify(raw, tmp_path)
    assert status == 0, told
    assert told.endswith("recomputed: 422222 micro-units of USD.")
    content = json.loads(raw)
    assert content["revision"] == 1
    assert [one["reason"] for one in content["rulings"]] == ["The rack had no power."]
    assert content["invoice"]["total_micro"] == 500_410
    again = b"".join(services.statements._pieces(before))
    assert hashlib.sha256(again).digest() == bytes(before.sha256), "the old one can still be made"


def test_a_ruling_that_is_not_rated_yet_is_not_in_the_statement(settled, tmp_path, sally):
    rule(settled, sally, 1, 2)
    raw = raw_of(settled)
    assert hashlib.sha256(raw).hexdigest() == UsageStatement.objects.get().hexdigest
    assert verify(raw, tmp_path)[0] == 0


def late(settled, *, key=NODE_KEY, at=NOON + 3 * HOUR):
    """A slice comes once all is settled."""
    assignment = settled.assignments.get()
    slice_ = make.segment(assignment, NOON + 10 * MINUTE, NOON + 11 * MINUTE)
    signer = metering.signer(
        node=UUID(int=8),
        machine=assignment.machine,
        public_key=key.public_key().public_bytes_raw(),
        enrolled_at=NOON,
    )
    segments = [replace(slice_, signature=evidence.sign(slice_.facts, key))]
    assert metering.accept(machine=assignment.machine, signer=signer, segments=segments, at=at)
    assert Gap.objects.filter(kind="after_close").exists()


def test_a_key_that_comes_later_does_not_change_a_statement(settled):
    late(settled, key=Ed25519PrivateKey.generate())
    raw = raw_of(settled)
    assert hashlib.sha256(raw).hexdigest() == UsageStatement.objects.get().hexdigest
    assert len(json.loads(raw)["nodes"]) == 1


@pytest.mark.fault(11)
def test_a_slice_that_waited_for_the_settlement_does_not_change_its_statement(settled):
    """Its request was read before; it came in after."""
    late(settled, at=NOON + HOUR - MINUTE)
    raw = raw_of(settled)
    assert hashlib.sha256(raw).hexdigest() == UsageStatement.objects.get().hexdigest


def test_one_changed_byte_is_refused(settled, tmp_path):
    raw = raw_of(settled).replace(b'"mono_ms":60000', b'"mono_ms":60001', 1)
    told = "the file is not the one its SHA-256 was made of"
    assert verify(raw, tmp_path) == (1, told)


@pytest.fixture
def tamper(settled, tmp_path):
    """Change the content, make the file's own digest right again, and verify."""

    def tamper(change):
        content = copy.deepcopy(json.loads(raw_of(settled)))
        segments = content["chains"][0]["segments"]
        change(content, segments)
        return verify(resealed(content), tmp_path)

    return tamper


def place(settled, number, seq=None):
    """How the script names a segment."""
    assignment = settled.assignments.get().public_id
    return f"segment {number} (number {seq or number}) of assignment {assignment}"


def test_control_nothing_changed(tamper):
    assert tamper(lambda content, segments: None)[0] == 0


def test_a_segment_that_was_changed(tamper, settled):
    told = f"{place(settled, 3)} is not what its node signed"
    verified = "2026-11-24T12:04:00.000000Z"
    assert tamper(lambda _, s: s[2].update(verified_since=verified)) == (1, told)


def test_a_segment_that_was_removed(tamper, settled):
    told = f"{place(settled, 3, 4)} does not follow on the one before it"
    assert tamper(lambda _, s: s.pop(2)) == (1, told)


def test_the_last_segment_removed(tamper, settled):
    assignment = settled.assignments.get().public_id
    told = f"the chain of assignment {assignment} does not end where it is said to"
    assert tamper(lambda _, s: s.pop()) == (1, told)


def test_the_last_segment_removed_with_the_head(tamper, settled):
    def change(content, segments):
        segments.pop()
        content["chains"][0].update(links=5, head=_next_prev(segments))

    status, told = tamper(change)
    assert status == 1
    assert told.endswith("says 384000 ms, its evidence says 324000 ms")


def _next_prev(segments):
    text = {name: segments[-1][name] for name in ("kind", *evidence.FIELDS)}
    raw = json.dumps(text, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(raw).hexdigest()


def test_two_segments_swapped(tamper, settled):
    def change(content, segments):
        segments[1], segments[2] = segments[2], segments[1]

    told = f"{place(settled, 2, 3)} does not follow on the one before it"
    assert tamper(change) == (1, told)


def test_a_segment_inserted_again(tamper, settled):
    told = f"{place(settled, 3, 2)} does not follow on the one before it"
    assert tamper(lambda _, s: s.insert(2, s[1])) == (1, told)


def test_a_segment_inserted_by_somebody_without_the_key(tamper, settled):
    def change(content, segments):
        segments.insert(2, {**segments[2], "seq": 99})

    told = f"{place(settled, 3, 99)} is not what its node signed"
    assert tamper(change) == (1, told)


def test_a_segment_of_a_key_that_is_no_nodes(tamper, settled):
    told = f"{place(settled, 1)} is of a key that is no node's"
    assert tamper(lambda _, s: s[0].update(key="0" * 64)) == (1, told)


def test_a_rate_that_was_changed(tamper, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()
    told = (
        f"the invoice line of lease {lease.public_id} says 250205 micro-units, "
        "its evidence says 250312 micro-units"
    )
    change = lambda content, _: content["rates"][0].update(  # noqa: E731
        price_micro_per_gpu_hour=PRICE + 1_000
    )
    assert tamper(change) == (1, told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda c, _: c["invoice"].update(total_micro=500_411),
            "the invoice says 500411 micro-units, its evidence says 500410 micro-units",
        ),
        (
            lambda c, _: c.update(due_micro=500_409),
            "the statement says 500409 micro-units, its evidence says 500410 micro-units",
        ),
        (
            lambda c, _: c.update(format="straits-usage-statement-1"),
            "the file is not of the format straits-usage-statement-2",
        ),
    ],
    ids=["total", "due", "format"],
)
def test_a_total_that_was_changed(tamper, change, told):
    assert tamper(change) == (1, told)


@pytest.mark.parametrize("what", ["invoice_line", "charges"])
def test_an_amount_that_was_changed(tamper, settled, what):
    def change(content, _):
        lease = content["leases"][0]
        row = lease["charges"][0] if what == "charges" else lease[what]
        row["amount_micro"] += 1

    status, told = tamper(change)
    assert status == 1
    lease = settled.assignments.get().leases.order_by("pk").first()
    line = f"the invoice line of lease {lease.public_id}"
    assert told == (
        f"the charges of {line} sum to 250206 micro-units, not 250205"
        if what == "charges"
        else f"{line} says 250206 micro-units, its evidence says 250205 micro-units"
    )


def test_a_lease_that_was_made_longer(tamper):
    longer = "2026-11-24T12:09:00.000000Z"
    status, told = tamper(lambda c, _: c["leases"][0].update(end=longer))
    assert status == 1
    assert told.endswith("says 384000 ms, its evidence says 324000 ms")


def test_a_node_and_a_marketplace_that_bill_other_gpus_together_are_found(tamper, settled):
    """Even with the node's key and a whole new chain."""

    def change(content, segments):
        segments[0]["gpu_uuids"] = ["GPU-elsewhere"]
        for before, after in zip([None, *segments], segments, strict=False):
            after["prev"] = _next_prev([before]) if before else evidence.GENESIS
            signed_again(after)
        content["chains"][0]["head"] = _next_prev(segments)

    status, told = tamper(change)
    assert status == 1
    assert told.endswith("is billed, but its GPUs are not the leased ones")


@pytest.mark.parametrize("raw", [b"", b"{}", b"not json at all", b'{"a":1,\n"sha256":"0"}\n'])
def test_what_is_no_statement_is_told_so(raw, tmp_path):
    status, told = verify(raw, tmp_path)
    assert status == 1
    assert told.startswith("the file ")


def test_a_file_that_is_not_there(tmp_path):
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(SCRIPT), str(tmp_path / "nothing")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "No such file" in done.stdout) == (1, True)


def test_nothing_was_used_and_the_statement_says_so(market, harbour, tmp_path):
    made = use.running(harbour)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * MINUTE)
    services.settle(reservation=made, at=NOON + 3 * HOUR)
    status, told = verify(raw_of(made), tmp_path)
    assert status == 0
    assert told.endswith("0 micro-units of USD.")


def test_before_the_settlement_there_is_none(market, harbour):
    assert services.latest_statement(reservation=use.running(harbour)) is None


def test_only_the_renter_downloads_it(client, settled, alice, charlie):
    pages = [
        f"/reservations/{settled.public_id}/usage-statement/",
        f"/api/v1/reservations/{settled.public_id}/usage/statement",
    ]
    client.force_login(charlie)
    assert [client.get(page).status_code for page in pages] == [404, 404]
    client.force_login(alice)
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer.content == raw_of(settled)
        assert answer["Content-Disposition"] == (
            f'attachment; filename="usage-{settled.public_id}-0.json"'
        )


def test_a_renter_recomputes_it_with_what_the_page_hands_out(client, settled, alice, tmp_path):
    program = client.get("/verify/verify_usage.py")
    assert (program.status_code, program["Content-Type"]) == (200, "text/x-python; charset=utf-8")
    assert program["Content-Disposition"] == 'attachment; filename="verify_usage.py"'
    (tmp_path / "verify_usage.py").write_bytes(program.content)
    client.force_login(alice)
    page = client.get(f"/reservations/{settled.public_id}/").content.decode()
    assert 'href="/verify/verify_usage.py"' in page
    [command] = re.findall(r"python3 (verify_usage\.py \S+ [0-9a-f]{64})", page)
    file = tmp_path / command.split()[1]
    file.write_bytes(client.get(f"/reservations/{settled.public_id}/usage-statement/").content)
    ran = [sys.executable, *command.split()]
    assert subprocess.run(ran, cwd=tmp_path, check=False).returncode == 0  # noqa: S603
    file.write_bytes(file.read_bytes().replace(b'"energy_mj":', b'"energy_mj": ', 1))
    assert subprocess.run(ran, cwd=tmp_path, check=False).returncode == 1  # noqa: S603


def test_a_running_reservation_has_none_to_download(client, market, harbour, alice):
    made = use.running(harbour)
    client.force_login(alice)
    assert client.get(f"/reservations/{made.public_id}/usage-statement/").status_code == 404
    assert client.get(f"/api/v1/reservations/{made.public_id}/usage/statement").status_code == 404


def test_its_digest_stands_on_its_cost_and_the_reservation(client, settled, alice):
    digest = UsageStatement.objects.get().hexdigest
    client.force_login(alice)
    for page in (f"/reservations/{settled.public_id}/cost/", f"/reservations/{settled.public_id}/"):
        text = client.get(page).content.decode()
        assert digest in text
        assert f"/reservations/{settled.public_id}/usage-statement/" in text
    told = client.get(f"/api/v1/reservations/{settled.public_id}/cost").json()
    assert told["usage_statement_sha256"] == digest
