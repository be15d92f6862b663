"""What a signed report must be to prove anything, with test certificates of our own."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from agents.gateway import problems
from agents.node import attesting
from agents.node.client import Refused
from agents.protocol.attestation import Attestation
from agents.protocol.messages import Problem
from compliance.models import RedFlag
from marketplace.catalog.models import DeviceKey, Machine, TrustEvidence
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust.attesting import BadAttestation, verify
from marketplace.catalog.trust.services import attestation
from tests import make
from tests.agents.gateway.signed import node_for, problem, signed_post
from tests.catalog.attested import DAY, NONCE, Signer, signed, told
from tests.make import HOUR, NOON

UUIDS = ("GPU-0000", "GPU-0001")


@pytest.fixture(scope="module")
def root():
    return Signer("test root")


@pytest.fixture(scope="module")
def maker(root):
    return Signer("test maker", root, length=0)


@pytest.fixture(scope="module")
def device(maker):
    return Signer("test device", maker, ca=False)


def check(report, chain, root, at=NOON, nonce=NONCE):
    return verify(report, chain, roots=[root.certificate], nonce=nonce, at=at)


def test_control_a_report_that_leads_to_the_root_is_taken(root, device):
    """If this is refused too, the refusals below prove nothing."""
    found = check(signed(device), device.chain, root)
    assert (found.fingerprint, found.measurements) == (device.fingerprint, 2)


@pytest.mark.parametrize("place", [0, 1, 5, 40, 50, -97, -96, -1])
def test_one_changed_byte_anywhere_is_refused(root, device, place):
    report = bytearray(signed(device))
    report[place] ^= 1
    with pytest.raises(BadAttestation):
        check(bytes(report), device.chain, root)


def test_another_nonce(root, device):
    with pytest.raises(BadAttestation, match="not over the nonce"):
        check(signed(device, nonce=bytes(32)), device.chain, root)


def test_another_devices_signature(root, maker, device):
    other = Signer("other device", maker, ca=False)
    with pytest.raises(BadAttestation, match="not signed by the device's key"):
        check(signed(other), device.chain, root)


def test_a_root_that_only_calls_itself_so(root, device):
    fake = Signer("test root")
    maker = Signer("test maker", fake, length=0)
    forged = Signer("test device", maker, ca=False)
    with pytest.raises(BadAttestation, match="does not end at a root"):
        check(signed(forged), forged.chain, root)
    with pytest.raises(BadAttestation, match="was not issued by"):
        check(signed(forged), (*forged.chain[:2], root.pem), root)


def test_a_chain_with_a_gap(root, device):
    with pytest.raises(BadAttestation, match="was not issued by"):
        check(signed(device), (device.pem, root.pem), root)
    with pytest.raises(BadAttestation, match="does not end at a root"):
        check(signed(device), device.chain[:2], root)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"since": NOON + HOUR}, "is not valid now"),
        ({"until": NOON - HOUR}, "is not valid now"),
        ({"extra": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"")}, "demands"),
        ({"curve": ec.SECP256R1()}, "not one of ECDSA P-384"),
    ],
)
def test_a_device_certificate_that_will_not_do(root, maker, facts, said):
    odd = Signer("odd device", maker, ca=False, **facts)
    with pytest.raises(BadAttestation, match=said):
        check(signed(odd), odd.chain, root)


def test_a_device_cannot_issue_another(root, device):
    second = Signer("second device", device, ca=False)
    with pytest.raises(BadAttestation, match="may not issue certificates"):
        check(signed(second), second.chain, root)


def test_a_chain_longer_than_its_maker_allows(root, maker):
    between = Signer("between", maker)
    device = Signer("device", between, ca=False)
    with pytest.raises(BadAttestation, match="longer than it allows"):
        check(signed(device), device.chain, root)


def test_a_maker_whose_key_may_not_sign_certificates(root):
    usage = x509.KeyUsage(*([True] + [False] * 8))
    maker = Signer("mute maker", root, extra=usage)
    device = Signer("device", maker, ca=False)
    with pytest.raises(BadAttestation, match="may not sign certificates"):
        check(signed(device), device.chain, root)


def test_lengths_that_are_not_the_reports_own(root, device):
    whole = signed(device)
    for report in (whole[:100], whole + b"\0", whole[:60] + whole[61:]):
        with pytest.raises(BadAttestation):
            check(report, device.chain, root)


def test_a_certificate_that_is_none(root, device):
    with pytest.raises(BadAttestation, match="cannot be read"):
        check(signed(device), ("nonsense",), root)


def test_the_time_is_passed_in(root, device):
    with pytest.raises(BadAttestation, match="is not valid now"):
        check(signed(device), device.chain, root, at=NOON + 2 * DAY)


@pytest.fixture
def machine(market, settings, tmp_path, root):
    file = tmp_path / "roots.pem"
    file.write_text(root.pem)
    settings.ATTESTATION_ROOTS = str(file)
    attestation._roots.cache_clear()
    return holding(*UUIDS)


def holding(*uuids):
    made = make.machine(gpus=0)
    for place, uuid in enumerate(uuids):
        make.gpu(made, uuid=uuid, index=place)
    return made


@pytest.fixture
def devices(maker):
    return [Signer(f"device {uuid}", maker, ca=False) for uuid in UUIDS]


def attest(machine, devices, uuids=UUIDS, at=NOON):
    nonce = bytes.fromhex(trust.attestation_nonce(machine=machine))
    reports = [told(*pair, nonce) for pair in zip(uuids, devices, strict=True)]
    return trust.attest(machine=machine, reports=reports, at=at)


@pytest.mark.django_db
class TestMachine:
    def test_all_gpus_over_our_nonce_are_attested_for_a_day(self, machine, devices):
        evidence = attest(machine, devices)
        assert (evidence.passed, evidence.expires_at) == (True, NOON + 24 * HOUR)
        assert evidence.detail["keys"] == {
            uuid: device.fingerprint for uuid, device in zip(UUIDS, devices, strict=True)
        }
        for kind in ("consistent", "challenged"):
            trust.record(machine=machine, kind=kind, passed=True, at=NOON, uuids=UUIDS)
        assert trust.tier_of(Machine.objects.get(pk=machine.pk), at=NOON) == "attested"

    def test_a_part_of_the_gpus_is_not_enough(self, machine, devices):
        evidence = attest(machine, devices[:1], UUIDS[:1])
        assert evidence.detail["finding"] == (
            "the reports are not those of all GPUs of the machine, each once"
        )
        assert not DeviceKey.objects.exists()

    def test_one_key_cannot_sign_for_two_gpus(self, machine, devices):
        evidence = attest(machine, [devices[0]] * 2)
        assert (evidence.passed, evidence.detail["finding"]) == (
            False,
            "one key signed for several GPUs",
        )

    def test_a_key_of_another_machine_opens_a_case(self, machine, devices):
        attest(machine, devices)
        other = holding("GPU-7")
        evidence = attest(other, devices[:1], ["GPU-7"])
        assert evidence.detail["finding"] == (
            "the key that signed for GPU-7 is that of another GPU"
        )
        flags = RedFlag.objects.filter(party=other.site.operator.party)
        assert [flag.kind.code for flag in flags] == ["R20"]

    def test_a_gpu_that_moved_keeps_its_key(self, machine, devices):
        attest(machine, devices)
        machine.gpus.update(present=False)
        assert attest(holding(*UUIDS), devices).passed

    def test_a_nonce_is_good_once(self, machine, devices):
        nonce = bytes.fromhex(trust.attestation_nonce(machine=machine))
        reports = [told(*pair, nonce) for pair in zip(UUIDS, devices, strict=True)]
        assert trust.attest(machine=machine, reports=reports, at=NOON).passed
        with pytest.raises(BadAttestation, match="no nonce is waiting"):
            trust.attest(machine=machine, reports=reports, at=NOON)
        trust.attestation_nonce(machine=machine)
        assert not trust.attest(machine=machine, reports=reports, at=NOON).passed

    def test_without_a_root_nothing_is_taken(self, machine, devices, settings):
        settings.ATTESTATION_ROOTS = ""
        with pytest.raises(BadAttestation, match="no root certificate is configured"):
            attest(machine, devices)
        assert not TrustEvidence.objects.exists()

    def test_over_http(self, machine, devices, client, monkeypatch):
        monkeypatch.setattr(problems, "now", lambda: NOON)
        node, key = node_for(machine)

        def send(message):
            return signed_post(client, "attestation", message, key=key, key_id=node.public_id)

        nonce = bytes.fromhex(send(Attestation()).json()["nonce"])
        reports = tuple(told(*pair, nonce) for pair in zip(UUIDS, devices, strict=True))
        assert send(Attestation(reports=reports)).json()["attested"] is True
        again = send(Attestation(reports=reports))
        assert problem(again) == (422, "bad-attestation")

    def test_the_nodes_own_way_ends_in_evidence(self, machine, devices, client, monkeypatch):
        """The node's program speaks to the gateway; keys of tests sign in the place of GPUs."""
        monkeypatch.setattr(problems, "now", lambda: NOON)
        played = Played(client, *node_for(machine))

        def sign(nonce):
            return tuple(told(*pair, nonce) for pair in zip(UUIDS, devices, strict=True))

        assert attesting.be_attested(played, sign) == "the GPUs are attested"
        assert TrustEvidence.objects.get().passed
        said = attesting.be_attested(played, lambda nonce: sign(nonce)[:1])
        assert said == "what the GPUs signed was not accepted"
        assert [one.passed for one in TrustEvidence.objects.order_by("pk")] == [True, False]

    def test_a_node_that_has_no_evidence_asks_for_no_nonce(self, machine, client, monkeypatch):
        played = Played(client, *node_for(machine))
        said = attesting.be_attested(played, attesting.not_offered)
        assert said == "attestation is not offered: no evidence can be had here"
        assert (played.asked, TrustEvidence.objects.count()) == (0, 0)

    def test_a_node_hears_where_no_root_is_configured(
        self, machine, devices, client, settings, monkeypatch
    ):
        monkeypatch.setattr(problems, "now", lambda: NOON)
        settings.ATTESTATION_ROOTS = ""
        played = Played(client, *node_for(machine))
        said = attesting.be_attested(played, lambda nonce: (told(UUIDS[0], devices[0], nonce),))
        assert said.startswith("the marketplace takes no attestation")
        assert not TrustEvidence.objects.exists()


class Played:
    """The node's client, by way of the test client."""

    def __init__(self, client, node, key):
        self.client, self.node, self.key, self.asked = client, node, key, 0

    def post(self, path, message, reply):
        self.asked += 1
        name = path.removeprefix("/agent/v1/")
        answer = signed_post(self.client, name, message, key=self.key, key_id=self.node.public_id)
        if answer.status_code != 200:
            raise Refused(Problem.model_validate_json(answer.content))
        return reply.model_validate_json(answer.content)
