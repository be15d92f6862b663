"""Officers, cases and what becomes of them, for the tests of cases."""

from django.contrib.auth.models import Permission

from compliance import services
from compliance.models import Case, ChipModel, Decision
from compliance.services import Question
from tests import make, stock
from tests.make import HOUR, NOON

PDF = b"%PDF-1.7 a small document"


def ready():
    """Rules, groups and chips as shipped, and the made-up list, imported at noon."""
    return stock.market()


def officer(*permissions, **facts):
    """Staff with these permissions of compliance; both of cases if none is named."""
    made = make.user(is_staff=True, **facts)
    named = permissions or ("work_cases", "approve_cases")
    made.user_permissions.set(Permission.objects.filter(codename__in=named))
    return made


def screen(party, *, at=NOON, chip="", site="MY"):
    """A decision about the party on its own, or about renting this chip there."""
    question = None
    if chip:
        question = Question(ChipModel.objects.get(name=chip), site, NOON + HOUR, NOON + 3 * HOUR)
    return services.screen(party=party, question=question, at=at)


def opened(legal_name="Pelagik Dawn Systems Ltd", **facts):
    """A case that screening opened: by default for a name like that of a listed party."""
    return Case.objects.get(decision=screen(make.party(legal_name, **facts)))


def assigned(case=None, *, by=None):
    return services.assign_case(case=case or opened(), by=by or officer(), at=NOON)


def newest(case):
    return Decision.objects.filter(party=case.party).latest("pk")


def propose(case, verdict="clear", *, by=None, at=NOON, **content):
    """A proposal on an assigned case; clears every likeness, or every review, unless told."""
    decision = newest(case)
    if verdict == "clear":
        content.setdefault("entries", services.likenesses(decision))
    if verdict == "reviewed":
        content.setdefault("rules", services.reviews(decision))
    by, reason = by or officer(), "Compared register extracts."
    return services.propose_verdict(
        case=case, by=by, verdict=verdict, reason=reason, at=at, **content
    )


def approve(case, *, by=None, at=NOON):
    return services.approve_verdict(case=case, by=by or officer(), reason="I agree.", at=at)


def decided(case=None, verdict="clear", *, at=NOON, **content):
    """Assigned, proposed, and signed by two."""
    case = assigned(case)
    propose(case, verdict, at=at, **content)
    approve(case, at=at)
    return approve(case, at=at)
