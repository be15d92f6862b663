"""Clocks of invoices, credit notes and what follows from them."""

from celery import shared_task
from django.utils.timezone import now

from marketplace.core.sweeps import sweep

from . import services
from .models import CreditNote, Invoice

NAME = "marketplace.billing.paper_tasks"


@shared_task(name=f"{NAME}.issue_monthly")
def issue_monthly() -> None:
    """Sweep: invoices of the months that are over, one for each wallet that was charged."""
    services.issue_monthly(at=now())


@shared_task(name=f"{NAME}.render_invoice")
def render_invoice(*, invoice_id: int) -> None:
    """The hint sent when an invoice is issued; render_papers finds it without."""
    services.paper_pdf(Invoice.objects.get(pk=invoice_id), at=now())


@shared_task(name=f"{NAME}.render_credit_note")
def render_credit_note(*, note_id: int) -> None:
    """The hint sent when a credit note is issued; render_papers finds it without."""
    services.paper_pdf(CreditNote.objects.get(pk=note_id), at=now())


@shared_task(name=f"{NAME}.render_papers")
def render_papers() -> None:
    """Sweep: papers without their PDF."""
    sweep(
        Invoice.objects.filter(file=None).order_by("pk"),
        lambda row: services.paper_pdf(row, at=now()),
    )
    sweep(
        CreditNote.objects.filter(file=None).order_by("pk"),
        lambda row: services.paper_pdf(row, at=now()),
    )


@shared_task(name=f"{NAME}.collect_tax")
def collect_tax() -> None:
    """Sweep: tax of invoices that the wallet did not hold when they were issued."""
    sweep(
        services.with_tax_due(),
        lambda row: services.take_tax(invoice=row, at=now()),
    )


@shared_task(name=f"{NAME}.file_papers")
def file_papers() -> None:
    """Sweep: papers that Stripe taxed and was not told of yet; the outbox tells it."""
    services.file_papers(at=now())


@shared_task(name=f"{NAME}.give_service_credits")
def give_service_credits() -> None:
    """Sweep: measure settled reservations that a promise covers, and give what that earns."""
    sweep(services.to_assess(), lambda row: services.assess(reservation=row, at=now()))
    sweep(services.to_give(), lambda row: services.give(assessment=row, at=now()))


@shared_task(name=f"{NAME}.pass_deadlines")
def pass_deadlines() -> None:
    """Sweep: disputes that waited for somebody until the deadline."""
    at = now()
    sweep(services.past_deadline(at=at), lambda row: services.pass_deadline(dispute=row, at=at))
