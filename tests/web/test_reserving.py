import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts import services as accounts
from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.catalog import services as catalog
from marketplace.ledger.models import Hold
from tests import make

pytestmark = pytest.mark.django_db

WISH = {
    "gpu_count": "2",
    "when": "now",
    "hours": "1",
    "command": "python train.py --name 'first try'",
    "environment": "HF_HOME=/tmp\r\nSEED=7",
}


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


@pytest.fixture
def quote(alice_in, offer):
    def sent(**changes):
        return alice_in.post(reverse("quote", args=[offer.public_id]), {**WISH, **changes})

    return sent


@pytest.fixture
def reserve(alice_in, offer):
    def sent(fields):
        return alice_in.post(reverse("reserve", args=[offer.public_id]), fields)

    return sent


def hidden(answer):
    """The fields that the second page carries."""
    return {field.html_name: field.value() for field in answer.context["form"]}


def nothing_moved():
    return not any(model.objects.exists() for model in (Reservation, Lease, Hold))


def test_the_first_step_says_what_it_costs_and_books_nothing(quote, harbour, said):
    make.funded(harbour, 10_000_000)
    answer = quote()
    assert answer.status_code == 200
    text = said(answer)
    assert "2 GPUs, 1 h $2.40 per GPU-hour" in text
    assert "Available in the wallet $10.00" in text
    assert "Left after the hold $5.20" in text
    assert "Reserve for $4.80" in text
    assert "decision support, not legal advice" in text
    assert nothing_moved()


def test_the_second_step_books_what_was_quoted(quote, reserve, harbour, alice, offer):
    make.funded(harbour)
    answer = reserve(hidden(quote()))
    made = Reservation.objects.get()
    assert answer["Location"] == reverse("reservation", args=[made.public_id])
    assert (made.state, made.gpu_count, made.offer) == ("requested", 2, offer)
    assert (made.renter, made.requested_by, made.auto_confirm) == (harbour, alice, True)
    assert made.during.upper - made.during.lower == timedelta(hours=1)
    assert abs(made.during.lower - now()) < timedelta(seconds=30)
    assert made.workload == {
        "command": ["python", "train.py", "--name", "first try"],
        "environment": {"HF_HOME": "/tmp", "SEED": "7"},  # noqa: S108  a value, not a path of ours
    }


def test_the_reservations_page_says_what_is_held_and_what_it_can_cost(
    quote, reserve, alice_in, harbour, fresh_market, said
):
    make.funded(harbour, 10_000_000)
    url = reserve(hidden(quote()))["Location"]
    answer = alice_in.get(url)
    refresh = '<noscript><meta http-equiv="refresh" content="3"></noscript>'
    assert refresh in re.sub(r"\s*(<[^>]+>)\s*", r"\1", answer.content.decode())
    assert "$0.00 of at most $4.80 Held $0.00" in said(answer)
    brokerage.broker(reservation=Reservation.objects.get(), at=now())
    answer = alice_in.get(url)
    assert "Booked" in said(answer)
    assert "$0.00 of at most $4.80 Held $4.80" in said(answer)
    assert "Screening Available to your organisation" in said(answer)
    assert billing.wallet(organisation=harbour).available == 5_200_000


def test_sending_the_second_step_twice_books_once(quote, reserve, harbour):
    make.funded(harbour)
    fields = hidden(quote())
    first, second = reserve(fields), reserve(fields)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Reservation.objects.count() == 1


def test_who_has_not_confirmed_the_address_books_nothing(quote, reserve, harbour, alice, said):
    make.funded(harbour, 10_000_000)
    fields = hidden(quote())
    type(alice).objects.filter(pk=alice.pk).update(confirmed_email="")
    answer = reserve(fields)
    assert answer.status_code == 403
    assert "open the link that we sent to alice@example.test" in said(answer)
    assert nothing_moved()
    accounts.confirm_email(user=alice, at=now())
    assert reserve(fields).status_code == 302
    assert Reservation.objects.count() == 1


def test_asking_again_is_another_reservation(quote, reserve, harbour):
    make.funded(harbour)
    assert reserve(hidden(quote(gpu_count="1"))).status_code == 302
    assert reserve(hidden(quote(gpu_count="1"))).status_code == 302
    assert Reservation.objects.count() == 2


def test_the_same_token_with_other_content_is_refused(quote, reserve, harbour, said):
    make.funded(harbour)
    fields = hidden(quote())
    reserve(fields)
    answer = reserve({**fields, "gpu_count": 1})
    assert answer.status_code == 422
    assert "sent before with other content" in said(answer)
    assert Reservation.objects.get().gpu_count == 2


def test_a_later_start_is_taken_as_utc(quote, reserve, harbour):
    make.funded(harbour)
    day = (now() + timedelta(days=2)).date()
    answer = quote(when="later", start=f"{day}T09:30", hours="0.5", hold_only="on")
    assert reserve(hidden(answer)).status_code == 302
    made = Reservation.objects.get()
    start = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
    assert (made.during.lower, made.during.upper) == (start, start + timedelta(minutes=30))
    assert made.auto_confirm is False


def test_a_template_needs_no_command(quote, reserve, harbour):
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPk alice@home"
    wish = {"template": "ssh", "command": "", "ssh_keys": f"{key}\r\n"}
    make.funded(harbour)
    assert reserve(hidden(quote(**wish))).status_code == 302
    workload = Reservation.objects.get().workload
    assert (workload["template"], workload["command"]) == ("ssh", [])
    assert workload["ssh_keys"] == [key]


def test_a_command_may_stand_one_word_to_a_line(quote, reserve, harbour):
    make.funded(harbour)
    assert reserve(hidden(quote(command="sh\r\n-c\r\necho $HOME\r\n"))).status_code == 302
    assert Reservation.objects.get().workload["command"] == ["sh", "-c", "echo $HOME"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"gpu_count": "0"}, "gpu_count", "greater than or equal to 1"),
        ({"gpu_count": "two"}, "gpu_count", "Enter a whole number."),
        ({"hours": "0.01"}, "hours", "The end must be at least 300 s after the start."),
        ({"hours": "2161"}, "hours", "The end must be within 90 days."),
        ({"hours": "0"}, "hours", "greater than or equal to 0.0001"),
        ({"when": "later"}, "start", "choose to start now"),
        ({"when": "later", "start": "2020-01-01T00:00"}, "start", "The start lies in the past."),
        ({"command": "echo 'half"}, "command", "Not a command: no closing quotation."),
        ({"command": " "}, "command", "Write a command, or choose a template that brings one."),
        ({"image": "-v"}, "image", "Image must be a reference, such as"),
        ({"environment": "SEED"}, "environment", "'SEED' has no = in it"),
        ({"environment": "A=1\nA=2"}, "environment", "A name stands here twice"),
        ({"environment": "lower=1"}, "environment", "Environment name 'lower' is not allowed"),
        ({"environment": "LD_PRELOAD=x"}, "environment", "'LD_PRELOAD' is not allowed"),
    ],
)
def test_a_wish_that_cannot_be_met_names_its_field(quote, harbour, changes, field, message):
    make.funded(harbour)
    answer = quote(**changes)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert nothing_moved()


def test_what_was_typed_comes_back_with_the_refusal(quote, harbour):
    answer = quote(gpu_count="0")
    assert answer.context["form"]["command"].value() == WISH["command"]


def test_too_few_gpus_names_what_is_free_and_other_offers(quote, harbour, offer, said):
    make.funded(harbour)
    other = make.offer(gpus=3, price_micro=2_500_000)
    answer = quote(gpu_count="3")
    assert answer.status_code == 409
    assert "2 GPUs of this offer are free in that window." in said(answer)
    assert reverse("offer", args=[other.public_id]) in answer.content.decode()
    assert nothing_moved()


def test_gpus_taken_between_the_steps_are_refused(
    quote, reserve, harbour, offer, fresh_market, said
):
    make.funded(harbour)
    fields = hidden(quote())
    second = make.organisation("Second")
    make.funded(second)
    make.reservation(second, offer, gpus=2, start=now(), at=now())
    answer = reserve(fields)
    assert answer.status_code == 409
    assert "0 GPUs of this offer are free" in said(answer)
    assert not Reservation.objects.filter(renter=harbour).exists()
    assert billing.wallet(organisation=harbour).held == 0


def test_too_little_money_says_how_much_to_add(quote, harbour, said):
    make.funded(harbour, 4_799_999)
    answer = quote()
    assert answer.status_code == 402
    assert "This costs $4.80 and the wallet has $4.799999 available." in said(answer)
    assert "Add at least $0.000001" in said(answer)
    assert reverse("wallet") in answer.content.decode()
    assert nothing_moved()


def test_an_offer_withdrawn_between_the_steps_is_refused(quote, reserve, harbour, offer, said):
    make.funded(harbour)
    fields = hidden(quote())
    catalog.withdraw_offer(offer=offer)
    answer = reserve(fields)
    assert answer.status_code == 422
    assert "This offer is no longer listed" in said(answer)
    assert nothing_moved()


def test_who_is_not_registered_to_rent_is_refused(quote, harbour, said):
    type(harbour).objects.filter(pk=harbour.pk).update(can_rent=False)
    answer = quote()
    assert answer.status_code == 403
    assert "not registered to rent" in said(answer)
    assert nothing_moved()


@pytest.mark.parametrize("broken", ["token", "start", "gpu_count"])
def test_a_second_step_that_is_not_whole_is_refused(quote, reserve, harbour, said, broken):
    make.funded(harbour)
    fields = {**hidden(quote()), broken: "x"}
    answer = reserve(fields)
    assert answer.status_code == 422
    assert "did not arrive whole" in said(answer)
    assert nothing_moved()


def test_the_values_of_the_environment_are_not_shown(quote, harbour, said):
    make.funded(harbour)
    answer = quote(environment="TOKEN=very-secret")
    assert "TOKEN" in said(answer)
    assert "very-secret" not in said(answer)
    assert "no-store" in answer["Cache-Control"]


def test_anonymous_visitors_see_offers_and_are_asked_to_sign_in(client, offer, said):
    answer = client.get(reverse("offer", args=[offer.public_id]))
    assert answer.status_code == 200
    assert re.search(r"Sign in or sign up to see what your window costs", said(answer))
    sent = client.post(reverse("quote", args=[offer.public_id]), WISH)
    assert sent["Location"] == "/sign-in/?next=/"


def test_a_gang_is_asked_for_and_booked_through_both_pages(quote, reserve, harbour, offer, said):
    make.funded(harbour)
    make.offer(machine=make.machine(gpus=2, site=offer.machine.site))
    answer = quote(gpu_count="5", together="site")
    assert "4 GPUs are free together like that in that window." in said(answer)
    answer = quote(gpu_count="4", together="site")
    assert "Where On any equal machines of the site" in said(answer)
    reserve(hidden(answer))
    made = Reservation.objects.get()
    assert (made.gpu_count, made.together) == (4, "site")


def test_a_word_of_our_own_for_where_is_refused(quote, harbour):
    make.funded(harbour)
    assert "together" in quote(together="near").context["form"].errors
    assert nothing_moved()
