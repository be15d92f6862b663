"""A machine's account of its hardware comes in: kept, compared, and weighed."""

from datetime import datetime, timedelta

from django.db import transaction

from agents.protocol.hardware import HardwareReport, report_digest
from compliance import services as compliance
from compliance.redflags import machines
from marketplace.catalog.models import HardwareFacts, Machine, TrustEvidence
from marketplace.catalog.trust import tiers
from marketplace.catalog.trust.cards import cards
from marketplace.catalog.trust.checking import Contradiction, contradictions
from marketplace.catalog.trust.clusters import Voice, is_outlier

from .claiming import DuplicateBoard, claim_boards, named, second_claim
from .recording import record

#: a fraction of how long the evidence lasts, so that a lost report costs nothing
REPORT_EVERY = timedelta(hours=6)
LIBRARIES = {"libnvidia-ml.so.1": "nvml_sha256", "libcuda.so.1": "cuda_sha256"}
MIG = "MIG-"


def take_report(*, machine: Machine, report: HardwareReport, at: datetime) -> TrustEvidence:
    """Keep the report and judge whether it is consistent; what somebody must have made up is
    referred to people.

    Raises DuplicateBoard when a board is another machine's; then this machine is suspended, a case
    is open on both operators, and nothing of the report was kept.
    """
    try:
        facts = _keep(machine, report, at)
    except DuplicateBoard:
        second_claim(machine=machine, at=at, serials=_serials(report))
        raise
    found = judged(machine, report)
    told = [{"code": one.code, "text": one.text} for one in found]
    evidence = record(
        machine=machine,
        kind=tiers.CONSISTENT,
        passed=not found,
        at=at,
        uuids=[gpu.uuid for gpu in report.gpus],
        facts=facts,
        contradictions=told,
    )
    _refer(machine, found, at)
    return evidence


def judged(machine: Machine, report: HardwareReport) -> list[Contradiction]:
    """What keeps the report from being consistent, as things stand."""
    listed = dict(machine.gpus.filter(present=True).values_list("uuid", "nvml_name"))
    return contradictions(report, listed=listed, cards=cards(), outliers=_outliers(machine, report))


def _keep(machine: Machine, report: HardwareReport, at: datetime) -> HardwareFacts:
    digests: dict[str, str] = {one.name: one.sha256 for one in report.libraries}
    with transaction.atomic():
        # a simulated board's number is nobody's
        if not report.simulated:
            claim_boards(machine=machine, serials=_serials(report), at=at)
        return HardwareFacts.objects.create(
            machine=machine,
            reported_at=at,
            sha256=report_digest(report),
            driver_version=report.driver_version,
            report=report.model_dump(mode="json"),
            **{column: digests.get(name, "") for name, column in LIBRARIES.items()},
        )


def _serials(report: HardwareReport) -> list[str]:
    whole = (gpu for gpu in report.gpus if not gpu.uuid.startswith(MIG))
    return sorted({gpu.serial for gpu in whole if gpu.serial})


def _outliers(machine: Machine, report: HardwareReport) -> set[str]:
    digests = {one.name: one.sha256 for one in report.libraries}
    return {
        name
        for name, sha256 in digests.items()
        if is_outlier(sha256, operator=machine.site.operator_id, others=_voices(report, name))
    }


def _voices(report: HardwareReport, name: str) -> list[Voice]:
    """What the newest report of each real machine with this driver says of the library."""
    column = LIBRARIES[name]
    rows = HardwareFacts.objects.filter(
        driver_version=report.driver_version, report__simulated=False
    )
    newest = rows.order_by("machine", "-pk").distinct("machine")
    found = newest.values_list("machine__site__operator", column)
    return [Voice(*row) for row in found if row[1]]


def _refer(machine: Machine, found: list[Contradiction], at: datetime) -> None:
    grave = [one for one in found if one.grave]
    if not grave:
        return
    codes = sorted({one.code for one in grave})
    finding = machines.contradicts_itself(named(machine), [one.text for one in grave], codes=codes)
    compliance.refer(party=machine.site.operator.party, findings=[finding], at=at)
