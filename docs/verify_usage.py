#!/usr/bin/env python3
"""Recompute what a rental cost from its usage statement, without access to who billed it.

    python3 verify_usage.py FILE [SHA256]

FILE is a usage statement as it was downloaded; SHA256 is the digest that the invoice shows, with
which a statement that was made anew as a whole is found as well. Checked are: the digest at the
file's end; that every segment is signed by its node and follows on the one before; that no time is
billed in which the leased GPUs were not verified, that lies outside the lease or that a ruling
takes out; the milliseconds of each lease, what they cost to the micro-unit, and the invoice.
Prints a table and exits 0, or names each place that is wrong and exits 1. Needs Python 3.11 and the
package `cryptography`, nothing else.

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
#: longest time without a look at the GPUs that the looks before and after it speak for
SHORT_GAP = timedelta(seconds=90)
HOUR_MS, MS, UNIT = 3_600_000, timedelta(milliseconds=1), "micro-units"
#: a lease that lacks no more than this had all its time, and costs its minimum at least
SLACK_MS = 5_000


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


def read(raw):
    """The statement, if the file is the one that its last line names."""
    body, mark, tail = raw.rpartition(b',\n"sha256":"')
    require(mark, "the file does not end with its SHA-256")
    digest = hashlib.sha256(body).hexdigest()
    require(tail == digest.encode() + b'"}\n', "the file is not the one its SHA-256 was made of")
    statement = json.loads(raw)
    require(statement["format"] == FORMAT, f"the file is not of the format {FORMAT}")
    return statement


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


def check_lease(lease, chains, statement):
    """The lease's time and money now, and on the invoice; gives a line of the table."""
    mine, issued = lease["assignment"], statement["invoice"]["issued_at"]
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
            [one for one in rows if until is None or one[when] <= until]
            for rows, when in (
                (statement["rates"], "opened_at"),
                (rulings, "ruled_at"),
                (lease["charges"], "charged_at"),
            )
        )
        found = billed_ms(used, lease, rates, taken)
        for version, ms in found.items():
            agree(f"rate {version} of {name}", told.get(version, 0), ms, "ms")
        agree(name, amount, cost(found, rates), UNIT)
        sum_of = sum(one["amount_micro"] for one in charges)
        require(
            sum_of == amount,
            f"the charges of {name} sum to {sum_of} micro-units, not {amount}",
        )
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
    keys = {node["public_key"] for node in statement["nodes"]}
    for chain in statement["chains"]:
        check_chain(chain, keys)
    chains = {chain["assignment"]: chain for chain in statement["chains"]}
    lines = [check_lease(lease, chains, statement) for lease in statement["leases"]]
    agree("the invoice", statement["invoice"]["total_micro"], sum(line[3] for line in lines), UNIT)
    agree("the statement", statement["due_micro"], sum(line[4] for line in lines), UNIT)
    return statement["reservation"]["currency"], lines


def main(arguments):
    try:
        with open(arguments[0], "rb") as file:
            currency, lines = verify(file.read(), *arguments[1:2])
    except (Fault, OSError) as fault:
        print(fault)
        return 1
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"the file is no usage statement: {error!r}")
        return 1
    print(f"{'GPU':42} {'billed ms':>12} {'micro/hour':>12} {'invoiced':>14} {'due now':>14}")
    for gpu, ms, price, invoiced, due in lines:
        print(f"{gpu:42} {ms:12} {price:12} {invoiced:14} {due:14}")
    total = sum(line[4] for line in lines)
    print(f"All signed, unbroken and recomputed: {total} micro-units of {currency}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
