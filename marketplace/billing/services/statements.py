"""Usage statements: everything from which a renter recomputes what a reservation cost."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Max, QuerySet

from agents.protocol import evidence
from marketplace.billing.models import (
    Charge,
    CostLine,
    CostStatement,
    RateSegment,
    UsageStatement,
)
from marketplace.brokerage.models import Assignment, Lease, Reservation
from marketplace.catalog.pricing import due_micro
from marketplace.core.moments import iso_exact
from marketplace.metering import services as metering
from marketplace.metering.models import Closing, Gap, GapKind, Link, OutageRuling, Signer

from .opening import open_rates
from .standing import rated

FORMAT = "straits-usage-statement-2"
CHUNK = 2000


def record(*, reservation: Reservation, at: datetime) -> UsageStatement:
    """Note the digest of the statement as it stands now; of a revision that is known, that one.

    The caller holds the lock on the reservation, whose cost is recorded.
    """
    open_rates(leases=[lease.pk for lease in _leases(reservation)], at=at)
    version = reservation.rates.aggregate(last=Max("version"))["last"] or 1
    revision = _rulings(reservation).count() + version - 1
    known = UsageStatement.objects.filter(reservation=reservation, revision=revision).first()
    if known:
        return known
    made = UsageStatement(
        reservation=reservation,
        revision=revision,
        rate_version=version,
        billed_ms=_billed_ms(reservation),
        made_at=at,
        created_at=at,
    )
    made.sha256 = _digest(_pieces(made)).digest()
    made.save(force_insert=True)
    return made


def _billed_ms(reservation: Reservation) -> dict[str, dict[str, int]]:
    billed: dict[str, dict[str, int]] = {}
    for row in rated(leases=[lease.pk for lease in _leases(reservation)]):
        billed.setdefault(str(row.at.lease_public_id), {})[str(row.at.version)] = row.billed_ms
    return billed


def latest_statement(*, reservation: Reservation) -> UsageStatement | None:
    """The statement that counts; None before the reservation is settled."""
    return UsageStatement.objects.filter(reservation=reservation).order_by("revision").last()


def _pieces(of: UsageStatement) -> Iterator[bytes]:
    """The file, piece by piece: JSON that ends with the SHA-256 of all before it."""
    hashed = hashlib.sha256()
    for piece in _body(of):
        hashed.update(piece)
        yield piece
    yield f',\n"sha256":"{hashed.hexdigest()}"}}\n'.encode()


def statement_file(*, statement: UsageStatement) -> tuple[str, bytes]:
    """A name for the file and its content."""
    return statement.file_name, b"".join(_pieces(statement))


def _digest(parts: Iterable[bytes]) -> Any:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part)
    return hashed


def _body(of: UsageStatement) -> Iterator[bytes]:
    closings = Closing.objects.filter(assignment__reservation=of.reservation)
    yield b'{"chains":['
    for place, closing in enumerate(closings.select_related("assignment").order_by("pk")):
        yield b",\n" if place else b"\n"
        yield from _chain(closing)
    yield b"],\n"
    yield _text(_head(of))[1:-1]


def _text(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _chain(closing: Closing) -> Iterator[bytes]:
    """`segments` sorts last among the keys, so it can follow piece by piece."""
    facts = {
        "assignment": str(closing.assignment.public_id),
        "gaps": [_gap(row) for row in _gaps(closing)],
        "head": bytes(closing.head_sha256).hex(),
        "links": closing.links,
    }
    yield _text(facts)[:-1] + b',"segments":['
    links = Link.objects.filter(assignment=closing.assignment, position__lte=closing.links)
    rows = links.select_related("segment__signer").order_by("position")
    for place, link in enumerate(rows.iterator(chunk_size=CHUNK)):
        yield (b",\n" if place else b"\n") + _text(_segment(link, closing.assignment))
    yield b"]}"


def _gaps(closing: Closing) -> Iterable[Gap]:
    """Those found when the chain was closed: what is noted later says so by its kind."""
    rows = Gap.objects.filter(assignment=closing.assignment)
    return rows.exclude(kind=GapKind.AFTER_CLOSE).order_by("pk")


def _gap(row: Gap) -> dict[str, Any]:
    span = {"start": iso_exact(row.during.lower), "end": iso_exact(row.during.upper)}
    return {"kind": row.kind, "billed": row.billed, **span}


def _segment(link: Link, assignment: Assignment) -> dict[str, Any]:
    row = link.segment
    facts = {
        **{name: getattr(row, name) for name in evidence.FIELDS if hasattr(row, name)},
        "assignment": assignment.public_id,
        "prev": bytes(row.prev_sha256).hex(),
    }
    return {
        **evidence.content(facts),
        "signature": bytes(row.signature).hex(),
        "key": bytes(row.signer.public_key).hex() if row.signer else "",
        "doubt": link.doubt,
        "received_at": iso_exact(row.received_at),
    }


def _head(of: UsageStatement) -> dict[str, Any]:
    reservation = of.reservation
    # the file calls it an invoice: its bytes must stay what their digests say
    cost = CostStatement.objects.get(reservation=reservation)
    leases = [_lease(lease, of, cost) for lease in _leases(reservation)]
    return {
        "format": FORMAT,
        "revision": of.revision,
        "reservation": {
            "id": str(reservation.public_id),
            "start": iso_exact(reservation.during.lower),
            "end": iso_exact(reservation.during.upper),
            "currency": reservation.currency,
        },
        "invoice": {
            "id": str(cost.public_id),
            "issued_at": iso_exact(cost.issued_at),
            "total_micro": cost.total_micro,
        },
        "leases": leases,
        "rates": [_rate(row) for row in _rates(of)],
        "rulings": [_ruling(row) for row in _rulings(reservation)[: of.rulings]],
        "nodes": [_signer(row) for row in _signers(reservation)],
        "due_micro": sum(lease["due_micro"] for lease in leases),
    }


def _leases(of: Reservation) -> QuerySet[Lease]:
    rows = Lease.objects.filter(assignment__reservation=of, started_at__isnull=False)
    return rows.select_related("gpu", "assignment").order_by("pk")


def _lease(lease: Lease, of: UsageStatement, cost: CostStatement) -> dict[str, Any]:
    billed = of.billed_ms[str(lease.public_id)]
    lines = CostLine.objects.filter(statement=cost, lease=lease).select_related("rate")
    due = sum(
        due_micro(rate.price_micro_per_gpu_hour, billed[str(rate.version)]) for rate in _rates(of)
    )
    bounds = metering.interval(lease, of.made_at)
    return {
        "id": str(lease.public_id),
        "assignment": str(lease.assignment.public_id),
        "gpu": lease.gpu.uuid,
        "start": iso_exact(bounds[0]) if bounds else None,
        "end": iso_exact(bounds[1]) if bounds else None,
        "billed_ms": billed,
        "due_micro": due,
        "charges": [_charge(row) for row in _charges(lease, of)],
        "invoice_line": {
            "billed_ms": {str(row.rate.version): row.covered_ms for row in lines},
            "amount_micro": sum(row.amount_micro for row in lines),
        },
    }


def _rates(of: UsageStatement) -> QuerySet[RateSegment]:
    return of.reservation.rates.filter(version__lte=of.rate_version).order_by("version")


def _rate(row: RateSegment) -> dict[str, Any]:
    return {
        "version": row.version,
        "since": iso_exact(row.since),
        "price_micro_per_gpu_hour": row.price_micro_per_gpu_hour,
        "minimum_ms": row.minimum_ms,
        "reason": row.reason,
        "opened_at": iso_exact(row.opened_at),
    }


def _charges(lease: Lease, of: UsageStatement) -> QuerySet[Charge]:
    rows = lease.charges.filter(charged_at__lte=of.made_at, rate__version__lte=of.rate_version)
    return rows.select_related("rate").order_by("pk")


def _charge(row: Charge) -> dict[str, Any]:
    return {
        "rate": row.rate.version,
        "seq": row.seq,
        "billed_ms": row.covered_ms,
        "amount_micro": row.amount_micro,
        "charged_at": iso_exact(row.charged_at),
    }


def _rulings(of: Reservation) -> QuerySet[OutageRuling]:
    rows = OutageRuling.objects.filter(assignment__reservation=of)
    return rows.select_related("assignment").order_by("pk")


def _ruling(row: OutageRuling) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "assignment": str(row.assignment.public_id),
        "start": iso_exact(row.during.lower),
        "end": iso_exact(row.during.upper),
        "reason": row.reason,
        "ruled_at": iso_exact(row.ruled_at),
    }


def _signers(of: Reservation) -> QuerySet[Signer]:
    """Whose keys signed what the file shows: what comes once a chain is closed adds nobody."""
    shown = Link.objects.filter(
        assignment__reservation=of, position__lte=F("assignment__closing__links")
    )
    rows = Signer.objects.filter(pk__in=shown.values("segment__signer"))
    return rows.select_related("machine").order_by("pk")


def _signer(row: Signer) -> dict[str, Any]:
    return {
        "node": str(row.node),
        "machine": str(row.machine.public_id),
        "public_key": bytes(row.public_key).hex(),
        "enrolled_at": iso_exact(row.enrolled_at),
    }
