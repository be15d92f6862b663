"""What a node says of the health of its GPUs, in the words of the catalogue."""

from datetime import datetime
from typing import Any

from agents.gateway.models import Node
from agents.protocol.health import HealthReply, HealthReport
from agents.protocol.messages import Message
from marketplace.catalog.health import services as catalog


def health(*, node: Node, message: HealthReport, at: datetime) -> HealthReply:
    """Take over readings and events, each event exactly once."""
    report = catalog.Report(
        kernel_boot=str(message.kernel_boot),
        read_at=message.read_at,
        before=message.before,
        gpus={each.uuid: _facts(each) for each in message.gpus},
        events=[catalog.Event(**each.model_dump()) for each in message.events],
        since=message.since,
        averages={each.uuid: _facts(each) for each in message.averages},
    )
    return HealthReply(stored=catalog.record(machine=node.machine, report=report, at=at))


def _facts(each: Message) -> dict[str, Any]:
    """Only what the card tells."""
    return each.model_dump(exclude={"uuid"}, exclude_none=True)
