"""How staff read what a column holds: amounts, shares, times and lengths in words, never raw.

What a number counts is told by the end of its column's name, as everywhere in this project: micro,
bps, ms, us, bytes.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields.ranges import RangeField
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst

from .money import micro_from_minor, text_from_micro
from .times import day_text, moment, span

#: a moment as it is kept in JSON
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: values that were kept as text
AS_TEXT = {"": "none", "None": "none", "True": "Yes", "False": "No"}

Field = models.Field[Any, Any]

#: columns of the ledger, which counts in nothing but micro-units
MICRO = {"ledger": {"amount", "placed", "posted", "held", "floor"}}
#: as people write them
WORDS = {
    "gpu percent": "load",
    "gpu us": "GPU time",
    "temperature c": "temperature",
    "per gpu hour": "per GPU-hour",
    "gpu hours": "GPU-hours",
    "public id": "ID",
    **{word: word.upper() for word in ("api", "gpu", "id", "ip", "json", "nvml", "pdf", "sla")},
    **{word: word.upper() for word in ("cuda", "eccn", "tpp", "url", "uuid", "xid", "ssh", "uid")},
    "uuids": "UUIDs",
    **{f"{who} label": f"name of the {who}" for who in ("actor", "approver", "assignee")},
    "registered by label": "name of who registered it",
    "prev": "previous",
    "n": "size of matrices",
    "k": "rounds",
    "ok": "OK",
    "upto": "up to",
    "top up": "top-up",
    "seq": "number",
    "txn": "transaction",
    "params": "parameters",
    "last4": "last four digits",
    "exp": "expiry",
    "stripe": "Stripe",
    "mono from": "own clock at start",
    "mono": "by own clock",
    "sha256": "SHA-256",
    "hq": "head office",
    "mm2": "mm²",
    "gpus": "GPUs",
    **dict.fromkeys(("bps", "micro", "minor", "ms", "us", "s", "bytes", "gb", "mw", "mj"), ""),
}
#: how the help of a column names the unit that it is kept in
UNIT = re.compile(
    r",? ?(?:\bin )?(?:GPU-microseconds:?|micro-units|milliseconds|seconds|1/10,000"
    r"|basis points: 5000 is half)(?: per GPU-hour)?"
)
#: words with which columns that are no more than yes or no begin
IS, LEADING = re.compile(r"^is "), re.compile(r"^(?:is|by) ")
#: where a column's help sends whoever writes code
SEE = re.compile(r"[:;,]? ?\b(?:see|of|by the names of) [a-z]+\.[a-z_]+(?: for [a-z ]+)?")
#: how the help of a column says that it names a person of whom a lower room knows no more
OF_PERSON = re.compile(r"public id of (?:the|another|a) (?:user|officer|first approver)")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)+(?: \(\d+\))?")
GIB = 1 << 30
NOTHING = "\N{EN DASH}"
#: signs of a list's cell; the rest is on the row's page
SHORT = 120
LONG_NUMBER = re.compile(
    r"\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b([0-9a-f]{12})[0-9a-f]{28,}\b"
)


def heading(field: Field) -> str:
    """What a column is called: "price micro per gpu hour" is "price per GPU-hour"."""
    text = str(field.verbose_name)
    if text != field.name.replace("_", " "):
        return text  # somebody gave it a name
    called = _called(IS.sub("", text)) or text
    return f"{called} share" if _is_share_beside_amount(field) else called


def _is_share_beside_amount(field: Field) -> bool:
    """Whether its name but for the unit is that of an amount, too: credit_bps and credit_micro."""
    amount = re.sub(r"_bps$", "_micro", field.name)
    return amount != field.name and any(one.name == amount for one in field.model._meta.fields)


def named(model: type[models.Model]) -> None:
    """Call a table as people write it: "api key" is "API key"; a name somebody gave it stays."""
    meta = model._meta
    for name in ("verbose_name", "verbose_name_plural"):
        if name not in meta.original_attrs:
            setattr(meta, name, _called(str(getattr(meta, name))))


def title(text: str) -> str:
    """What a filter goes by: "by party" is "party", "debit__kind" is "debit kind"."""
    return _called(LEADING.sub("", text.replace("__", " "))) or text


def code_words(text: str) -> str:
    """A name of ours, such as the kind of a booking, with or without a count: "top up (3)"."""
    return text.replace("_", " ") if CODE.fullmatch(text) else text


def choice(label: object) -> str:
    """A label as a sentence begins: Django makes "Payment Due" of payment_due."""
    text = str(label)
    if text.istitle() or text in WORDS:  # else somebody wrote it as it is to be read
        text = _called(text.lower()) or text
    return capfirst(text)


def explained(field: Field) -> str:
    """The help of a column whose value is told in words: without the unit that it is kept in.

    Nor does it send the reader into the code.
    """
    text = SEE.sub("", str(field.help_text))
    if not (COUNTING & set(field.name.split("_")) or field.name in MICRO.get(_room(field), ())):
        return text
    told = UNIT.sub("", text.replace("so many seconds", "so long")).replace("null:", "empty:")
    return re.sub(r"^[\s,;:]+", "", told)


def _room(field: Field) -> str:
    return field.model._meta.app_label


def _called(text: str) -> str:
    for word, said in WORDS.items():
        text = re.sub(rf"\b{word}\b", said, text)
    return " ".join(text.split())


def short(row: models.Model, field: Field) -> str | SafeString | None:
    """For a cell of a list; None where there is nothing."""
    value = getattr(row, field.name)
    if value is None or value in ("", [], {}):
        return None
    text = told(row, field)
    if isinstance(text, SafeString):
        return text
    cut = _abbreviated(field, text)
    if len(cut) > SHORT:
        cut = Truncator(cut).chars(SHORT)
    return cut if cut == text else format_html('<span title="{}">{}</span>', text, cut)


def _abbreviated(field: Field, text: str) -> str:
    """Numbers that nobody reads by their beginning; a text of ours is left whole, to be copied."""
    if isinstance(field, models.CharField) and not LONG_NUMBER.fullmatch(text):
        return text
    return LONG_NUMBER.sub(lambda found: f"{found[1] or found[2]}…", text)


def whole(row: models.Model, field: Field) -> str | SafeString:
    """For the page of a row: nothing is left out, and what is a row leads to its page."""
    value = getattr(row, field.name)
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, models.Model):
        return _link(value)
    if isinstance(field, models.UUIDField) and OF_PERSON.match(str(field.help_text)):
        return _person(value)
    if isinstance(value, dict | list):
        return told(row, field) if _is_choices(field) else laid_out(value, field.name)
    if isinstance(field, models.TextField) and value[0] in "[{":
        return _as_json(value)
    return told(row, field)


def _as_json(text: str) -> str | SafeString:
    """Canonical JSON that was kept as text, for its hash; other text as it is."""
    try:
        return laid_out(json.loads(text))
    except ValueError:
        return text  # begins like it


def _is_choices(field: Field) -> bool:
    """Whether a column holds several of a choice."""
    return bool(_each(field) and _each(field).choices)


def _each(field: Field) -> Any:
    """The column of one element, where a column holds several."""
    return getattr(field, "base_field", None)


def told(row: models.Model, field: Field) -> str | SafeString:
    value = getattr(row, field.name)
    if field.choices:
        return choice(dict(field.flatchoices).get(value, value))
    if _is_choices(field):
        labels = dict(_each(field).flatchoices)
        return ", ".join(choice(labels.get(one, one)) for one in value)
    if isinstance(field, RangeField):
        return span(value)
    if field.name in ("kind", "verb"):
        return code_words(str(value))
    return _counted(row, field, value) if type(value) is int else plain(value)


def _counted(row: models.Model, field: Field, value: int) -> str:
    currency = getattr(row, "currency", "") or "USD"
    if field.name in MICRO.get(row._meta.app_label, ()):
        return money(value, currency)
    return counted(field.name, value, currency)


def counted(name: str, value: int, currency: str = "USD") -> str:
    """A number in the words that the end of its name calls for."""
    words = name.split("_")
    if "micro" in words:
        return money(value, currency)
    if "minor" in words:
        return money(micro_from_minor(value, currency), currency)
    for word, say in COUNTED.items():
        if word in words:
            return say(value)
    return f"{value:,}" if abs(value) >= 10_000 else str(value)


def money(micro: int, currency: str = "USD") -> str:
    """Exact: $1,234.50, or 1,234.50 MYR."""
    sign, (number, fraction) = "-" if micro < 0 else "", text_from_micro(abs(micro)).split(".")
    text = f"{int(number):,}.{fraction}"
    return f"{sign}${text}" if currency == "USD" else f"{sign}{text} {currency}"


def share(bps: int) -> str:
    """Parts of 10,000: 1250 -> 12.5 %."""
    return f"{Decimal(bps) / 100:f} %"


def length(ms: int) -> str:
    """Milliseconds in words: 3661000 -> 1 h 1 min 1 s."""
    if 0 < ms < 1000:
        return f"{ms} ms"
    number, rest = divmod(ms, 1000)
    hours, minutes = number // 3600, number // 60 % 60
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    last = f"{number % 60}.{rest:03d}".rstrip("0").rstrip(".")
    if last != "0" or not parts:
        parts.append(f"{last} s")
    return " ".join(parts)


def _memory(count: int) -> str:
    return f"{count / GIB:,.1f} GiB" if count >= GIB else f"{count:,} bytes"


def _file(count: int) -> str:
    """How large a file is; Django's own filter ties number and unit together."""
    return filesizeformat(count).replace("\N{NO-BREAK SPACE}", " ")


COUNTED: dict[str, Callable[[int], str]] = {
    "bps": share,
    "ms": length,
    "us": lambda us: length(us // 1000),
    "s": lambda s: length(s * 1000),
    "bytes": _memory,
    "size": _file,
    "gb": lambda gb: f"{gb} GB",
    "mw": lambda mw: f"{mw / 1000:,.0f} W",
    "mj": lambda mj: f"{mj / 3_600_000:,.1f} Wh",
    "percent": lambda share: f"{share} %",
    "c": lambda degrees: f"{degrees} °C",
}
#: the ends of names that say what a number counts
COUNTING = frozenset({*COUNTED, "micro", "minor"})


def plain(value: object) -> str | SafeString:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_text(value))
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list):
        return ", ".join(str(plain(one)) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {plain(one)}" for name, one in value.items())
    return "none" if value is None else str(value)


def laid_out(value: object, within: str = "") -> str | SafeString:
    """What was kept as JSON, as lists of names and values.

    `within` is the name of what it is in, which says what numbers count that have ids for names.
    """
    if isinstance(value, Mapping) and value:
        rows = [
            (_called(str(name).replace("_", " ")) or name, _part(str(name), one, within))
            for name, one in value.items()
        ]
        return format_html(
            '<dl class="kept">{}</dl>',
            format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows),
        )
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        return format_html(
            '<ol class="kept">{}</ol>',
            format_html_join("", "<li>{}</li>", ((laid_out(one, within),) for one in value)),
        )
    if isinstance(value, str):
        return _written(value)
    return plain(value) if value or value in (0, False) else "none"


def _written(text: str) -> str | SafeString:
    """What JSON has no kind of its own for, and what the trail keeps of values as text."""
    if STAMP.fullmatch(text):
        return moment(datetime.fromisoformat(text))
    if DAY.fullmatch(text):
        return day_text(date.fromisoformat(text))
    if text[:1] in ("{", "["):
        return _as_json(text)
    return AS_TEXT.get(text, text)


def _part(name: str, value: object, within: str) -> str | SafeString:
    counts = bool(COUNTING & set(name.split("_")))
    unit = name if counts else within
    if counts and isinstance(value, str) and value.isdecimal():
        value = int(value)
    return counted(unit, value) if type(value) is int else laid_out(value, unit)


def _link(row: models.Model) -> str | SafeString:
    meta = row._meta
    try:
        page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(row)
    return format_html('<a href="{}">{}</a>', page, row)


def _person(public_id: UUID) -> str | SafeString:
    found = get_user_model()._default_manager.filter(public_id=public_id).first()
    return _link(found) if found else str(public_id)
