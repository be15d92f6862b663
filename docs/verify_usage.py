#!/usr/bin/env python3
"""Recompute what a rental cost from its usage statement, without access to who billed it.

    python3 verify_usage.py FILE [SHA256]

FILE is a usage statement as it was downloaded; SHA256 is the digest that the invoice shows, with
which a statement that was made anew as a whole is found as well. Checked are: the digest at the
file's end; that nothing in it stands twice; that every segment is signed by its node and follows on
the one before; that no time is billed in which the leased GPUs were not verified, that lies outside
the lease or that a ruling takes out; the milliseconds of each lease, what they cost to the
micro-unit, every charge, and the invoice. Prints a table and exits 0, or names the first place that
is wrong and exits 1. Needs Python 3.11 and the package `cryptography`, nothing else.

A segment's signed text is JSON of the thirteen fields below, keys sorted, no spaces.
"""

import hashlib
import json
import sys
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, KIND, GENESIS = "straits-usage-statement-2", "straits-usage-segment-1", "0" * 64
SIGNED = (
    *("kind", "assignment", "boot_id", "seq", "start", "end", "mono_from_ms", "mono_ms"),
    *("gpu_uuids", "verified_since", "energy_mj", "final", "prev"),
)
#: what clocks may be apart; nothing is billed that ends later than this after it was received
CLOCK_SLACK = timedelta(seconds=60)
#: longest time without a look at the GPUs that the looks before and after it speak for
SHORT_GAP = timedelta(seconds=90)
HOUR_MS, MS, UNIT = 3_600_000, timedelta(milliseconds=1), "micro-units"
#: a lease that lacks no more than this had all its time, and costs its minimum at least
SLACK_MS = 5_000
#: what comes of a file that is something else
NO_STATEMENT = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class Fault(Exception):
    """Something in the statement is not so."""


def require(holds, fault):
    if not holds:
        raise Fault(fault)


def moment(text):
    return datetime.fromisoformat(text)


def signed_text(segment):
    signed = {name: segment[name] for name in SIGNED}
    return json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()


def unique(what, values):
    seen = set()
    for value in values:
        require(value not in seen, f"{what} {value} stands twice")
        seen.add(value)


def once(pairs):
    """An object of JSON whose names have one value each: another program may read another one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        unique("the name", [name for name, _ in pairs])
    return found


def whole(text):
    raise Fault(f"{text} is no whole number")


def read(raw):
    """The statement, if the file is the one that its last line names."""
    body, mark, tail = raw.rpartition(b',\n"sha256":"')
    require(mark, "the file does not end with its SHA-256")
    digest = hashlib.sha256(body).hexdigest()
    require(tail == digest.encode() + b'"}\n', "the file is not the one its SHA-256 was made of")
    reading = {"object_pairs_hook": once, "parse_float": whole, "parse_constant": whole}
    statement = json.loads(raw, **reading)
    require(statement["format"] == FORMAT, f"the file is not of the format {FORMAT}")
    return statement


def check_parts(statement):
    """Nothing is there twice, rates follow each other, and leases lie within the reservation."""
    booked = statement["reservation"]
    unique("the chain of assignment", [one["assignment"] for one in statement["chains"]])
    unique("lease", [one["id"] for one in statement["leases"]])
    unique("the GPU of", [f"{one['assignment']}, {one['gpu']}," for one in statement["leases"]])
    unique("the key", [one["public_key"] for one in statement["nodes"]])
    unique("ruling", [one["id"] for one in statement["rulings"]])
    for number, rate in enumerate(statement["rates"], start=1):
        require(rate["version"] == number, f"rate {rate['version']} stands in place {number}")
    for lease in statement["leases"]:
        if lease["start"] is not None:
            begin, end = moment(lease["start"]), moment(lease["end"])
            within = moment(booked["start"]) <= begin < end <= moment(booked["end"])
            require(within, f"lease {lease['id']} lies outside the reservation")


def check_machines(statement):
    """Each chain is signed on one machine, and no machine has two."""
    machines = {node["public_key"]: node["machine"] for node in statement["nodes"]}
    taken = {}
    for chain in statement["chains"]:
        mine, where = chain["assignment"], f"the chain of assignment {chain['assignment']}"
        on = {machines[segment["key"]] for segment in chain["segments"]}
        require(len(on) <= 1, f"{where} is signed on several machines")
        for machine in on:
            owner = taken.setdefault(machine, mine)
            require(owner == mine, f"{where} is signed on the machine of assignment {owner}")


def check_chain(chain, keys):
    """Every segment is signed, and follows on the one before, from the first to the head."""
    head = GENESIS
    for place, segment in enumerate(chain["segments"], start=1):
        where = f"segment {place} (number {segment['seq']}) of assignment {chain['assignment']}"
        text = signed_text(segment)
        require(segment["key"] in keys, f"{where} is of a key that is no node's")
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(segment["key"]))
            key.verify(bytes.fromhex(segment["signature"]), text)
        except (InvalidSignature, ValueError):
            raise Fault(f"{where} is not what its node signed") from None
        require(segment["assignment"] == chain["assignment"], f"{where} is of another assignment")
        require(segment["kind"] == KIND, f"{where} is of another kind")
        require(segment["prev"] == head, f"{where} does not follow on the one before it")
        head = hashlib.sha256(text).hexdigest()
    ends = f"the chain of assignment {chain['assignment']} does not end where it is said to"
    require((len(chain["segments"]), head) == (chain["links"], chain["head"]), ends)


def apart(wall, mono_ms):
    wall_ms = wall // MS
    return abs(wall_ms - mono_ms) > max(5_000, wall_ms // 100)


def doubt(segment, before, first_boot, gpus):
    """Why a segment must not be billed; "" when it may."""
    start, end = moment(segment["start"]), moment(segment["end"])
    if end < start:
        return "it ends before it starts"
    if end > moment(segment["received_at"]) + CLOCK_SLACK:
        return "it was received before it ended"
    if set(segment["gpu_uuids"]) != gpus:
        return "its GPUs are not the leased ones"
    if apart(end - start, segment["mono_ms"]):
        return "its clocks disagree"
    if segment["boot_id"] != first_boot and end > start:
        return "it ran in another boot than the lease began in"
    if before is None or before["boot_id"] != segment["boot_id"]:
        return ""
    if segment["seq"] <= before["seq"]:
        return "its number does not follow"
    mono_ms = segment["mono_from_ms"] - before["mono_from_ms"] - before["mono_ms"]
    return "a clock was stepped before it" if apart(start - moment(before["end"]), mono_ms) else ""


def counted(segment, before):
    """[from, to) in which the GPUs were verified, or None."""
    if segment["verified_since"] is None:
        return None
    start = moment(segment["start"])
    begin = max(start, moment(segment["verified_since"]))
    looked = start
    if before is not None:
        known = not before["doubt"] and before["boot_id"] == segment["boot_id"]
        looked = moment(before["end"]) if known and before["verified_since"] else None
    if looked is not None and looked < begin <= looked + SHORT_GAP:
        begin = looked
    end = moment(segment["end"])
    return (begin, end) if begin < end else None


def spans(chain, gpus):
    """What of a chain can be billed."""
    before, segments = None, chain["segments"]
    for place, segment in enumerate(segments, start=1):
        if not segment["doubt"]:
            why = doubt(segment, before, segments[0]["boot_id"], gpus)
            where = f"segment {place} (number {segment['seq']}) of {chain['assignment']}"
            require(not why, f"{where} is billed, but {why}")
            if span := counted(segment, before):
                yield span
        before = segment


def union(pieces):
    """The same time as few pieces, in order."""
    whole = []
    for start, end in sorted(pieces):
        if whole and start <= whole[-1][1]:
            whole[-1][1] = max(whole[-1][1], end)
        elif start < end:
            whole.append([start, end])
    return whole


def less(pieces, taken):
    """Pieces without what is taken out of them."""
    for out, until in taken:
        pieces = [
            part
            for start, end in pieces
            for part in ((start, min(end, out)), (max(start, until), end))
            if part[0] < part[1]
        ]
    return pieces


def billed_ms(used, lease, rates, rulings):
    """What is billed at each rate, by its version."""
    if lease["start"] is None:
        return {str(rate["version"]): 0 for rate in rates}
    begin, end = moment(lease["start"]), moment(lease["end"])
    within = [(max(start, begin), min(stop, end)) for start, stop in union(used)]
    taken = [(moment(one["start"]), moment(one["end"])) for one in rulings]
    left = less([part for part in within if part[0] < part[1]], taken)
    found, minimum_at = {}, None
    for place, rate in enumerate(rates):
        version, since = str(rate["version"]), moment(rate["since"])
        until = min((moment(one["since"]) for one in rates[place + 1 :]), default=end)
        held = [(max(start, since), min(stop, until)) for start, stop in left]
        found[version] = sum((b - a for a, b in held if a < b), timedelta()) // MS
        if minimum_at is None and (place + 1 == len(rates) or until > max(since, begin)):
            minimum_at = (version, rate["minimum_ms"])
    covered, version, minimum = sum(found.values()), *minimum_at
    if covered > 0 and covered + SLACK_MS >= (end - begin) // MS:
        found[version] += max(0, minimum - covered)
    return found


def cost(billed, rates):
    prices = {str(rate["version"]): rate["price_micro_per_gpu_hour"] for rate in rates}
    return sum(prices[version] * ms // HOUR_MS for version, ms in billed.items())


def agree(where, told, found, unit):
    require(told == found, f"{where} says {told} {unit}, its evidence says {found} {unit}")


def check_charges(lease, rates):
    """Each charge is what its rate makes of the time so far, less the charges before it."""
    prices = {rate["version"]: rate["price_micro_per_gpu_hour"] for rate in rates}
    charged = dict.fromkeys(prices, (0, 0))
    for one in lease["charges"]:
        where = f"charge {one['seq']} at rate {one['rate']} of lease {lease['id']}"
        require(one["rate"] in prices, f"{where} is at a rate that the statement lacks")
        seq, total = charged[one["rate"]]
        require(one["seq"] == seq + 1, f"{where} does not follow on charge {seq}")
        due = prices[one["rate"]] * one["billed_ms"] // HOUR_MS
        agree(where, one["amount_micro"], due - total, UNIT)
        charged[one["rate"]] = (one["seq"], due)


def check_lease(lease, chains, statement):
    """The lease's time and money now, and on the invoice; gives a line of the table."""
    mine, issued = lease["assignment"], moment(statement["invoice"]["issued_at"])
    gpus = {one["gpu"] for one in statement["leases"] if one["assignment"] == mine}
    require(mine in chains, f"lease {lease['id']} has no chain")
    used = list(spans(chains[mine], gpus))
    rulings = [one for one in statement["rulings"] if one["assignment"] == mine]
    for name, told, amount, until in (
        (
            f"the invoice line of lease {lease['id']}",
            lease["invoice_line"]["billed_ms"],
            lease["invoice_line"]["amount_micro"],
            issued,
        ),
        (f"lease {lease['id']}", lease["billed_ms"], lease["due_micro"], None),
    ):
        rates, taken, charges = (
            [one for one in rows if until is None or moment(one[when]) <= until]
            for rows, when in (
                (statement["rates"], "opened_at"),
                (rulings, "ruled_at"),
                (lease["charges"], "charged_at"),
            )
        )
        require(rates, f"{name} has no rate")
        found = billed_ms(used, lease, rates, taken)
        for version in told:
            require(version in found, f"{name} has time at rate {version}, which is not there")
        for version, ms in found.items():
            agree(f"rate {version} of {name}", told.get(version, 0), ms, "ms")
        agree(name, amount, cost(found, rates), UNIT)
        sum_of = sum(one["amount_micro"] for one in charges)
        require(
            sum_of == amount,
            f"the charges of {name} sum to {sum_of} micro-units, not {amount}",
        )
    check_charges(lease, statement["rates"])
    total = sum(lease["billed_ms"].values())
    prices = "/".join(str(rate["price_micro_per_gpu_hour"]) for rate in statement["rates"])
    line = lease["invoice_line"]["amount_micro"]
    return (lease["gpu"], total, prices, line, lease["due_micro"])


def verify(raw, digest=None):
    """Check a whole statement; gives the lines of the table. Raises Fault."""
    if digest is not None:
        found = hashlib.sha256(raw).hexdigest()
        require(found == digest.lower(), f"the file's SHA-256 is {found}, not the invoice's")
    statement = read(raw)
    check_parts(statement)
    keys = {node["public_key"] for node in statement["nodes"]}
    for chain in statement["chains"]:
        check_chain(chain, keys)
    check_machines(statement)
    chains = {chain["assignment"]: chain for chain in statement["chains"]}
    lines = [check_lease(lease, chains, statement) for lease in statement["leases"]]
    agree("the invoice", statement["invoice"]["total_micro"], sum(line[3] for line in lines), UNIT)
    agree("the statement", statement["due_micro"], sum(line[4] for line in lines), UNIT)
    return statement["reservation"], lines


def plain(text):
    """For a terminal: whatever the file holds, on one line and without orders to the screen."""
    return str(text).encode("unicode_escape").decode()


def main(arguments):
    try:
        with open(arguments[0], "rb") as file:
            reservation, lines = verify(file.read(), *arguments[1:2])
    except (Fault, OSError) as fault:
        print(plain(fault))
        return 1
    except NO_STATEMENT as error:
        print(plain(f"the file is no usage statement: {error!r}"))
        return 1
    print(plain(f"Reservation {reservation['id']} from {reservation['start']}"))
    print(f"{'GPU':42} {'billed ms':>12} {'micro/hour':>12} {'invoiced':>14} {'due now':>14}")
    for gpu, ms, price, invoiced, due in lines:
        print(f"{plain(gpu):42} {ms:12} {price:12} {invoiced:14} {due:14}")
    total, currency = sum(line[4] for line in lines), plain(reservation["currency"])
    print(f"All signed, unbroken and recomputed: {total} micro-units of {currency}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
