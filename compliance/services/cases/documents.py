"""Files of a case: small, of known types by what they hold, kept in the database, never served."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import Case, CaseDocument, EventKind

from .officers import WORK, Officer, Person, require, signed
from .opening import note
from .working import live

LARGEST_FILE = 10 * 2**20
MOST = 30
#: what a file of this type begins with
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
FILE_ENDINGS = (*ENDINGS.values(), ".jpeg")


def add_document(
    *, case: Case, by: Officer, name: str, content: bytes, at: datetime
) -> CaseDocument:
    """An officer adds a file, which the party does not see. Raises NotAnOfficer, ValidationError.

    Raises IllegalMove once the case is decided.
    """
    require(by, WORK)
    checked(content)
    with transaction.atomic():
        return keep(live(case), by, name, content, at, by_party=False)


def checked(content: bytes) -> str:
    """The media type by what the file holds. Raises ValidationError."""
    if len(content) > LARGEST_FILE:
        raise ValidationError({"document": f"A file may have {LARGEST_FILE // 2**20} MB at most."})
    for media_type, beginning in BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise ValidationError({"document": "Send a PDF, PNG or JPEG file."})


def keep(
    case: Case, by: Person, name: str, content: bytes, at: datetime, *, by_party: bool
) -> CaseDocument:
    """Keep a file of a locked case; the same file again is the one that is there."""
    media_type, sha256 = checked(content), hashlib.sha256(content).hexdigest()
    rows = case.documents.defer("content")
    if known := rows.filter(sha256=sha256).first():
        return known
    if rows.count() >= MOST:
        raise ValidationError({"document": f"A case holds {MOST} files at most."})
    kept = CaseDocument.objects.create(
        case=case,
        name=file_name(name, media_type),
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        content=content,
        by_party=by_party,
        uploaded_by=by.get_username(),
        uploaded_at=at,
    )
    told = {"document": str(kept.public_id), "name": kept.name, "size": kept.size, "sha256": sha256}
    note(case, EventKind.DOCUMENT, at=at, detail={**told, "type": media_type}, **signed(by))
    return kept


def file_name(name: str, media_type: str) -> str:
    """The last part of the name, of plain characters, with the ending of its type."""
    stem = "".join(
        char if char.isalnum() or char in " -_." else "_" for char in PurePath(name).stem
    )
    return (stem.strip(" .")[:150] or "document") + ENDINGS[media_type]
