"""Tables that people open in a spreadsheet."""

from typing import Final

#: with these a spreadsheet takes a cell for a formula; some take the wide forms as well
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_text(cell: str) -> str:
    """The cell as no spreadsheet will calculate it: led by an apostrophe if it is a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
