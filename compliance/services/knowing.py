"""Know your customer: contacts of a party, what is missing, and sending it in."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from compliance.completeness import Known, missing
from compliance.models import Decision, Party, PartyContact, PartyKind
from marketplace.core import audit
from marketplace.core.models import AuditEvent

from . import screening
from .ownership import ITSELF
from .papers import papers_of
from .statements import statement_in_force

#: of one party
MOST_CONTACTS = 10
SENT = "send_to_screening"


class Incomplete(Exception):
    """Facts are missing: by step, in words."""

    def __init__(self, lacks: dict[str, list[str]]) -> None:
        self.lacks = lacks
        super().__init__("; ".join(word for words in lacks.values() for word in words))


def add_contact(
    *,
    party: Party,
    name: str,
    position: str,
    email: str,
    phone: str = "",
    by: str,
    at: datetime,
) -> PartyContact:
    """Somebody we may ask. Raises ValidationError by field; then nothing was written."""
    made = PartyContact(
        party=party,
        name=name.strip(),
        position=position.strip(),
        email=email.strip().lower(),
        phone=phone.strip(),
        since=at,
    )
    made.full_clean(exclude=["party"], validate_constraints=False)
    try:
        with transaction.atomic():
            _lock(party)
            if contacts_of(party=party).count() >= MOST_CONTACTS:
                raise ValidationError({"email": f"{MOST_CONTACTS} at most; remove one first."})
            made.save()
            told = {"contact": str(made.public_id), "name": made.name, "email": made.email}
            audit.record(verb="add_contact", subject=party, at=at, actor_label=by, detail=told)
    except IntegrityError as error:
        if "party_contact_once" not in str(error):
            raise
        raise ValidationError({"email": "This person is a contact already."}) from error
    return made


def end_contact(*, contact: PartyContact, by: str, at: datetime) -> None:
    """We write there no more; ending it again changes nothing."""
    with transaction.atomic():
        if PartyContact.objects.filter(pk=contact.pk, until=None).update(until=at):
            told = {"contact": str(contact.public_id), "email": contact.email}
            audit.record(
                verb="end_contact", subject=contact.party, at=at, actor_label=by, detail=told
            )


def contacts_of(*, party: Party) -> QuerySet[PartyContact]:
    return party.contacts.filter(until=None).order_by("pk")


def lacks_of(*, party: Party, at: datetime) -> dict[str, list[str]]:
    """By step of compliance.completeness, what the party has still to say.

    What officers declared of it counts for nothing here: it would tell the party that they did.
    """
    now = {"until": None}
    own = {**now, "source": ITSELF}
    numbers = party.identifiers.filter(**now).values_list("kind", flat=True)
    known = Known(
        is_person=party.kind == PartyKind.PERSON,
        legal_name=party.legal_name,
        registration_number=party.registration_number,
        birth_date=party.birth_date,
        country=party.country,
        kinds_of_numbers=frozenset(numbers),
        hq_country=party.hq_country,
        parent_name=party.parent_name,
        parent_hq_country=party.parent_hq_country,
        stakes=party.stakes.filter(**own).count(),
        directors=party.directors.filter(**own).count(),
        signed=statement_in_force(party=party, at=at) is not None,
        contacts=contacts_of(party=party).count(),
        papers=frozenset(papers_of(party=party).values_list("kind", flat=True)),
    )
    return missing(known)


def send_to_screening(*, party: Party, by: str, at: datetime) -> Decision:
    """The party says that this is all; it is screened, and what a person must see becomes a case.

    Nothing clears that would not have cleared before: sending in is what we ask of a customer, and
    screening asks the facts. Raises Incomplete; then nothing was written.
    """
    row = Party.objects.get(pk=party.pk)
    if lacks := lacks_of(party=row, at=at):
        raise Incomplete(lacks)
    decision = screening.screen(party=row, question=None, at=at)
    told = {"content": row.content_hash.hex(), "decision": str(decision.public_id)}
    audit.record(verb=SENT, subject=row, at=at, actor_label=by, detail=told)
    return decision


def sent_at(*, party: Party) -> datetime | None:
    """When the party last said that this is all; None: never."""
    subject = f"{party._meta.label} {party.public_id}"
    sent = AuditEvent.objects.filter(subject=subject, verb=SENT).order_by("-at").first()
    return sent.at if sent else None


def _lock(party: Party) -> None:
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
