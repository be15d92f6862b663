"""Workspaces that outlive a rental, on the pages of who rents and of who provides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.catalog.models import Offer
from marketplace.ledger.models import Hold
from tests import make
from tests.web.test_reserving import hidden

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRICE, GIB = 100, make.GIB
#: what keeping it for a day costs at most
DAY = 24 * GIB * PRICE
WISH = {"gpu_count": "1", "when": "now", "hours": "1", "command": "true", "environment": ""}


@pytest.fixture
def alice_in(client, alice, harbour, fresh_market):
    client.force_login(alice)
    return client


@pytest.fixture
def offer(fresh_market):
    return make.offer(gpus=2, price_micro=2_400_000, keep_micro_per_gib_hour=PRICE)


@pytest.fixture
def runs(harbour, offer):
    """It runs, and its machine has said how large its workspace is."""
    at = now()
    make.funded(harbour)
    row = make.reservation(harbour, offer, at=at, start=at)
    part = make.started(row, at=at)
    part.workspace_bytes = GIB << 30
    part.save(update_fields=["workspace_bytes"])
    return row


def want(row, hours=24):
    return brokerage.keep(reservation=row, hours=hours, by=None, key=f"k{hours}", at=now())


@pytest.fixture
def wanted(runs):
    return want(runs)


@pytest.fixture
def kept(wanted):
    brokerage.stop(reservation=wanted.reservation, by=None, at=now())
    make.kept(wanted.reservation, at=now())
    wanted.refresh_from_db()
    return wanted


def page(row, name="reservation"):
    return reverse(name, args=[row.public_id])


def held():
    return sorted(Hold.objects.values_list("amount", flat=True))


# --- asking for it


def test_it_is_asked_for_in_two_steps(alice_in, runs, said):
    before = held()
    text = said(alice_in.get(page(runs)))
    assert "50 GiB are wiped when the rental ends, unless you have them kept" in text
    assert "$0.005 an hour, $0.0001 per GiB-hour" in text
    shown = alice_in.post(page(runs, "keep"), {"hours": "24"})
    text = said(shown)
    assert "Kept for 24 hours after the rental" in text
    assert "$0.12 is held from the wallet. It is the most that keeping it can cost." in text
    assert held() == before
    sent = hidden(shown)
    for _ in range(2):
        answer = alice_in.post(page(runs, "make-keep"), sent, follow=True)
    row = Keeping.objects.get()
    assert (row.state, row.hours, row.gib, row.most_micro) == ("wanted", 24, GIB, DAY)
    assert row.wanted_by.email == "alice@example.test"
    assert held() == sorted([*before, DAY])
    assert "50 GiB are kept for 24 hours after it ends, whatever ends it." in said(answer)


@pytest.mark.parametrize("hours", ["", "0", "721", "x", "1.5"])
def test_hours_that_cannot_be_are_refused(hours, alice_in, runs, said):
    answer = alice_in.post(page(runs, "keep"), {"hours": hours})
    assert answer.status_code == 422
    assert "Write for how many hours, from 1 to 720." in said(answer)


def test_what_it_costs_is_agreed_to_as_it_was_shown(alice_in, runs, said):
    sent = {**hidden(alice_in.post(page(runs, "keep"), {"hours": "24"})), "most": DAY - 1}
    answer = alice_in.post(page(runs, "make-keep"), sent)
    assert answer.status_code == 409
    assert "By now this costs $0.12 at most." in said(answer)
    assert not Keeping.objects.exists()


def test_a_wallet_that_is_empty_is_refused(alice_in, runs, harbour, said):
    sent = hidden(alice_in.post(page(runs, "keep"), {"hours": "24"}))
    rest = billing.wallet(organisation=harbour).available
    dear = make.offer(price_micro=rest, machine=make.machine(gpus=1))
    make.reservation(harbour, dear, start=now(), at=now())
    before = held()
    answer = alice_in.post(page(runs, "make-keep"), sent)
    assert answer.status_code == 402
    assert "The wallet does not cover this. Add money first." in said(answer)
    assert not Keeping.objects.exists()
    assert held() == before


def test_an_offer_that_keeps_nothing_says_so(alice_in, runs, said):
    Offer.objects.update(keep_micro_per_gib_hour=None)
    text = said(alice_in.get(page(runs)))
    assert "It cannot be kept for longer. Its provider keeps no workspaces." in text
    assert "Show what it costs at most" not in text
    answer = alice_in.post(page(runs, "keep"), {"hours": "24"})
    assert answer.status_code == 409
    assert "Its provider keeps no workspaces." in said(answer)


def test_what_was_asked_for_is_said_before_it_is_stopped(alice_in, runs, said):
    text = said(alice_in.get(page(runs)))
    assert (
        "nothing is kept that would cost. To have its workspace kept, ask for that first." in text
    )
    want(runs)
    text = said(alice_in.get(page(runs)))
    assert "Its workspace is kept for 24 hours more, which costs $0.12 at most" in text
    assert "nothing is kept that would cost" not in text


# --- giving it up


def test_the_wish_is_taken_back_for_nothing(alice_in, wanted, said):
    assert DAY in held()
    form = alice_in.get(page(wanted.reservation)).context["give_up_keeping_form"]
    assert form["state"].value() == "wanted"
    url = page(wanted.reservation, "give-up-keeping")
    answer = alice_in.post(url, {"state": "wanted"}, follow=True)
    assert "What was held for keeping it has gone back." in said(answer)
    wanted.refresh_from_db()
    assert wanted.state == "dropped"
    assert DAY not in held()


def test_what_was_sent_to_take_a_wish_back_deletes_nothing_that_is_kept(alice_in, kept, said):
    before = held()
    answer = alice_in.post(page(kept.reservation, "give-up-keeping"), {"state": "wanted"})
    assert answer.status_code == 409
    assert "nothing was changed" in said(answer)
    kept.refresh_from_db()
    assert (kept.state, held()) == ("kept", before)


def test_what_is_kept_is_shown_and_deleted(alice_in, kept, said):
    for minutes in range(10, 70, 10):
        brokerage.tally_keepings(at=kept.kept_from + timedelta(minutes=minutes))
    text = said(alice_in.get(page(kept.reservation)))
    assert f"50 GiB lie on {kept.assignment.machine} until" in text
    assert "That cost $0.005 so far, of at most $0.12." in text
    assert "All that lies in it is gone for good." in text
    assert "workspace kept until" in said(alice_in.get(reverse("reservations")))
    url = page(kept.reservation, "give-up-keeping")
    answer = alice_in.post(url, {"state": "kept"}, follow=True)
    assert "Its machine deletes it now." in said(answer)
    kept.refresh_from_db()
    assert (kept.state, kept.outcome) == ("ended", "deleted")
    text = said(alice_in.get(page(kept.reservation)))
    assert "its renter had it deleted." in text
    assert "That cost $0.005" in text
    assert "workspace kept until" not in said(alice_in.get(reverse("reservations")))
    assert alice_in.post(url, {"state": "kept"}).status_code == 409


@pytest.mark.parametrize("state", ["", "ended", "x"])
def test_nothing_else_is_given_up(state, alice_in, kept):
    url = page(kept.reservation, "give-up-keeping")
    assert alice_in.post(url, {"state": state}).status_code == 409
    kept.refresh_from_db()
    assert kept.state == "kept"


def test_who_may_only_look_is_shown_no_acts(client, kept, member_as, fresh_market, said):
    client.force_login(member_as("viewer"))
    text = said(client.get(page(kept.reservation)))
    assert "50 GiB lie on" in text
    assert "Delete it now" not in text
    assert "Go on with it in a new rental" not in text


def test_other_acts_are_open_once_it_is_kept(alice_in, wanted):
    first = alice_in.get(page(wanted.reservation)).context
    brokerage.stop(reservation=wanted.reservation, by=None, at=now())
    second = alice_in.get(page(wanted.reservation)).context
    make.kept(wanted.reservation, at=now())
    third = alice_in.get(page(wanted.reservation)).context
    assert len({context["version"] for context in (first, second, third)}) == 3
    assert (first["can_drop"], first["can_delete"]) == (True, False)
    assert (third["can_drop"], third["can_delete"]) == (False, True)


def test_its_page_listens_as_long_as_it_is_kept(alice_in, kept):
    Reservation.objects.filter(pk=kept.reservation_id).update(state="settled")
    assert "data-live=" in alice_in.get(page(kept.reservation)).content.decode()
    brokerage.give_up_keeping(keeping=kept, by=None, at=now())
    assert "data-live=" not in alice_in.get(page(kept.reservation)).content.decode()


# --- going on with it


def test_a_rental_goes_on_with_it(alice_in, kept, offer, said):
    on = alice_in.get(page(kept.reservation)).context["goes_on_at"]
    assert on == offer
    start = alice_in.get(page(offer, "offer"), {"resumes": kept.public_id})
    assert "It goes on with the 50 GiB that" in said(start)
    form = start.context["form"]
    assert form["together"].is_hidden
    shown = alice_in.post(page(offer, "quote"), {**WISH, "resumes": str(kept.public_id)})
    text = said(shown)
    assert "It goes on with the workspace that is kept" in text
    assert "Only keep this for" not in text
    booked = alice_in.post(page(offer, "reserve"), hidden(shown))
    row = Reservation.objects.exclude(pk=kept.reservation_id).get()
    assert booked.url == page(row)
    assert row.resumes == kept
    text = said(alice_in.get(page(kept.reservation)))
    assert f"{row.public_id} goes on with it when it begins" in text
    assert "Delete it now" not in text
    assert "It goes on with the workspace of" in said(alice_in.get(page(row)))


def test_of_others_it_is_not_there(client, charlie, kept, offer, fresh_market, said):
    client.force_login(charlie)
    make.funded(charlie.organisations.get())
    wish = {**WISH, "resumes": str(kept.public_id)}
    assert client.post(page(offer, "quote"), wish).status_code == 404
    shown = client.get(page(offer, "offer"), {"resumes": kept.public_id})
    assert "It goes on with" not in said(shown)


def test_what_is_gone_is_refused_in_words(alice_in, kept, offer, said):
    brokerage.give_up_keeping(keeping=kept, by=None, at=now())
    answer = alice_in.post(page(offer, "quote"), {**WISH, "resumes": str(kept.public_id)})
    assert answer.status_code == 422
    assert "The workspace is not kept any more; its files are gone." in said(answer)
    assert Reservation.objects.count() == 1


def test_an_id_that_is_none_is_passed_over(alice_in, offer, said):
    answer = alice_in.get(page(offer, "offer"), {"resumes": "x"})
    assert answer.status_code == 200
    assert "It goes on with" not in said(answer)


# --- who provides


@pytest.fixture
def siti_in(client, offer):
    siti = make.user("siti@example.test")
    offer.machine.site.operator.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    return client


@pytest.mark.parametrize(
    ("month", "stored", "shown"),
    [
        ("0.00073", 1, "$0.000001 per GiB-hour, $0.00073 a month"),
        ("0.10001", 137, "$0.000137 per GiB-hour, $0.10001 a month"),
        ("$73", 100_000, "$0.10 per GiB-hour, $73.00 a month"),
    ],
)
def test_a_price_by_the_month_is_kept_exactly(month, stored, shown, siti_in, offer, said):
    sent = {"chip": offer.chip_id, "price": "1.95", "keep_price": month}
    answer = siti_in.post(page(offer.machine, "list-offer"), sent, follow=True)
    assert Offer.objects.listed().get().keep_micro_per_gib_hour == stored
    assert f"a workspace kept: {shown}" in said(answer)


@pytest.mark.parametrize(
    ("month", "fault"),
    [
        ("0.10", "Write $0.09928 or $0.10001."),
        ("0.000731", "Write $0.00073 or $0.00146."),
        ("0.0007", "Write an amount from $0.00073 to $73.00."),
        ("73.00073", "Write an amount from $0.00073 to $73.00."),
        ("0", "Write an amount from $0.00073 to $73.00."),
        ("-0.073", "Write an amount from $0.00073 to $73.00."),
        ("0.0000001", "is finer than one millionth"),
    ],
)
def test_a_price_that_cannot_be_kept_exactly_is_refused(month, fault, siti_in, offer):
    sent = {"chip": offer.chip_id, "price": "1.95", "keep_price": month}
    answer = siti_in.post(page(offer.machine, "list-offer"), sent)
    assert answer.status_code == 422
    [told] = answer.context["form"].errors.pop("keep_price")
    assert fault in told
    assert not answer.context["form"].errors
    assert Offer.objects.get() == offer


def test_without_a_price_nothing_is_kept(siti_in, offer, said):
    siti_in.post(page(offer.machine, "list-offer"), {"chip": offer.chip_id, "price": "1.95"})
    made = Offer.objects.listed().get()
    assert made.keep_micro_per_gib_hour is None
    assert "Wiped when the rental ends; it is not kept here." in said(
        siti_in.get(page(made, "offer"))
    )


def test_a_machine_shows_what_is_kept_on_it_without_whose_it_is(siti_in, kept, harbour, said):
    url = page(kept.assignment.machine, "provider-machine")
    text = said(siti_in.get(url))
    assert "Kept workspaces" in text
    assert f"{kept.reservation.public_id} 50 " in text
    for secret in (harbour.name, harbour.party.legal_name, str(harbour.public_id), "alice"):
        assert secret not in text
    brokerage.give_up_keeping(keeping=kept, by=None, at=now())
    assert "Kept workspaces" not in said(siti_in.get(url))


# --- everybody


def test_an_offer_says_what_keeping_costs(client, offer, said):
    text = said(client.get(page(offer, "offer")))
    assert "$0.0001 per GiB-hour, which is $0.073 per GiB in a month of 730 hours" in text
    assert "keeps workspaces" in said(client.get(reverse("home")))
    Offer.objects.update(keep_micro_per_gib_hour=None)
    assert "keeps workspaces" not in said(client.get(reverse("home")))


def test_what_it_cost_stands_beside_the_rental(alice_in, kept, said):
    row = kept.reservation
    for minutes in range(10, 70, 10):
        brokerage.tally_keepings(at=kept.kept_from + timedelta(minutes=minutes))
    billing.settle(reservation=row, at=now() + 2 * HOUR)
    assert "kept after it ended" not in said(alice_in.get(page(row, "cost")))
    brokerage.give_up_keeping(keeping=kept, by=None, at=now())
    text = said(alice_in.get(page(row, "cost")))
    assert "Besides, for its workspace, kept after it ended" in text
    assert "50 GiB for 1 h, $0.0001 per GiB-hour" in text
    assert " $0.005 " in text


def test_the_record_says_who_asked(alice_in, runs, said):
    sent = hidden(alice_in.post(page(runs, "keep"), {"hours": "24"}))
    alice_in.post(page(runs, "make-keep"), sent)
    assert "Asked to keep workspace" in said(alice_in.get(reverse("record")))
