"""Which of the many things that publishers number are identifiers of a party, and of what kind."""

import re
from collections.abc import Iterator

#: the first that fits wins, so the narrow ones stand first
KINDS = {
    "uscc": r"uni(?:fied|ted) social credit",
    "lei": r"legal entity (?:number|identifier)|\blei\b",
    "imo": r"vessel registration identification|\bimo\b",
    "mmsi": r"\bmmsi\b",
    "aircraft": r"aircraft (?:tail|construction|manufacturer's serial) number|aircraft serial",
    "swift": r"\bswift|\bbic\b",
    "duns": r"d-u-n-s",
    "crypto": r"digital currency address",
    "passport": r"passport|passeport|pasaporte",
    "tax": r"tax id|tax(?:payer)? (?:number|identification)|\bv\.?a\.?t\b|\br\.?f\.?c\b|\bnit\b|"
    r"\bruc\b|\brif\b|fiscal ?code|\binn\b|\btin\b|\bfein\b|\brtn\b|\bc\.i\.f\b|\bnuit\b|"
    r"\bn\.i\.f\b|global intermediary",
    "registration": r"regist(?:ration|ry|er) (?:no|number|id|document|certificate)|"
    r"registration system number|certificate of incorporation|organi[sz]ation code|entity code|"
    r"company (?:number|no\b)|enterprise number|chamber of commerce|\bc\.r\. no|trade licen[cs]e|"
    r"\bogrn\b|\bregnumber\b|folio mercantil|matricula mercantil|government gazette number|"
    r"business (?:number|registration)|economic register|\bcnpj\b|\bbik\b|branch unit number|"
    r"charity no|\bcud\b|^identification number|^license$|^tourism license",
    "national_id": r"national.{0,30}(?:id\b|identi|number)|identi(?:ty|fication)|cedula|"
    r"\bc\.u\.r\.p|\bd\.n\.i|\bcuit|\bssn\b|social security|residen(?:cy|t|tial)|ration card|"
    r"birth certificate|driver|\bid\b|\bid card|electoral|voter|military registration|"
    r"turkish id|tarjeta|certificate of|citizen's card|travel document|\bi\.f\.e\b|"
    r"numero de identidad|\ble number|\bc\.u\.i\b|\bcnp\b",
}
_KINDS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in KINDS.items()}
_NUMBERED = re.compile(
    r"^(?P<label>[A-Za-z][A-Za-z .'/&#-]*(?:\([^()]*\))?):?\s+"
    r"(?P<value>(?:IMO )?[^\s()]*\d[^()]*?(?:\(\w\))?)"
    r"(?= \(| issued\b| expires\b|$)"
)
_WORD = re.compile(r"[^\W\d_]{4,}|^[^:]*/[^:]*:")
_BETWEEN = re.compile(r"[\s,;:()]+")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d")
FEWEST_DIGITS = 5
_BANK = re.compile(r"^(?P<label>SWIFT/BIC|Digital Currency Address - \w+) (?P<value>\w+)$")


def kind_of(label: str) -> str:
    """The kind of identifier a publisher's label means; nothing for what identifies nobody."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(label)), "")


def identifier(label: str, value: str) -> Iterator[tuple[str, str]]:
    """(kind, value) if the label means one and the value is of a length that numbers have."""
    yield from value_of(kind_of(label), value)


def value_of(kind: str, value: str) -> Iterator[tuple[str, str]]:
    """(kind, value) if there is a kind and the value is of a length that numbers have."""
    value = " ".join(value.split())
    if kind and value and len(value) <= 100:
        yield kind, value


def in_sentence(text: str) -> list[str]:
    """The numbers of a field for one number that holds a sentence; otherwise all of the field.

    A number after a slash is another register's, which many parties have in common.
    """
    if not _WORD.search(text):
        return [text]
    pieces = (piece.partition("/")[0] for piece in _BETWEEN.split(_DATE.sub("", text)))
    numbers = [one for one in pieces if sum(map(str.isdigit, one)) >= FEWEST_DIGITS]
    return numbers or [text]


def in_remarks(remarks: str) -> Iterator[tuple[str, str]]:
    """Identifiers among remarks that are parted by semicolons, as OFAC writes them."""
    for part in remarks.split(";"):
        text = part.strip().removesuffix(".")
        if found := _BANK.match(text) or _NUMBERED.match(text):
            yield from identifier(found["label"], found["value"])
