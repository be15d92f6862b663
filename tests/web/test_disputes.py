import pytest
from django.urls import reverse

from marketplace.accounts.models import Membership
from marketplace.billing import services as billing
from marketplace.billing.models import RentalDispute
from marketplace.brokerage import services as brokerage
from tests import make
from tests.billing import papers, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(market, harbour, sally):
    """0.80 USD, settled."""
    papers.record_seller(sally)
    return papers.rented(harbour)


@pytest.fixture
def operator(used):
    """Owner of the provider."""
    owner = make.user("olga@example.test", name="Olga")
    Membership.objects.create(
        user=owner, organisation=used.offer.machine.site.operator, role="owner"
    )
    return owner


@pytest.fixture
def form(client, alice, used):
    """What the page's form sends when 50 cents are claimed."""
    client.force_login(alice)
    token = client.get(reverse("raise-dispute", args=[used.public_id])).context["form"]["token"]
    return {"token": token.value(), "amount": "0.50", "claim": "It was throttled."}


@pytest.fixture
def raised(client, form, used):
    client.post(reverse("raise-dispute", args=[used.public_id]), form)
    return RentalDispute.objects.get()


def test_a_renter_raises_one_however_often_the_page_is_sent(client, form, used, alice, said):
    for _ in range(2):
        answer = client.post(reverse("raise-dispute", args=[used.public_id]), form)
    row = RentalDispute.objects.get()
    assert answer["Location"] == reverse("dispute", args=[row.public_id])
    assert (row.claimed_micro, row.raised_by, row.state) == (500_000, alice, "open")
    text = said(client.get(answer["Location"]))
    assert "It was throttled." in text
    assert "Claimed $0.50" in text
    assert "$0.50" in said(client.get(reverse("disputes")))


def test_a_settled_reservation_links_to_the_form(client, form, used):
    page = client.get(reverse("reservation", args=[used.public_id])).content.decode()
    assert reverse("raise-dispute", args=[used.public_id]) in page


@pytest.mark.parametrize(
    ("changes", "field"), [({"amount": "0.81"}, "amount"), ({"claim": " "}, "claim")]
)
def test_a_bad_claim_names_its_field(client, form, used, changes, field):
    answer = client.post(reverse("raise-dispute", args=[used.public_id]), {**form, **changes})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not RentalDispute.objects.exists()


def test_the_provider_answers_once(client, raised, operator, said):
    client.force_login(operator)
    url = reverse("dispute", args=[raised.public_id])
    assert reverse("answer-dispute", args=[raised.public_id]) in client.get(url).content.decode()
    for _ in range(2):
        client.post(reverse("answer-dispute", args=[raised.public_id]), {"text": "It was not."})
    raised.refresh_from_db()
    assert (raised.state, raised.entries.filter(side="provider").count()) == ("answered", 1)
    answer = client.get(url)
    assert "It was not." in said(answer)
    assert "answer-dispute" not in answer.content.decode()
    assert reverse("answer-dispute", args=[raised.public_id]) not in answer.content.decode()


def test_an_empty_answer_is_refused(client, raised, operator):
    client.force_login(operator)
    answer = client.post(reverse("answer-dispute", args=[raised.public_id]), {"text": ""})
    assert answer.status_code == 422
    raised.refresh_from_db()
    assert raised.state == "open"


def test_each_side_does_its_own_part_only(client, raised, alice, operator):
    answer, withdraw = (
        reverse(name, args=[raised.public_id]) for name in ("answer-dispute", "withdraw-dispute")
    )
    client.force_login(alice)
    assert client.post(answer, {"text": "x"}).status_code == 404
    client.force_login(operator)
    assert client.post(withdraw).status_code == 404
    raised.refresh_from_db()
    assert raised.state == "open"


def test_a_renter_withdraws(client, raised, said):
    url = reverse("withdraw-dispute", args=[raised.public_id])
    assert "Withdrawn." in said(client.post(url, follow=True))
    raised.refresh_from_db()
    assert raised.state == "withdrawn"
    assert "moved on in the meantime" in said(client.post(url, follow=True))


def test_outsiders_and_strangers_see_nothing(client, raised, charlie, used):
    urls = [reverse("dispute", args=[raised.public_id])]
    urls += [reverse("raise-dispute", args=[used.public_id])]
    client.force_login(charlie)
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert not client.get(reverse("disputes")).context["page"].object_list
    client.logout()
    assert [client.get(url).status_code for url in urls] == [302, 302]


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_who_may_not_pay_raises_and_withdraws_nothing(client, raised, used, member_as, role):
    client.force_login(member_as(role))
    assert client.get(reverse("dispute", args=[raised.public_id])).status_code == 200
    urls = [reverse("withdraw-dispute", args=[raised.public_id])]
    urls += [reverse("raise-dispute", args=[used.public_id])]
    assert [client.post(url).status_code for url in urls] == [403, 403]


def test_the_promised_schedule_is_for_everybody_to_read(client, sally, said):
    assert "No credit is promised at the moment." in said(client.get(reverse("service-levels")))
    billing.record_tier(below_bps=9_950, credit_bps=1_000, by=sally, at=make.NOON)
    assert "99.50 % 10.00 % 24 Nov 2026, 12:00 UTC" in said(client.get(reverse("service-levels")))


def test_a_reservation_says_how_available_it_was(client, alice, market, harbour, sally, said):
    billing.record_tier(below_bps=9_900, credit_bps=1_000, by=sally, at=make.NOON - make.HOUR)
    used = use.running(harbour)
    use.report(used, use.minutes(0, 30))
    brokerage.stop(reservation=used, by=None, at=make.NOON + make.HOUR)
    billing.settle(reservation=used, at=make.NOON + 3 * make.HOUR)
    billing.assess(reservation=used, at=make.NOON + 3 * make.HOUR)
    client.force_login(alice)
    text = said(client.get(reverse("reservation", args=[used.public_id])))
    assert "Available 50.00 % of the time." in text
    assert "service credit of $0.24" in text
    told = client.get(f"/api/v1/reservations/{used.public_id}/service-level").json()
    assert (told["available_bps"], told["credit_micro"]) == (5_000, 240_000)
    assert client.get("/api/v1/service-levels").json()["tiers"][0]["credit_bps"] == 1_000
