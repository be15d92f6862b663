#!/usr/bin/env python3
"""Verify a file of `manage.py export_audit` without access to the system that wrote it.

    python3 verify_audit.py FILE [SEQ:SHA256]

SEQ:SHA256 is a head that was written down earlier; with it a chain that was cut off or made anew is
found as well. Prints every fault and exits 1; exits 0 when there is none. What is hashed: the rows'
own text (`payload`), and per link the JSON object of the six fields below, keys sorted, no spaces.
"""

import hashlib
import json
import sys

HASHED = ("kind", "payload_sha256", "prev_sha256", "sealed_at", "seq", "subject")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def faults_of_link(line, seq, head):
    if (line["seq"], line["prev_sha256"]) != (seq + 1, head):
        yield f"does not follow link {seq}"
    text = json.dumps({key: line[key] for key in HASHED}, sort_keys=True, separators=(",", ":"))
    if sha256(text) != line["sha256"]:
        yield "reads otherwise than its own hash"
    if line["payload"] is None:
        yield "is sealed, but the row is gone"
    elif sha256(line["payload"]) != line["payload_sha256"]:
        yield "reads otherwise than when it was sealed"
    elif json.loads(line["payload"])["public_id"] != line["subject"]:
        yield "holds another row"


def faults(lines, written_down):
    seq, head, told, found = 0, "0" * 64, None, written_down is None
    for line in map(json.loads, lines):
        if "head" in line:
            told = line["head"]
        elif "unlinked" in line:
            yield f"{line['unlinked']} {line['subject']} was put in past the chain"
        else:
            for fault in faults_of_link(line, seq, head):
                yield f"link {line['seq']}: {line['kind']} {line['subject']} {fault}"
            seq, head = line["seq"], line["sha256"]
            found = found or written_down == f"{seq}:{head}"
    if told != f"{seq}:{head}":
        yield f"the file ends at link {seq}:{head}, but names the head {told}"
    if not found:
        yield f"no link is the one that was written down ({written_down})"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="ascii") as opened:
        found = list(faults(opened, sys.argv[2] if len(sys.argv) > 2 else None))
    print(*(found or ["Everything sealed reads as it did when it was sealed."]), sep="\n")
    sys.exit(bool(found))
