"""What a renter asks for, and the same once more to be booked."""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models import Keeping
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask, first_window
from marketplace.catalog.models import Offer
from marketplace.core.money import MICRO
from marketplace.web.forms import DollarsField, StyledForm, TokenForm, lines

NOW, LATER = "now", "later"
HOURS, STOPPED = "hours", "stopped"
MOST_GPUS = 100_000


def not_a_command(error: ValueError) -> str:
    """Why the shell's rules cannot read a line; the reason is Python's own, in English."""
    return gettext("Not a command: %(why)s.") % {"why": str(error).lower()}


TOGETHER = [
    (Together.OFFER.value, _("On this machine")),
    (Together.MACHINE.value, _("On one machine, this or an equal one")),
    (Together.FABRIC.value, _("On equal machines that share a fast network")),
    (Together.SITE.value, _("On any equal machines of the site")),
]


TEMPLATES = (("ssh", _("A machine to log in to by SSH")), ("jupyter", "JupyterLab"))
TYPED = (
    *("lasts", "hours", "template", "image", "ssh_keys", "command", "environment", "spot_bid"),
    "resumes",
)


class AskForm(StyledForm):
    """What a renter wants of one offer."""

    gpu_count = forms.IntegerField(min_value=1, max_value=MOST_GPUS, initial=1, label=_("GPUs"))
    together = forms.ChoiceField(
        choices=TOGETHER,
        initial=Together.OFFER.value,
        required=False,
        help_text=_("Equal: same site, provider, GPU model and price."),
        label=_("Where"),
    )
    when = forms.ChoiceField(
        choices=[(NOW, _("Now")), (LATER, _("Later, at the time below"))],
        initial=NOW,
        widget=forms.RadioSelect,
        label=_("Start"),
    )
    start = forms.DateTimeField(
        required=False,
        label=_("Start at, UTC"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    lasts = forms.ChoiceField(
        choices=[(HOURS, _("For the hours below")), (STOPPED, _("Until I stop it"))],
        initial=HOURS,
        required=False,
        widget=forms.RadioSelect,
        label=_("How long"),
        help_text=_(
            "Until you stop it: it starts now, is booked and paid a little ahead and goes on by"
            " itself. Stopping costs no fee."
        ),
    )
    hours = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=4,
        max_value=10_000,
        validators=[MinValueValidator(Decimal("0.0001"))],
        initial=1,
        label=_("Hours"),
        help_text=_("How long; 0.5 is half an hour."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    template = forms.ChoiceField(
        required=False,
        choices=[("", _("None: my own command")), *TEMPLATES],
        label=_("Template"),
        help_text=_("Brings an image and a command."),
    )
    image = forms.CharField(
        required=False,
        max_length=255,
        label=_("Image"),
        help_text=_("A reference, such as docker.io/library/debian:12. It needs /bin/sh."),
    )
    ssh_keys = forms.CharField(
        required=False,
        max_length=20_000,
        label=_("SSH keys"),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Public keys that may log in, one per line."),
    )
    command = forms.CharField(
        required=False,
        max_length=20_000,
        label=_("Command"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One line as in a shell (no pipes or variables), or one word per line."),
    )
    environment = forms.CharField(
        required=False,
        max_length=100_000,
        label=_("Environment"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("NAME=value, one per line. The provider's machine sees these values."),
    )
    spot_bid = DollarsField(
        required=False,
        least=1,
        most=10_000 * MICRO,
        label=_("Bid per GPU-hour, $, if it may be interrupted"),
        help_text=_("You pay what you bid. Empty: nobody interrupts it, at the full price."),
    )
    #: the kept workspace that it goes on with
    resumes = forms.UUIDField(required=False, widget=forms.HiddenInput)
    hold_only = forms.BooleanField(
        required=False,
        label=_("Only hold it; I confirm myself"),
        help_text=_("Otherwise it is booked as soon as GPUs and money are set aside."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["resumes"].value():
            # it lies on one machine
            self.fields["together"].widget = forms.HiddenInput()

    def clean_command(self) -> list[str]:
        text = self.cleaned_data["command"].strip()
        if "\n" in text:
            return [line.strip() for line in lines(text)]
        try:
            return shlex.split(text)
        except ValueError as error:
            raise ValidationError(not_a_command(error)) from error

    def clean_environment(self) -> dict[str, str]:
        pairs = [line.partition("=") for line in lines(self.cleaned_data["environment"])]
        for name, equals, _value in pairs:
            if not equals:
                said = gettext("Write NAME=value; %(name)r has no = in it.")
                raise ValidationError(said % {"name": name[:40]})
        names = [pair[0].strip() for pair in pairs]
        if len(set(names)) < len(names):
            raise ValidationError(_("A name stands here twice; keep one."))
        return dict(zip(names, [pair[2] for pair in pairs], strict=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "command" in cleaned and not cleaned["command"] and not cleaned.get("template"):
            self.add_error("command", _("Write a command, or choose a template that brings one."))
        if not self.rolling and "hours" in cleaned and cleaned["hours"] is None:
            self.add_error("hours", _("Write for how many hours, or choose until you stop it."))
        if cleaned.get("when") == LATER and not cleaned.get("start") and "start" in cleaned:
            self.add_error("start", _("Write when it shall start, or choose to start now."))
        return cleaned

    @property
    def rolling(self) -> bool:
        return self.cleaned_data.get("lasts") == STOPPED

    def _length(self, offer: Offer) -> timedelta:
        if self.rolling:
            return first_window(offer=offer)
        return timedelta(milliseconds=int(self.cleaned_data["hours"] * 3_600_000))

    def begin(self, at: datetime) -> datetime:
        given: datetime | None = self.cleaned_data["start"]
        return at if given is None or self.cleaned_data["when"] == NOW else given

    def ask(self, offer: Offer, *, resumes: Keeping | None, at: datetime) -> Ask:
        """The ask as the broker takes it; what starts now starts at `at`.

        `resumes` is the workspace that the form names, once it is known to be the renter's.
        """
        facts = self.cleaned_data
        start = self.begin(at)
        return Ask(
            offer=offer,
            gpu_count=facts["gpu_count"],
            start=start,
            end=start + self._length(offer),
            workload=self._workload(),
            auto_confirm=not facts["hold_only"],
            together=Together(facts["together"] or Together.OFFER),
            spot_bid_micro=facts["spot_bid"],
            rolling=self.rolling,
            resumes=resumes,
        )

    def _workload(self) -> dict[str, Any]:
        facts = self.cleaned_data
        chosen = {
            "template": facts["template"],
            "image": facts["image"].strip(),
            "ssh_keys": list(map(str.strip, lines(facts["ssh_keys"]))),
        }
        given = {name: value for name, value in chosen.items() if value}
        return {"command": facts["command"], "environment": facts["environment"], **given}

    def settled(self, ask: Ask) -> "ConfirmForm":
        """The same wish with its start fixed, to be sent once more, and then to act once."""
        typed = {name: self.data.get(name, "") for name in TYPED}
        initial = {
            **typed,
            "gpu_count": ask.gpu_count,
            "together": ask.together.value,
            "when": self.cleaned_data["when"],
            "start": ask.start.isoformat(),
            "hold_only": self.cleaned_data["hold_only"],
            "token": uuid4(),
        }
        return ConfirmForm(initial=initial)


def wished(query: Mapping[str, str]) -> dict[str, Any]:
    """What a link to the form wishes for: the values of it that can be read, as first values."""
    wish: dict[str, Any] = {}
    for name in ("gpu_count", "start", "hours", "resumes"):
        field: forms.Field = AskForm.base_fields[name]
        with suppress(ValidationError):
            wish[name] = field.clean(query.get(name, ""))
    wish = {name: value for name, value in wish.items() if value is not None}
    return {**wish, "when": LATER} if "start" in wish else wish


class ConfirmForm(AskForm, TokenForm):
    """The wish as it was quoted, carried hidden; the same token is the same reservation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].required = True
        for field in self.fields.values():
            field.widget = forms.HiddenInput()

    def begin(self, at: datetime) -> datetime:
        given: datetime = self.cleaned_data["start"]
        return given

    def ask(self, offer: Offer, *, resumes: Keeping | None, at: datetime) -> Ask:
        """By which of its buttons it was sent decides when it is paid."""
        made = super().ask(offer, resumes=resumes, at=at)
        return replace(made, pay_at_start="pay_at_start" in self.data)
