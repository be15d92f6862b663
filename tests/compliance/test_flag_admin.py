"""The admin's part: who may raise, close and withdraw, and what each window says."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.timezone import now

from compliance import services
from compliance.models import EndUseStatementWithdrawn, RedFlag, RedFlagClosed, RedFlagKind
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
LEGAL = "decision support, not legal advice"


@pytest.fixture(autouse=True)
def _kinds():
    services.load_reference(at=NOON)


@pytest.fixture
def looker(client):
    """Staff who may look at everything here and act on nothing."""
    user = make.user("looker@example.test", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


@pytest.fixture
def things():
    party = make.party()
    flag, statement = make.flag(party), party.end_use_statements.get()
    return {
        "raise": reverse("admin:compliance_raise_flag", args=[party.pk]),
        "close": reverse("admin:compliance_close_flag", args=[flag.pk]),
        "withdraw": reverse("admin:compliance_withdraw_statement", args=[statement.pk]),
        "party": reverse("admin:compliance_party_change", args=[party.pk]),
        "flag": reverse("admin:compliance_redflag_change", args=[flag.pk]),
        "statement": reverse("admin:compliance_endusestatement_change", args=[statement.pk]),
    }


def content(name):
    kind = RedFlagKind.objects.get(code="R3")
    return {"raise": {"kind": kind.pk, "text": "A flat."}}.get(name, {"reason": "Explained."})


PAGES = {"raise": "party", "close": "flag", "withdraw": "statement"}


@pytest.mark.parametrize("name", PAGES)
def test_staff_find_the_act_on_its_page_and_do_it_in_their_name(staff, things, name):
    assert things[name] in staff.get(things[PAGES[name]]).content.decode()
    assert staff.get(things[name]).status_code == 200
    answer = staff.post(things[name], content(name))
    assert answer["Location"] == things[PAGES[name]]
    if name == "raise":
        assert RedFlag.objects.filter(kind__code="R3", raised_by="sally@example.test").exists()
        return
    assert things[name] not in staff.get(things[PAGES[name]]).content.decode()
    done = {"close": RedFlagClosed, "withdraw": EndUseStatementWithdrawn}[name].objects.get()
    assert done.reason == "Explained."
    assert "sally@example.test" in (
        getattr(done, "closed_by", ""),
        getattr(done, "withdrawn_by", ""),
    )


@pytest.mark.parametrize("name", PAGES)
def test_an_act_without_words_is_asked_again(staff, things, name):
    before = (RedFlag.objects.count(), RedFlagClosed.objects.count())
    answer = staff.post(things[name], {**content(name), "text": " ", "reason": " "})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert (RedFlag.objects.count(), RedFlagClosed.objects.count()) == before
    assert not EndUseStatementWithdrawn.objects.exists()


@pytest.mark.parametrize("name", PAGES)
def test_who_may_only_look_is_offered_nothing_and_refused(looker, things, name):
    page = looker.get(things[PAGES[name]])
    assert page.status_code == 200
    assert things[name] not in page.content.decode()
    assert looker.get(things[name]).status_code == 403
    assert looker.post(things[name], content(name)).status_code == 403
    assert (RedFlag.objects.count(), RedFlagClosed.objects.count()) == (1, 0)
    assert not EndUseStatementWithdrawn.objects.exists()


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_staff_sees_nothing(client, charlie, things, name):
    client.force_login(charlie)
    for place in (things[name], things[PAGES[name]]):
        assert client.get(place).status_code == 302
    assert client.post(things[name], content(name)).status_code == 302
    assert (RedFlag.objects.count(), RedFlagClosed.objects.count()) == (1, 0)


def test_open_and_closed_flags_are_told_apart(staff):
    opened, closed = make.flag(make.party("Open Ltd")), make.flag(make.party("Closed Ltd"))
    services.close_flag(flag=closed, reason="A test.", by="sally", at=NOON)
    place = reverse("admin:compliance_redflag_changelist")
    for value, shown, hidden in [("no", opened, closed), ("yes", closed, opened)]:
        page = staff.get(place, {"closed": value}).content.decode()
        assert str(shown.party) in page
        assert str(hidden.party) not in page


def test_statements_that_expire_soon_are_a_list(staff):
    at = now()
    soon, over, good = (make.party(name, signed=False) for name in ("Soon", "Over", "Good"))
    make.statement(soon, expires_at=at + services.statements.REMIND_BEFORE / 2)
    make.statement(over, expires_at=at - services.statements.REMIND_BEFORE)
    make.statement(good)
    place = reverse("admin:compliance_endusestatement_changelist")
    for value, name in [("soon", "Soon"), ("over", "Over")]:
        page = staff.get(place, {"standing": value}).content.decode()
        found = {one for one in ("Soon", "Over", "Good") if f">{one}<" in page or f"{one}:" in page}
        assert found == {name}


def test_every_window_that_shows_a_decision_says_what_it_is(staff):
    decision = services.screen(party=make.party(), question=None, at=NOON)
    for place in (
        reverse("admin:compliance_decision_changelist"),
        reverse("admin:compliance_decision_change", args=[decision.pk]),
        reverse("admin:compliance_redflag_changelist"),
        reverse("admin:compliance_party_change", args=[decision.party.pk]),
    ):
        assert LEGAL in staff.get(place).content.decode()
