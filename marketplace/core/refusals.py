"""A refusal that is about one field of what was asked."""


class BadField(Exception):
    """The field cannot be met as written; the message says what would be."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
