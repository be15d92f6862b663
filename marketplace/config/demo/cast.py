"""Who plays in the demonstration. Safe to set up again: what exists is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import compliance
from compliance import services as screening
from compliance.models.statements import WORDING
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.catalog.models import Machine, Site

PASSWORD_BYTES = 9
SAMPLE_LIST = Path(compliance.__file__).parent / "data" / "sample_ofac_sdn"
RENTER = "ada@harbour-light.example"
REFUSED = "max@pelagic-dawn.example"
PROVIDER = "siti@selat-compute.example"
STAFF = "staff@straits.example"


@dataclass(frozen=True)
class Cast:
    """The people and the machine, with the passwords and keys made for this run."""

    renter: Organisation
    renter_key: str
    refused: Organisation
    refused_key: str
    provider: Organisation
    machine: Machine
    password: str


def set_up(*, at: datetime) -> Cast:
    """Make (or find) renter, refused renter, provider with one machine, and staff."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    screening.import_list(
        source_code="ofac_sdn", folder=SAMPLE_LIST, published_on=None, at=at, sample=True
    )
    renter = _organisation(RENTER, "Harbour Light Research", "SG", password, at)
    refused = _organisation(REFUSED, "Pelagic Dawn Systems Ltd.", "SG", password, at)
    provider = _organisation(PROVIDER, "Selat Compute", "MY", password, at)
    Organisation.objects.filter(pk=provider.pk).update(can_provide=True, can_rent=False)
    _staff(password, at)
    return Cast(
        renter=renter,
        renter_key=_key(renter, RENTER, at),
        refused=refused,
        refused_key=_key(refused, REFUSED, at),
        provider=provider,
        machine=_machine(provider),
        password=password,
    )


def _organisation(email: str, name: str, country: str, password: str, at: datetime) -> Organisation:
    user = User.objects.filter(email=email).first()
    if user is not None:
        user.set_password(password)
        user.save()
        organisation = user.memberships.get().organisation
        _signed(organisation, user, at)
        accounts.confirm_email(user=user, at=at)
        return organisation
    user, organisation = accounts.sign_up(
        email=email,
        password=password,
        name=email.split("@")[0].title(),
        organisation_name=name,
        party={
            "legal_name": name,
            "registration_number": f"DEMO-{country}-1",
            "country": country,
            "hq_country": country,
            "parent_name": name,
            "parent_hq_country": country,
            "end_use": "inference",
            "end_use_statement": "Made up for the demonstration.",
        },
        at=at,
    )
    _signed(organisation, user, at)
    accounts.confirm_email(user=user, at=at)
    return organisation


def _signed(organisation: Organisation, user: User, at: datetime) -> None:
    """As the owner does on the organisation's page."""
    party = organisation.party
    if screening.statement_in_force(party=party, at=at):
        return
    screening.sign_end_use(
        party=party,
        wording=WORDING,
        end_use=party.end_use,
        text=party.end_use_statement,
        end_users="",
        signed_by=user.public_id,
        email=user.email,
        signed_name=user.name,
        key=f"demo:{at.isoformat()}",
        at=at,
    )


def _staff(password: str, at: datetime) -> None:
    staff = User.objects.filter(email=STAFF).first()
    if staff is None:
        staff = User.objects.create_superuser(STAFF, password)
    staff.set_password(password)
    staff.save()
    accounts.confirm_email(user=staff, at=at)


def _key(organisation: Organisation, email: str, at: datetime) -> str:
    user = User.objects.get(email=email)
    _, secret = accounts.create_api_key(
        organisation=organisation, by=user, name="demonstration", at=at
    )
    return secret


def _machine(provider: Organisation) -> Machine:
    site, _ = Site.objects.get_or_create(
        operator=provider,
        name="Johor Bahru 1",
        defaults={"country": "MY", "city": "Johor Bahru"},
    )
    machine, _ = Machine.objects.get_or_create(site=site, name="jb1-node-01")
    return machine
