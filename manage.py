#!/usr/bin/env python
"""Run a management command, on embedded engines unless the environment names others."""

import os
import sys

#: commands that touch no database, so nothing needs to run for them
OFFLINE = {"help", "--help", "-h", "--version", "spectacular", "compilemessages", "collectstatic"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")
    from django.core.management import execute_from_command_line

    from marketplace.config import engines

    if len(sys.argv) < 2 or sys.argv[1] in OFFLINE:
        engines.use_nothing()
        execute_from_command_line(sys.argv)
        return
    with engines.running():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
