"""How amounts, times and states are written on every page."""

import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.accounts.services import Principal
from marketplace.catalog.models import Offer
from marketplace.catalog.pricing import milliseconds
from marketplace.web.forms import dollars
from marketplace.web.words import WORDS

register = template.Library()


@register.filter
def usd(micro: int) -> str:
    """Micro-units as dollars, exact: {{ 2400000|usd }} -> $2.40."""
    return dollars(micro)


@register.filter
def utc(moment: datetime | None) -> str:
    """A moment with its zone; seconds only where there are any. None is empty."""
    if moment is None:
        return ""
    there = moment.astimezone(UTC)
    clock = "%H:%M:%S" if there.second else "%H:%M"
    return f"{there.day} {there.strftime(f'%b %Y, {clock} UTC')}"


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


@register.inclusion_tag("fragments/nav_link.html", takes_context=True)
def nav_link(context: template.Context, name: str, label: str) -> dict[str, Any]:
    """An entry of the main navigation, marked when the reader is in that part."""
    url, path = reverse(name), context["request"].path
    return {
        "url": url,
        "label": label,
        "here": path == url or (url != "/" and path.startswith(url)),
    }


@register.filter
def may(principal: Principal, act: str) -> bool:
    """Whether the visitor's role allows an act of accounts.roles."""
    return principal.may(act)
