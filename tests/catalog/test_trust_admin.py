import pytest
from django.urls import reverse

from marketplace.catalog.models import Machine
from marketplace.core.models import AuditEvent
from tests import make

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
