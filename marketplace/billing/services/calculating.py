"""Tax that Stripe calculates: asked before an invoice is issued, taken if nothing changed since."""

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings

from marketplace.billing.models import Invoice, TaxCalculation
from marketplace.billing.stripe import tax as stripe_tax
from marketplace.billing.tax_answers import Share, assess
from marketplace.billing.tax_ids import tax_id
from marketplace.billing.taxes import Assessment
from marketplace.core.money import micro_from_minor, minor_from_micro

log = logging.getLogger(__name__)

#: how often Stripe is asked anew because something was charged between question and lock
TRIES = 3
#: Stripe takes a tax date of up to 31 days ago; its clock is not ours
OLDEST = timedelta(days=30)
#: where Stripe does not say how long a calculation lasts
LASTS = timedelta(days=90)
REFERENCE = "usage"


class TaxUnavailable(Exception):
    """Stripe did not say what the tax is; no invoice was issued and no number taken."""


class BuyerNotPlaced(Exception):
    """A billing detail lacks without which nobody can say what the tax is; the text says which."""


class Changed(Exception):
    """Something was charged, or the buyer said something else, since Stripe was asked."""


class Billed(Protocol):
    """What a line is made from, as far as tax asks."""

    @property
    def tax_point(self) -> datetime: ...


def by_stripe() -> bool:
    return bool(settings.TAX_BY == "stripe")


def calculate(*, draft: Invoice, rows: Sequence[Billed], key: str, at: datetime) -> TaxCalculation:
    """Ask Stripe for the tax on a draft, outside any transaction, and keep its answer.

    `key` names the act of issuing. Raises TaxUnavailable or BuyerNotPlaced.
    """
    if not draft.buyer["country"]:
        raise BuyerNotPlaced("the country of the buyer is not known; it comes from screening")
    asked = _question(draft, rows, at)
    try:
        answer = stripe_tax.calculate(params=asked, idempotency_key=_key(draft, key, asked, at))
    except (stripe_tax.Unavailable, stripe_tax.KeyTaken) as reason:
        raise TaxUnavailable(f"Stripe did not say what the tax is ({reason})") from reason
    except stripe_tax.Refused as reason:
        log.error("Stripe does not say what the tax is for %s: %s", draft.organisation, reason)
        raise _refusal(reason, draft.buyer) from reason
    base = minor_from_micro(draft.net_rounded, draft.currency)
    if (answer.currency, answer.total - answer.tax) != (draft.currency, base):
        raise TaxUnavailable(f"Stripe's calculation {answer.id} is of another amount")
    return _keep(draft, asked, answer, at)


def matching(
    *, draft: Invoice, rows: Sequence[Billed], known: TaxCalculation | None, at: datetime
) -> TaxCalculation | None:
    """The calculation, if the same would be asked now; None when rules decide. Raises Changed."""
    if not by_stripe():
        return None
    if known is None or known.asked != _question(draft, rows, at):
        raise Changed
    return known


def assessment(calculation: TaxCalculation) -> Assessment:
    """How all lines of an invoice are taxed that takes this calculation."""
    shares = [Share(**one) for one in calculation.breakdown]
    return assess(shares, country=calculation.asked["customer_details"]["address"]["country"])


def _question(draft: Invoice, rows: Iterable[Billed], at: datetime) -> dict[str, Any]:
    taxed_at = max(max(row.tax_point for row in rows), at - OLDEST)
    return {
        "currency": draft.currency.lower(),
        "line_items": [
            {
                "amount": minor_from_micro(draft.net_rounded, draft.currency),
                "reference": REFERENCE,
                "tax_behavior": "exclusive",
                "tax_code": settings.STRIPE_TAX_CODE,
            }
        ],
        "customer_details": _customer(draft.buyer),
        "tax_date": int(taxed_at.timestamp()),
    }


def _customer(buyer: dict[str, str]) -> dict[str, Any]:
    """The country that was screened, and what of the buyer's own words decides a tax."""
    address = {"country": buyer["country"]}
    if buyer.get("postal_code"):
        address["postal_code"] = buyer["postal_code"]
    number = tax_id(buyer["tax_id"], buyer["country"])
    told = {"tax_ids": [number]} if number else {}
    return {"address": address, "address_source": "billing", **told}


def _key(draft: Invoice, key: str, asked: dict[str, Any], at: datetime) -> str:
    """Another for each attempt: Stripe repeats a refusal and a 500 for a day under the same one,
    and nothing is filed by a question that is asked twice.
    """
    content = json.dumps([key, at.isoformat(), asked], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    return f"tax:{draft.organisation.public_id}:{digest}"


def _refusal(reason: stripe_tax.Refused, buyer: dict[str, str]) -> Exception:
    country = buyer["country"]
    if reason.code == stripe_tax.BAD_NUMBER:
        return BuyerNotPlaced(
            f"the tax registration number {buyer['tax_id']} has not the form of {country}; "
            "correct it in the billing details"
        )
    if reason.code not in stripe_tax.NO_PLACE:
        return TaxUnavailable(f"Stripe refused to say what the tax is: {reason}")
    if code := buyer.get("postal_code"):
        return BuyerNotPlaced(
            f"{code} is no postal code of {country}; correct it in the billing details"
        )
    return BuyerNotPlaced(
        f"the postal code is missing, by which {country} taxes; give it in the billing details"
    )


def _keep(
    draft: Invoice, asked: dict[str, Any], answer: stripe_tax.Calculated, at: datetime
) -> TaxCalculation:
    """A row for the answer; the same answer has one, however often it came."""
    row = TaxCalculation(
        organisation=draft.organisation,
        calculation_id=answer.id,
        currency=draft.currency,
        base_micro=draft.net_rounded,
        tax_micro=micro_from_minor(answer.tax, draft.currency),
        asked=asked,
        breakdown=[one._asdict() for one in answer.shares],
        expires_at=answer.expires_at or at + LASTS,
        calculated_at=at,
        created_at=at,
    )
    TaxCalculation.objects.bulk_create([row], ignore_conflicts=True)
    return TaxCalculation.objects.get(calculation_id=answer.id)
