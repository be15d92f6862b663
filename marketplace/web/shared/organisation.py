from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.models import EndUse
from marketplace.accounts.services import Principal
from marketplace.web.access import member


@require_safe
@member()
def organisation(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The facts that screening rests on, to read."""
    party = principal.organisation.party
    numbers = party.identifiers.filter(until=None).order_by("pk")
    facts = [
        ("Legal name", party.legal_name),
        ("Name in its own script", party.native_name),
        ("Birth date", party.birth_date),
        ("Registration number", party.registration_number),
        *((one.get_kind_display(), one.number) for one in numbers),
        ("Country of registration", party.country),
        ("Country of the head office", party.hq_country),
        ("Ultimate parent", party.parent_name),
        ("Country of the parent's head office", party.parent_hq_country),
        ("What the GPUs are for", dict(EndUse.choices).get(party.end_use, "")),
        ("In your own words", party.end_use_statement),
    ]
    return render(request, "shared/organisation.html", {"facts": facts})
