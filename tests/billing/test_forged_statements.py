"""Statements that somebody made up as a whole: their own digest is right, and they are refused."""

import copy
import hashlib
import json
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.protocol import evidence
from marketplace.billing import services
from tests.billing.test_statements import (
    PRICE,
    SCRIPT,
    place,
    raw_of,
    rented,
    resealed,
    rule,
    verify,
)
from tests.make import HOUR, NODE_KEY, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.fault(16)]


@pytest.fixture
def settled(market, harbour):
    return rented(harbour)


@pytest.fixture
def script():
    """The script, in this process: far faster."""
    scope = {"__name__": "verify_usage"}
    exec(compile(SCRIPT.read_text(), str(SCRIPT), "exec"), scope)  # noqa: S102
    return scope


@pytest.fixture
def refusal(script):
    """Why the script refuses these bytes; None when it does not."""

    def refusal(raw):
        try:
            script["verify"](raw)
        except script["Fault"] as fault:
            return str(fault)
        return None

    return refusal


@pytest.fixture
def forged(settled, refusal):
    """Why the script refuses the statement after a change, its own digest made right again."""
    original = json.loads(raw_of(settled))

    def forged(change):
        content = copy.deepcopy(original)
        change(content)
        return refusal(resealed(content))

    assert forged(lambda content: None) is None
    return forged


def test_every_byte_counts(settled, refusal):
    raw = raw_of(settled)
    assert refusal(raw) is None
    for at in range(len(raw)):
        for flip in (1, 0x20, 0x80):
            told = refusal(raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :])
            assert told in {
                "the file is not the one its SHA-256 was made of",
                "the file does not end with its SHA-256",
            }, f"byte {at}"


def test_nothing_may_be_cut_off_or_put_on(settled, refusal):
    raw = raw_of(settled)
    lines = raw.splitlines(keepends=True)
    for other in (raw + b"\n", raw + raw, b" " + raw, raw[:-1], b"".join(lines[:-1])):
        assert refusal(other).startswith("the file ")
    for at in range(len(lines) - 1):
        swapped = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
        assert refusal(b"".join(swapped)).startswith("the file "), f"line {at}"


def test_every_segment_is_missed(forged, settled):
    for at in range(5):
        told = f"{place(settled, at + 1, at + 2)} does not follow on the one before it"
        assert forged(lambda content, at=at: content["chains"][0]["segments"].pop(at)) == told
    told = forged(lambda content: content["chains"][0]["segments"].pop())
    assert told.endswith("does not end where it is said to")


def test_every_two_segments_that_are_swapped_are_found(forged, settled):
    for one, other in combinations(range(6), 2):

        def swap(content, one=one, other=other):
            rows = content["chains"][0]["segments"]
            rows[one], rows[other] = rows[other], rows[one]

        told = f"{place(settled, one + 1, other + 1)} does not follow on the one before it"
        assert forged(swap) == told


def leaves(value, path=()):
    """Every value in a statement, by the way to it."""
    match value:
        case dict():
            for name, each in value.items():
                yield from leaves(each, (*path, name))
        case list():
            for number, each in enumerate(value):
                yield from leaves(each, (*path, number))
        case _:
            yield path


def altered(value):
    match value:
        case bool():
            return not value
        case int():
            return value + 1_000
        case None:
            return "2026-11-24T12:04:00.000000Z"
        case _ if value[10:11] == "T":
            return value[:18] + ("1" if value[18] == "0" else "0") + value[19:]
        case _:
            return ("0" if value[:1] != "0" else "1") + value[1:]


#: Names and words; what a segment that is not billed says, or the end of a lease that was not used
#: to its end; moments that stay on their side of others.
NOT_RECOMPUTED = {
    "chains.gaps.billed",
    "chains.gaps.end",
    "chains.gaps.kind",
    "chains.gaps.start",
    "chains.segments.doubt",
    "chains.segments.received_at",
    "invoice.id",
    "invoice.issued_at",
    "leases.charges.charged_at",
    "leases.end",
    "leases.id",
    "nodes.enrolled_at",
    "nodes.machine",
    "nodes.node",
    "rates.minimum_ms",
    "rates.reason",
    "reservation.currency",
    "reservation.end",
    "reservation.id",
    "revision",
    "rulings.id",
    "rulings.reason",
    "rulings.ruled_at",
    "sha256",
}


def test_every_value_that_money_hangs_on_is_recomputed(settled, sally, refusal):
    """One value changed at a time; the digest on the invoice finds the others as well."""
    services.rerate(ruling=rule(settled, sally, 1, 2), at=NOON + 3 * HOUR)
    original = json.loads(raw_of(settled))
    passed = set()
    for path in leaves(original):
        content = copy.deepcopy(original)
        *way, last = path
        holder = content
        for step in way:
            holder = holder[step]
        holder[last] = altered(holder[last])
        name = ".".join(step for step in path if isinstance(step, str))
        if refusal(resealed(content)) is None:
            passed.add(name)
    assert passed == NOT_RECOMPUTED


def test_a_gpu_is_not_billed_twice(forged):
    def twice(content):
        one = content["leases"][0]
        content["leases"].append({**one, "id": "another"})
        content["invoice"]["total_micro"] += one["invoice_line"]["amount_micro"]
        content["due_micro"] += one["due_micro"]

    assert forged(twice).startswith("the GPU of ")


def test_a_lease_is_not_there_twice(forged, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()

    def twice(content):
        content["leases"].append(content["leases"][0])

    assert forged(twice) == f"lease {lease.public_id} stands twice"


def test_time_at_a_rate_that_is_not_there(forged, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()
    told = f"lease {lease.public_id} has time at rate 2, which is not there"
    assert forged(lambda content: content["leases"][0]["billed_ms"].update({"2": 9})) == told


def test_a_lease_longer_than_its_reservation(forged, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()
    early = "2026-11-24T11:00:00.000000Z"
    told = f"lease {lease.public_id} lies outside the reservation"
    assert forged(lambda content: content["leases"][0].update(start=early)) == told


def test_charges_that_sum_to_the_same(forged, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()

    def split(content):
        one = content["leases"][0]["charges"][0]
        part = {**one, "amount_micro": one["amount_micro"] - 1}
        rest = {**one, "seq": 2, "amount_micro": 1}
        content["leases"][0]["charges"] = [part, rest]

    told = f"charge 1 at rate 1 of lease {lease.public_id} says 250204 micro-units"
    assert forged(split) == f"{told}, its evidence says 250205 micro-units"


def test_rates_in_another_order(forged):
    def change(content):
        [rate] = content["rates"]
        content["rates"] = [{**rate, "version": 2, "price_micro_per_gpu_hour": 1}, rate]

    assert forged(change) == "rate 2 stands in place 1"


def test_a_rate_from_after_the_invoice(forged, settled):
    lease = settled.assignments.get().leases.order_by("pk").first()
    later = "2026-11-24T14:00:00.000000Z"
    told = f"the invoice line of lease {lease.public_id} has no rate"
    assert forged(lambda content: content["rates"][0].update(opened_at=later)) == told


def chained(chain, key, last=None):
    """Signed anew by this key, link by link; the last one by another."""
    prev = evidence.GENESIS
    for segment in chain["segments"]:
        key = (last or key) if segment is chain["segments"][-1] else key
        segment.update(prev=prev, assignment=chain["assignment"])
        segment["key"] = key.public_key().public_bytes_raw().hex()
        text = {name: segment[name] for name in ("kind", *evidence.FIELDS)}
        raw = json.dumps(text, sort_keys=True, separators=(",", ":")).encode()
        segment["signature"], prev = key.sign(raw).hex(), hashlib.sha256(raw).hexdigest()
    chain["head"] = prev


def test_a_chain_on_the_machine_of_another_one(forged, settled):
    def change(content):
        [chain] = content["chains"]
        content["chains"].append(copy.deepcopy({**chain, "assignment": "another"}))
        chained(content["chains"][1], NODE_KEY)

    first = f"the machine of assignment {settled.assignments.get().public_id}"
    assert forged(change) == f"the chain of assignment another is signed on {first}"


@pytest.mark.parametrize(
    ("machine", "told"), [("another", "is signed on several machines"), (None, None)]
)
def test_another_key_is_one_of_the_same_machine(forged, machine, told):
    """As after a rotation; the key of another machine in the reservation signs nothing here."""
    key = Ed25519PrivateKey.generate()

    def change(content):
        [chain], [node] = content["chains"], content["nodes"]
        public = key.public_key().public_bytes_raw().hex()
        content["nodes"].append(
            {**node, "public_key": public, "machine": machine or node["machine"]}
        )
        chained(chain, NODE_KEY, last=key)

    found = forged(change)
    assert (found is None) if told is None else found.endswith(told)


def test_a_chain_twice(forged, settled):
    assignment = settled.assignments.get().public_id
    told = f"the chain of assignment {assignment} stands twice"
    assert forged(lambda content: content["chains"].append(content["chains"][0])) == told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            b'"due_micro":500410',
            b'"due_micro":1,"due_micro":500410',
            "the name due_micro stands twice",
        ),
        (b'"due_micro":500410', b'"due_micro":500410.0', "500410.0 is no whole number"),
        (b'"due_micro":500410', b'"due_micro":NaN', "NaN is no whole number"),
        (b'"due_micro":500410', b'"due_micro":-Infinity', "-Infinity is no whole number"),
        (b'"due_micro":500410', b'"due_micro":5e5', "5e5 is no whole number"),
    ],
)
def test_what_two_programs_might_read_differently(settled, refusal, old, new, told):
    body = raw_of(settled).rpartition(b',\n"sha256":"')[0]
    assert body.count(old) == 1
    body = body.replace(old, new)
    digest = hashlib.sha256(body).hexdigest().encode()
    assert refusal(body + b',\n"sha256":"' + digest + b'"}\n').startswith(told)


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":' + b"[" * 200_000,
        b'{"format":"straits-usage-statement-2","a":"\\ud800"',
        b'{"format":1' + b"9" * 5_000,
        b"[1",
        b'"a"',
    ],
    ids=["deep", "half a character", "long", "list", "text"],
)
def test_whatever_it_is_it_is_refused_without_a_crash(content, tmp_path):
    seal = hashlib.sha256(content).hexdigest().encode()
    status, told = verify(content + b',\n"sha256":"' + seal + b'"}\n', tmp_path)
    assert (status, told.splitlines()) == (1, [told])
    assert told.startswith("the file ")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59.000000Z", "x", "2026-11-24T12:00:00"])
def test_moments_that_are_none_are_refused_without_a_crash(settled, tmp_path, moment):
    content = json.loads(raw_of(settled))
    content["chains"][0]["segments"][0]["received_at"] = moment
    content["reservation"]["end"] = moment
    status, told = verify(resealed(content), tmp_path)
    assert (status, told.startswith("the file is no usage statement: ")) == (1, True)


def test_a_file_gives_the_screen_no_orders(settled, tmp_path):
    content = json.loads(raw_of(settled))
    content["leases"][0]["id"] = "\x1b[2J\nAll signed, unbroken and recomputed: 1 micro-units"
    content["leases"][0]["due_micro"] += 1
    status, told = verify(resealed(content), tmp_path)
    assert status == 1
    assert told.startswith("lease \\x1b[2J\\nAll signed, unbroken")
    assert told.isprintable()


def test_it_says_of_which_reservation_it_is(settled, tmp_path):
    status, told = verify(raw_of(settled), tmp_path)
    first = f"Reservation {settled.public_id} from 2026-11-24T12:00:00.000000Z"
    assert (status, told.splitlines()[0]) == (0, first)
    assert str(PRICE) in told
