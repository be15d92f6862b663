import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Case
from compliance.redflags import machines
from marketplace.catalog.models import Machine
from marketplace.catalog.trust import services
from marketplace.core.models import AuditEvent
from tests import make
from tests.access import cast

pytestmark = pytest.mark.django_db
LIST = "admin:catalog_machine_changelist"


@pytest.fixture
def act(client, sally):
    client.force_login(sally)

    def act(machine, action):
        told = {"action": action, "_selected_action": [machine.pk]}
        answer = client.post(reverse(LIST), told, follow=True)
        return [str(one) for one in answer.context["messages"]]

    return act


def test_staff_suspend_and_let_back_with_a_trail(act):
    machine = make.machine()
    assert act(machine, "suspend") == ["1 of 1 are suspended now."]
    assert Machine.objects.get().state == "suspended"
    assert act(machine, "suspend") == ["0 of 1 are suspended now."]
    assert act(machine, "lift") == ["1 of 1 were suspended and are let back."]
    assert Machine.objects.get().state == "offline"
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", "actor_label")
    assert list(verbs) == [
        ("suspended machine", "sally@example.test"),
        ("lifted suspension", "sally@example.test"),
    ]


def test_only_who_is_not_online_is_made_to_let_go(act):
    machine = make.machine(gpus=2)
    assert act(machine, "release") == ["0 GPUs are free to be reported by another machine."]
    Machine.objects.update(state="offline")
    assert act(machine, "release") == ["2 GPUs are free to be reported by another machine."]
    assert not machine.gpus.filter(present=True).exists()


def test_evidence_can_be_read_and_not_written(client, sally):
    client.force_login(sally)
    for model in ("hardwarefacts", "trustevidence"):
        assert client.get(reverse(f"admin:catalog_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:catalog_{model}_add")).status_code == 403


# --- machines in doubt


def looked(machine, *, passed, kind="consistent", **detail):
    return services.record(machine=machine, kind=kind, passed=passed, at=now(), **detail)


@pytest.fixture
def doubts(client, sally):
    """The machines in doubt, and what the page says."""
    client.force_login(sally)

    def doubts(**asked):
        answer = client.get(reverse("admin:catalog_trust_changelist"), asked)
        return [one.machine for one in answer.context["cl"].result_list], answer

    return doubts


def test_a_machine_is_in_doubt_from_a_look_that_failed_until_one_holds(doubts, said):
    clean, spoofed = make.machine(), make.machine()
    looked(clean, passed=True)
    told = [{"code": "memory", "text": "It reports 80 GiB and has 24."}]
    looked(spoofed, passed=False, contradictions=told)
    rows, answer = doubts()
    assert rows == [spoofed]
    assert "Consistent: It reports 80 GiB and has 24." in said(answer)
    assert doubts(standing="clean")[0] == [clean]
    assert set(doubts(standing="all")[0]) == {clean, spoofed}
    looked(spoofed, passed=True)
    assert doubts()[0] == []


def test_a_look_of_another_kind_answers_nothing(doubts):
    machine = make.machine()
    looked(machine, passed=False, kind="challenged", finding="A wrong root.")
    looked(machine, passed=True)
    assert doubts()[0] == [machine]


def test_the_open_case_of_the_operator_stands_beside_it(doubts, said, market):
    machine = make.machine()
    looked(machine, passed=False)
    assert "none open" in said(doubts()[1])
    finding = machines.contradicts_itself("m1", ["It lies."], codes=["memory"])
    compliance.refer(party=machine.site.operator.party, findings=[finding], at=now())
    case = Case.objects.get()
    assert reverse("admin:compliance_case_change", args=[case.pk]) in doubts()[1].content.decode()


def test_staff_suspend_and_let_back_from_the_doubts(client, sally):
    machine = make.machine()
    looked(machine, passed=False)
    client.force_login(sally)

    def act(action):
        told = {"action": action, "_selected_action": [machine.pk]}
        client.post(reverse("admin:catalog_trust_changelist"), told, follow=True)
        machine.refresh_from_db()
        return machine.state

    assert act("suspend") == "suspended"
    assert act("lift") == "offline"
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", "actor_label")
    assert list(verbs) == [
        ("suspended machine", "sally@example.test"),
        ("lifted suspension", "sally@example.test"),
    ]


def test_who_only_looks_suspends_nothing(client):
    call_command("load_staff_roles", verbosity=0)
    machine = make.machine()
    looked(machine, passed=False)
    client.force_login(cast.staff("support"))
    page = reverse("admin:catalog_trust_changelist")
    assert client.get(page).status_code == 200
    client.post(page, {"action": "suspend", "_selected_action": [machine.pk]})
    machine.refresh_from_db()
    assert machine.state == "online"
    assert not AuditEvent.objects.exists()
