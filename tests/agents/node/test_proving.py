"""The thread beside the loop: reports, is measured, answers; and never ends for an odd answer."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from agents.node import probing, proving
from agents.node.challenge.child import NoProof
from agents.node.client import Refused, Unreachable
from agents.protocol import challenge as protocol
from agents.protocol.hardware import HardwareReply
from agents.protocol.messages import Problem
from agents.protocol.probe import ProbeReply
from tests.catalog.hardware import gpu, report

AT = datetime(2026, 11, 24, tzinfo=UTC)
REFUSED = Refused(Problem(type="/problems/x", title="No", status=409, detail="not now"))


class Played:
    """A client that answers from a script, by path."""

    def __init__(self):
        self.sent, self.answers, self.closed, self.servers = [], {}, 0, []

    def post(self, path, message, reply, *, timeout=5.0):
        self.sent.append((path, message))
        answer = self.answers[path]
        answer = answer(message) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def towards(self, server):
        self.servers.append(server)
        return self

    def close(self):
        self.closed += 1

    def paths(self):
        return [path for path, _ in self.sent]


@pytest.fixture
def client():
    made = Played()
    made.answers = {
        proving.HARDWARE: HardwareReply(server_time=AT, next_report_s=3600, tier="consistent"),
        proving.CHALLENGE: protocol.ChallengeReply(server_time=AT, next_ask_s=60),
    }
    return made


def prover(client, told=None, device="reference"):
    return proving.Prover(client=client, hardware=lambda: told or report(), device=device)


def test_hardware_is_reported_once_and_when_it_changes(client):
    reports = [report(), report(), report(gpu(0))]
    made = proving.Prover(client=client, hardware=lambda: reports.pop(0), device=None)
    assert [made.turn() for _ in range(3)] == [60, 60, 60]
    assert client.paths().count(proving.HARDWARE) == 2
    assert client.paths().count(proving.CHALLENGE) == 3


def test_it_is_reported_again_when_it_is_due(client):
    client.answers[proving.HARDWARE] = HardwareReply(server_time=AT, next_report_s=1, tier="x")
    made = prover(client)
    made.turn()
    made.report_at -= 2
    made.turn()
    assert client.paths().count(proving.HARDWARE) == 2


def test_a_challenge_is_answered_by_the_program(client):
    question = protocol.Challenge(
        challenge=UUID(int=5),
        nonce="ab" * 32,
        n=64,
        k=64,
        leaf=64,
        gpu_uuids=("GPU-a", "GPU-b"),
        within_ms=60_000,
    )
    client.answers[proving.CHALLENGE] = protocol.ChallengeReply(
        server_time=AT, next_ask_s=60, challenge=question
    )
    client.answers[proving.COMMIT] = lambda roots: protocol.CommitmentReply(
        server_time=AT,
        openings=tuple(protocol.Opening(uuid=one.uuid, elements=(0, 99)) for one in roots.roots),
    )
    client.answers[proving.REVEAL] = protocol.RevealReply(server_time=AT, complete=True)
    prover(client).turn()
    shown = [message for path, message in client.sent if path == proving.REVEAL]
    assert [(one.uuid, [leaf.index for leaf in one.leaves]) for one in shown] == [
        ("GPU-a", [0, 1]),
        ("GPU-b", [0, 1]),
    ]


@pytest.mark.parametrize(
    "error", [REFUSED, Unreachable("down"), NoProof("gone"), RuntimeError("odd")]
)
def test_whatever_fails_it_comes_again(client, error):
    client.answers[proving.CHALLENGE] = error
    made = prover(client)
    assert 5 <= made._attempt() <= 1200
    client.answers[proving.CHALLENGE] = protocol.ChallengeReply(server_time=AT, next_ask_s=60)
    assert made._attempt() == 60


def test_it_goes_to_every_probe_that_is_named(client):
    client.answers[proving.HARDWARE] = HardwareReply(
        server_time=AT, next_report_s=60, tier="x", probes=("https://a", "https://b")
    )
    nonces = iter(["one", "two", None, None])
    client.answers[probing.PROBE] = lambda _: ProbeReply(server_time=AT, nonce=next(nonces))
    prover(client).turn()
    assert (client.servers, client.closed) == (["https://a", "https://b"], 2)
    sent = [message.nonce for path, message in client.sent if path == probing.PROBE]
    assert sent == [None, "one", "two", None]


def test_a_probe_that_is_down_stops_nothing(client):
    client.answers[proving.HARDWARE] = HardwareReply(
        server_time=AT, next_report_s=60, tier="x", probes=("https://a",)
    )
    client.answers[probing.PROBE] = Unreachable("down")
    assert prover(client).turn() == 60


def test_a_probe_that_never_ends_is_left(client):
    client.answers[probing.PROBE] = ProbeReply(server_time=AT, nonce="again")
    assert probing.be_measured(client) == probing.MOST_ROUNDS


def test_it_ends_when_it_is_told_to(client):
    made = prover(client)
    with proving.beside(made):
        assert made.is_alive()
    made.join(60)
    assert not made.is_alive()
