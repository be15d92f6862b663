"""A provider's way from nothing to the first listed GPU."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from agents.gateway.models import EnrolmentToken, Node
from marketplace.catalog import joining, liveness
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Machine, Site
from marketplace.core.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db

NEW = {"site_name": "Johor 1", "country": "my", "city": "Johor Bahru", "name": "jhb1-r01"}


@pytest.fixture
def selat():
    return make.organisation("Selat", can_rent=False, can_provide=True)


@pytest.fixture
def siti(selat):
    siti = make.user("siti@example.test")
    selat.memberships.create(user=siti, role="owner")
    return siti


@pytest.fixture
def siti_in(client, siti):
    client.force_login(siti)
    return client


@pytest.fixture
def machine(selat, siti):
    site = joining.add_site(
        operator=selat, name="Johor 1", country="MY", city="", by=siti, at=make.NOON
    )
    return joining.add_machine(site=site, name="jhb1-r01", by=siti, at=make.NOON)


def start(machine):
    return reverse("machine-start", args=[machine.public_id])


def words(answer):
    return {check.word: check.done for check in answer.context["checks"]}


def test_who_has_no_machine_is_led_to_the_first(siti_in, said):
    answer = siti_in.get(reverse("provider"))
    assert "Put your first GPU on the market" in said(answer)
    assert reverse("new-machine") in answer.content.decode()


def test_a_machine_and_its_site_are_added_together(siti_in, selat):
    answer = siti_in.post(reverse("new-machine"), NEW)
    row = Machine.objects.get()
    assert answer["Location"] == start(row)
    facts = (row.name, row.state, row.site.name, row.site.country, row.site.city, row.site.operator)
    assert facts == ("jhb1-r01", "offline", "Johor 1", "MY", "Johor Bahru", selat)
    told = AuditEvent.objects.order_by("pk").values_list("verb", "actor_label")
    assert list(told) == [
        ("added a site", "siti@example.test"),
        ("added a machine", "siti@example.test"),
    ]


def test_another_machine_goes_to_a_site_that_is_known(siti_in, machine):
    sent = {"site": machine.site_id, "name": "jhb1-r02"}
    assert siti_in.post(reverse("new-machine"), sent).status_code == 302
    assert list(Machine.objects.order_by("pk").values_list("name", "site")) == [
        ("jhb1-r01", machine.site_id),
        ("jhb1-r02", machine.site_id),
    ]
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({**NEW, "country": "Malaysia"}, "country"),
        ({**NEW, "country": ""}, "country"),
        ({**NEW, "site_name": ""}, "site_name"),
        ({**NEW, "name": ""}, "name"),
        (NEW, "site_name"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is(siti_in, machine, sent, field):
    answer = siti_in.post(reverse("new-machine"), sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert (Site.objects.count(), Machine.objects.count()) == (1, 1)


def test_a_name_is_taken_once_a_site(siti_in, machine):
    answer = siti_in.post(reverse("new-machine"), {"site": machine.site_id, "name": machine.name})
    assert answer.status_code == 422
    assert "A machine of this site has this name." in answer.context["form"].errors["name"]
    assert Machine.objects.count() == 1


def test_a_site_of_somebody_else_cannot_be_chosen(siti_in, machine):
    other = make.machine(gpus=0).site
    answer = siti_in.post(reverse("new-machine"), {"site": other.pk, "name": "mine"})
    assert answer.status_code == 422
    assert not Machine.objects.filter(name="mine").exists()


def test_the_secret_of_a_token_is_shown_once(siti_in, siti, machine):
    answer = siti_in.post(start(machine))
    secret = answer.context["secret"]
    assert secret.startswith("straits_enrol_")
    assert f"echo {secret} &gt; token" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    token = EnrolmentToken.objects.get()
    assert (token.machine, token.issued_by) == (machine, siti)
    again = siti_in.get(start(machine))
    assert secret not in again.content.decode()
    assert words(again)["Token made"]


def test_a_retired_machine_gets_no_token(siti_in, machine):
    Machine.objects.update(state="retired")
    assert siti_in.post(start(machine)).context["secret"] == ""
    assert not EnrolmentToken.objects.exists()


def test_the_page_follows_the_agent_step_by_step(siti_in, machine):
    steps = [
        "Machine and site named",
        "Token made",
        "Agent joined",
        "First heartbeat",
        "GPUs recognised",
        "Self-description consistent",
        "Listed on the market",
    ]

    def done():
        answer = siti_in.get(reverse("machine-start-now", args=[machine.public_id]))
        return [word for word, ok in words(answer).items() if ok]

    assert list(words(siti_in.get(start(machine)))) == steps
    assert done() == steps[:1]
    Node.objects.create(machine=machine, agent_version="0.3.0", enrolled_at=now())
    assert done() == steps[:3]
    liveness.note(machine_id=machine.pk, at=now())
    assert done() == steps[:4]
    make.gpu(machine)
    assert done() == steps[:5]
    catalog.list_offer(machine=machine, chip=make.chip(), price_micro_per_gpu_hour=1, at=now())
    assert done() == [*steps[:5], steps[6]]


def test_a_simulated_machine_earns_no_tier_and_waits_for_none(siti_in, machine, said):
    make.gpu(machine)
    lacking = "Nothing was reported yet: start the agent"
    assert lacking in said(siti_in.get(start(machine)))
    Machine.objects.update(simulated=True)
    answer = siti_in.get(start(machine))
    assert "Self-description consistent" not in words(answer)
    assert lacking not in said(answer)


def test_a_gpu_of_an_unknown_chip_is_no_step_on_the_way(siti_in, machine, said):
    make.gpu(machine, chip=None)
    answer = siti_in.get(start(machine))
    assert not words(answer)["GPUs recognised"]
    assert "None of its models is classified for export yet" in said(answer)
