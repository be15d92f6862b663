"""As in English: see marketplace.config.formats."""

from django.conf.locale.en.formats import *  # noqa: F403
