"""Who pays for whom: R7 when it is somebody else, R15 when a denied party has the same card."""

from datetime import datetime

from compliance import services as compliance
from compliance.models import Director, Party
from compliance.redflags import payments
from marketplace.accounts.models import Organisation
from marketplace.billing import stripe
from marketplace.billing.models import Payer

COUNTRIES = ("country", "hq_country", "parent_hq_country")
NAMES = ("legal_name", "native_name", "parent_name")


def note_payer(*, organisation: Organisation, payer: stripe.Payer | None, at: datetime) -> None:
    """Keep whom a payment named, and raise R7 if that is not the renter."""
    if payer is None:
        return
    Payer.objects.bulk_create(
        [
            Payer(
                organisation=organisation,
                fingerprint=payer.fingerprint,
                name=payer.name,
                country=payer.country,
                card_country=payer.card_country,
                first_seen_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    party = organisation.party
    finding = payments.other_payer(
        payments.Payer(payer.fingerprint, payer.name, payer.country, payer.card_country),
        countries={getattr(party, name) for name in COUNTRIES},
        names=_names(organisation, party),
    )
    compliance.note(party=party, findings=[finding] if finding else [], at=at)


def find_shared_cards(*, at: datetime) -> int:
    """Raise R15 for cards that a denied party pays with too; returns how many flags were new."""
    pairs = Payer.objects.values_list("organisation__party", "fingerprint").distinct()
    return compliance.note_ties(what="payment card", holders=pairs, at=at)


def _names(organisation: Organisation, party: Party) -> list[str]:
    """The renter's own, and of everybody whose card it may well be."""
    directors = Director.objects.filter(party=party, until__isnull=True)
    return [
        organisation.name,
        *(getattr(party, name) for name in NAMES),
        *directors.values_list("name", flat=True),
        *organisation.members.values_list("name", flat=True),
    ]
