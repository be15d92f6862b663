"""How a provider's sites and machines come to be known here."""

from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail

from .models import Machine, Site


class NameTaken(Exception):
    """This operator has a site, or this site a machine, of the same name."""


def add_site(
    *, operator: Organisation, name: str, country: str, city: str, by: User, at: datetime
) -> Site:
    """Note where a provider's machines stand: its own word, until evidence bears it out or not.

    Raises NameTaken.
    """
    try:
        with transaction.atomic():
            made = Site.objects.create(
                operator=operator, name=name, country=country, city=city, created_at=at
            )
            trail(verb="added a site", subject=made, by=by, at=at, country=country)
    except IntegrityError as error:
        if "site_name_once_per_operator" not in str(error):
            raise
        raise NameTaken("the name is taken") from error
    return made


def add_machine(*, site: Site, name: str, by: User, at: datetime) -> Machine:
    """Make room for a machine; it is offline until its agent speaks. Raises NameTaken."""
    try:
        with transaction.atomic():
            made = Machine.objects.create(site=site, name=name, created_at=at)
            trail(verb="added a machine", subject=made, by=by, at=at, site=str(site.public_id))
    except IntegrityError as error:
        if "machine_name_once_per_site" not in str(error):
            raise
        raise NameTaken("the name is taken") from error
    return made
