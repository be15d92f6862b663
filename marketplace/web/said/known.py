"""What a customer is told that says who it is: what is missing, and what is wrong with the rest."""

from typing import Final

from compliance.models import PaperKind, PartyKind, Shown

SENTENCES: Final = (
    *(str(label) for kinds in (PartyKind, PaperKind, Shown) for label in kinds.labels),
    # what is missing, by compliance.completeness
    "legal name",
    "country of registration",
    "birth date",
    "registration number",
    "unified social credit code",
    "country of the head office",
    "ultimate parent",
    "country of the parent's head office",
    "at least one owner",
    "at least one director",
    "an end-use statement that is signed",
    "somebody whom we can ask",
    "passport or identity card",
    "an extract of the register of companies",
    # days and birth dates
    "This day has not come yet.",
    "This day has not come yet; check the year.",
    "This is more than %(years)s years ago; check the year.",
    "Write it as 1980-12-31, or 1980 if only the year is known.",
    "There is no such day; write it as year-month-day, such as 1980-12-31.",
    # numbers and countries
    "This is no unified social credit code: it has 18 digits and capitals without I, O, S, V and Z,"
    " the last of which checks the others. Copy it from the business licence.",
    "This is no legal entity identifier: it has 20 digits and capitals, the last two of which check"
    " the others. Copy it from search.gleif.org.",
    "A number has at least %(least)s letters or digits. Copy it from the register.",
    "%(given)s is not a country code such as SG or MY",
    # owners, directors, contacts, papers
    "Give either a known party or a name, not both.",
    "The known shares would add up to %(total)s basis points of %(whole)s.",
    "It ended on %(day)s already.",
    "This person is a contact already.",
    "%(most)s at most; remove one first.",
    "%(most)s files at most; write to us.",
    # by accounts
    "Set up a second factor of your own first.",
)
