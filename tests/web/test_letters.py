"""Letters are written in the language that their reader chose, whoever caused them."""

import pytest
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.notices import services as notices
from marketplace.notices.kinds import CODES, FIXED
from marketplace.notices.wording import LABELS
from tests import make
from tests.make import NOON
from tests.notices.telling import spread, tell

#: every kind by letter and on the page
ALL = {code: (True, True) for code in CODES if code not in FIXED}
LETTERS = pytest.mark.django_db(transaction=True)


def chose(user, language):
    User.objects.filter(pk=user.pk).update(language=language)


@LETTERS
@pytest.mark.parametrize(
    ("language", "subject", "first"),
    [
        (
            "zh-hans",
            "在 Straits 设置新密码",
            "有人为 Straits 的账户 alice@example.test 请求了新密码。",
        ),
        (
            "ms",
            "Kata laluan baharu di Straits",
            "Seseorang meminta kata laluan baharu untuk alice@example.test di Straits.",
        ),
    ],
)
def test_a_letter_is_in_its_readers_language(language, subject, first, client, alice, letters):
    chose(alice, language)
    client.post(reverse("account_reset_password"), {"email": alice.email})
    [sent] = letters()
    assert (sent.subject, sent.body.splitlines()[0]) == (subject, first)
    assert "http://testserver/" in sent.body


@LETTERS
def test_who_chose_nothing_is_written_to_in_the_language_of_the_page(client, alice, letters):
    for wish in ("ms", "en-GB", "fr"):
        client.post(
            reverse("account_reset_password"),
            {"email": "nobody@example.test"},
            headers={"accept-language": wish},
        )
    assert [one.subject for one in letters()] == [
        "Tiada akaun di Straits",
        "No account at Straits",
        "No account at Straits",
    ]


@LETTERS
def test_an_invitation_is_in_the_language_of_who_is_invited(client, alice, harbour, letters):
    chose(make.user("dora@example.test"), "zh-hans")
    chose(alice, "ms")
    client.force_login(alice)
    for email in ("dora@example.test", "new@example.test"):
        client.post(reverse("members"), {"email": email, "role": "engineer"})
    assert [one.subject for one in letters()] == [
        "Harbour Light 邀请您加入 Straits",
        "Harbour Light menjemput anda ke Straits",
    ]
    assert "以“工程师”的角色" in letters()[0].body
    assert "sebagai jurutera." in letters()[1].body


@LETTERS
def test_a_change_of_how_one_signs_in_is_told_in_ones_language(client, alice, letters):
    chose(alice, "zh-hans")
    client.force_login(alice)
    new = "a long pass phrase"
    sent = {"oldpassword": "secret", "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    [letter] = letters()
    assert letter.subject == "密码已更改"
    assert letter.body.startswith("您的密码已更改。\n\n操作时间为 ")
    assert letter.body.endswith("如果不是您本人操作，请立即更换密码并写信给我们。")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "ms"])
@pytest.mark.parametrize("kind", LABELS)
def test_every_notice_is_in_the_language_of_its_reader(
    kind, language, harbour, alice, letters, settings
):
    settings.EMAIL_HOST = "mail.example.test"
    chose(alice, language)
    facts = {
        "chip": "H100 80GB",
        "about": "2026-11-27T12:00:00Z",
        "reason": "stopped by the renter",
    }
    tell(harbour, kind, person=alice, **facts)
    notices.choose(person=alice, ways=ALL, at=NOON)
    spread()
    [sent] = letters()
    english = {"booking", "machine", "begins", "ends", "your", "its", "the", "was", "is", "by"}
    assert not english & set(f"{sent.subject} {sent.body}".lower().split())
