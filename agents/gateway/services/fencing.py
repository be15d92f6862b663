"""The second fence behind the nonces: a node's messages rise, and a boot that it left is over.

Nonces are forgotten with Redis; these rows are not. A copied disk shows here: the copy speaks from
a boot of its own, and whichever of the two speaks from the boot before is shut out and noted.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agents.gateway.models import Node, NodeBoot
from marketplace.accounts.trail import trail


class OldMessage(Exception):
    """A message of this boot with this number or a higher one came before."""


class BootOver(Exception):
    """The node has spoken from a later boot since, and boots do not come back."""


def pass_fence(*, node: Node, boot_id: UUID, seq: int, at: datetime) -> None:
    """Note that the node spoke, numbered `seq` in this boot. Raises OldMessage and BootOver."""
    if _advance(node, boot_id, seq, at):
        return
    with transaction.atomic():
        # two boots that appear at once take turns here
        Node.objects.select_for_update(no_key=True).get(pk=node.pk)
        known = NodeBoot.objects.filter(node=node, boot_id=boot_id).first()
        if known is None:
            _begin(node, boot_id, seq, at)
        elif known.left_at is not None:
            raise BootOver(
                f"boot {boot_id} of this node is over: it has spoken from another boot since. If "
                "two machines share a copied disk, enrol one of them anew"
            )
        elif not _advance(node, boot_id, seq, at):
            raise OldMessage(f"message {known.last_seq} of this boot came before message {seq}")


def _advance(node: Node, boot_id: UUID, seq: int, at: datetime) -> bool:
    current = NodeBoot.objects.filter(node=node, boot_id=boot_id, left_at__isnull=True)
    return bool(current.filter(last_seq__lt=seq).update(last_seq=seq, heard_at=at))


def _begin(node: Node, boot_id: UUID, seq: int, at: datetime) -> None:
    NodeBoot.objects.filter(node=node, left_at__isnull=True).update(left_at=at)
    NodeBoot.objects.create(node=node, boot_id=boot_id, last_seq=seq, began_at=at, heard_at=at)


def note_copy(*, node: Node, boot_id: UUID, at: datetime) -> bool:
    """Put on the trail, once, that a node spoke from a boot that it had left."""
    with transaction.atomic():
        row = NodeBoot.objects.filter(node=node, boot_id=boot_id, refused_at__isnull=True)
        first = bool(row.update(refused_at=at))
        if first:
            trail(verb="spoke from two boots", subject=node, by=None, at=at, boot=str(boot_id))
    return first
