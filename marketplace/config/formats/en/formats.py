"""As our own filters write them: 24 Nov 2026, 12:00. Numbers are as Django writes them."""

from django.conf.locale.en.formats import *  # noqa: F403

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j M"
YEAR_MONTH_FORMAT = "M Y"
