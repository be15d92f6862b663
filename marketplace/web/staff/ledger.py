"""The ledger from an account to its entries, to the transaction, to what that is for."""

from typing import NamedTuple

from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Organisation
from marketplace.ledger import services as ledger
from marketplace.ledger.chart import PLACES
from marketplace.ledger.models import Account, Kind, Transaction, Transfer

from .frame import framed
from .purposes import shown

#: entries on one page
MOST = 50


class Entry(NamedTuple):
    """One transfer as its account sees it, in micro-units; `after` is the balance it left."""

    transfer: Transfer
    other: Account
    change: int
    after: int


@require_safe
@permission_required("ledger.view_account", raise_exception=True)
@permission_required("ledger.view_transfer", raise_exception=True)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Account, pk=pk)
    before = request.GET.get("before", "")
    rows = _page(row, before)
    owner = Organisation.objects.filter(public_id=row.owner).first() if row.owner else None
    told = {
        "account": row,
        "place": PLACES[Kind(row.kind)],
        "owner": owner,
        "balance": ledger.net_micro(account=row),
        "entries": _entries(row, rows[:MOST]),
        "older": rows[MOST - 1].pk if len(rows) > MOST else None,
        "holds": row.holds.filter(amount__gt=0).order_by("-pk")[:MOST],
        "freezes": row.freezes.filter(lifted_at__isnull=True).order_by("-pk")[:MOST],
        "newest": not before,
    }
    page = "admin/ledger/explore.html"
    return TemplateResponse(request, page, framed(request, str(row), told))


@require_safe
@permission_required("ledger.view_transaction", raise_exception=True)
@permission_required("ledger.view_transfer", raise_exception=True)
def booked(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Transaction, pk=pk)
    transfers = row.transfers.select_related("debit", "credit").order_by("pk")
    told = {
        "transaction": row,
        "transfers": transfers,
        "purpose": shown(row.key, request.user.has_perm),
    }
    page = "admin/ledger/booked.html"
    return TemplateResponse(request, page, framed(request, row.key, told))


def _page(row: Account, before: str) -> list[Transfer]:
    """One more than a page, the newest first, older than a transfer if one is named."""
    rows: QuerySet[Transfer] = Transfer.objects.filter(Q(debit=row) | Q(credit=row))
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    related = rows.select_related("transaction", "debit", "credit")
    return list(related.order_by("-pk")[: MOST + 1])


def _entries(row: Account, transfers: list[Transfer]) -> list[Entry]:
    if not transfers:
        return []
    after = ledger.net_micro(account=row, upto=transfers[0].pk)
    found = []
    for one in transfers:
        came = one.credit_id == row.pk
        change = one.amount if came else -one.amount
        found.append(Entry(one, one.debit if came else one.credit, change, after))
        after -= change
    return found
