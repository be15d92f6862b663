"""What providers are told of their machines."""

from datetime import datetime

from marketplace.notices import services as notices
from marketplace.notices.models import Notice

from .models import Machine
from .states import MachineState


def tell_reached(machine: Machine, at: datetime) -> None:
    """Tell that it does not answer, or answers again, for the transaction that moved it.

    The first time that it is heard of is no news: the page where it is set up shows that.
    """
    row = Machine.objects.select_related("site").get(pk=machine.pk)
    back = row.state == MachineState.ONLINE
    if back and not _was_missed(row):
        return
    event = notices.Event(
        kind="machine.back" if back else "machine.unreachable",
        organisation=row.site.operator_id,
        key=f"{row.public_id}:{at.isoformat()}",
        facts={
            "id": str(row.public_id),
            "name": row.name,
            "state": row.state,
            "site": row.site.name,
            "country": row.site.country,
        },
    )
    notices.record(events=[event], at=at)


def _was_missed(row: Machine) -> bool:
    told = Notice.objects.filter(organisation=row.site.operator_id, kind="machine.unreachable")
    return told.filter(key__startswith=f"machine.unreachable:{row.public_id}:").exists()
