#!/usr/bin/env python3
"""Verify a file of `manage.py export_audit` without access to the system that wrote it.

    python3 verify_audit.py FILE [SEQ:SHA256]

SEQ:SHA256 is a head written down earlier. Hashed are the rows' own text (`payload`) and, per link,
the JSON object of its other fields without `sha256`, keys sorted, no spaces. Exits 1 on a fault.
"""

import json
import sys
from hashlib import sha256


def faults_of(line, seq, head):
    own, text = {key: line[key] for key in line.keys() - {"payload", "sha256"}}, line["payload"]
    hashed = json.dumps(own, sort_keys=True, separators=(",", ":"))
    if (line["seq"], line["prev_sha256"]) != (seq + 1, head):
        yield f"does not follow link {seq}"
    if sha256(hashed.encode()).hexdigest() != line["sha256"]:
        yield "reads otherwise than its own hash"
    if text is None:
        yield "is sealed, but the row is gone"
    elif sha256(text.encode()).hexdigest() != line["payload_sha256"]:
        yield "reads otherwise than when it was sealed"
    elif json.loads(text)["public_id"] != line["subject"]:
        yield "holds another row"


def faults(lines, kept):
    seq, head, told, heads = 0, "0" * 64, None, {None}
    for line in map(json.loads, lines):
        told = line.get("head")
        if "unlinked" in line:
            yield f"{line['unlinked']} {line['subject']} was put in past the chain"
        elif not told:
            name = f"link {line['seq']}: {line['kind']} {line['subject']}"
            yield from (f"{name} {fault}" for fault in faults_of(line, seq, head))
            seq, head = line["seq"], line["sha256"]
            heads.add(f"{seq}:{head}")
    if told != f"{seq}:{head}":
        yield f"the file ends at link {seq}:{head}, but names the head {told}"
    if kept not in heads:
        yield f"no link is the one that was written down ({kept})"


with open(sys.argv[1], encoding="ascii") as opened:
    found = list(faults(opened, sys.argv[2] if len(sys.argv) > 2 else None))
print(*(found or ["Everything sealed reads as it did when it was sealed."]), sep="\n")
sys.exit(bool(found))
