"""A day at the desk: what the windows of staff have to show."""

from types import SimpleNamespace

from django.urls import reverse
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Case, ListSnapshot
from marketplace.accounts.models import User
from marketplace.billing.models import RentalDispute
from marketplace.catalog.models import Machine
from marketplace.catalog.trust import services as trust
from marketplace.ledger.models import Transaction
from tests import make
from tests.compliance import caseroom

#: by name: what is looked at; a callable gets the desk
PAGES = {
    "today": lambda desk: reverse("admin:index"),
    "queue": lambda desk: reverse("admin:compliance_case_changelist"),
    "case": lambda desk: reverse("admin:compliance_case_change", args=[desk.case.pk]),
    "parties": lambda desk: reverse("admin:compliance_party_changelist"),
    "searched": lambda desk: f"{reverse('admin:compliance_party_changelist')}?q=harbour",
    "party": lambda desk: reverse("admin:compliance_party_change", args=[desk.case.party_id]),
    "owner": lambda desk: reverse("admin:compliance_add_stake", args=[desk.case.party_id]),
    "paper": lambda desk: reverse("admin:compliance_add_paper", args=[desk.case.party_id]),
    "flag": lambda desk: reverse("admin:compliance_raise_flag", args=[desk.case.party_id]),
    "lists": lambda desk: reverse("admin:compliance_listsnapshot_changelist"),
    "list": lambda desk: reverse("admin:compliance_listsnapshot_change", args=[desk.snapshot.pk]),
    "rules": lambda desk: reverse("admin:compliance_policyrule_changelist"),
    "accounts": lambda desk: reverse("admin:ledger_account_changelist"),
    "transaction": lambda desk: reverse("admin:ledger_transaction_change", args=[desk.booking.pk]),
    "organisation": lambda desk: reverse(
        "admin:accounts_organisation_change", args=[desk.dispute.renter_id]
    ),
    "room": lambda desk: reverse("admin:app_list", args=["billing"]),
    "machines": lambda desk: reverse("admin:catalog_machine_changelist"),
    "trail": lambda desk: reverse("admin:core_auditevent_changelist"),
    "disputes": lambda desk: reverse("admin:billing_rentaldispute_changelist"),
    "dispute": lambda desk: reverse("admin:billing_rentaldispute_change", args=[desk.dispute.pk]),
    "doubts": lambda desk: reverse("admin:catalog_trust_changelist"),
    "reservations": lambda desk: reverse("admin:brokerage_reservation_changelist"),
    "invoices": lambda desk: reverse("admin:billing_invoice_changelist"),
    "delete": lambda desk: reverse("admin:accounts_user_delete", args=[desk.officer.pk]),
    "add": lambda desk: reverse("admin:compliance_licence_add"),
}


def cases(at):
    """With a likeness, with an owner of the same name, and with one that waits for a signature,
    which is returned.
    """
    owned = make.party("Pelagik Dawn Systems HK Ltd", hq_country="HK", country="HK")
    holding = make.party("Harrow Tern Holdings", country="VG", hq_country="VG")
    listed = make.party("Pelagic Dawn Systems Ltd.", country="VG", hq_country="VG")
    make.stake(owned, holding, 6_200)
    make.stake(owned, "Rowan Tessaly Birch", None)
    make.stake(holding, listed, 8_500)
    make.stake(owned, listed, 500)
    make.director(owned, "Ysolde Vellacott-Zarrin")
    for party in (make.party("Pelagik Dawn Systems Ltd"), make.party("Peladawn"), owned):
        compliance.screen(party=party, question=None, at=at)
    case = Case.objects.get(party=owned)
    officer = caseroom.officer(email="olive@straits.example", name="Olive")
    compliance.assign_case(case=case, by=officer, at=at)
    compliance.request_information(
        case=case, by=officer, text="Please send your register of shareholders.", at=at
    )
    compliance.propose_verdict(
        case=case, by=officer, verdict="uphold", reason="Half is held by a listed firm.", at=at
    )
    compliance.approve_verdict(case=case, by=officer, reason="Compared the registers.", at=at)
    return case


def desk(things):
    """The cases, and one of each thing that the other windows show."""
    case = cases(now())
    for thing in ("own-offer", "invoice", "top-up", "reservation", "dispute"):
        things.of(thing)
    told = [{"code": "memory", "text": "It reports 80 GiB of memory and an RTX 4090."}]
    machine = Machine.objects.first()
    trust.record(machine=machine, kind="consistent", passed=False, at=now(), contradictions=told)
    return SimpleNamespace(
        case=case,
        snapshot=ListSnapshot.objects.latest("pk"),
        dispute=RentalDispute.objects.get(),
        booking=Transaction.objects.filter(key__startswith="usage:").latest("pk"),
        officer=User.objects.get(email="olive@straits.example"),
    )
