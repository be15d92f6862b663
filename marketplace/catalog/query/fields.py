"""What can be asked about an offer; each field is backed by something that is known of it."""

from dataclasses import dataclass
from typing import Final

from .kinds import (
    COUNT,
    COUNTRY,
    FLAG,
    GIGABYTES,
    MONEY,
    RELEASE,
    SHARE,
    TEXT,
    Kind,
    choice,
    ranked,
)

#: as `catalog.trust.tiers` has them, from the least
TRUST: Final = ("unverified", "consistent", "challenged", "attested")
LOCATION: Final = ("contradicted", "declared", "network", "latency")
EXPORT_CLASSES: Final = ("3A090.a", "3A090.b", "below", "near", "unknown")


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    meaning: str


FIELDS: Final[dict[str, Field]] = {
    "gpu": Field(TEXT, "name of the GPU model"),
    "memory": Field(GIGABYTES, "of each GPU"),
    "count": Field(COUNT, "GPUs free in the window"),
    "total_memory": Field(GIGABYTES, "of all GPUs free in the window"),
    "price": Field(MONEY, "per GPU-hour"),
    "spot": Field(MONEY, "the least bid per GPU-hour for what may be interrupted"),
    "price_per_hour": Field(MONEY, "of as many GPUs as count asks for"),
    "country": Field(COUNTRY, "of the site, ISO 3166-1 alpha-2"),
    "city": Field(TEXT, "of the site"),
    "site": Field(TEXT, "name of the data centre"),
    "operator": Field(TEXT, "who runs the site"),
    "cuda": Field(RELEASE, "of the machine, as its agent reports"),
    "driver": Field(RELEASE, "of the machine, as its agent reports"),
    "export_class": Field(choice(*EXPORT_CLASSES), "of the GPU model under 3A090"),
    "trust": Field(ranked(*TRUST), "how far the machine is proven to be what it says"),
    "location": Field(ranked(*LOCATION), "how far the machine's place is borne out"),
    "reliability": Field(SHARE, "the share of what is asked of the machine that it surely serves"),
    "simulated": Field(FLAG, "whether the GPUs are made up and compute nothing"),
}
