"""As in English: see marketplace.config.formats."""

from marketplace.config.formats.en.formats import *  # noqa: F403
