"""A challenge from the asking to the tier: in time, all GPUs, every element right."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from compliance.models import Case, RedFlag
from marketplace.catalog import tasks
from marketplace.catalog.models import Calibration, Challenge, Machine, Trust, TrustEvidence
from marketplace.catalog.trust import opening
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust.services import asking
from marketplace.core.models import AuditEvent
from tests import make
from tests.catalog.computing import computed
from tests.catalog.hardware import H100, gpu, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
UUIDS = ("GPU-0000", "GPU-0001")
MS = timedelta(milliseconds=1)
IN_TIME = NOON + 1000 * MS


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    for name, value in {"N": 64, "K": 64, "LEAF": 64, "OPENINGS": 16}.items():
        monkeypatch.setattr(asking, name, value)


@pytest.fixture
def machine(market):
    """Two H100s that are consistent."""
    made = make.machine(gpus=0)
    for place in range(2):
        make.gpu(made, uuid=gpu(place).uuid, nvml_name=H100, index=place)
    trust.take_report(machine=made, report=report(), at=NOON)
    return made


def calibration(machine, sally, **facts):
    known = {"card": H100, "n": 64, "k": 64, "median_ms": 2000, "samples": 5}
    return Calibration.objects.create(
        machine=machine, measured_at=NOON, by=sally, **{**known, **facts}
    )


@pytest.fixture
def calibrated(machine, sally):
    calibration(machine, sally)
    return machine


def ask(machine, at=NOON, **use):
    return trust.ask(machine=machine, use=trust.Use(**use), at=at)


def commit(row, at=IN_TIME, uuids=UUIDS, **how):
    made = [computed(row, uuid, **how) for uuid in uuids]
    roots = [one.root for one in made]
    answers = trust.commit(machine=row.machine, challenge=row.public_id, roots=roots, at=at)
    return list(zip(made, answers, strict=True))


def show(row, pairs, at=IN_TIME):
    return [
        trust.show(
            machine=row.machine,
            challenge=row.public_id,
            uuid=made.uuid,
            leaves=made.leaves(answer.elements),
            at=at,
        )
        for made, answer in pairs
    ]


def whole(machine, at=NOON, **how):
    """Ask, answer and judge; returns the challenge as it ended."""
    row = ask(machine, at=at)
    show(row, commit(row, at=at + 1000 * MS, **how), at=at + 1000 * MS)
    trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=at + 1000 * MS)
    return Challenge.objects.get(pk=row.pk)


def tier(machine, at=IN_TIME):
    return trust.tier_of(Machine.objects.get(pk=machine.pk), at=at)


def flags(machine):
    flags = RedFlag.objects.filter(party=machine.site.operator.party)
    return list(flags.values_list("kind__code", flat=True))


def test_all_gpus_in_time_and_right_earn_the_tier_for_a_day(calibrated):
    assert tier(calibrated) == "consistent"
    row = whole(calibrated)
    assert (row.state, row.finding, row.elapsed_ms) == ("passed", "answered after 1000 ms", 1000)
    evidence = TrustEvidence.objects.get(kind="challenged")
    assert (evidence.passed, evidence.expires_at) == (True, IN_TIME + 24 * HOUR)
    assert evidence.detail["elapsed_ms"] == 1000
    assert [one[:2] for one in evidence.detail["answers"]] == [[uuid, "cuda"] for uuid in UUIDS]
    assert tier(calibrated) == "challenged"
    assert not row.answers.exclude(leaves=None).exists(), "what was checked is not kept"


def test_the_reference_device_never_earns_the_tier_however_right_and_fast(calibrated):
    row = whole(calibrated, device="reference")
    assert row.state == "failed"
    assert row.finding == "the reference device computed it, not a GPU"
    assert tier(calibrated) == "consistent"
    assert flags(calibrated) == [], "it says itself what it is"


def test_one_reference_device_among_gpus_spoils_it(calibrated):
    row = ask(calibrated)
    made = [computed(row, UUIDS[0]), computed(row, UUIDS[1], device="reference")]
    answers = trust.commit(
        machine=calibrated, challenge=row.public_id, roots=[one.root for one in made], at=IN_TIME
    )
    show(row, zip(made, answers, strict=True))
    assert trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=IN_TIME) == "failed"


def test_an_answer_that_comes_late_is_lost_at_once(calibrated):
    whole(calibrated)
    assert tier(calibrated) == "challenged"
    row = ask(calibrated, at=NOON + 8 * HOUR)
    assert row.within_ms == 2000 * 5 // 4 + 1500
    limit = row.asked_at + row.within_ms * MS
    with pytest.raises(trust.TooLate, match="after 4001 ms, 4000 were allowed"):
        commit(row, at=limit + MS)
    row.refresh_from_db()
    assert (row.state, row.answers.count()) == ("failed", 0)
    assert tier(calibrated, at=limit) == "consistent", "what it had is gone too"
    with pytest.raises(trust.NoChallenge):
        commit(row, at=limit)


def test_control_an_answer_at_the_last_moment_is_in_time(calibrated):
    row = ask(calibrated)
    assert commit(row, at=NOON + row.within_ms * MS)


def test_one_forged_element_in_ten_is_found(calibrated, monkeypatch):
    """64 openings as in production, drawn by a seed so that the test is the same each time."""
    monkeypatch.setattr(asking, "OPENINGS", 64)
    monkeypatch.setattr(asking, "_random", random.Random(1))  # noqa: S311
    row = whole(calibrated, forge=0.1)
    assert row.state == "failed"
    assert "is wrong: row" in row.finding
    assert tier(calibrated) == "consistent"
    assert flags(calibrated) == ["R20"]
    assert Case.objects.filter(party=calibrated.site.operator.party).count() == 1


def test_how_often_one_forged_element_in_ten_passes():
    """Drawn 4000 times: .9^64 is 0.12 %, and all that was drawn must be right to pass."""
    made = computed_of_nothing(forge=0.1)
    passed = sum(made.forged.isdisjoint(asking.draw(64, 64)) for _ in range(4000))
    assert len(made.forged) in range(330, 490)
    assert passed < 40


def computed_of_nothing(**how):
    row = Challenge(nonce=bytes(32), n=64, k=64, leaf=64)
    return computed(row, UUIDS[0], **how)


def test_leaves_of_another_product_than_was_committed_to_are_refused(calibrated):
    row = ask(calibrated)
    [(_, answer), _] = commit(row, forge=0.5)
    honest = computed(row, UUIDS[0])
    with pytest.raises(trust.BadAnswer, match="not in the tree"):
        show(row, [(honest, answer)])
    assert not row.answers.exclude(leaves=None).exists()
    assert Challenge.objects.get(pk=row.pk).state == "committed"


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (lambda leaves: leaves[:-1], "15 leaves came for 16 elements"),
        (lambda leaves: leaves[1:] + leaves[:1], "is not in leaf"),
        (lambda leaves: _with(leaves, content="AAAA"), "has 3 bytes"),
        (lambda leaves: _with(leaves, content="A"), "is no base64"),
        (lambda leaves: _with(leaves, path=leaves[0].path[1:]), "has 5 steps"),
        (lambda leaves: _with(leaves, path=("0" * 64,) * 6), "not in the tree"),
    ],
)
def test_leaves_that_do_not_fit_are_refused(calibrated, bend, said):
    row = ask(calibrated)
    [(made, answer), _] = commit(row)
    leaves = bend(made.leaves(answer.elements))
    with pytest.raises(trust.BadAnswer, match=said):
        trust.show(
            machine=calibrated, challenge=row.public_id, uuid=made.uuid, leaves=leaves, at=IN_TIME
        )
    assert not row.answers.exclude(leaves=None).exists()


def _with(leaves, **change):
    return (leaves[0].model_copy(update=change), *leaves[1:])


@pytest.mark.parametrize("uuids", [UUIDS[:1], (UUIDS[0], UUIDS[0]), (*UUIDS, "GPU-0002")])
def test_the_roots_of_other_gpus_than_were_asked_lose_it(calibrated, uuids):
    row = ask(calibrated)
    with pytest.raises(trust.BadAnswer, match="each once"):
        commit(row, uuids=uuids)
    assert Challenge.objects.get(pk=row.pk).state == "failed"


def test_one_gpu_cannot_answer_for_another(calibrated):
    row = ask(calibrated)
    one = computed(row, UUIDS[0])
    roots = [one.root, one.root.model_copy(update={"uuid": UUIDS[1]})]
    answers = trust.commit(machine=calibrated, challenge=row.public_id, roots=roots, at=IN_TIME)
    for answer in answers:
        leaves = one.leaves(answer.elements)
        trust.show(
            machine=calibrated, challenge=row.public_id, uuid=answer.uuid, leaves=leaves, at=IN_TIME
        )
    assert trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=IN_TIME) == "failed"
    assert Challenge.objects.get(pk=row.pk).finding.startswith(f"{UUIDS[1]}: element")


def test_another_machine_cannot_answer(calibrated):
    row = ask(calibrated)
    other = make.machine(gpus=2)
    roots = [computed(row, uuid).root for uuid in UUIDS]
    with pytest.raises(trust.NoChallenge):
        trust.commit(machine=other, challenge=row.public_id, roots=roots, at=IN_TIME)
    assert Challenge.objects.get(pk=row.pk).state == "asked"


def test_roots_are_taken_once(calibrated):
    row = ask(calibrated)
    commit(row)
    with pytest.raises(trust.NoChallenge):
        commit(row)


def test_without_a_calibration_right_answers_are_measured_and_earn_nothing(machine):
    row = whole(machine)
    assert (row.state, row.calibrated) == ("measured", False)
    assert not TrustEvidence.objects.filter(kind="challenged").exists()
    assert tier(machine) == "consistent"
    [lack] = trust.standing(machine=machine, at=IN_TIME).missing
    assert lack.startswith("its GPUs answered rightly, but no time limit has been measured")


def test_without_a_calibration_a_wrong_answer_is_still_wrong(machine):
    assert whole(machine, forge=0.9).state == "failed"
    assert flags(machine) == ["R20"]


def test_staff_make_measured_answers_the_time_that_a_card_is_given(machine, sally):
    for place in range(4):
        whole(machine, at=NOON + place * 8 * HOUR)
    with pytest.raises(trust.NotMeasured, match="4 answers were measured, 5 alike are needed"):
        trust.calibrate(machine=machine, by=sally, at=NOON)
    whole(machine, at=NOON + 40 * HOUR)
    made = trust.calibrate(machine=machine, by=sally, at=NOON)
    assert (made.card, made.median_ms, made.samples) == (H100, 1000, 5)
    assert AuditEvent.objects.filter(verb="calibrated challenge").count() == 1
    work = asking.work_for({H100})
    assert (work.within_ms, work.calibrated) == (1000 * 5 // 4 + 1500, True)


def test_the_slowest_of_several_cards_sets_the_time(machine, sally):
    calibration(machine, sally)
    assert not asking.work_for({H100, "Tesla T4"}).calibrated
    calibration(machine, sally, card="Tesla T4", median_ms=8000)
    assert asking.work_for({H100, "Tesla T4"}).within_ms == 8000 * 5 // 4 + 1500
    calibration(machine, sally, card="Tesla T4", k=128)
    assert not asking.work_for({H100, "Tesla T4"}).calibrated, "not the same work"


def test_when_a_machine_is_asked(calibrated):
    first = ask(calibrated)
    assert (first.reason, first.whole, sorted(first.gpu_uuids)) == ("random", True, list(UUIDS))
    assert ask(calibrated) is None, "one at a time"
    show(first, commit(first))
    trust.verify(challenge=Challenge.objects.get(pk=first.pk), at=IN_TIME)
    after = Trust.objects.get(machine=calibrated).challenge_after
    assert IN_TIME + 2 * HOUR <= after < IN_TIME + 8 * HOUR
    assert ask(calibrated, at=after - MS) is None
    assert ask(calibrated, at=after, busy=UUIDS[:1]) is None, "never beside a renter at random"
    assert ask(calibrated, at=after) is not None


def owing(machine):
    return Trust.objects.get(machine=machine).owing


def test_a_gpu_that_came_back_after_a_fault_is_asked_once_it_is_free(calibrated):
    asking.plan_next(machine=calibrated, at=NOON)
    assert ask(calibrated) is None, "it is not time yet"
    trust.owe(machine=calibrated, uuids=UUIDS[:1])
    assert ask(calibrated, busy=UUIDS[:1]) is None
    row = ask(calibrated, busy=UUIDS[1:])
    assert (row.reason, row.whole, row.gpu_uuids) == ("fault", False, [UUIDS[0]])
    show(row, commit(row, uuids=UUIDS[:1]))
    assert owing(calibrated) == [UUIDS[0]], "until it is over"
    assert trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=IN_TIME) == "passed"
    assert owing(calibrated) == []
    assert tier(calibrated) == "consistent", "one of two GPUs earns nothing"
    assert ask(calibrated, at=IN_TIME, busy=UUIDS[1:]) is None


def test_a_fault_that_nobody_answers_for_costs_the_tier_and_is_not_asked_again(calibrated):
    whole(calibrated)
    assert tier(calibrated) == "challenged"
    trust.owe(machine=calibrated, uuids=UUIDS[1:])
    row = ask(calibrated, at=IN_TIME)
    assert (row.reason, row.whole) == ("fault", True)
    assert trust.expire(at=IN_TIME + HOUR) == 1
    assert (owing(calibrated), tier(calibrated)) == ([], "consistent")


def test_a_machine_that_is_let_back_owes_for_all_its_gpus(calibrated, sally):
    trust.suspend(machine=calibrated, reason="looked at", by=sally, at=NOON)
    assert trust.lift(machine=calibrated, by=sally, at=NOON)
    assert owing(calibrated) == list(UUIDS)


def test_evidence_says_where_the_machine_stood_with_it(calibrated):
    whole(calibrated)
    row = ask(calibrated, at=NOON + 8 * HOUR)
    with pytest.raises(trust.TooLate):
        commit(row, at=row.asked_at + HOUR)
    told = TrustEvidence.objects.order_by("pk").values_list("kind", "passed", "tier")
    assert list(told) == [
        ("consistent", True, "consistent"),
        ("challenged", True, "challenged"),
        ("challenged", False, "consistent"),
    ]


def test_before_a_lease_its_free_gpus_are_asked_but_in_time(calibrated):
    asking.plan_next(machine=calibrated, at=NOON)
    soon = NOON + HOUR / 12
    assert ask(calibrated) is None
    row = ask(calibrated, busy=UUIDS[:1], starting=UUIDS[1:], next_start=soon)
    assert (row.reason, row.whole, row.gpu_uuids) == ("lease", False, [UUIDS[1]])
    show(row, commit(row, uuids=UUIDS[1:]))
    assert trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=IN_TIME) == "passed"
    assert tier(calibrated) == "consistent", "a part proves nothing of the whole"
    later = NOON + HOUR
    near = {"starting": UUIDS, "next_start": later + 3999 * MS}
    assert ask(calibrated, at=later, **near) is None, "it might not be over by then"
    near["next_start"] = later + 4000 * MS
    assert ask(calibrated, at=later, **near).whole


def test_a_part_that_fails_costs_the_tier(calibrated):
    whole(calibrated)
    assert tier(calibrated) == "challenged"
    at = NOON + HOUR
    row = ask(calibrated, at=at, busy=UUIDS[:1], starting=UUIDS[1:], next_start=at + HOUR / 12)
    show(row, commit(row, at=at + MS, uuids=UUIDS[1:], forge=0.9), at=at + MS)
    trust.verify(challenge=Challenge.objects.get(pk=row.pk), at=at + MS)
    assert tier(calibrated, at=at + MS) == "consistent"


@pytest.mark.parametrize("facts", [{"state": "offline"}, {"simulated": True}])
def test_who_is_not_asked(calibrated, facts):
    Machine.objects.update(**facts)
    assert ask(Machine.objects.get(pk=calibrated.pk)) is None


def test_a_challenge_that_nobody_answers_ends_and_costs_the_tier(calibrated):
    whole(calibrated)
    at = NOON + 8 * HOUR
    row = ask(calibrated, at=at)
    assert trust.expire(at=at + HOUR / 6) == 0
    late = at + row.within_ms * MS + HOUR / 6 + MS
    assert trust.expire(at=late) == 1
    row.refresh_from_db()
    assert row.state == "expired"
    assert tier(calibrated, at=late) == "consistent"
    assert trust.expire(at=late) == 0


def test_roots_without_leaves_end_too(calibrated):
    row = ask(calibrated)
    commit(row)
    assert trust.expire(at=NOON + HOUR) == 1
    assert Challenge.objects.get(pk=row.pk).state == "expired"


def test_the_sweep_finds_what_a_lost_hint_left(calibrated, monkeypatch):
    row = ask(calibrated)
    show(row, commit(row))
    monkeypatch.setattr(tasks, "now", lambda: IN_TIME)
    tasks.verify_challenges()
    assert Challenge.objects.get(pk=row.pk).state == "passed"
    evidence = TrustEvidence.objects.filter(kind="challenged")
    assert evidence.count() == 1
    stale = Challenge.objects.get(pk=row.pk)
    stale.state = "shown"
    trust.verify(challenge=stale, at=IN_TIME)
    assert evidence.count() == 1, "a second worker finds it over"


def test_other_gpus_are_asked_anew(calibrated):
    whole(calibrated)
    Machine.objects.get(pk=calibrated.pk).gpus.filter(uuid=UUIDS[1]).update(uuid="GPU-new")
    trust.derive(machine=calibrated)
    assert tier(calibrated) == "unverified"


def test_the_database_keeps_one_challenge_at_a_time(calibrated):
    row = ask(calibrated)
    with pytest.raises(IntegrityError, match="challenge_one_at_a_time"), transaction.atomic():
        Challenge.objects.create(
            **{
                name: getattr(row, name)
                for name in ("machine", "reason", "nonce", "n", "k", "leaf", "openings")
            },
            gpu_uuids=[],
            whole=True,
            calibrated=True,
            within_ms=1,
            asked_at=NOON,
        )


def test_an_element_that_is_asked_for_is_the_one_that_is_checked():
    made = computed_of_nothing()
    asked = opening.Asked(
        Challenge().public_id, bytes(32), UUIDS[0], 64, 64, 64, made.tree.root, [64 * 3 + 5]
    )
    seen = []
    right = int.from_bytes(made.piece(3)[20:24], "little")

    def compute(seeds, i, j, k):
        seen.append((i, j, k))
        return right

    opening.check_elements(asked, made.leaves([64 * 3 + 5]), compute)
    assert seen == [(3, 5, 64)]
