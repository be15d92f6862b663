from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from compliance.models import ChipModel
from marketplace.catalog import services as catalog
from marketplace.catalog.models import (
    SPOT_MINIMUM_S,
    SPOT_NOTICE_S,
    CancellationSchedule,
    Machine,
)
from marketplace.catalog.services import WindowTerms
from marketplace.core.money import MICRO
from marketplace.web.forms import CountryField, DollarsField, KeepPriceField, StyledForm
from marketplace.web.said import said


class PayoutAccountForm(StyledForm):
    """Where a provider is paid; Stripe asks for everything else itself."""

    country = CountryField(
        label=_("Country of your bank account"),
        help_text=_("Two letters, such as MY or SG. It cannot be changed later."),
    )


class HoursField(forms.DecimalField):
    """Hours as typed, cleaned to whole seconds; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_digits=7,
            decimal_places=2,
            min_value=Decimal("0.01"),
            max_value=90 * 24,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else int(hours * 3600)


class ScheduleField(forms.ModelChoiceField["CancellationSchedule"]):
    """Schedules under their titles, in the viewer's language where they are ours."""

    def label_from_instance(self, obj: Any) -> str:
        return said(obj)


class OfferForm(StyledForm):
    """At which price the machine's GPUs of a chip are rented out."""

    chip = forms.ModelChoiceField(
        queryset=ChipModel.objects.none(), label=_("GPU"), empty_label=None
    )
    price = DollarsField(
        least=1,
        most=10_000 * MICRO,
        label=_("Price per GPU-hour, $"),
        help_text=_("Replaces the offer listed for these GPUs. What is booked keeps its price."),
    )

    min_hours = HoursField(
        label=_("Shortest booking, hours"), help_text=_("Empty: five minutes, as everywhere here.")
    )
    max_hours = HoursField(
        label=_("Longest booking, hours"), help_text=_("Empty: up to the last day.")
    )
    notice_hours = HoursField(
        label=_("Notice, hours"),
        help_text=_("A booking is made at least so long before it starts."),
    )
    horizon_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=90,
        label=_("Bookable for days from now"),
        help_text=_("Empty: 90."),
    )
    cleaning_minutes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=24 * 60,
        label=_("Free after each lease, minutes"),
        help_text=_("Time to clean up; nobody else gets the GPUs in it."),
    )
    schedule = ScheduleField(
        queryset=CancellationSchedule.objects.none(),
        required=False,
        empty_label=_("Free until it begins"),
        label=_("Cancelling"),
        help_text=_("What a renter pays for time given up."),
    )

    keep_price = KeepPriceField(
        required=False,
        label=_("Keeping a workspace, $ per GiB and month"),
        help_text=_(
            "A renter may have its disk kept after the rental, for 30 days at most, and pays for"
            " the hours that the machine answers. A month has 730 hours: 0.073 is $0.0001 per"
            " GiB-hour. Empty: it is wiped when the rental ends."
        ),
    )

    spot_floor = DollarsField(
        required=False,
        least=1,
        most=10_000 * MICRO,
        label=_("Least bid per GPU-hour, $"),
        help_text=_(
            "Bids fill what nobody rents at the full price, and give way to who does. They pay "
            "what they bid. Empty: none are taken."
        ),
    )
    spot_notice_minutes = forms.IntegerField(
        required=False,
        min_value=SPOT_NOTICE_S // 60,
        max_value=15,
        label=_("Bids are told before they give way, minutes"),
        help_text=_("Empty: 2."),
    )
    spot_minimum_minutes = forms.IntegerField(
        required=False,
        min_value=SPOT_MINIMUM_S // 60,
        max_value=60,
        label=_("Bids run at least, minutes"),
        help_text=_("Empty: 10."),
    )

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chip = self.fields["chip"]
        assert isinstance(chip, forms.ModelChoiceField)  # noqa: S101  declared above
        known = machine.gpus.filter(present=True, chip__isnull=False)
        schedule = self.fields["schedule"]
        assert isinstance(schedule, forms.ModelChoiceField)  # noqa: S101  declared above
        schedule.queryset = catalog.schedules(at=now())
        chip.queryset = ChipModel.objects.filter(pk__in=known.values("chip")).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        least, most = cleaned.get("min_hours") or 0, cleaned.get("max_hours")
        if most is not None and most < least:
            self.add_error("max_hours", _("Not shorter than the shortest booking."))
        floor, price = cleaned.get("spot_floor"), cleaned.get("price")
        if floor is not None and price is not None and floor > price:
            self.add_error("spot_floor", _("Not above the price."))
        if floor is not None and cleaned.get("notice_hours"):
            self.add_error("spot_floor", _("Bids start now; an offer with notice takes none."))
        return cleaned

    def terms(self) -> WindowTerms:
        """As the catalogue takes them."""
        facts = self.cleaned_data
        return WindowTerms(
            min_window_s=facts["min_hours"] or 0,
            max_window_s=facts["max_hours"],
            notice_s=facts["notice_hours"] or 0,
            horizon_days=facts["horizon_days"] or 90,
            cleaning_s=60 * (facts["cleaning_minutes"] or 0),
            schedule=facts["schedule"],
            spot_floor_micro=facts["spot_floor"],
            spot_notice_s=60 * (facts["spot_notice_minutes"] or SPOT_NOTICE_S // 60),
            spot_minimum_s=60 * (facts["spot_minimum_minutes"] or SPOT_MINIMUM_S // 60),
            keep_micro_per_gib_hour=facts["keep_price"],
        )


class TermsForm(StyledForm):
    """Another price for the rest of a reservation."""

    price = DollarsField(
        least=1,
        most=10_000 * MICRO,
        label=_("Price per GPU-hour, $"),
        help_text=_("A lower one is a discount. It changes nothing until the renter accepts it."),
    )
    since = forms.DateTimeField(
        label=_("From, UTC"),
        help_text=_("It lapses then, unless it was accepted."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
