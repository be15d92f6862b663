"""Another e-mail address for a person: asked for, then proven by a link that is sent there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from marketplace.accounts.models import User
from marketplace.accounts.trail import trail

from .addresses import keep_for_letters
from .signing_up import AddressTaken

SALT = "accounts.another-address"
LASTS = timedelta(days=3)


class BadLink(ValueError):
    """It is not ours, not of this person, too old, or the address is another one by now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link carries; it counts only while `old` is the person's address."""

    person: str
    old: str
    new: str
    until: float


def ask_for_address(*, user: User, email: str, at: datetime) -> str:
    """What the link to the new address carries. The address stays until the link is opened.

    Raises ValidationError, and AddressTaken where somebody has the address: that is for the
    owner of the address to know, not for who asks.
    """
    new = _checked(user, email)
    trail(verb="asked for another e-mail", subject=user, by=user, at=at, email=new)
    if User.objects.filter(email=new).exists():
        raise AddressTaken(new)
    asked = [str(user.public_id), user.email, new, (at + LASTS).timestamp()]
    return signing.dumps(asked, salt=SALT)


def read_link(*, user: User, link: str, at: datetime) -> Asked:
    """Raises BadLink."""
    try:
        asked = Asked(*signing.loads(link, salt=SALT))
    except signing.BadSignature as error:
        raise BadLink("not a link of ours") from error
    if (asked.person, asked.old) != (str(user.public_id), user.email):
        raise BadLink("of somebody else, or used")
    if at.timestamp() >= asked.until:
        raise BadLink("too old")
    return asked


def change_address(*, user: User, link: str, at: datetime) -> Asked:
    """Let the person be known by the address that the link was sent to, which it confirms.

    Raises BadLink; then nothing is changed.
    """
    asked = read_link(user=user, link=link, at=at)
    try:
        with transaction.atomic():
            _move(user, asked)
            trail(verb="changed e-mail", subject=user, by=user, at=at, old=asked.old, new=asked.new)
    except IntegrityError as error:
        if "accounts_user_email" not in str(error):
            raise
        raise BadLink("somebody else took the address meanwhile") from error
    user.email = user.confirmed_email = asked.new
    return asked


def _move(user: User, asked: Asked) -> None:
    rows = User.objects.filter(pk=user.pk, email=asked.old)
    if not rows.update(email=asked.new, confirmed_email=asked.new):
        raise BadLink("the address is another one by now")
    keep_for_letters(User.objects.get(pk=user.pk))


def _checked(user: User, email: str) -> str:
    new = email.strip().lower()
    if new == user.email:
        raise ValidationError({"email": "This is your address already."})
    User(email=new).clean_fields(exclude=["password", "last_login"])
    return new
