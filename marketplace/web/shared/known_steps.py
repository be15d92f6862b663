"""The steps in which a customer says who it is: what each is called, and what it lacks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compliance import services as compliance
from compliance.completeness import STEPS
from compliance.models import Party
from marketplace.web.said import said
from marketplace.web.sentences import listed

TITLES: Final = {
    "identity": _("Who you are"),
    "control": _("Who directs it"),
    "owners": _("Owners and directors"),
    "use": _("What you will run"),
    "contacts": _("Whom we may ask"),
    "documents": _("Documents"),
}
LAST: Final = "know"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps; `lacks` is empty when it is done."""

    name: str
    title: str
    lacks: list[str]
    here: bool

    @property
    def lacking(self) -> str:
        return listed(self.lacks)

    @property
    def url(self) -> str:
        return reverse(f"know-{self.name}")


def steps(*, party: Party, here: str, at: datetime) -> list[Step]:
    lacks = compliance.lacks_of(party=party, at=at)
    return [
        Step(name, str(TITLES[name]), [said(one) for one in lacks.get(name, [])], name == here)
        for name in STEPS
    ]


def after(name: str) -> str:
    """The name of the address of the next step, or of the page that sends everything in."""
    place = STEPS.index(name) + 1
    return f"know-{STEPS[place]}" if place < len(STEPS) else LAST
