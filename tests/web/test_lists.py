"""Pages ask the database as often for twenty rows of what they list as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from compliance.models import (
    CaseEvent,
    Director,
    EventKind,
    OwnershipStake,
    PartyContact,
    PartyDocument,
    PartyEvidence,
)
from compliance.services import ITSELF
from marketplace.billing.models import (
    BankPayout,
    Charge,
    CostLine,
    CreditGrant,
    CreditLine,
    CreditLot,
    CreditNote,
    DisputeEntry,
    Invoice,
    InvoiceLine,
    MaturedCharge,
    Payout,
    PayoutLine,
    RateSegment,
    Refund,
    RentalDispute,
    SavedCard,
    SlaAssessment,
    SlaTier,
    TaxPayment,
    TermsOffer,
    TopUp,
    WalletNotice,
)
from marketplace.brokerage.models import (
    Lease,
    MachineFailure,
    Notice,
    Reservation,
    WindowChange,
)
from marketplace.catalog.models import Gpu, GpuEvent, HealthChange, Machine, Offer, TrustEvidence
from marketplace.hooks.models import Attempt, Delivery, Endpoint
from marketplace.notices import models as notices
from tests import rows
from tests.access.conftest import things  # noqa: F401  a fixture
from tests.access.rules import OWN_WAY, WEB, read
from tests.browser.test_pages import FILES

pytestmark = pytest.mark.django_db
MANY = 20
#: looked at in test_counts, with rows that their services make
COUNTED = {"members", "keys", "record", "waitlist"}
#: page: what it lists
LISTS = {
    "home": [Offer],
    "offer": [Offer],
    "organisation": [CaseEvent],
    "know-owners": [OwnershipStake, Director],
    "know-contacts": [PartyContact],
    "know-documents": [PartyDocument, PartyEvidence],
    "notices": [notices.Notice],
    "webhooks": [Endpoint],
    "webhook": [Delivery, Attempt],
    "reservations": [Reservation],
    "reservation": [Lease, WindowChange, Notice, TermsOffer, RateSegment, Charge],
    "wallet": [CreditLot, CreditGrant, SavedCard, WalletNotice, TopUp, Refund],
    "invoices": [Invoice, CreditNote],
    "invoice": [InvoiceLine, CreditNote, TaxPayment],
    "credit-note": [CreditLine],
    "cost": [CostLine, Charge],
    "service-levels": [SlaTier],
    "disputes": [RentalDispute],
    "dispute": [DisputeEntry],
    "provider": [Machine, Gpu, Offer, Lease, Charge],
    "provider-machine": [Gpu, Offer, Lease, HealthChange, GpuEvent, TrustEvidence],
    "provider-rental": [Lease, TermsOffer, RateSegment, Charge],
    "incidents": [MachineFailure, HealthChange, SlaAssessment],
    "earnings": [Charge, Lease],
    "payouts": [Payout, BankPayout],
    "payout": [PayoutLine, MaturedCharge],
}
#: what a row must say to be on its page
FACTS = {
    BankPayout: {"arrives_on": now().date()},
    CaseEvent: {"kind": EventKind.REQUESTED},
    Director: {"source": ITSELF},
    OwnershipStake: {"source": ITSELF},
    notices.Notice: {"kind": "screening.decided"},
}
#: pages of one thing, and forms
SINGLE = {
    *("billing-details", "change-address", "know", "know-control", "know-identity", "know-use"),
    *(
        "machine-start",
        "new-machine",
        "notice-choices",
        "payout-account",
        "plan-upkeep",
        "raise-dispute",
    ),
    *("sign-in", "sign-up"),
}


def test_every_page_is_looked_at():
    rules = [one for one in read(WEB) if one.method == "GET" and one.act != OWN_WAY]
    pages = {rule.name for rule in rules if not rule.name.startswith(("account_", "mfa_"))}
    assert pages - FILES - LISTS.keys() - COUNTED == SINGLE


def test_control_a_question_for_each_row_is_found(harbour, django_assert_num_queries):
    """Rows of a table refer to rows of their own."""
    rows.unruled()
    made = rows.Rows(harbour)
    found = [made.of(Machine, number) for number in range(3)]
    with django_assert_num_queries(1 + 3):
        assert len({str(one.site) for one in Machine.objects.all()}) == 3
    assert {one.site.operator for one in found} == {harbour}


@pytest.mark.parametrize("page", LISTS)
def test_a_page_asks_as_often_for_many_rows_as_for_one(page, things, client, alice, harbour):  # noqa: F811
    [rule] = [one for one in read(WEB) if (one.name, one.method) == (page, "GET")]
    url = reverse(page, args=things.args(rule.thing))
    things.of("reservation")
    rows.unruled()
    made = rows.Rows(harbour, harbour.party, alice, *about(things._made.get(rule.thing)))
    client.force_login(alice)

    def asked(many):
        for model in LISTS[page]:
            for number in range(many):
                made.of(model, number, **FACTS.get(model, {}))
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(url)
        assert answer.status_code == 200
        return [one["sql"] for one in seen], len(answer.content)

    asked(1)
    (one, short), (all_, long) = asked(1), asked(MANY)
    assert len(all_) == len(one), "\n".join(all_)
    assert long > short + MANY * 20, "the rows are not on the page"


def about(thing):
    """What the rows belong to: the thing that the page is about, and what is kept once of it."""
    if thing is None:
        return []
    parts = ("cost_statement", "machine", "chip")
    return [thing, *(getattr(thing, part) for part in parts if hasattr(thing, part))]
