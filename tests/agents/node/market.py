"""A marketplace of one file: checks signatures, remembers what it is told, says what it wants."""

import json
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agents.node.client import LISTEN
from agents.protocol import grants, rotation
from agents.protocol.health import HealthReply, HealthReport
from agents.protocol.messages import (
    Desired,
    Enrol,
    Enrolled,
    Heard,
    Heartbeat,
    HeartbeatReply,
    Listen,
    Problem,
    Rotate,
    Rotated,
    UsageBatch,
    UsageReply,
)
from agents.protocol.signing import BadSignature, ClockSkew, key_id_of, verify

TOKEN = "a-token"


class Market:
    """`desired` is what it wants; `down` makes it answer 503; `odd` is an answer of its own."""

    def __init__(self):
        self.key, self.overlap = None, []
        self.grant_key, self.grant_key_changes = Ed25519PrivateKey.generate(), []
        self.node, self.machine = uuid4(), uuid4()
        self.health_reports = []
        self.desired, self.heartbeats, self.segments, self.paths = [], [], [], []
        self.down, self.odd, self.refuse, self.unknown = False, None, {}, set()
        self.every, self.ahead = 0.2, timedelta()
        self.inventory, self.version, self.waits = None, 1, True
        #: sequence numbers of all segments that came, also of those it did not take; when who
        #: listens came, in seconds that only go on
        self.sent, self.asked_at = [], []
        self.time, self.closed = lambda: datetime.now(UTC), False
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.closed = True
        self.server.shutdown()
        self.server.server_close()

    def now(self):
        return self.time() + self.ahead

    def want(self, *, gpus, seconds=60.0, start=0.0, command=("sleep", "100"), **facts):
        begin = self.now() + timedelta(seconds=start)
        wanted = Desired(
            **{
                "assignment": uuid4(),
                "generation": 1,
                "run": True,
                "start": begin,
                "end": begin + timedelta(seconds=seconds),
                "gpu_uuids": tuple(gpus),
                "command": tuple(command),
                "environment": {},
                **facts,
            }
        )
        self.desired.append(wanted)
        self.version += 1
        return wanted

    def change(self, wanted, **values):
        changed = wanted.model_copy(update=values)
        self.version += 1
        self.desired = [changed if each is wanted else each for each in self.desired]
        return changed

    def states(self, assignment):
        reports = [each for beat in self.heartbeats for each in beat.assignments]
        return [each.state for each in reports if each.assignment == assignment]

    def billed(self, assignment):
        return [each for each in self.segments if each.assignment == assignment]

    def answer(self, path, headers, body):
        self.paths.append(path)
        if path == LISTEN:
            self.asked_at.append(time.monotonic())
        if self.odd is not None:
            return self.odd
        if self.down:
            return 503, {"Retry-After": "0"}, b"closed"
        if path in self.refuse:
            return self._problem(*self.refuse[path])
        try:
            self._prove(path, headers, body)
        except ClockSkew as error:
            return self._problem(401, "/problems/clock-skew", str(error), server_time=self.now())
        except BadSignature as error:
            return self._problem(401, "/problems/bad-signature", str(error))
        name = {"desired": "listen"}.get(path.rpartition("/")[2], path.rpartition("/")[2])
        return getattr(self, name.replace("-", "_"))(body)

    def _prove(self, path, headers, body):
        keys = [self.key, *self.overlap]
        if path.endswith("enrol"):
            raw = bytes.fromhex(json.loads(body)["public_key"])
            keys = [Ed25519PublicKey.from_public_bytes(raw)]
            assert key_id_of(headers) == "enrol"
        elif self.key is None or key_id_of(headers) != str(self.node):
            raise BadSignature("another node")
        for key in keys:
            with suppress(BadSignature):
                return self._verify(path, headers, body, key)
        raise BadSignature("the signature does not fit the request")

    def _verify(self, path, headers, body, key):
        url = self.url + path
        verify(method="POST", url=url, headers=headers, body=body, key=key, at=self.now())

    def _problem(self, status, kind, detail, **more):
        problem = Problem(type=kind, title="Refused", status=status, detail=detail, **more)
        return status, {}, problem.model_dump_json().encode()

    def enrol(self, body):
        message = Enrol.model_validate_json(body)
        if message.token != TOKEN:
            return self._problem(403, "/problems/bad-token", "the token cannot be used")
        self.key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(message.public_key))
        return self._good(
            Enrolled(
                node=self.node,
                machine=self.machine,
                server_time=self.now(),
                next_heartbeat_s=self.every,
                grant_key=self.grant_public(),
            )
        )

    def grant_public(self):
        return self.grant_key.public_key().public_bytes_raw().hex()

    def granted(self, each):
        """As it goes over the wire, under our signature."""
        not_after = max(self.now(), each.start) + timedelta(hours=1)
        return grants.sign(each, node=self.node, not_after=not_after, key=self.grant_key)

    def rotate_key(self, body):
        message = Rotate.model_validate_json(body)
        old, new = bytes.fromhex(message.old_key), bytes.fromhex(message.new_key)
        signatures = {
            "vouch": bytes.fromhex(message.vouch),
            "proof": bytes.fromhex(message.proof),
        }
        assert rotation.agreed(node=self.node, old=old, new=new, **signatures)
        if self.key.public_bytes_raw() == old:
            self.overlap = [self.key]
            self.key = Ed25519PublicKey.from_public_bytes(new)
        assert self.key.public_bytes_raw() == new
        return self._good(Rotated(server_time=self.now(), old_good_until=self.now()))

    def listen(self, body):
        message = Listen.model_validate_json(body)
        deadline = time.monotonic() + message.wait_s
        while self.waits and self.version == message.desired_version:
            if self.closed or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        return self._good(Heard(server_time=self.now(), desired_version=self.version))

    def heartbeat(self, body):
        message = Heartbeat.model_validate_json(body)
        self.heartbeats.append(message)
        self.inventory = message.inventory or self.inventory
        done = {
            each.assignment for each in message.assignments if each.state in ("stopped", "failed")
        }
        # what is kept is asked for until its time
        self.desired = [
            each for each in self.desired if each.keep_until or each.assignment not in done
        ]
        return self._good(
            HeartbeatReply(
                server_time=self.now(),
                next_heartbeat_s=self.every,
                want_inventory=self.inventory is None,
                desired=tuple(map(self.granted, self.desired)),
                grant_key=self.grant_public(),
                grant_key_changes=tuple(self.grant_key_changes),
                desired_version=self.version,
            )
        )

    def health(self, body):
        report = HealthReport.model_validate_json(body)
        self.health_reports.append(report)
        return self._good(HealthReply(stored=len(report.events)))

    def usage(self, body):
        batch = UsageBatch.model_validate_json(body)
        seqs = {each.seq for each in batch.segments}
        self.sent += sorted(seqs)
        fresh = [each for each in batch.segments if each.seq not in self.unknown]
        self.segments += fresh
        return self._good(
            UsageReply(stored=tuple(each.seq for each in fresh), unknown=tuple(seqs & self.unknown))
        )

    def _good(self, message):
        return 200, {}, message.model_dump_json().encode()


class _Server(ThreadingHTTPServer):
    #: whoever knocks waits for its turn, also on a busy machine: a sixth is not left to try again
    request_queue_size = 128

    def handle_error(self, *_):
        """An agent that was killed does not wait for its answer. Of anything else we would say it
        in the middle of what the next test reads of its own program."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*_)


def _handler(market):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, content = market.answer(self.path, headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            self.send_error(405)

        def log_message(self, *_):
            pass

    return Handler


def until(condition, seconds=60.0):
    """Wait until something holds, and say what did not when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen in {seconds:g} s"
        time.sleep(0.02)
