"""What the UK list says of one party, whatever file says it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

#: what is said of a party beside its names and addresses: path in the XML, column of the CSV
FIELDS = {
    "original": ("NonLatinNames/NonLatinName/NameNonLatinScript", "Name non-latin script"),
    "regime": ("RegimeName", "Regime Name"),
    "un": ("UNReferenceNumber", "UN Reference Number"),
    "sanctions": ("SanctionsImposed", "Sanctions Imposed"),
    "other": ("OtherInformation", "Other Information"),
    "birth": (".//DOBs/DOB", "D.O.B"),
    "nationality": (".//Nationalities/Nationality", "Nationality(/ies)"),
    "position": (".//Positions/Position", "Position"),
    "flag": (
        ".//CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip",
        "Current believed flag of ship",
    ),
    "passport": (".//PassportDetails/Passport/PassportNumber", "Passport number"),
    "national": (".//NationalIdentifierNumber", "National Identifier number"),
    "business": (
        ".//BusinessRegistrationNumbers/BusinessRegistrationNumber",
        "Business registration number (s)",
    ),
    "imo": (".//IMONumbers/IMONumber", "IMO number"),
}


@dataclass(slots=True)
class Said:
    """`names` are (whole name, type, strength), `line` is where the party begins."""

    line: int
    uid: str
    kind: str
    names: dict[tuple[str, str, str], None] = field(default_factory=dict)
    _words: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def add_name(self, parts: Iterable[str], kind: str, strength: str) -> None:
        self.names[" ".join(filter(None, parts)), kind, strength] = None

    def add_address(self, lines: Iterable[str], country: str) -> None:
        self.add("address", ", ".join(filter(None, [*lines, country])))
        self.add("country", country)

    def add(self, what: str, words: str) -> None:
        if words:
            self._words[what][words] = None

    def all(self, what: str) -> list[str]:
        """Everything said under that word, each once, in the order of the file."""
        return list(self._words.get(what, ()))
