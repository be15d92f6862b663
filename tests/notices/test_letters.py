"""Letters: who gets one, sealed until sent, tried again until a server takes them."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.utils.translation import override

from marketplace.notices import services as notices
from marketplace.notices.models import Choice, Letter
from marketplace.notices.services import letters, spreading
from tests import make
from tests.make import HOUR, NOON
from tests.notices.telling import send, spread, tell

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_HOST = "mail.example.test"
    settings.PUBLIC_URL = "https://straits.example"


@pytest.fixture
def down(monkeypatch):
    def refuse(self):
        raise SMTPServerDisconnected("354 and what was sent")

    monkeypatch.setattr(EmailMessage, "send", refuse)


def whole(**more):
    letter = EmailMessage("Come in", "https://straits.example/s3cret", to=["eve@example.test"])
    notices.post(letter=letter, at=NOON, **more)
    return Letter.objects.get()


def test_a_notice_is_sent_once_to_whom_it_concerns(harbour, alice, mailoutbox):
    engineer = make.member(harbour, "engineer")
    row = tell(harbour, chip="H100 80GB", gpu_count=1, reason="it broke", person=engineer)
    spread()
    send()
    spread()
    send()
    [sent] = mailoutbox
    assert sent.to == [engineer.email]
    assert sent.subject == "1 \N{MULTIPLICATION SIGN} H100 80GB: could not start"
    assert "Why: it broke." in sent.body
    assert "https://straits.example/notices/choices/" in sent.body
    assert row.letters.get().sent_at == NOON


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("reservation.failed", {"owner"}),
        ("wallet.low", {"owner", "billing"}),
        ("machine.unreachable", {"owner", "engineer"}),
        ("member.joined", {"owner"}),
    ],
)
def test_without_a_person_those_who_can_act_are_told(kind, roles, harbour, alice):
    people = {alice.email: "owner"}
    for role in ("billing", "engineer", "viewer"):
        people[make.member(harbour, role).email] = role
    make.member(harbour, "owner", is_active=False)
    tell(harbour, kind)
    spread()
    assert {people[letter.to] for letter in Letter.objects.all()} == roles


def test_who_left_is_told_nothing(harbour, alice):
    gone = make.user("gone@example.test")
    tell(harbour, person=gone)
    spread()
    assert [letter.to for letter in Letter.objects.all()] == [alice.email]


def test_what_is_usual_and_what_is_chosen(harbour, alice):
    tell(harbour, "reservation.started", key="1")  # no letter, usually
    tell(harbour, "reservation.failed", key="1")
    spread()
    assert [letter.notice.kind for letter in Letter.objects.all()] == ["reservation.failed"]
    choose = {"reservation.started": (True, True), "reservation.failed": (False, True)}
    notices.choose(person=alice, ways=choose, at=NOON)
    tell(harbour, "reservation.started", key="2")
    tell(harbour, "reservation.failed", key="2")
    spread()
    later = Letter.objects.filter(notice__key__endswith=":2")
    assert [letter.notice.kind for letter in later] == ["reservation.started"]


def test_what_concerns_security_cannot_be_switched_off(harbour, alice):
    with pytest.raises(notices.FixedKind, match=r"member\.joined is always told"):
        notices.choose(person=alice, ways={"member.joined": (False, False)}, at=NOON)
    with pytest.raises(IntegrityError, match="choice_is_free"):
        Choice.objects.create(person=alice, kind="member.joined", by_email=False, by_page=True)


def test_what_is_as_usual_is_not_kept(alice):
    notices.choose(person=alice, ways={"reservation.failed": (False, True)}, at=NOON)
    assert Choice.objects.get().by_email is False
    notices.choose(person=alice, ways={"reservation.failed": (True, True)}, at=NOON)
    assert not Choice.objects.exists()


def test_no_more_than_enough_letters_of_a_kind_in_an_hour(harbour, alice):
    for number in range(spreading.MOST_ALIKE + 3):
        tell(harbour, "machine.unreachable", key=str(number))
        tell(harbour, "member.joined", key=str(number))
    spread()
    kinds = [letter.notice.kind for letter in Letter.objects.all()]
    assert kinds.count("machine.unreachable") == spreading.MOST_ALIKE
    assert kinds.count("member.joined") == spreading.MOST_ALIKE + 3  # never left out
    tell(harbour, "machine.unreachable", key="later", at=NOON + HOUR)
    spread(NOON + HOUR)
    assert Letter.objects.filter(notice__key__endswith="later").count() == 1


def test_without_a_server_notices_stand_on_the_page_only(harbour, alice, settings):
    settings.EMAIL_HOST = ""
    row = tell(harbour)
    spread()
    row.refresh_from_db()
    assert (row.spread_at, Letter.objects.count()) == (NOON, 0)


def test_a_whole_letter_is_sealed_until_it_is_sent(mailoutbox):
    letter = whole()
    assert b"s3cret" not in bytes(letter.sealed)
    send()
    [sent] = mailoutbox
    assert (sent.to, sent.subject) == (["eve@example.test"], "Come in")
    assert sent.body == "https://straits.example/s3cret"
    letter.refresh_from_db()
    assert (letter.sent_at, letter.sealed, letter.tries) == (NOON, None, 1)


def test_the_database_keeps_no_content_of_what_is_over():
    whole()
    with pytest.raises(IntegrityError, match="letter_emptied_when_over"):
        Letter.objects.update(sent_at=NOON)


def test_a_server_that_is_down_is_asked_ever_more_seldom(down, caplog):
    letter, at, waits = whole(), NOON, []
    while letter.given_up_at is None:
        send(at)
        letter.refresh_from_db()
        waits.append(letter.next_at - at)
        at = letter.next_at
    assert waits[:5] == [MINUTE, 4 * MINUTE, 16 * MINUTE, 64 * MINUTE, 256 * MINUTE]
    assert waits[5:-1] == [letters.LONGEST] * (letters.TRIES - 6)
    assert (letter.tries, letter.sealed, letter.sent_at) == (letters.TRIES, None, None)
    assert "s3cret" not in caplog.text
    assert "354" not in caplog.text


def test_it_waits_for_its_time(down, monkeypatch, mailoutbox):
    letter = whole()
    send()
    monkeypatch.undo()
    send(NOON + MINUTE - timedelta(seconds=1))
    assert mailoutbox == []
    send(NOON + MINUTE)
    assert len(mailoutbox) == 1
    letter.refresh_from_db()
    assert letter.tries == 2


def test_what_somebody_else_is_at_is_left_alone_until_that_one_is_dead(mailoutbox):
    letter = whole()
    Letter.objects.update(claimed_until=NOON + letters.CLAIM)
    notices.send(letter=letter, at=NOON + letters.CLAIM - MINUTE)
    assert mailoutbox == []
    notices.send(letter=letter, at=NOON + letters.CLAIM)
    assert len(mailoutbox) == 1


def test_what_cannot_be_read_any_more_is_given_up(settings, mailoutbox):
    letter = whole()
    settings.SECRET_KEY = "another secret, and the one before is not among the fallbacks"
    send()
    letter.refresh_from_db()
    assert (letter.given_up_at, mailoutbox) == (NOON, [])


@pytest.mark.parametrize(
    ("language", "subject", "why"),
    [
        (
            "",
            "1 \N{MULTIPLICATION SIGN} H100 80GB: could not start",
            "Why: cancelled by the renter.",
        ),
        ("zh-hans", "1 \N{MULTIPLICATION SIGN} H100 80GB：未能开始", "原因：由租户取消。"),
        (
            "ms",
            "1 \N{MULTIPLICATION SIGN} H100 80GB: tidak dapat bermula",
            "Sebab: dibatalkan oleh penyewa.",
        ),
    ],
)
def test_a_letter_is_in_the_language_of_its_recipient(
    harbour, alice, mailoutbox, language, subject, why
):
    alice.language = language
    alice.save(update_fields=["language"])
    tell(harbour, chip="H100 80GB", gpu_count=1, reason="cancelled by the renter")
    spread()
    with override("en" if language else "ms"):  # whatever the sender's thread speaks
        send()
    [sent] = mailoutbox
    assert sent.subject == subject
    assert why in sent.body


def test_members_of_other_languages_get_a_letter_each(harbour, alice, mailoutbox):
    make.member(harbour, "owner", language="ms")
    tell(harbour, "member.joined", email="eve@example.test", role="viewer")
    spread()
    send()
    assert {letter.subject for letter in mailoutbox} == {
        "eve@example.test joined your organisation",
        "eve@example.test menyertai organisasi anda",
    }
    [malay] = [letter for letter in mailoutbox if "menyertai" in letter.subject]
    assert "Peranannya pelihat." in malay.body
