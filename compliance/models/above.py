"""What is on record about a party: who is above it, flags, statement, licences and grants."""

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
     SELECT id, kind, legal_name, native_name, birth_date, registration_number, country,
            hq_country, parent_name, parent_hq_country
       FROM compliance_party WHERE id IN (SELECT id FROM above) AND id <> %(party)s) one),
  'stakes', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, owned_id, owner_id, owner_name, owner_kind, owner_country, share_bps, controls
       FROM compliance_ownershipstake
      WHERE owned_id IN (SELECT id FROM above) AND until IS NULL) one),
  'directors', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, name, country
       FROM compliance_director WHERE party_id = %(party)s AND until IS NULL) one),
  'licences', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, public_id, number, granted_to, chip_classes, site_countries, end_uses,
            valid_from, valid_to, gpu_hours, gpus_at_once
       FROM compliance_licence granted WHERE party_id = %(party)s
        AND EXISTS (SELECT FROM compliance_licenceevent
                     WHERE licence_id = granted.id AND act = 'approved')
        AND NOT EXISTS (SELECT FROM compliance_licenceevent
                         WHERE licence_id = granted.id AND act = 'revoked')) one),
  'clearings', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, public_id, subject_sha256, source, entry_uid, entry_sha256, scorer, expires_at
       FROM compliance_clearing WHERE party_id = %(party)s) one),
  'reviews', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, public_id, facts_sha256, rule_id, rule_version, chip, site_country, expires_at
       FROM compliance_reviewclearance WHERE party_id = %(party)s) one),
  'identifiers', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT id, party_id, kind, number, country
       FROM compliance_partyidentifier
      WHERE party_id IN (SELECT id FROM above) AND until IS NULL) one),
  'evidence', (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT shown.id, shown.fact, shown.stake_id, shown.director_id, shown.declared,
            paper.sha256
       FROM compliance_partyevidence shown
       JOIN compliance_partydocument paper ON paper.id = shown.document_id
       LEFT JOIN compliance_ownershipstake held ON held.id = shown.stake_id
       LEFT JOIN compliance_director board ON board.id = shown.director_id
      WHERE paper.party_id = %(party)s AND held.until IS NULL AND board.until IS NULL) one),
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

#: what cases grant is bound to a party's own facts: neither grants nor licences are part of those,
#: nor is one paper more that shows the same facts
GRANTED = ("clearings", "reviews", "licences", "evidence")
Above = dict[str, list[dict[str, Any]]]


def above(party_id: int | None) -> Above:
    """`owners` (parties, however far up), `stakes` and `identifiers` (of the party and of those),
    `directors` and `licences` (approved by two).

    `evidence`: which paper, by hash, shows which fact, stake or director of the party itself.
    Its open `flags` and, under `statements`, the last end-use statement unless it was withdrawn.
    Only what has not ended or been revoked. `clearings` and `reviews` are all that cases ever
    granted the party.
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
