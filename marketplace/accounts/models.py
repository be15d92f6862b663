from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from compliance.models import Party
from marketplace.core.models import Record

from .roles import ACTS


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create a user who signs in with this e-mail address (kept in lower case)."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Whoever has the command line vouches for the address."""
        extra.setdefault("confirmed_email", email.strip().lower())
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class Language(models.TextChoices):
    """As in settings.LANGUAGES. No choice is empty: the browser's wish counts then."""

    ENGLISH = "en"
    CHINESE = "zh-hans"
    MALAY = "ms"


class User(AbstractBaseUser, PermissionsMixin, Record):
    """A person. What the person may do follows from memberships, never from the user alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    confirmed_email = models.EmailField(
        blank=True, help_text="the address that the person has shown to read; empty: none yet"
    )

    language = models.CharField(
        max_length=8,
        choices=Language,
        blank=True,
        help_text="of pages and letters; empty: no choice made",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=Q(language__in=["", *Language.values]), name="user_language_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def email_confirmed(self) -> bool:
        """Whether the address as it is now was confirmed; another address is another matter."""
        return self.confirmed_email == self.email


class Organisation(Record):
    """A renter, a provider, or both. Compliance knows it as a Party."""

    name = models.CharField(max_length=200)
    party = models.OneToOneField(Party, models.PROTECT, related_name="organisation")
    can_rent = models.BooleanField(default=True)
    can_provide = models.BooleanField(default=False)
    stripe_customer = models.CharField(max_length=64, blank=True)
    second_factor_required = models.BooleanField(
        default=False, help_text="members act on pages only with a second factor"
    )
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner"
    BILLING = "billing"
    ENGINEER = "engineer"
    VIEWER = "viewer"


class Membership(Record):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "organisation", name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} of {self.organisation}"


def every_act() -> list[str]:
    return list(ACTS)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True
        )


class ApiKey(Record):
    """A bearer secret of an organisation. Only its SHA-256 is kept; it is shown once."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="the first characters, to tell keys apart")
    secret_sha256 = models.BinaryField(unique=True)
    scopes = ArrayField(
        models.CharField(max_length=8),
        default=every_act,
        help_text="acts of accounts.roles; what the maker's role does not allow it does not either",
    )
    per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="requests at most, below the usual limit; empty: that"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=list(ACTS)) & Q(scopes__len__gt=0),
                name="api_key_scopes_known",
            ),
            models.CheckConstraint(
                condition=Q(per_minute__isnull=True) | Q(per_minute__gt=0),
                name="api_key_may_ask_at_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def usable(self, *, at: datetime) -> Self:
        return self.open().filter(expires_at__gt=at)


class Invitation(Record):
    """A place in an organisation, kept for one address. Only the secret's SHA-256 is kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    secret_sha256 = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "email",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_email_lower_case"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.organisation}"


class AccessSighting(models.Model):
    """That an organisation's people or keys used us on a day, from where. No whole address."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sightings")
    day = models.DateField()
    prefix = models.CharField(max_length=64, help_text="network of the address, /24 or /48")
    country = models.CharField(max_length=2, blank=True, help_text="empty: unknown")
    network = models.CharField(
        max_length=16, blank=True, help_text="tor, vpn, proxy, hosting, other; empty: unknown"
    )
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", "day", "prefix", "country", "network", name="sighting_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="sighting_times_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.country or 'country unknown'}) on {self.day}"
