"""What is on record about a party, in one query: owners, directors, red flags, statement."""

import json
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
       FROM compliance_director WHERE party_id = %(party)s AND until IS NULL) one),
  'flags', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT flag.id, kind.code, kind.title, kind.weight, kind.effective_from, kind.effective_to,
            flag.text, flag.raised_by, flag.raised_at
       FROM compliance_redflag flag JOIN compliance_redflagkind kind ON kind.id = flag.kind_id
      WHERE flag.party_id = %(party)s AND NOT EXISTS (
        SELECT FROM compliance_redflagclosed closed WHERE closed.flag_id = flag.id)) one),
  'statements', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, wording, end_use, text, end_users, signed_name, signed_at, expires_at
       FROM compliance_endusestatement WHERE party_id = %(party)s
      ORDER BY signed_at DESC, id DESC LIMIT 1) one
     WHERE NOT EXISTS (SELECT FROM compliance_endusestatementwithdrawn gone
                        WHERE gone.statement_id = one.id))
)::text
"""

Above = dict[str, list[dict[str, Any]]]


def above(party_id: int | None) -> Above:
    """`owners` (parties, however far up), `stakes` (of the party and of those) and `directors`.

    Also its open `flags` and, under `statements`, the last end-use statement unless it was
    withdrawn. Only what has not ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"party": party_id})
        [text] = cursor.fetchone()
    found: Above = json.loads(text)
    return found
