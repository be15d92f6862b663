"""Evidence is appended, and where a machine stands follows from it."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace.catalog.models import HardwareFacts, Machine, Probe, Trust, TrustEvidence
from marketplace.catalog.trust.tiers import KINDS, LASTS, LATENCY, NETWORK, OF_PLACE, tier_at


def gpu_set(uuids: Iterable[str]) -> str:
    """SHA-256 that names a set of GPUs, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(uuids)).encode()).hexdigest()


def record(
    *,
    machine: Machine,
    kind: str,
    passed: bool,
    at: datetime,
    uuids: Iterable[str] = (),
    facts: HardwareFacts | None = None,
    probe: Probe | None = None,
    **detail: Any,
) -> TrustEvidence:
    """Append one piece of evidence; what counted before of this kind counts no longer."""
    made = TrustEvidence(
        machine=machine,
        kind=kind,
        passed=passed,
        at=at,
        expires_at=at + LASTS[kind] if passed else None,
        gpu_set="" if kind in OF_PLACE else gpu_set(uuids),
        facts=facts,
        probe=probe,
        detail=detail,
    )
    with transaction.atomic():
        _hold(machine)
        made.tier = tier_at(_ends({**_newest(machine), kind: made}, machine), at)
        made.save()
        derive(machine=machine)
    return made


def derive(*, machine: Machine) -> Trust:
    """Find where the machine stands from its newest evidence of each kind, and keep that.

    Evidence about other GPUs than are there now counts for nothing. To be called in the
    transaction that changed either; writers of one machine take turns.
    """
    _hold(machine)
    newest = _newest(machine)
    columns = {f"{kind}_until": end for kind, end in _ends(newest, machine).items()}
    contradicted = _contradicted(machine, newest.get(NETWORK))
    row, _ = Trust.objects.update_or_create(
        machine=machine, defaults={**columns, "contradicted": contradicted}
    )
    return row


def _hold(machine: Machine) -> None:
    Machine.objects.select_for_update(no_key=True).get(pk=machine.pk)


def _newest(machine: Machine) -> dict[str, TrustEvidence]:
    rows = TrustEvidence.objects.filter(machine=machine).order_by("kind", "-pk").distinct("kind")
    return {row.kind: row for row in rows}


def _ends(newest: Mapping[str, TrustEvidence], machine: Machine) -> dict[str, datetime | None]:
    """By kind, until when its newest evidence counts."""
    present = gpu_set(machine.gpus.filter(present=True).values_list("uuid", flat=True))
    return {kind: _until(newest.get(kind), present) for kind in KINDS}


def _contradicted(machine: Machine, network: TrustEvidence | None) -> bool:
    """Whether the newest word of the network, or of any probe, is that it is elsewhere.

    What one probe found impossible no other can make good: a relay may stand near that one.
    """
    if network is not None and not network.passed:
        return True
    rows = TrustEvidence.objects.filter(machine=machine, kind=LATENCY)
    return any(not row.passed for row in rows.order_by("probe", "-pk").distinct("probe"))


def follow_inventory(*, machine: Machine) -> None:
    """After an inventory: evidence about GPUs that were swapped for others counts no longer.

    To be called in the transaction that changed the GPUs.
    """
    if Trust.objects.filter(machine=machine).exists():
        derive(machine=machine)


def _until(row: TrustEvidence | None, present: str) -> datetime | None:
    if row is None or (row.kind not in OF_PLACE and row.gpu_set != present):
        return None
    return row.expires_at
