"""What is kept of a challenge, as the checks take it."""

from agents.protocol.challenge import Leaf
from marketplace.catalog.models import Challenge, ChallengeAnswer
from marketplace.catalog.trust.opening import Asked


def asked(row: Challenge, answer: ChallengeAnswer) -> Asked:
    """What one GPU was asked, and the root that it committed to."""
    return Asked(
        challenge=row.public_id,
        nonce=bytes(row.nonce),
        uuid=answer.uuid,
        n=row.n,
        k=row.k,
        leaf=row.leaf,
        root=bytes.fromhex(answer.root),
        elements=answer.elements,
    )


def shown(answer: ChallengeAnswer) -> list[Leaf]:
    """The leaves that one GPU showed."""
    return [Leaf.model_validate(one) for one in answer.leaves or []]
