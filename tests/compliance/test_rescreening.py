"""Who is screened again, when, and that nobody whom a changed list means is left out."""

import random
from datetime import timedelta

import pytest
from faker import Faker

from compliance import services, tasks
from compliance.models import Decision, Party, Rescreening, ReversePass
from compliance.services import reverse as reversing
from tests import make
from tests.compliance import ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
MICRO = timedelta(microseconds=1)
NEW = ["VELMORANE HOLDINGS LTD", "QUISTERN PRECISION OPTICS CO", "TARNIGOLD MARINE LLC"]


@pytest.fixture
def lists(tmp_path):
    """Bring a list of these names at that moment; its first 30 entries are always the same."""
    services.load_reference(at=NOON)

    def bring(*parties, at=NOON, alt=""):
        folder = ofac.write(tmp_path / "list", *ofac.numbered(30), *parties, alt=alt)
        return services.import_list(source_code="ofac_sdn", folder=folder, published_on=None, at=at)

    bring()
    return bring


def screened(party):
    return Decision.objects.filter(party=party).count()


def candidates():
    return set(Rescreening.objects.values_list("party_id", flat=True))


def settled(at=NOON):
    """Nothing is left from the first import, and everyone has been screened."""
    services.reverse_screen(at=at)
    services.rescreen_due(at=at)
    assert candidates() == set()


# --- a changed list


def slipped(name, rng):
    at = rng.randrange(1, len(name) - 1)
    return rng.choice([name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:], name])


def relatives(name, rng):
    """A party for each way in which a listed name can stand around it."""
    told = slipped(name, rng)
    owner, middle = make.party(told), make.party("Middling Estates Ltd")
    make.stake(middle, owner, 6000)
    beneath = make.party("Undermost Estates Ltd")
    make.stake(beneath, middle, 10_000)
    named, directed = make.party("Named Estates Ltd"), make.party("Directed Estates Ltd")
    make.stake(named, told, 10_00)
    make.director(directed, told.title())
    child = make.party("Child Estates Ltd", parent_name=told)
    grandchild = make.party("Grandchild Estates Ltd")
    make.stake(grandchild, child, 9000)
    native = make.party("Native Estates Ltd", native_name=told)
    return [owner, middle, beneath, named, directed, child, grandchild, native]


def flags(party, at):
    """The entries that ordinary screening says the party or anyone about it may be."""
    names = services.screen(party=party, question=None, at=at).reasons["names"]
    return {(one["uid"], one["entry_hash"]) for name in names for one in name["matches"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everyone_whom_screening_of_all_would_newly_flag_is_a_candidate(lists, seed):
    rng = random.Random(seed)  # noqa: S311  a test repeats itself
    faker = Faker(["en_US", "de_DE", "id_ID"])
    faker.seed_instance(seed)
    for _ in range(15):
        make.party(faker.company(), parent_name=faker.name())
        make.party(faker.name(), kind="person", parent_name="", registration_number="")
    listed = [*NEW, *(faker.company().upper() for _ in range(4))]
    person = f"{faker.last_name().upper()}, {faker.first_name()}"
    close = [relatives(name, rng) for name in (*listed, person)]
    changed = [ofac.party(500 + place, name) for place, name in enumerate(listed)]
    lists(ofac.party(600, "FORMER NAME OF SOMEBODY"))
    everyone = list(Party.objects.order_by("pk"))
    before = {party.pk: flags(party, NOON) for party in everyone}
    Rescreening.objects.all().delete()
    ReversePass.objects.all().delete()
    lists(*changed, ofac.party(600, person, "individual"), at=NOON + HOUR)
    services.reverse_screen(at=NOON + HOUR)
    after = {party.pk: flags(party, NOON + HOUR) for party in everyone}
    newly = {key for key in after if after[key] - before[key]}
    assert len(newly) >= len(close) * 6
    assert candidates() == newly


def test_a_candidate_is_screened_once_and_the_decision_is_kept_with_it(lists):
    victim, other = make.party("Velmorane Holdings Limited"), make.party()
    settled()
    snapshot = lists(ofac.party(501, NEW[0]), at=NOON + HOUR)
    for _ in range(2):
        services.reverse_screen(at=NOON + HOUR)
        services.rescreen_waiting(at=NOON + HOUR)
    [row] = Rescreening.objects.all()
    assert (row.party, row.snapshot, row.entries) == (victim, snapshot, ["501"])
    assert (row.decision.outcome, row.decision.decided_at) == ("deny", NOON + HOUR)
    assert (screened(victim), screened(other)) == (2, 1)
    done = ReversePass.objects.get(snapshot=snapshot)
    assert (done.looked_at, done.finished_at) == (2, NOON + HOUR)


def test_a_changed_entry_concerns_those_who_look_like_what_it_says_now(lists):
    make.party("Velmorane Holdings Ltd")
    now = make.party("Tarnigold Marine Llc")
    lists(ofac.party(501, NEW[0]))
    services.reverse_screen(at=NOON)
    Rescreening.objects.all().delete()
    lists(ofac.party(501, NEW[2]), at=NOON + HOUR)
    services.reverse_screen(at=NOON + HOUR)
    assert candidates() == {now.pk}


def test_an_import_without_changes_looks_at_nobody(lists):
    settled()
    passes = ReversePass.objects.count()
    lists(at=NOON + HOUR)
    assert services.reverse_screen(at=NOON + HOUR) == 0
    assert ReversePass.objects.count() == passes


def test_a_pass_goes_on_where_it_stopped(lists, monkeypatch):
    parties = [make.party(f"Velmorane Holdings {number} Ltd") for number in range(5)]
    settled()
    monkeypatch.setattr(reversing, "CHUNK", 2)
    snapshot = lists(ofac.party(501, NEW[0]), at=NOON + HOUR)
    real, calls = reversing.concerned, []

    def fail_in_the_second_chunk(**facts):
        calls.append(facts)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(**facts)

    monkeypatch.setattr(reversing, "concerned", fail_in_the_second_chunk)
    with pytest.raises(RuntimeError, match="killed"):
        services.reverse_screen(at=NOON + HOUR)
    half = ReversePass.objects.get(snapshot=snapshot)
    assert (half.looked_at, half.reached, half.finished_at) == (2, parties[1].pk, None)
    assert services.reverse_screen(at=NOON + HOUR) == 3
    assert candidates() == {party.pk for party in parties}
    assert services.reverse_screen(at=NOON + HOUR) == 0


def test_candidates_wait_while_a_list_is_stale(lists):
    victim = make.party("Velmorane Holdings Limited")
    settled()
    lists(ofac.party(501, NEW[0]), at=NOON + HOUR)
    services.reverse_screen(at=NOON + HOUR)
    services.rescreen_waiting(at=NOON + HOUR + DAY)
    assert (screened(victim), Rescreening.objects.get().decision) == (1, None)
    lists(ofac.party(501, NEW[0]), at=NOON + HOUR + DAY)
    services.rescreen_waiting(at=NOON + HOUR + DAY)
    assert Rescreening.objects.get().decision.outcome == "deny"


# --- every day, and on every change


def test_everyone_is_screened_once_a_day(lists):
    quiet = make.party()
    services.rescreen_due(at=NOON)
    lists(at=NOON + DAY - HOUR)
    services.rescreen_due(at=NOON + DAY - MICRO)
    assert screened(quiet) == 1
    services.rescreen_due(at=NOON + DAY)
    assert screened(quiet) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda party: services.amend_party(party=party, by="t", at=NOON, hq_country="MY"),
        lambda party: make.stake(party, "Somebody Else", 100),
        lambda party: make.director(party),
        lambda party: Party.objects.filter(pk=party.pk).update(country="MY"),
    ],
    ids=["amended", "stake", "director", "by hand"],
)
def test_a_change_of_a_party_screens_it_again_and_nobody_else(lists, change):
    party, other = make.party(), make.party("Somebody Else Ltd")
    services.rescreen_due(at=NOON)
    change(party)
    services.rescreen_due(at=NOON + MICRO)
    services.rescreen_due(at=NOON + MICRO)
    assert (screened(party), screened(other)) == (2, 1)


def test_a_change_of_an_owner_screens_what_it_owns_again(lists):
    owner, owned = make.party("Owner Ltd"), make.party("Owned Ltd")
    make.stake(owned, owner, 5000)
    services.rescreen_due(at=NOON)
    services.amend_party(party=owner, by="t", at=NOON, legal_name="Velmorane Estates Ltd")
    services.rescreen_due(at=NOON + MICRO)
    assert (screened(owner), screened(owned)) == (2, 2)


def test_nobody_is_screened_for_the_day_while_a_list_is_stale(lists):
    quiet = make.party()
    services.rescreen_due(at=NOON + DAY)
    assert screened(quiet) == 0


def test_a_refusal_for_want_of_a_list_is_no_screening_of_the_day(lists):
    party = make.party()
    lists(at=NOON - DAY)
    assert services.screen(party=party, question=None, at=NOON).outcome == "deny_temporary"
    lists(at=NOON)
    services.rescreen_due(at=NOON)
    assert screened(party) == 2


CHANGES = {
    "amended": lambda party: services.amend_party(party=party, by="t", at=NOON, hq_country="MY"),
    "stake": lambda party: make.stake(party, "Somebody Else", 100),
    "director": make.director,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_sends_a_hint(lists, change, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: sent.append((task, ids)))
    party = make.party()
    with django_capture_on_commit_callbacks(execute=True):
        CHANGES[change](party)
    assert sent == [("compliance.tasks.rescreen_changed", {"party_id": party.pk})]


def test_an_import_that_changes_something_sends_a_hint(
    lists, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("marketplace.core.hints._send", lambda task, ids: sent.append((task, ids)))
    with django_capture_on_commit_callbacks(execute=True):
        lists(at=NOON + HOUR)
        lists(ofac.party(501, NEW[0]), at=NOON + HOUR)
    assert sent == [("compliance.tasks.rescreen_listed", {})]


def test_the_tasks_do_what_their_services_do(lists, monkeypatch):
    monkeypatch.setattr(tasks, "now", lambda: NOON + HOUR)
    party = make.party("Velmorane Holdings Limited")
    tasks.rescreen_changed(party_id=party.pk)
    tasks.rescreen_due()
    assert screened(party) == 1
    lists(ofac.party(501, NEW[0]), at=NOON + HOUR)
    tasks.rescreen_listed()
    assert Rescreening.objects.get().decision.outcome == "deny"
