"""A challenge over HTTP, signed as the agent signs it, from the question to the tier."""

from datetime import timedelta
from uuid import uuid4

import pytest

from agents.gateway import problems
from agents.protocol.challenge import ChallengeAsk, Commitment, Reveal
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Calibration, Challenge, Trust
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust.services import asking
from tests import make
from tests.agents.gateway.signed import node_for, problem, signed_post
from tests.catalog.computing import told
from tests.catalog.hardware import H100, gpu, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
CUDA = ChallengeAsk(device="cuda")
UUIDS = ["GPU-0000", "GPU-0001"]
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    for name, value in {"N": 64, "K": 64, "LEAF": 64, "OPENINGS": 16}.items():
        monkeypatch.setattr(asking, name, value)


@pytest.fixture
def machine(market, sally):
    """Two H100s that are consistent, of a card that was calibrated."""
    made = make.machine(gpus=0)
    for place in range(2):
        make.gpu(made, uuid=gpu(place).uuid, nvml_name=H100, index=place)
    trust.take_report(machine=made, report=report(), at=NOON)
    Calibration.objects.create(
        card=H100, n=64, k=64, median_ms=2000, samples=5, machine=made, measured_at=NOON, by=sally
    )
    return made


@pytest.fixture
def send(client, machine, monkeypatch):
    """Post as the node of `machine`, so many seconds after noon."""
    node, key = node_for(machine)

    def send(path, message, *, after=0):
        at = NOON + after * SECOND
        monkeypatch.setattr(problems, "now", lambda: at)
        return signed_post(client, path, message, key=key, key_id=node.public_id, at=at)

    return send


def ask(send, **how):
    return send("challenge", CUDA, **how).json()["challenge"]


def commitment(question, made):
    return Commitment(challenge=question["challenge"], roots=tuple(one.root for one in made))


def reveal(question, made, opening):
    leaves = made.leaves(opening["elements"])
    return Reveal(challenge=question["challenge"], uuid=made.uuid, leaves=leaves)


def test_a_machine_that_computes_in_time_is_challenged(send, machine):
    question = ask(send)
    assert (question["gpu_uuids"], question["within_ms"]) == (UUIDS, 4000)
    made = [told(question, uuid) for uuid in UUIDS]
    reply = send("challenge/commit", commitment(question, made), after=2).json()
    assert [one["uuid"] for one in reply["openings"]] == UUIDS
    assert [len(one["elements"]) for one in reply["openings"]] == [16, 16]
    complete = [
        send("challenge/reveal", reveal(question, one, opening), after=3).json()["complete"]
        for one, opening in zip(made, reply["openings"], strict=True)
    ]
    assert complete == [False, True]
    assert trust.verify_shown(at=NOON + 4 * SECOND) == 1
    assert send("hardware", report(), after=5).json()["tier"] == "challenged"


def test_the_deadline_is_the_servers(send, machine):
    question = ask(send)
    made = [told(question, uuid) for uuid in UUIDS]
    answer = send("challenge/commit", commitment(question, made), after=5)
    assert problem(answer) == (409, "too-late")
    assert Challenge.objects.get().state == "failed"


def test_what_was_not_asked_is_not_answered(send, machine):
    question = ask(send)
    made = [told(question, uuid) for uuid in UUIDS]
    other = commitment({**question, "challenge": str(uuid4())}, made)
    assert problem(send("challenge/commit", other)) == (409, "no-challenge")
    early = reveal(question, made[0], {"elements": [0]})
    assert problem(send("challenge/reveal", early)) == (409, "no-challenge")
    assert Challenge.objects.get().state == "asked"


def test_leaves_that_do_not_fit_are_refused(send, machine):
    question = ask(send)
    made = [told(question, uuid) for uuid in UUIDS]
    send("challenge/commit", commitment(question, made), after=1)
    wrong = reveal(question, made[0], {"elements": [0]})
    assert problem(send("challenge/reveal", wrong, after=2)) == (422, "bad-answer")


def test_a_machine_that_cannot_compute_is_not_asked(send, machine):
    reply = send("challenge", ChallengeAsk(reason="no libcuda")).json()
    assert (reply["challenge"], reply["next_ask_s"]) == (None, 60)
    assert not Challenge.objects.exists()


def test_a_leased_gpu_is_left_alone_and_one_that_will_be_is_asked_before(send, machine, harbour):
    make.funded(harbour)
    offer = catalog.list_offer(
        machine=machine, chip=machine.gpus.first().chip, price_micro_per_gpu_hour=1000, at=NOON
    )
    running = make.reservation(harbour, offer)
    assert running.state == "confirmed"
    Trust.objects.filter(machine=machine).update(challenge_after=NOON)
    assert ask(send) is None
    make.reservation(harbour, offer, start=NOON + HOUR / 12)
    question = ask(send, after=1)
    taken = running.assignments.get().leases.get().gpu.uuid
    assert question["gpu_uuids"] == [uuid for uuid in UUIDS if uuid != taken]
    assert Challenge.objects.get().reason == "lease"
