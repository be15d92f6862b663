from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, Node
from marketplace.core.models import AuditEvent
from tests import make
from tests.agents.gateway.signed import enrolment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "named", [lambda m: m.name, lambda m: str(m.public_id)], ids=["name", "id"]
)
def test_it_prints_a_token_that_works_and_how_to_use_it(named, capsys):
    machine = make.machine(gpus=0, name="gpu-1")
    call_command("enrolment_token", named(machine))
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Shown only now, good once and for 60 minutes. On gpu-1 run:"
    given, rest = second.split(" ", maxsplit=1)
    assert rest == "straits-node enrol --server http://testserver"
    secret, key = given.removeprefix("STRAITS_TOKEN="), Ed25519PrivateKey.generate()
    assert gateway.enrol(message=enrolment(secret, key), at=now()).machine == machine
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["issued enrolment token", "enrolled"]


@pytest.mark.parametrize("named", ["nobody", str(UUID(int=7))])
def test_an_unknown_machine_is_named(named, db):
    with pytest.raises(CommandError, match=f"no machine has the name or public id '{named}'"):
        call_command("enrolment_token", named)
    assert not EnrolmentToken.objects.exists()


def test_an_ambiguous_name_lists_the_machines(db):
    twins = [make.machine(gpus=0, name="gpu-1") for _ in range(2)]
    with pytest.raises(CommandError, match="2 machines are called 'gpu-1'") as caught:
        call_command("enrolment_token", "gpu-1")
    assert all(str(twin.public_id) in str(caught.value) for twin in twins)
    assert not EnrolmentToken.objects.exists()


def test_a_retired_machine_gets_no_token(db):
    make.machine(gpus=0, name="gpu-1", state="retired")
    with pytest.raises(CommandError, match="machine gpu-1 is retired"):
        call_command("enrolment_token", "gpu-1")
    assert not EnrolmentToken.objects.exists()
    assert not Node.objects.exists()
