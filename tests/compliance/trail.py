"""A small trail of evidence, sealed: what the tests of the chain tamper with."""

from compliance import services
from compliance.models import ChipModel, Decision
from compliance.services import Question
from tests import make, stock
from tests.make import HOUR, NOON


def decide(name: str = "Harbour Light Research Ltd") -> Decision:
    chip = ChipModel.objects.get(name="H200 SXM")
    question = Question(chip, "MY", NOON + HOUR, NOON + 3 * HOUR)
    return services.screen(party=make.party(name), question=question, at=NOON)


def laid() -> list[Decision]:
    """The shipped rules, the list, three decisions and one amended party, in that order."""
    stock.market()
    made = [decide(), decide("Pelagic Dawn Systems Limited"), decide("Quiet Bay Computing Ltd")]
    services.amend_party(party=made[0].party, by="sally", at=NOON, hq_country="MY")
    services.seal(at=NOON)
    return made
