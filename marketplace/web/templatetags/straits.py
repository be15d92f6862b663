"""How amounts, times and states are written on every page."""

import shlex
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.contrib.admin.templatetags.admin_list import result_list
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext, pgettext

from compliance.models import Outcome
from marketplace.accounts.services import Principal
from marketplace.catalog.models import Machine, Offer
from marketplace.catalog.pricing import milliseconds, window_micro
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust import tiers
from marketplace.core.audit import subject_of
from marketplace.core.moments import iso_second
from marketplace.core.money import text_of_minor, whole_minor
from marketplace.core.showing import code_words, laid_out, title
from marketplace.notices import services as notices
from marketplace.web.forms import MONTH_HOURS, dollars
from marketplace.web.said import said as in_this_language
from marketplace.web.themes import SYSTEM
from marketplace.web.words import WORDS

register = template.Library()

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@register.filter
def usd(micro: int) -> str:
    """Micro-units as dollars, exact: {{ 2400000|usd }} -> $2.40."""
    return dollars(micro)


@register.filter
def cents(micro: int) -> str:
    """Micro-units rounded down to cents, for what is only compared: {{ 883929920|cents }}."""
    return dollars(whole_minor(micro, "USD"))


@register.filter
def gib_month(micro_per_gib_hour: int) -> str:
    """A price per GiB-hour for a month of it, exact: {{ 100|gib_month }} -> $0.073."""
    return dollars(micro_per_gib_hour * MONTH_HOURS)


@register.filter
def percent(share_bps: int) -> str:
    """Parts of 10,000 as a reader knows them: {{ 1250|percent }} -> 12.5%."""
    return f"{Decimal(share_bps) / 100:f}%"


@register.filter
def minor(micro: int, currency: str) -> str:
    """Micro-units that are whole minor units, as the currency is written: 1230000 -> 1.23."""
    return text_of_minor(micro, currency)


@register.filter
def share(bps: int) -> str:
    """Parts of 10,000 as a percentage: {{ 9950|share }} -> 99.50 %."""
    return f"{bps // 100}.{bps % 100:02d} %"


@register.filter
def whole_percent(part: float) -> str:
    """A share from 0 to 1, to the percent: {{ 0.714|whole_percent }} -> 71 %."""
    return f"{part:.0%}".replace("%", " %")


@register.filter
def utc(moment: datetime | None) -> SafeString:
    """A moment with its zone, which page.js writes in the reader's own. None is empty."""
    return _time(moment, utc_text(moment), "moment") if moment else SafeString()


@register.filter
def utc_text(moment: datetime) -> str:
    """A moment as plain text, in UTC; seconds only where there are any."""
    there = moment.astimezone(UTC)
    clock = "%H:%M:%S" if there.second else "%H:%M"
    return f"{there.day} {there.strftime(f'%b %Y, {clock} UTC')}"


@register.filter
def clock(moment: datetime) -> SafeString:
    """Only the time of day, for axes: the words beside say which day."""
    return _time(moment, moment.astimezone(UTC).strftime("%H:%M"), "clock")


@register.filter
def day_clock(moment: datetime) -> SafeString:
    """Short, for time lines of a few days: 24 Nov, 12:00."""
    there = moment.astimezone(UTC)
    return _time(moment, f"{there.day} {there.strftime('%b, %H:%M')}", "short")


def _time(moment: datetime, text: str, kind: str) -> SafeString:
    told = '<time datetime="{}" data-show="{}">{}</time>'
    return format_html(told, iso_second(moment), kind, text)


@register.filter
def lasting(time: int | timedelta) -> str:
    """A length of time, or milliseconds, in words: {{ 3661000|lasting }} -> 1 h 1 min 1 s."""
    ms = milliseconds(time) if isinstance(time, timedelta) else time
    seconds, rest = divmod(ms, 1000)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    whole = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    last = f"{seconds % 60}.{rest:03d}".rstrip("0").rstrip(".")
    if last != "0" or not whole:
        whole.append(f"{last} s")
    return " ".join(whole)


@register.filter
def about(ms: int) -> str:
    """Milliseconds to the minute below, or from two days on to the hour: 6 h 20 min, 7 d 18 h."""
    if ms >= 2 * DAY_MS:
        return f"{ms // DAY_MS} d {ms % DAY_MS // HOUR_MS} h"
    return lasting(ms // 60_000 * 60_000) if ms >= 60_000 else gettext("less than a minute")


@register.filter
def seconds(number: int) -> str:
    """Whole seconds in words: {{ 5400|seconds }} -> 1 h 30 min."""
    return lasting(timedelta(seconds=number))


@register.filter
def day(moment: date) -> str:
    """A day, alike in every language: 24 Nov 2026. Django's own filter would translate it."""
    return f"{moment.day} {moment.strftime('%b %Y')}"


@register.filter
def day_month(moment: date) -> str:
    """A day of a year that is known: 24 Nov."""
    return f"{moment.day} {moment.strftime('%b')}"


@register.filter
def weekday(moment: date) -> str:
    """A day of a week that is known: Tue 24."""
    return f"{moment.strftime('%a')} {moment.day}"


@register.filter
def reference(public_id: UUID) -> SafeString:
    """An id, cut short by its look: the whole of it is copied, and shown where one points at it."""
    return format_html('<span class="id" title="{0}">{0}</span>', public_id)


@register.filter
def country(code: str) -> SafeString:
    """A country's code, which page.js writes as its name in the language of the page."""
    return format_html('<span data-country="{0}">{0}</span>', code) if code else SafeString()


@register.filter
def paid_from(payment_method: str, cards: dict[str, str]) -> str:
    """Where money came from, by the names of the cards that are still saved."""
    if not payment_method:
        return gettext("Stripe's page")
    return cards.get(payment_method, gettext("a card"))


@register.filter
def said(text: object) -> str:
    """What another room says or has kept in English, in the language of the page; see web.said."""
    return in_this_language(text) if text else ""


@register.filter
def act_words(acts: Iterable[str]) -> str:
    """What a key was made for: view, rent."""
    return ", ".join(in_this_language(act) for act in acts)


@register.filter
def fees(steps: Iterable[tuple[int, int]]) -> str:
    """The steps of a cancellation schedule (hours, parts of 10,000) inside of a sentence."""
    one = pgettext(
        "a step of a list, after: you pay",
        "%(share)s of what lies less than %(hours)s hours ahead",
    )
    return ", ".join(one % {"share": percent(bps), "hours": hours} for hours, bps in steps)


@register.filter
def outcome(name: str) -> str:
    """What a rule or a decision came to, in words: manual_review -> manual review."""
    return str(Outcome(name).label).lower() if name in Outcome.values else name


@register.filter
def kept(value: object) -> str:
    """What was kept as JSON, for staff: names and values, never the code itself."""
    return laid_out(value)


@register.inclusion_tag("admin/change_list_results.html")
def labelled_list(cl: Any) -> dict[str, Any]:
    """The rows of a list of staff, each cell with what its column is called as `data-l`.

    So that on a phone a row can stand as its facts. Cells come as Django made them, beginning with
    "<td" or "<th"; the box that chooses has no name.
    """
    told: dict[str, Any] = result_list(cl)
    names = [_cell_name(header) for header in told["result_headers"]]
    for row in told["results"]:
        row[:] = map(_labelled, row, names)
    return told


def _cell_name(header: dict[str, Any]) -> str:
    return "" if "<" in header["text"] else capfirst(header["text"])


def _labelled(cell: str, name: str) -> SafeString:
    tag, rest = SafeString(cell[:3]), SafeString(cell[3:])
    return format_html('{} data-l="{}"{}', tag, name, rest)


@register.filter
def filter_title(text: str) -> str:
    """What staff narrow a list by, in words: {{ "by party"|filter_title }} -> party."""
    return title(text)


@register.filter
def code(text: str) -> str:
    """A name of ours in words: {{ "top_up"|code }} -> top up."""
    return code_words(text)


@register.filter
def filter_choice(text: object) -> str:
    """One value that a list is narrowed to; Django's hyphen stands for none."""
    return "none" if text in (None, "", "-") else code_words(str(text))


@register.filter
def trail(row: Model) -> str:
    """Where the audit trail tells what was done to a row."""
    window = reverse("admin:core_auditevent_changelist")
    return f"{window}?{urlencode({'subject__exact': subject_of(row)})}"


@register.filter
def shell(words: list[str]) -> str:
    """A command's words as one line that a shell would read the same way."""
    return shlex.join(words)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One shape of the sprite in fragments/icons.html."""
    return format_html(
        '<svg class="ico" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', name
    )


@register.simple_tag
def state(of: str, name: str) -> SafeString:
    """A state as a word with shape and colour: {% state "machine" machine.state %}."""
    said = WORDS[of][name]
    return format_html(
        '<span class="state state--pill state--{}">{}{}</span>',
        said.kind,
        icon(said.icon),
        said.word,
    )


@register.simple_tag
def standing(words: dict[int, str], offer: Offer) -> SafeString:
    """What screening would say to the visitor about an offer."""
    return state("standing", words[offer.pk])


@register.simple_tag
def of(strips: dict[int, SafeString], offer: Offer) -> SafeString:
    """The picture that was drawn of an offer."""
    return strips[offer.pk]


@register.simple_tag
def count_of(counts: dict[int, int], offer: Offer) -> int:
    """What was counted for an offer; 0 where nothing was."""
    return counts.get(offer.pk, 0)


@register.simple_tag
def whole(offer: Offer, window: tuple[datetime, datetime]) -> str:
    """What all GPUs of an offer cost for a window."""
    start, end = window
    return dollars(window_micro(offer.price_micro_per_gpu_hour, offer.gpus, end - start))


@register.simple_tag
def tier(machine: Machine, at: datetime) -> SafeString:
    """How far a machine is proven, as squares and a word."""
    place = tiers.TIERS.index(trust.tier_of(machine, at=at))
    squares = format_html_join(
        "",
        '<rect x="{}" y=".5" width="5.6" height="9" class="{}"/>',
        ((f"{number * 7.6 + 0.5:.1f}", "on" if number < place else "off") for number in range(3)),
    )
    return format_html(
        '<span class="tier"><svg viewBox="0 0 22 10" aria-hidden="true">{}</svg>{}</span>',
        squares,
        WORDS["trust"][tiers.TIERS[place]].word,
    )


@register.simple_tag(takes_context=True)
def theme_choice(context: template.Context) -> SafeString:
    """What of <html> makes a page light or dark; nothing where the system decides, or nobody."""
    theme = context.get("theme", SYSTEM)
    return SafeString() if theme == SYSTEM else format_html('data-theme="{}"', theme)


@register.inclusion_tag("fragments/nav_link.html", takes_context=True)
def nav_link(context: template.Context, name: str, label: str) -> dict[str, Any]:
    """An entry of the main navigation, marked when the reader is in that part."""
    url, path = reverse(name), context["request"].path
    return {
        "url": url,
        "label": label,
        "here": path == url or (url != "/" and path.startswith(url)),
    }


@register.simple_tag
def unread_of(principal: Principal) -> int:
    """Notices that the visitor has not read, up to one more than the bell says."""
    return notices.unread(principal=principal, at=now())


@register.filter
def may(principal: Principal, act: str) -> bool:
    """Whether the visitor's role allows an act of accounts.roles."""
    return principal.may(act)
