"""One form of staff on a page of its own, laid out as the admin lays out its rows."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse


def page(
    window: admin.ModelAdmin[Any],
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    about: Model,
    back: str,
    told: str,
) -> TemplateResponse:
    """`told` is what comes of it, before anybody fills it in; `back` is the page of `about`."""
    laid_out: Any = AdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=window)  # type: ignore[arg-type]
    context = {
        **window.admin_site.each_context(request),
        "title": title,
        "form": form,
        "adminform": laid_out,
        "opts": window.opts,
        "about": about,
        "back": back,
        "told": told,
        "media": window.media + form.media,
    }
    return TemplateResponse(request, "admin/compliance/declare.html", context)
