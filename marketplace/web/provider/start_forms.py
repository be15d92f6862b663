from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Site
from marketplace.web.forms import CountryField, StyledForm


class MachineForm(StyledForm):
    """A machine, at a site that is known or that is named with it."""

    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        required=False,
        label=_("Site"),
        empty_label=_("A new site, named below"),
    )
    site_name = forms.CharField(
        required=False,
        max_length=120,
        label=_("Name of the new site"),
        help_text=_("As your customers know the building or hall."),
    )
    country = CountryField(
        required=False,
        label=_("Country"),
        help_text=_(
            "Two letters, such as MY. Export control goes by where machines stand, and it is"
            " measured."
        ),
    )
    city = forms.CharField(required=False, max_length=120, label=_("City"))
    name = forms.CharField(
        max_length=120,
        label=_("Name of the machine"),
        help_text=_("Such as jhb1-r01; renters see it."),
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site = self.fields["site"]
        assert isinstance(site, forms.ModelChoiceField)  # noqa: S101  declared above
        site.queryset = sites
        if not sites:
            del self.fields["site"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.setdefault("site", None)
        if cleaned["site"] is None:
            for name in ("site_name", "country"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A new site needs this."))
        return cleaned
