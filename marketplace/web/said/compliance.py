"""What screening tells an organisation, and what it refuses in what it is sent."""

from typing import Final

SENTENCES: Final = (
    "available to your organisation",
    "under review",
    "not available at the moment",
    # end-use statements
    "A statement says what the GPUs are for.",
    "This holds characters that are not text.",
    # asking and answering
    "You have asked often today; we will answer.",
    "Your organisation is cleared; nothing is under review.",
    "A file may have %(size)s MB at most.",
    "Send a PDF, PNG or JPEG file.",
    "A case holds %(most)s files at most.",
    "Write something.",
    "Write at most %(most)s characters.",
    # acts, as the record of an organisation names them
    "add contact",
    "add identifier",
    "amend party",
    "end contact",
    "end identifier",
    "file document",
    "sign end use",
    "withdraw end use",
)
