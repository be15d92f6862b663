"""Owners on a list whose share nobody knows: R29."""

from collections.abc import Sequence

from .finding import Finding


def unknown_shares(lines: Sequence[str]) -> Finding | None:
    """R29: `lines` are the shares of listed owners, or below them, that nobody knows, in words.

    The same lines are the same flag; one that becomes known, or another, is another question.
    """
    if not lines:
        return None
    text = f"A listed owner may hold half, for nobody knows a share: {'; '.join(lines)}."
    return Finding("R29", text, {"lines": sorted(lines)})
