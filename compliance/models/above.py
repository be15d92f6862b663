"""Everyone above a party, in one query: its owners, their owners, and its directors."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

#: columns by name, not whole rows: a later column must not change the hash of what stands
QUERY = """
WITH RECURSIVE above(id) AS (
    SELECT %(party)s::bigint
  UNION
    SELECT held.owner_id
      FROM compliance_ownershipstake held JOIN above ON held.owned_id = above.id
     WHERE held.until IS NULL AND held.owner_id IS NOT NULL
)
SELECT json_build_object(
  'owners', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, kind, legal_name, native_name, hq_country, parent_name, parent_hq_country
       FROM compliance_party WHERE id IN (SELECT id FROM above) AND id <> %(party)s) one),
  'stakes', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, owned_id, owner_id, owner_name, owner_kind, owner_country, share_bps, controls
       FROM compliance_ownershipstake
      WHERE owned_id IN (SELECT id FROM above) AND until IS NULL) one),
  'directors', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, name, country
       FROM compliance_director WHERE party_id = %(party)s AND until IS NULL) one)
)::text
"""

Above = dict[str, list[dict[str, Any]]]


def above(party_id: int | None) -> Above:
    """`owners` (parties, however far up), `stakes` (of the party and of those) and `directors`.

    Only what has not ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"party": party_id})
        [text] = cursor.fetchone()
    found: Above = json.loads(text)
    return found


#: the same for many parties at once
MANY = f"""
SELECT asked_party.id, ({QUERY.replace("%(party)s", "asked_party.id")})
  FROM compliance_party asked_party WHERE asked_party.id = ANY(%(parties)s)
"""  # noqa: S608  the same query, about a column instead of a parameter


def above_many(party_ids: Iterable[int]) -> dict[int, Above]:
    """`above` of each of these parties, by its key, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"parties": list(party_ids)})
        return {party_id: json.loads(text) for party_id, text in cursor.fetchall()}
