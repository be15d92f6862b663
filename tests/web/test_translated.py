"""Pages of providers, of signing in and of know-your-customer in Chinese and Malay."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from compliance.models import Party
from compliance.models.statements import WORDING, WORDINGS
from marketplace.accounts.models import User
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.brokerage.models import MachineFailure
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Report
from marketplace.hooks import services as hooks
from marketplace.notices.wording import LABELS
from tests import make
from tests.notices.telling import tell

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "ms")
HOUR = timedelta(hours=1)
#: typed by the customer
STATEMENT = "Serving our own language models to customers in Singapore."
#: words that every English sentence of ours has some of, and no Malay one
ENGLISH = re.compile(r"\b(the|your|you|what|is|was|and|with|which|of|not|from|until|who|no)\b")
#: what is shown as somebody typed it, or as a program is called
NAMES = re.compile(r"<(code|noscript|title)\b.*?</\1>|<(script|svg)\b.*?</\2>", re.DOTALL)


def main_of(answer, said):
    """The text of a page without head, foot, names of programs and what is signed in English."""
    body = answer.content.decode()
    answer.content = NAMES.sub(" ", body[body.index("<main") : body.index("</main>")])
    return said(answer).replace(WORDINGS[WORDING], "").replace(STATEMENT, "")


def numbers(text):
    return sorted(re.findall(r"\d+(?:[.,:]\d+)*", text))


@pytest.fixture
def siti(offer):
    made = make.user("siti@example.test", name="Siti")
    offer.machine.site.operator.memberships.create(user=made, role="owner")
    return made


@pytest.fixture
def fleet_of(siti, offer, harbour, fresh_market, rental):
    """A machine with a booking, another price for it, a fault of each kind, and what it earned."""
    make.funded(harbour)
    at, machine = now(), offer.machine
    booked = make.reservation(harbour, offer, start=at, at=at)
    billing.offer_terms(
        reservation=booked, price_micro=1_200_000, since=at + HOUR / 2, by=siti, at=at
    )
    for kind in MachineFailure.Kind.values:
        row = rental("failed")
        MachineFailure.objects.create(reservation=row, machine=machine, kind=kind, at=at)
    gpus = list(machine.gpus.order_by("index"))
    readings = {gpus[0].uuid: {"lost": True}, gpus[1].uuid: {}}
    health.record(machine=machine, report=Report("boot", at, at - HOUR, readings, ()), at=at)
    return booked


def seen(client, user, urls, said):
    """The text of each page in each language, English first."""
    client.force_login(user)
    found = {}
    for language in ("en", *LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)
        answers = [client.get(url) for url in urls]
        assert {answer.status_code for answer in answers} == {200}
        assert {answer["Content-Language"] for answer in answers} == {language}
        found[language] = [main_of(answer, said) for answer in answers]
    return found


def the_same(found):
    """Each page shows the same numbers, and nothing of it stays English."""
    for language in LANGUAGES:
        for english, text in zip(found["en"], found[language], strict=True):
            assert text != english
            assert numbers(text) == numbers(english)
            assert not ENGLISH.search(text), text


def test_a_provider_reads_every_page_in_its_language(client, siti, fleet_of, offer, said):
    machine = offer.machine
    urls = [
        *(reverse(name) for name in ("provider", "incidents", "earnings", "new-machine")),
        *(reverse(name) for name in ("payouts", "payout-account")),
        reverse("provider-machine", args=[machine.public_id]),
        reverse("machine-start", args=[machine.public_id]),
        reverse("provider-rental", args=[fleet_of.public_id]),
    ]
    found = seen(client, siti, urls, said)
    the_same(found)
    assert "GPU 0 失效" in found["zh-hans"][1]
    assert "一个 GPU 在预订期间失效" in found["zh-hans"][1]
    assert "Senyap semasa tempahan berjalan" in found["ms"][1]


def test_who_signs_in_reads_it_in_the_language_of_the_browser(client, said):
    names = ("sign-in", "account_reset_password", "account_reset_password_done")
    for name in (*names, "account_email_verification_sent"):
        texts = {}
        for language in ("en", *LANGUAGES):
            answer = client.get(reverse(name), headers={"accept-language": language})
            texts[language] = [main_of(answer, said)]
        the_same(texts)


def test_a_wrong_password_is_told_in_the_language_of_the_browser(client, alice, said):
    sent = {"login": alice.email, "password": "wrong"}
    for language, words in (
        ("zh-hans", "您填写的邮箱地址和/或密码不正确。"),
        ("ms", "Alamat e-mel dan/atau kata laluan yang anda berikan tidak betul."),
    ):
        answer = client.post(reverse("sign-in"), sent, headers={"accept-language": language})
        assert words in said(answer)


def test_a_person_reads_how_they_sign_in_in_their_language(client, alice, harbour, said):
    client.force_login(alice)
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    names = ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password")
    found = {}
    for language in ("en", *LANGUAGES):
        User.objects.filter(pk=alice.pk).update(language=language)
        answers = [client.get(reverse(name)) for name in names]
        found[language] = [main_of(answer, said) for answer in answers]
    the_same(found)


@pytest.fixture
def party(harbour):
    Party.objects.filter(pk=harbour.party_id).update(parent_name="", registration_number="")
    return harbour.party


KNOW = ("identity", "control", "owners", "use", "contacts", "documents")


def test_a_customer_says_who_it_is_in_its_language(client, alice, party, said):
    urls = [reverse("know"), *(reverse(f"know-{step}") for step in KNOW)]
    found = seen(client, alice, urls, said)
    the_same(found)
    assert "缺少：注册号" in found["zh-hans"][0]
    assert "Tiada: syarikat induk muktamad" in found["ms"][0]


def test_what_is_wrong_is_told_in_the_language_and_days_stay_as_browsers_write_them(
    client, alice, party, said
):
    client.force_login(alice)
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    Party.objects.filter(pk=party.pk).update(founded_on="2019-03-09")
    assert 'value="2019-03-09"' in client.get(reverse("know-identity")).content.decode()
    sent = {"kind": "organisation", "legal_name": "Harbour", "country": "XX", "uscc": "1"}
    text = said(client.post(reverse("know-identity"), sent))
    assert "'XX' 不是国家或地区代码，例如 SG 或 MY" in text
    sent["country"] = "CN"
    assert "这不是统一社会信用代码" in said(client.post(reverse("know-identity"), sent))
    owner = {"owner_name": "A", "owner_kind": "person", "owner_country": "SG", "evidence": "x"}
    late = {**owner, "share_bps": "10", "since": str((now() + 48 * HOUR).date())}
    assert "这一天还没有到。" in said(client.post(reverse("know-owners"), late))
    assert client.post(reverse("know-owners"), {**late, "since": "2020-01-31"}).status_code == 302
    assert str(party.stakes.get().since) == "2020-01-31"


def test_notices_webhooks_and_maintenance_are_told_in_the_language(
    client, siti, fleet_of, offer, said
):
    machine = offer.machine
    organisation = machine.site.operator
    for number, kind in enumerate(LABELS):
        tell(
            organisation,
            kind,
            key=str(number),
            at=now(),
            chip="H100 80GB",
            gpu_count=1,
            reason="cancelled by the renter",
            role="viewer",
        )
    principal = Principal(siti, organisation, "owner")
    url = "https://hooks.example.test/in"
    row, _ = hooks.create(
        principal=principal, url=url, note="", kinds=["machine.unreachable"], at=now()
    )
    hooks.test(principal=principal, endpoint=row, at=now())
    start = f"{now() + HOUR / 4:%Y-%m-%dT%H:%M}"
    looked = f"{reverse('plan-upkeep', args=[machine.public_id])}?start={start}&look=1"
    urls = [
        *(reverse(name) for name in ("notices", "notice-choices", "webhooks")),
        reverse("webhook", args=[row.public_id]),
        looked,
    ]
    found = seen(client, siti, urls, said)
    the_same(found)
    assert "1 \N{MULTIPLICATION SIGN} H100 80GB：已取消" in found["zh-hans"][0]
    assert "Sebab: dibatalkan oleh penyewa." in found["ms"][0]
    assert "角色为查看者" in found["zh-hans"][0]
    past = client.post(looked, {"start": "2020-01-01T00:00"})
    assert "sudah berlalu; biarkan kosong untuk bermula sekarang" in said(past)
    sent = {"url": "ftp://x", "kinds": ["machine.unreachable"]}
    assert "Ini bukan alamat" in said(client.post(reverse("webhooks"), sent))
