import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What the facts show: a kind of red flag, a text for staff, and the evidence.

    The same evidence is the same flag, so it holds nothing that changes with time alone.
    """

    code: str
    text: str
    evidence: Mapping[str, Any]

    @property
    def digest(self) -> str:
        text = json.dumps(self.evidence, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
