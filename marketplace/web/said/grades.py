"""Words of the lists of choices that other rooms keep: kinds, sides, classes, uses."""

from typing import Final

from django.db.models import TextChoices

from compliance.models import Dimension, EndUse, ExportClass, IdentifierKind
from marketplace.accounts.models import Role
from marketplace.billing.models.credits import Fault
from marketplace.billing.models.disputes import DisputeEntry
from marketplace.brokerage.changes import WindowChange
from marketplace.brokerage.models import RollRefusal

#: shown by their labels
CHOICES: Final[tuple[type[TextChoices], ...]] = (
    Dimension,
    DisputeEntry.Side,
    EndUse,
    ExportClass,
    Fault,
    IdentifierKind,
    Role,
    RollRefusal,
    WindowChange.Kind,
)
#: codes, which are no words of any language
CODES: Final = frozenset({ExportClass.A.label, ExportClass.B.label})
SENTENCES: Final[tuple[str, ...]] = tuple(
    {str(label): None for one in CHOICES for label in one.labels if label not in CODES}
)
