"""What every page of staff gets that no window of a table makes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def framed(request: HttpRequest, title: str, told: dict[str, Any]) -> dict[str, Any]:
    """The context of the admin's frame around what a page has to tell."""
    return {**admin.site.each_context(request), "title": title, "subtitle": None, **told}
