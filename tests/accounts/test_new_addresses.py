"""Another address: it counts once its own link was opened by who asked, and only then."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from marketplace.accounts import services as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services import AddressTaken, BadLink
from marketplace.accounts.services.new_addresses import LASTS
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
NEW = "alice@new.example.test"


def ask(user, email=NEW, at=NOON):
    return accounts.ask_for_address(user=user, email=email, at=at)


def change(user, link, at=NOON + HOUR):
    return accounts.change_address(user=user, link=link, at=at)


def addresses(user):
    row = User.objects.get(pk=user.pk)
    return row.email, row.confirmed_email


def trail():
    rows = AuditEvent.objects.order_by("pk")
    return [(row.verb, row.actor_label, row.detail) for row in rows]


def test_asking_changes_nothing(alice):
    ask(alice)
    assert addresses(alice) == ("alice@example.test", "alice@example.test")
    assert trail() == [("asked for another e-mail", "alice@example.test", {"email": NEW})]


def test_the_link_changes_and_confirms(alice):
    accounts.confirm_email(user=alice, at=NOON)
    change(alice, ask(alice, "  Alice@NEW.example.test "))
    assert addresses(alice) == (NEW, NEW)
    assert (alice.email, alice.email_confirmed) == (NEW, True)
    # new passwords go there, and no longer to the old one
    rows = EmailAddress.objects.values_list("email", "verified", "primary")
    assert list(rows) == [(NEW, True, True)]
    assert trail()[-1] == (
        "changed e-mail",
        "alice@example.test",
        {"old": "alice@example.test", "new": NEW},
    )


def test_an_address_that_was_never_confirmed_may_be_left(db):
    eve = make.user("eve@example.test", confirmed=False)
    change(eve, ask(eve))
    assert addresses(eve) == (NEW, NEW)


def refused(user, link, at=NOON + HOUR):
    before = (addresses(user), trail())
    with pytest.raises(BadLink):
        change(user, link, at=at)
    assert (addresses(user), trail()) == before


def test_a_link_is_of_one_person(alice, charlie):
    refused(charlie, ask(alice))


def test_a_link_works_once(alice):
    link = ask(alice)
    change(alice, link)
    refused(alice, link)


def test_a_link_counts_only_from_the_address_it_was_asked_at(alice):
    first, second = ask(alice), ask(alice, "third@example.test")
    change(alice, second)
    refused(alice, first)


def test_a_link_that_somebody_else_overtook_in_this_moment(alice):
    link = ask(alice)
    User.objects.filter(pk=alice.pk).update(email="staff-changed@example.test")
    refused(alice, link)


@pytest.mark.parametrize(("after", "works"), [(-make.HOUR, True), (0 * make.HOUR, False)])
def test_a_link_works_three_days(alice, after, works):
    link = ask(alice)
    if works:
        change(alice, link, at=NOON + LASTS + after)
        assert addresses(alice) == (NEW, NEW)
    else:
        refused(alice, link, at=NOON + LASTS + after)


@pytest.mark.parametrize("spoil", [lambda _link: "made up", lambda link: link[:-1] + "_"])
def test_a_link_that_is_not_ours(alice, spoil):
    refused(alice, spoil(ask(alice)))


def test_a_taken_address_is_refused(alice, charlie):
    with pytest.raises(AddressTaken):
        ask(alice, charlie.email)
    assert addresses(alice) == ("alice@example.test", "alice@example.test")


def test_an_address_that_is_taken_meanwhile(alice):
    link = ask(alice)
    make.user(NEW)
    refused(alice, link)


@pytest.mark.parametrize("email", ["alice@example.test", " Alice@Example.test", "alice", ""])
def test_what_is_no_other_address(alice, email):
    with pytest.raises(ValidationError):
        ask(alice, email)
    assert trail() == []
