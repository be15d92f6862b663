"""Bringing a published list in: parsed whole, compared with what is in force, all or nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from compliance.models import EntryName, ListEntry, ListSnapshot, ListSource
from compliance.sources import MalformedList, ParsedEntry, Source, source

from .reverse import begin_reverse_pass

#: a list that loses more than this share of its entries at once is taken for a broken download
MOST_SHRINK_PERCENT = 5
#: and one of so many times its entries for something else than the list
MOST_GROWTH = 10
#: below this a list is a sample, which its real one may replace
SMALLEST_LIST = 100
BATCH = 2000


class RefusedSnapshot(Exception):
    """The files can be read but must not replace what is in force. The old snapshot stays."""


@dataclass(frozen=True, slots=True)
class _InForce:
    pk: int
    content_hash: bytes


def import_list(
    *,
    source_code: str,
    folder: Path,
    published_on: date | None,
    at: datetime,
    sample: bool = False,
) -> ListSnapshot:
    """Import a list; the returned snapshot carries the numbers of added, changed and dropped.

    `folder` may also be the publisher's file; rows that had ended when the list was published
    are no entries.

    `sample` marks made-up parties, which screen nobody unless SAMPLE_LISTS is on. The same content
    again makes a fresh snapshot with no changes. Raises UnknownSource, MalformedList and
    RefusedSnapshot; then nothing was written.
    """
    adapter = source(source_code)
    if sample and not settings.SAMPLE_LISTS:
        raise RefusedSnapshot(
            f"{source_code}: made-up lists are switched off here; import the publisher's own list"
        )
    parsed = _read(adapter, folder, published_on)
    with transaction.atomic():
        row = _locked(adapter)
        in_force = _in_force(row)
        _refuse_backwards(row, published_on, at, sample)
        _refuse_other_size(row, len(in_force), len(parsed))
        snapshot = _put_in_force(row, parsed, in_force, published_on, at, sample)
        begin_reverse_pass(snapshot=snapshot)
        return snapshot


def _read(adapter: Source, folder: Path, published_on: date | None) -> Mapping[str, ParsedEntry]:
    parsed: dict[str, ParsedEntry] = {}
    for entry in adapter.read(folder, published_on):
        if entry.uid in parsed:
            raise MalformedList(
                adapter.code, None, f"entry {entry.uid} comes twice", "Download it again"
            )
        parsed[entry.uid] = entry
    if not parsed:
        raise MalformedList(adapter.code, None, "has no entries", "Download it again")
    return parsed


def _locked(adapter: Source) -> ListSource:
    """The source's row, locked: imports of one list happen one after the other."""
    defaults = {"title": adapter.title, "max_age_hours": adapter.max_age_hours}
    row, _ = ListSource.objects.get_or_create(code=adapter.code, defaults=defaults)
    return ListSource.objects.select_for_update(no_key=True).get(pk=row.pk)


def _in_force(row: ListSource) -> Mapping[str, _InForce]:
    entries = ListEntry.objects.in_force().filter(source=row)
    return {
        uid: _InForce(pk, bytes(content_hash))
        for pk, uid, content_hash in entries.values_list("pk", "uid", "content_hash")
    }


def _refuse_backwards(
    row: ListSource, published_on: date | None, at: datetime, sample: bool
) -> None:
    if published_on is None:
        return
    if published_on > (at + timedelta(days=1)).date():
        raise RefusedSnapshot(
            f"{row.code}: published on {published_on}, which has not come yet; check the date"
        )
    newest = (
        row.snapshots.filter(sample=sample, published_on__isnull=False)
        .order_by("-published_on")
        .first()
    )
    if newest and newest.published_on and published_on < newest.published_on:
        raise RefusedSnapshot(
            f"{row.code}: published on {published_on}, but the list of {newest.published_on} was"
            " imported already; download the newest one"
        )


def _refuse_other_size(row: ListSource, before: int, after: int) -> None:
    if after * 100 < before * (100 - MOST_SHRINK_PERCENT):
        raise RefusedSnapshot(
            f"{row.code}: {after} entries where {before} are in force, more than"
            f" {MOST_SHRINK_PERCENT} % fewer; download it again and check it with the publisher"
        )
    if before >= SMALLEST_LIST and after > before * MOST_GROWTH:
        raise RefusedSnapshot(
            f"{row.code}: {after} entries where {before} are in force, more than {MOST_GROWTH}"
            " times as many; check with the publisher that this is the list"
        )


def _put_in_force(
    row: ListSource,
    parsed: Mapping[str, ParsedEntry],
    in_force: Mapping[str, _InForce],
    published_on: date | None,
    at: datetime,
    sample: bool,
) -> ListSnapshot:
    hashes = {uid: entry.content_hash for uid, entry in parsed.items()}
    dropped = [old.pk for uid, old in in_force.items() if uid not in hashes]
    changed = [
        old.pk for uid, old in in_force.items() if uid in hashes and old.content_hash != hashes[uid]
    ]
    unchanged = {uid for uid, old in in_force.items() if hashes.get(uid) == old.content_hash}
    snapshot = ListSnapshot.objects.create(
        source=row,
        sha256=hashlib.sha256(b"".join(sorted(hashes.values()))).digest(),
        published_on=published_on,
        imported_at=at,
        entry_count=len(parsed),
        added=len(parsed) - len(unchanged) - len(changed),
        changed=len(changed),
        dropped=len(dropped),
        sample=sample,
    )
    ListEntry.objects.filter(pk__in=[*dropped, *changed]).update(dropped_in=snapshot)
    _append(
        snapshot, [(entry, hashes[uid]) for uid, entry in parsed.items() if uid not in unchanged]
    )
    return snapshot


def _append(snapshot: ListSnapshot, entries: list[tuple[ParsedEntry, bytes]]) -> None:
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        rows = ListEntry.objects.bulk_create(
            ListEntry(
                source_id=snapshot.source_id,
                uid=entry.uid,
                content_hash=content_hash,
                first_in=snapshot,
                kind=entry.kind,
                programs=list(entry.programs),
                countries=list(entry.countries),
                addresses=list(entry.addresses),
                remarks=entry.remarks,
                birth_dates=list(entry.birth_dates),
                identifiers=[list(pair) for pair in entry.identifiers],
            )
            for entry, content_hash in batch
        )
        EntryName.objects.bulk_create(
            [
                EntryName(entry=row, name=name, kind=kind)
                for row, (entry, _) in zip(rows, batch, strict=True)
                for name, kind in entry.names
            ],
            batch_size=BATCH * 3,
        )
