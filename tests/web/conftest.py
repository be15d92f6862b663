from datetime import timedelta

import pytest
from django.utils.timezone import now
from psycopg.types.range import TimestamptzRange

from marketplace.accounts.models import Membership
from tests import make, stock


@pytest.fixture
def fresh_market(db):
    """As `market`, but fresh when the pages look: they read the clock."""
    return stock.market(at_noon=False)


@pytest.fixture
def offer(db):
    return make.offer(gpus=2, price_micro=2_400_000)


@pytest.fixture
def member_as(harbour):
    """Make a member of harbour with this role."""

    def made(role):
        user = make.user(f"{role}@example.test")
        Membership.objects.create(user=user, organisation=harbour, role=role)
        return user

    return made


@pytest.fixture
def rental(harbour, offer):
    """A reservation in any state, made directly, over a window around now."""

    def made(state="requested", renter=harbour, **facts):
        start = now() - timedelta(minutes=30)
        facts.setdefault("during", TimestamptzRange(start, start + timedelta(hours=1)))
        return make.bare_reservation(renter, offer, state=state, **facts)

    return made
