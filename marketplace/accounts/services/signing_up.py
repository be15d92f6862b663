"""A new person with a new organisation."""

from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import services as compliance
from marketplace.accounts.models import Membership, Organisation, Role, User
from marketplace.accounts.trail import trail


class AddressTaken(ValidationError):
    """Somebody has this address. A stranger is not to be told."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__({"email": "This address cannot be used; sign in if it is yours."})


def sign_up(
    *,
    email: str,
    password: str,
    name: str,
    organisation_name: str,
    party: dict[str, Any],
    at: datetime,
) -> tuple[User, Organisation]:
    """A new person with a new organisation, owned by that person, known to compliance as a party.

    `party` holds what compliance's register_party takes. Raises ValidationError with a
    message per field, and AddressTaken only when all else is right: nobody learns by wrong facts
    whether an address is known here. Then nothing was written.
    """
    user = checked_person(email=email, password=password, name=name)
    with transaction.atomic():
        organisation = Organisation(
            name=organisation_name.strip(), party=compliance.register_party(at=at, **party)
        )
        _check_organisation(organisation)
        organisation.save()
        save_new(user)
        Membership.objects.create(
            user=user, organisation=organisation, role=Role.OWNER, created_at=at
        )
        trail(verb="signed up", subject=organisation, by=user, at=at)
    return user, organisation


def checked_person(*, email: str, password: str, name: str) -> User:
    """A person who can be saved. Raises ValidationError with a message per field."""
    user = User(email=email.strip().lower(), name=name.strip())
    user.full_clean(exclude=["password", "last_login"], validate_unique=False)
    _check_password(password, user)
    user.set_password(password)
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


def _check_organisation(organisation: Organisation) -> None:
    try:
        organisation.full_clean()
    except ValidationError as error:
        found = error.message_dict
        # the person has a name, too
        named = {"organisation_name" if one == "name" else one: found[one] for one in found}
        raise ValidationError(named) from error


def save_new(user: User) -> None:
    """Raises AddressTaken."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "accounts_user_email" not in str(error):
            raise
        raise AddressTaken(user.email) from error
