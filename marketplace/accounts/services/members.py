"""Who belongs to an organisation: invited by an owner, and never without an owner."""

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from marketplace.accounts import roles
from marketplace.accounts.models import Invitation, Membership, Organisation, Role, User
from marketplace.accounts.trail import trail

from .addresses import confirm_email
from .principals import acting_for, fingerprint
from .signing_up import checked_person, save_new

INVITATION_LASTS = timedelta(days=7)
INVITATION_BYTES = 32
#: of what is only in the letter: the owner, who sees the link, cannot make it
LETTER = "marketplace.accounts.invitation"


class BadInvitation(Exception):
    """The invitation is unknown, used, withdrawn or expired, or is for somebody else."""


class LastOwner(Exception):
    """An organisation always has an owner; make somebody else one first."""


def invite(
    *, organisation: Organisation, by: User, email: str, role: str, at: datetime
) -> tuple[Invitation, str]:
    """An invitation for one address and its secret, shown this once; it replaces an open one.

    Raises NotPermitted and ValidationError; then nothing was written.
    """
    address = email.strip().lower()
    secret = secrets.token_urlsafe(INVITATION_BYTES)
    with transaction.atomic():
        _lock(organisation)
        acting_for(organisation, by, roles.MANAGE)
        _check(organisation, address, role)
        Invitation.objects.open().filter(organisation=organisation, email=address).update(
            withdrawn_at=at
        )
        made = Invitation.objects.create(
            organisation=organisation,
            email=address,
            role=role,
            invited_by=by,
            secret_sha256=fingerprint(secret),
            expires_at=at + INVITATION_LASTS,
            created_at=at,
        )
        trail(verb="invited", subject=made, by=by, at=at, email=address, role=role)
    return made, secret


def _check(organisation: Organisation, address: str, role: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": "Write an e-mail address."}) from error
    _check_role(role)
    if Membership.objects.filter(organisation=organisation, user__email=address).exists():
        raise ValidationError({"email": "This person is a member already; change the role."})


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise ValidationError({"role": f"There are {', '.join(Role.values)}."})


def withdraw_invitation(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Make an invitation useless; again, or after it was used, changes nothing.

    Raises NotPermitted.
    """
    acting_for(invitation.organisation, by, roles.MANAGE)
    with transaction.atomic():
        if Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=at):
            trail(verb="withdrew", subject=invitation, by=by, at=at, email=invitation.email)


def invitation_of(*, secret: str, at: datetime) -> Invitation:
    """The invitation that can be accepted with this secret. Raises BadInvitation."""
    usable = Invitation.objects.usable(at=at).select_related("organisation")
    found = usable.filter(secret_sha256=fingerprint(secret)).first()
    if found is None:
        raise BadInvitation("this invitation was used, withdrawn or is too old; ask for another")
    return found


def letter_proof(*, invitation: Invitation) -> str:
    """What stands in the letter to the invited address and nowhere else."""
    return signing.dumps(str(invitation.public_id), salt=LETTER)


def _was_read(invitation: Invitation, proof: str) -> bool:
    try:
        return bool(signing.loads(proof, salt=LETTER) == str(invitation.public_id))
    except signing.BadSignature:
        return False


def accept(*, secret: str, user: User, proof: str = "", at: datetime) -> Membership:
    """Join as the person whom the invitation names; `proof` of the letter confirms the address.

    Raises BadInvitation; then nothing was written.
    """
    invitation = invitation_of(secret=secret, at=at)
    if invitation.email != user.email:
        raise BadInvitation("this invitation is for another address; sign in with that one")
    with transaction.atomic():
        membership = _join(invitation, user, at)
        if _was_read(invitation, proof):
            confirm_email(user=user, at=at)
    return membership


def accept_as_new(*, secret: str, name: str, password: str, proof: str = "", at: datetime) -> User:
    """A new person, with the address of the invitation, joins.

    Whoever has the secret was given it by the owner; who has the `proof` of the letter, too, has
    read mail to that address, which is confirmed then. Raises BadInvitation and ValidationError,
    also where somebody has the address; then nothing was written.
    """
    invitation = invitation_of(secret=secret, at=at)
    user = checked_person(email=invitation.email, password=password, name=name)
    with transaction.atomic():
        save_new(user)
        _join(invitation, user, at)
        if _was_read(invitation, proof):
            confirm_email(user=user, at=at)
    return user


def _join(invitation: Invitation, user: User, at: datetime) -> Membership:
    usable = Invitation.objects.usable(at=at).filter(pk=invitation.pk)
    if not usable.update(accepted_at=at, accepted_by=user):
        raise BadInvitation("this invitation was used or withdrawn just now")
    membership, _ = Membership.objects.get_or_create(
        user=user,
        organisation=invitation.organisation,
        defaults={"role": invitation.role, "created_at": at},
    )
    trail(verb="joined", subject=invitation, by=user, at=at, role=membership.role)
    return membership


def change_role(*, membership: Membership, by: User, role: str, at: datetime) -> None:
    """Raises NotPermitted, ValidationError and LastOwner; then nothing was written."""
    _check_role(role)
    with transaction.atomic():
        _lock(membership.organisation)
        acting_for(membership.organisation, by, roles.MANAGE)
        membership.refresh_from_db()
        if role == membership.role:
            return
        _keep_an_owner(membership)
        was, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        told = {"email": membership.user.email, "was": was, "role": role}
        trail(verb="changed role", subject=membership.organisation, by=by, at=at, **told)


def remove_member(*, membership: Membership, by: User, at: datetime) -> None:
    """End a membership; the person's keys of this organisation stop working with it.

    Everybody may leave; only who may manage removes others. Raises NotPermitted and LastOwner.
    """
    with transaction.atomic():
        _lock(membership.organisation)
        if membership.user_id != by.pk:
            acting_for(membership.organisation, by, roles.MANAGE)
        _keep_an_owner(membership)
        if Membership.objects.filter(pk=membership.pk).delete()[0]:
            told = {"email": membership.user.email, "role": membership.role}
            trail(verb="removed", subject=membership.organisation, by=by, at=at, **told)


def _lock(organisation: Organisation) -> None:
    """Changes of who belongs to it happen one after the other, permission looked at by each."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)


def _keep_an_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        organisation=membership.organisation_id, role=Role.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise LastOwner("an organisation always has an owner; make somebody else one first")
