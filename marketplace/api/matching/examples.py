"""Reading queries by example: entities in the FollowTheMoney model, as clients of yente send."""

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from compliance.countries import CODES
from compliance.services import Example

MOST_QUERIES = 100
MOST_PROPERTIES = 50
MOST_VALUES = 20
LONGEST_VALUE = 500
#: schema to the kind that the lists know; none: it may be any
KINDS = {
    "Person": "person",
    "Company": "organisation",
    "Organization": "organisation",
    "PublicBody": "organisation",
    "LegalEntity": "",
    "Thing": "",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}
NAMES = ("name", "alias", "previousName", "weakAlias", "abbreviation")
NAME_PARTS = ("firstName", "secondName", "middleName", "fatherName", "lastName")
COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "mainCountry")
NUMBERS = (
    "registrationNumber", "idNumber", "passportNumber", "taxNumber", "leiCode", "innCode",
    "ogrnCode", "uscCode", "imoNumber", "mmsi", "vatCode", "swiftBic", "dunsCode",
)  # fmt: skip
_BIRTH = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")

Properties = dict[str, list[str]]


def queries_of(body: Any) -> dict[str, tuple[str, Properties, Example]]:
    """(schema, what of the properties is used, the example) of each query, by the caller's key.

    Raises ValidationError, naming the place.
    """
    if not isinstance(body, Mapping):
        raise ValidationError({"queries": ["send an object with queries"]})
    _refuse_settings(body)
    queries = body.get("queries")
    if not isinstance(queries, Mapping) or not queries:
        raise ValidationError(
            {"queries": ["must be an object of one query or more, each by a key"]}
        )
    if len(queries) > MOST_QUERIES:
        raise ValidationError(
            {"queries": [f"has {len(queries)}, at most {MOST_QUERIES} are taken"]}
        )
    found, faults = {}, {}
    for key, query in queries.items():
        try:
            found[key] = _query(query)
        except ValidationError as error:
            faults[key] = error.detail
    if faults:
        raise ValidationError({"queries": faults})
    return found


def _refuse_settings(body: Mapping[str, Any]) -> None:
    """Scores are the decisions' scores: no caller weighs them otherwise."""
    for name in ("weights", "config"):
        if body.get(name):
            raise ValidationError({name: ["must be empty: the scorer's numbers are fixed"]})


def _query(query: Any) -> tuple[str, Properties, Example]:
    if not isinstance(query, Mapping):
        raise ValidationError(["must be an object with schema and properties"])
    schema, given = query.get("schema"), query.get("properties")
    if not isinstance(schema, str) or schema not in KINDS:
        raise ValidationError({"schema": [f"must be one of {', '.join(KINDS)}"]})
    if not isinstance(given, Mapping) or len(given) > MOST_PROPERTIES:
        raise ValidationError({"properties": [f"must be an object of at most {MOST_PROPERTIES}"]})
    properties = {str(name): _values(str(name), value) for name, value in given.items()}
    used = _used(properties)
    return schema, used, _example(schema, used)


def _values(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if len(values) > MOST_VALUES or not all(isinstance(one, str) for one in values):
        raise ValidationError(
            {"properties": {name: [f"must be text or a list of at most {MOST_VALUES} texts"]}}
        )
    if any(len(one) > LONGEST_VALUE or "\0" in one for one in values):
        raise ValidationError(
            {"properties": {name: [f"holds a text of more than {LONGEST_VALUE} characters"]}}
        )
    return [one.strip() for one in values if one.strip()]


def _used(properties: Properties) -> Properties:
    """What counts, made plain: what is left out here has no part in the answer."""
    used = {
        name: properties[name] for name in (*NAMES, *NAME_PARTS, *NUMBERS) if name in properties
    }
    for name in COUNTRIES:
        codes = [one.upper() for one in properties.get(name, []) if one.upper() in CODES]
        used |= {name: [code.lower() for code in codes]} if codes else {}
    births = [one for one in properties.get("birthDate", []) if _BIRTH.fullmatch(one)]
    used |= {"birthDate": births} if births else {}
    return {name: values for name, values in used.items() if values}


def _example(schema: str, used: Properties) -> Example:
    names = [name for kind in NAMES for name in used.get(kind, [])] + _composed(used)
    countries = {code.upper() for kind in COUNTRIES for code in used.get(kind, [])}
    numbers = dict.fromkeys(number for kind in NUMBERS for number in used.get(kind, []))
    return Example(
        names=tuple(dict.fromkeys(names)),
        kind=KINDS[schema],
        # two countries or dates may both be right, and none may speak against a match alone
        country=_only(countries),
        birth_date=_only(used.get("birthDate", [])),
        identifiers=tuple(numbers),
    )


def _composed(used: Properties) -> list[str]:
    """A whole name from its parts: with the last name in each of its spellings."""
    before = [used[part][0] for part in NAME_PARTS[:-1] if part in used]
    lasts = used.get("lastName", [])
    return [" ".join([*before, last]) for last in lasts] or ([" ".join(before)] if before else [])


def _only(values: Any) -> str:
    found = list(values)
    return found[0] if len(found) == 1 else ""
