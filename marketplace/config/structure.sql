-- made by `make structure` on PostgreSQL 18; not to be edited
-- migration account.0001_initial 6f27ff6bdf57521a
-- migration account.0002_email_max_length c956ab7a3c3660a1
-- migration account.0003_alter_emailaddress_create_unique_verified_email 66b6f1939621bcfa
-- migration account.0004_alter_emailaddress_drop_unique_email ebc6317e90c47d7a
-- migration account.0005_emailaddress_idx_upper_email e7569f1662da1754
-- migration account.0006_emailaddress_lower 54adb08cb3fba66b
-- migration account.0007_emailaddress_idx_email 87fad70bfde8ae29
-- migration account.0008_emailaddress_unique_primary_email_fixup 794bf875bdbef9c4
-- migration account.0009_emailaddress_unique_primary_email 79762cfa7b1e1d7c
-- migration accounts.0001_initial 1c9a0470064668ec
-- migration accounts.0002_invitations 5783761b3c105785
-- migration accounts.0003_sightings 5d3de250c2e8b96d
-- migration accounts.0004_confirmed_email c8c692fda868bddc
-- migration accounts.0005_key_scopes 0d9e8ca7ac824bf2
-- migration accounts.0006_language fa9aa55f5ebda481
-- migration admin.0001_initial f4716989d9815b62
-- migration admin.0002_logentry_remove_auto_add 2c127e659a2236ed
-- migration admin.0003_logentry_add_action_flag_choices 02700a827190720e
-- migration auth.0001_initial 845cff319606332f
-- migration auth.0002_alter_permission_name_max_length feaf97e0e8f7d148
-- migration auth.0003_alter_user_email_max_length 9d5657b4db9872dc
-- migration auth.0004_alter_user_username_opts 9538db342c9a9bec
-- migration auth.0005_alter_user_last_login_null 79f60a35dc000fdd
-- migration auth.0006_require_contenttypes_0002 00cb16e3405f14b6
-- migration auth.0007_alter_validators_add_error_messages 115db87dc327530f
-- migration auth.0008_alter_user_username_max_length 02857f65f7d64814
-- migration auth.0009_alter_user_last_name_max_length 19a89500e7f108a7
-- migration auth.0010_alter_group_name_max_length 0963ed6498ac0b3a
-- migration auth.0011_update_proxy_permissions 85a5dde708dc4b61
-- migration auth.0012_alter_user_first_name_max_length 6cefbc9f80903763
-- migration billing.0001_initial 1b2bba09e39ac1d8
-- migration billing.0002_append_only cbe375c3fc4a7665
-- migration billing.0003_rerating 07cca3ab5b31be88
-- migration billing.0004_payers fb61dff5c978f0d2
-- migration billing.0005_rate_segments 77210f904d9d6747
-- migration billing.0006_payments 7f481546702cbd46
-- migration billing.0007_payouts 294afea203162e93
-- migration billing.0008_papers 86cc996654ab34a6
-- migration billing.0010_windows_move 1707610acc6efa13
-- migration billing.0011_fees_on_papers a8f3966f6c48085f
-- migration billing.0012_promo_on_invoices de46e9d4376fb062
-- migration billing.0013_names 5603c108c00e126e
-- migration billing.0014_grace a234571399ad3f95
-- migration billing.0016_inbox_ids ddb8d71b7d84dd1c
-- migration billing.0017_operators_keep_sites 9f191e66c1e98513
-- migration billing.0018_stripe_tax 99b74a26fefcb148
-- migration brokerage.0001_initial 32df3559803e2334
-- migration brokerage.0002_decision_fits 09816067e1705be9
-- migration brokerage.0003_live_leases f2f23eb92b7e59fa
-- migration brokerage.0004_licences 09333606139ffe7e
-- migration brokerage.0005_assignment_way 0a69f298d64abd39
-- migration brokerage.0006_gangs 1ea656cd9e9a2242
-- migration brokerage.0008_quotes 96b822194c4eb2b8
-- migration brokerage.0009_failures 4a96e624ad33fdad
-- migration brokerage.0010_waitlist 9098c80c9dea95ad
-- migration brokerage.0011_spot 919d22034b77aa1f
-- migration brokerage.0012_reliability 43b2f0f04b39c64c
-- migration brokerage.0013_notices_without_letters 394e81976398a31f
-- migration brokerage.0014_leases_and_upkeep 601fa44dfe386ad7
-- migration brokerage.0015_drift 9259638a0ae3c08a
-- migration brokerage.0016_pay_at_start 35420f6426971114
-- migration brokerage.0017_names 7ca3f9c289347564
-- migration brokerage.0018_lease_cleaning c52105d307697481
-- migration brokerage.0019_rolling a9dbaeb58458c645
-- migration brokerage.0020_keepings ba9fa2f2eb1b4ff9
-- migration brokerage.0021_keeping_notices 3ecac04efdf32374
-- migration catalog.0001_initial ed316ae15cb2430c
-- migration catalog.0002_search_indexes 4cd949e82bfa1693
-- migration catalog.0003_fabric 2ad65f8a74e823d7
-- migration catalog.0004_health 7ed03e74638855c6
-- migration catalog.0005_trust 7ad3220237e0e13c
-- migration catalog.0006_terms 1a0ab404f1158a13
-- migration catalog.0007_spot 6ad12ddfeedc2ea1
-- migration catalog.0008_challenge_after_faults 0d1e29b52201103b
-- migration catalog.0009_upkeep 8e95ea7f2487aa5b
-- migration catalog.0010_names 180cf13ef96b7e60
-- migration catalog.0011_keep_price 88444ad5250dd7f2
-- migration compliance.0001_initial 88afbae929b3b096
-- migration compliance.0002_append_only 54f03c9d5ef94364
-- migration compliance.0003_entry_details ce3ae9169440060e
-- migration compliance.0004_chain 740df5e8b595aec8
-- migration compliance.0005_ownership fec536eec38ad4de
-- migration compliance.0006_party_identifiers ae719bb5b6f88e14
-- migration compliance.0007_cases 8d9366e334e8e856
-- migration compliance.0008_licences fc78acec54dc4dd7
-- migration compliance.0009_red_flags fe43e638b0714712
-- migration compliance.0010_rescreening 1572374d9ac79113
-- migration compliance.0011_known_parties 5449c92e78f087ca
-- migration compliance.0012_party_evidence f779f91f9a39f6c0
-- migration compliance.0013_officers_papers 7375c666fe8b9c11
-- migration compliance.0014_groups_verified c7f04f3d3502e78d
-- migration compliance.0015_audit_checks dd12a47180004ae6
-- migration compliance.0016_end_uses 848020ea955d44ac
-- migration compliance.0017_rule_supersedes d7f5332341c87a85
-- migration contenttypes.0001_initial 35ed8489a147e0b4
-- migration contenttypes.0002_remove_content_type_name 7d36494075750f0e
-- migration core.0001_initial 8f0fc7a05b7e3f5e
-- migration core.0002_append_only 81050a4cc4781993
-- migration gateway.0001_initial 77606e10ff43d024
-- migration gateway.0002_rotation c083578475a3029f
-- migration gateway.0003_names 32c0911be5243bac
-- migration hooks.0001_initial 4171c9f86f2497ea
-- migration hooks.0002_names 87cdb3d6ad60b7c1
-- migration hooks.0003_rolling 081ef2ca546a0f7f
-- migration hooks.0004_keepings 68c46934eaa82569
-- migration ledger.0001_initial 4488710a1d3a0217
-- migration ledger.0002_invariants fa7348c3c8b10cbc
-- migration ledger.0003_seal 9e5ffc323f0205b6
-- migration ledger.0004_payments 00e79d836bc5fa15
-- migration ledger.0005_payouts ba350c19f5dee19f
-- migration ledger.0006_papers 7f1b9453fe34179d
-- migration ledger.0007_bank 51a6a43341a78d5d
-- migration ledger.0008_own_numbers 1d7bac2103c4ea64
-- migration metering.0001_initial fdd651170a0e1bdc
-- migration metering.0002_append_only 80c82f16b0260e29
-- migration metering.0003_statements 7b93d772a9d2a7b3
-- migration metering.0004_running_sums 1fcfae22016af025
-- migration mfa.0001_initial a42b6353f2ed5dd7
-- migration mfa.0002_authenticator_timestamps b6566eb07301e2e4
-- migration mfa.0003_authenticator_type_uniq 88550a456154080c
-- migration notices.0001_initial d27c09e12f162857
-- migration notices.0002_said_stays fb57005de24f7eeb
-- migration notices.0003_names 00080bf8dc68e16c
-- migration notices.0004_rolling f84c24dce8106333
-- migration notices.0005_keepings dbe58461a9ff8d68
-- migration sessions.0001_initial 2aa438e2393ee513
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE FUNCTION public.billing_credit_within_line() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  billed bigint;
  credited bigint;
BEGIN
  SELECT amount_micro INTO billed FROM billing_invoiceline WHERE id = NEW.line_id
    FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount_micro), 0) INTO credited FROM billing_creditline
    WHERE line_id = NEW.line_id;
  IF credited + NEW.amount_micro > billed THEN
    RAISE EXCEPTION 'credit_within_line: % of % are credited before', credited, billed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_filed_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.transaction_id <> ''
    OR (NEW.invoice_id, NEW.credit_note_id)
      IS DISTINCT FROM (OLD.invoice_id, OLD.credit_note_id) THEN
    RAISE EXCEPTION 'what was filed stays as it was filed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_grace_names_debt() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  whose uuid;
  debts bigint;
  owed bigint;
BEGIN
  SELECT public_id INTO whose FROM accounts_organisation WHERE id = NEW.organisation_id;
  PERFORM ledger_lock_balances(ARRAY(
    SELECT id FROM ledger_account
     WHERE owner = whose AND kind = 'wallet_paid' AND currency = NEW.currency));
  SELECT id INTO debts FROM ledger_account
   WHERE owner = whose AND kind = 'renter_receivable' AND currency = NEW.currency;
  owed := coalesce((SELECT sum(amount) FROM ledger_transfer WHERE debit_id = debts), 0)
    - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE credit_id = debts), 0);
  IF owed <> NEW.owed_micro THEN
    RAISE EXCEPTION '% is owed, not %', owed, NEW.owed_micro
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grace_names_debt';
  END IF;
  IF NOT EXISTS (
    SELECT FROM brokerage_windowchange c JOIN brokerage_reservation r ON r.id = c.reservation_id
     WHERE c.id = NEW.change_id AND c.kind = 'extended' AND r.rolling
       AND r.renter_id = NEW.organisation_id
  ) THEN
    RAISE EXCEPTION 'grace is for what runs until it is stopped'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grace_of_rolling';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_line_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'a line of a payout is only released, once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.billing_machine_keeps_operator() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (SELECT count(DISTINCT s.operator_id) FROM catalog_site s
      WHERE s.id IN (OLD.site_id, NEW.site_id)) > 1
    AND EXISTS (
      SELECT FROM catalog_gpu g JOIN brokerage_lease l ON l.gpu_id = g.id
      WHERE g.machine_id = OLD.id
    )
  THEN
    RAISE EXCEPTION 'machine_keeps_operator: what was leased of machine % was earned by another',
      OLD.name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_numbers_rise() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR NEW.code <> OLD.code OR NEW.last_number <> OLD.last_number + 1 THEN
    RAISE EXCEPTION 'numbers of a series rise by one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_payout_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'what a payout is made of is frozen' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.billing_site_keeps_operator() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (
    SELECT FROM catalog_machine m JOIN catalog_gpu g ON g.machine_id = m.id
    JOIN brokerage_lease l ON l.gpu_id = g.id WHERE m.site_id = OLD.id
  ) THEN
    RAISE EXCEPTION 'site_keeps_operator: what was leased at site % was earned by its operator',
      OLD.name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_tax_as_calculated() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM billing_taxcalculation one WHERE one.id = NEW.tax_calculation_id
      AND one.organisation_id = NEW.organisation_id AND one.currency = NEW.currency
      AND one.base_micro = NEW.net_micro + NEW.rounding_micro AND one.tax_micro = NEW.tax_micro
  ) THEN
    RAISE EXCEPTION 'tax_as_calculated: base or tax is not that of calculation %',
      NEW.tax_calculation_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.billing_terms_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'the terms of a reservation are frozen: a change is a rate of its own'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.brokerage_apart(during tstzrange, cleaning_s integer) RETURNS tstzrange
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT tstzrange(lower(during) - make_interval(secs => cleaning_s),
                      upper(during) + make_interval(secs => cleaning_s)) $$;
CREATE FUNCTION public.brokerage_bid_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'what may be interrupted, and at which bid, is agreed once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.brokerage_decision_fits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  live CONSTANT text[] := ARRAY['pinned', 'held', 'confirmed', 'payment_due', 'active'];
  entered boolean;
  booked boolean;
  fault text;
BEGIN
  entered := TG_OP = 'INSERT' OR NOT OLD.state = ANY (live)
    OR (OLD.decision_id, OLD.renter_id, OLD.offer_id, OLD.during)
      IS DISTINCT FROM (NEW.decision_id, NEW.renter_id, NEW.offer_id, NEW.during);
  booked := NEW.state <> 'active' AND (TG_OP = 'INSERT' OR OLD.state <> NEW.state);
  IF NOT (NEW.state = ANY (live) AND (entered OR booked)) THEN
    RETURN NULL;
  END IF;
  SELECT CASE
    WHEN d.outcome NOT IN ('allow', 'allow_licence') THEN 'does not allow it'
    WHEN d.party_id <> renter.party_id THEN 'is about another party'
    WHEN d.chip_id IS DISTINCT FROM offer.chip_id THEN 'is about another chip'
    WHEN d.site_country <> site.country THEN 'is about another site country'
    WHEN d.during IS NULL OR NOT d.during @> NEW.during THEN 'does not cover its window'
    WHEN booked AND NEW.booked_at IS NULL THEN 'cannot be dated: booked_at is not set'
    WHEN booked AND NOT (d.decided_at <= NEW.booked_at AND NEW.booked_at < d.valid_until)
      THEN 'was not in force when it was ' || NEW.state
    WHEN d.licence_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM compliance_licencedraw drawn
      WHERE drawn.rental = NEW.public_id AND drawn.licence_id = d.licence_id
        AND drawn.gpus >= NEW.gpu_count AND upper(drawn.during) >= upper(NEW.during)
        AND lower(drawn.during) <= greatest(lower(NEW.during), d.decided_at)
        AND NOT EXISTS (SELECT FROM compliance_licencereturn WHERE draw_id = drawn.id)
    ) THEN 'names a licence of which too little is drawn for it'
  END INTO fault
  FROM compliance_decision d, accounts_organisation renter, catalog_offer offer
    JOIN catalog_machine machine ON machine.id = offer.machine_id
    JOIN catalog_site site ON site.id = machine.site_id
  WHERE d.id = NEW.decision_id AND renter.id = NEW.renter_id AND offer.id = NEW.offer_id;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'reservation % is %, but its decision %', NEW.public_id, NEW.state, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_decision_fits';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.brokerage_eviction_keeps_terms() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  fault text;
BEGIN
  SELECT CASE
    WHEN NOT r.interruptible THEN 'may not be interrupted'
    WHEN NEW.until < NEW.at + make_interval(secs => offer.spot_notice_s)
      THEN 'is owed more notice'
    WHEN ran.started < ran.parts AND NEW.at < lower(r.during) + interval '10 minutes'
      THEN 'has yet to begin'
    WHEN ran.started = ran.parts
        AND NEW.until < ran.since + make_interval(secs => offer.spot_minimum_s)
      THEN 'is within its paid minimum'
  END INTO fault
  FROM brokerage_reservation r JOIN catalog_offer offer ON offer.id = r.offer_id
    CROSS JOIN LATERAL (
      SELECT count(*) AS parts, count(a.started_at) AS started, max(a.started_at) AS since
      FROM brokerage_assignment a
      WHERE a.reservation_id = r.id AND a.withdrawn_at IS NULL) ran
  WHERE r.id = NEW.reservation_id;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'reservation % cannot give way: it %', NEW.reservation_id, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'eviction_keeps_terms';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.brokerage_gives_way() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF OLD.evict_at IS NULL AND EXISTS (
    SELECT FROM brokerage_windowchange change
    WHERE change.reservation_id = NEW.id AND change.kind = 'evicted'
      AND change.until = NEW.evict_at
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a reservation gives way once, by a change on record'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.brokerage_keeping_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF OLD.state IN ('ended', 'dropped') THEN
    RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.public_id, OLD.created_at, OLD.reservation_id, OLD.assignment_id, OLD.hours, OLD.gib,
      OLD.price_micro_per_gib_hour, OLD.fee_bps, OLD.currency, OLD.hold_id, OLD.wanted_by_id,
      OLD.idempotency_key, OLD.request_sha256)
    IS DISTINCT FROM
     (NEW.public_id, NEW.created_at, NEW.reservation_id, NEW.assignment_id, NEW.hours, NEW.gib,
      NEW.price_micro_per_gib_hour, NEW.fee_bps, NEW.currency, NEW.hold_id, NEW.wanted_by_id,
      NEW.idempotency_key, NEW.request_sha256)
    OR OLD.kept_from IS NOT NULL
      AND (OLD.kept_from, OLD.until) IS DISTINCT FROM (NEW.kept_from, NEW.until)
  THEN
    RAISE EXCEPTION 'what is agreed of a workspace that is to be kept is agreed once'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.kept_from IS NOT NULL AND (NEW.looked_at < OLD.looked_at
    OR NOT NEW.answered_ms - OLD.answered_ms
      BETWEEN 0 AND extract(epoch FROM NEW.looked_at - OLD.looked_at) * 1000)
  THEN
    RAISE EXCEPTION 'a workspace is paid for while time passes, and no longer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeping_counts_time';
  END IF;
  IF OLD.state = 'kept' AND NEW.state = 'wanted' THEN
    RAISE EXCEPTION 'a workspace that is kept is wanted no more'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeping_goes_on';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.brokerage_lease_outside_upkeep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.state IN ('held', 'confirmed', 'active') AND EXISTS (
    SELECT FROM catalog_gpu gpu JOIN catalog_machine machine ON machine.id = gpu.machine_id
     WHERE gpu.id = NEW.gpu_id AND machine.upkeep && NEW.during
  ) THEN
    -- brokers take it as they take a GPU that somebody else has: lease_gpu_sold_once
    RAISE EXCEPTION 'the machine is in maintenance then, as if taken (lease_gpu_sold_once)'
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.brokerage_licence_stays_drawn() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  resting uuid;
BEGIN
  SELECT r.public_id INTO resting
  FROM compliance_licencedraw drawn
    JOIN brokerage_reservation r ON r.public_id = drawn.rental
    JOIN compliance_decision d ON d.id = r.decision_id
  WHERE drawn.id = NEW.draw_id AND d.licence_id = drawn.licence_id
    AND r.state IN ('pinned', 'held', 'confirmed', 'payment_due', 'active')
    AND NOT EXISTS (
      SELECT FROM compliance_licencedraw again
      WHERE again.rental = drawn.rental AND again.licence_id = drawn.licence_id
        AND upper(again.during) >= upper(r.during)
        AND NOT EXISTS (SELECT FROM compliance_licencereturn WHERE draw_id = again.id));
  IF FOUND THEN
    RAISE EXCEPTION 'reservation % still rests on the licence that is given back', resting
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_licence_stays_drawn';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.brokerage_occupied(during tstzrange, cleaning_s integer) RETURNS tstzrange
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT tstzrange(lower(during), upper(during) + make_interval(secs => cleaning_s)) $$;
CREATE FUNCTION public.brokerage_resumes_own() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  own boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'whose workspace a rental goes on with is agreed once'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT k.state = 'kept' AND was.renter_id = NEW.renter_id AND part.machine_id = offer.machine_id
    INTO own
    FROM brokerage_keeping k
    JOIN brokerage_reservation was ON was.id = k.reservation_id
    JOIN brokerage_assignment part ON part.id = k.assignment_id
    JOIN catalog_offer offer ON offer.id = NEW.offer_id
   WHERE k.id = NEW.resumes_id
     FOR NO KEY UPDATE OF k;
  IF own IS NOT TRUE THEN
    RAISE EXCEPTION 'reservation % cannot go on with this workspace', NEW.public_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_resumes_own';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.brokerage_rolling_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'what runs for a fixed time, and what until it is stopped, is agreed once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.brokerage_window_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF lower(NEW.during) = lower(OLD.during) AND EXISTS (
    SELECT FROM brokerage_windowchange change
    WHERE change.reservation_id = NEW.id AND change.was_until = upper(OLD.during)
      AND change.until = upper(NEW.during) AND change.kind IN ('extended', 'shortened', 'evicted')
      AND (change.decision_id IS NULL OR change.decision_id = NEW.decision_id)
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the window of a reservation moves by a change on record only'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.catalog_offer_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'an offer is frozen: other terms are another offer'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.compliance_decided_by_two() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  signed integer;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.party_id, OLD.kind, OLD.decision_id, OLD.opened_at)
     IS DISTINCT FROM (NEW.party_id, NEW.kind, NEW.decision_id, NEW.opened_at) THEN
    RAISE EXCEPTION 'case %: what it is about cannot change', NEW.public_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state IN ('decided', 'closed')
     AND (TG_OP = 'INSERT' OR (OLD.state, OLD.proposal_id)
       IS DISTINCT FROM (NEW.state, NEW.proposal_id)) THEN
    SELECT count(DISTINCT s.actor) INTO signed
      FROM compliance_casedecision s JOIN compliance_caseevent p ON p.id = s.proposal_id
     WHERE s.proposal_id = NEW.proposal_id AND s.verdict = 'approve'
       AND p.case_id = NEW.id AND p.kind = 'proposed';
    IF signed < 2 THEN
      RAISE EXCEPTION 'case % cannot be %: % of two officers approved', NEW.public_id, NEW.state,
        signed USING ERRCODE = 'check_violation', CONSTRAINT = 'case_decided_by_two';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_evidence_of_one_party() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM compliance_partydocument paper
     WHERE paper.id = NEW.document_id
       AND (NEW.stake_id IS NULL OR paper.party_id =
             (SELECT owned_id FROM compliance_ownershipstake WHERE id = NEW.stake_id))
       AND (NEW.director_id IS NULL OR paper.party_id =
             (SELECT party_id FROM compliance_director WHERE id = NEW.director_id))
  ) THEN
    RAISE EXCEPTION 'the paper and what it shows are of two parties'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_of_one_party';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_granted_by_case() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  granted jsonb := to_jsonb(NEW) - ARRAY['id', 'public_id', 'created_at', 'case_id', 'party_id',
    'approved_by_1', 'approved_by_2', 'granted_at', 'expires_at'];
  officers uuid[] := ARRAY[NEW.approved_by_1, NEW.approved_by_2];
BEGIN
  IF NOT EXISTS (
    SELECT FROM compliance_case c JOIN compliance_caseevent p ON p.id = c.proposal_id
     WHERE c.id = NEW.case_id AND c.party_id = NEW.party_id AND c.state = 'decided'
       AND p.detail -> TG_ARGV[0] @> jsonb_build_array(granted)
       AND (SELECT count(DISTINCT s.actor) FROM compliance_casedecision s
             WHERE s.proposal_id = p.id AND s.verdict = 'approve' AND s.actor = ANY (officers)) = 2
  ) THEN
    RAISE EXCEPTION 'no decided case with two approvers grants this'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'granted_by_case';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_licence_act() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  granted compliance_licence;
BEGIN
  IF NEW.act <> 'approved' THEN
    RETURN NEW;
  END IF;
  SELECT * INTO granted FROM compliance_licence WHERE id = NEW.licence_id;
  IF granted.registered_by = NEW.actor THEN
    RAISE EXCEPTION 'licence_approved_by_another: % was registered by the same person', granted.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_approved_by_another';
  END IF;
  -- approvals of one number come one after the other, so that its quantity is granted once
  PERFORM pg_advisory_xact_lock(hashtext('compliance.licence'), hashtext(granted.number));
  IF EXISTS (
    SELECT FROM compliance_licence other
      JOIN compliance_licenceevent approved ON approved.licence_id = other.id AND approved.act = 'approved'
    WHERE other.number = granted.number AND other.id <> granted.id AND NOT EXISTS (
      SELECT FROM compliance_licenceevent WHERE licence_id = other.id AND act = 'revoked')
  ) THEN
    RAISE EXCEPTION 'licence_in_force_once: % is in force already', granted.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_in_force_once';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_licence_drawn() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  granted compliance_licence;
  used record;
  fault text;
BEGIN
  SELECT * INTO granted FROM compliance_licence WHERE id = NEW.licence_id FOR NO KEY UPDATE;
  SELECT * INTO used FROM compliance_licence_used(NEW.licence_id, NEW.during, NULL);
  fault := CASE
    WHEN NOT EXISTS (SELECT FROM compliance_licenceevent
                     WHERE licence_id = granted.id AND act = 'approved')
      THEN 'has not been approved by a second person'
    WHEN EXISTS (SELECT FROM compliance_licenceevent WHERE licence_id = granted.id AND act = 'revoked')
      THEN 'is revoked'
    WHEN NOT tstzrange(granted.valid_from::timestamp AT TIME ZONE 'UTC',
                       (granted.valid_to + 1)::timestamp AT TIME ZONE 'UTC') @> NEW.during
      THEN 'is not in force for all of it'
    WHEN NOT EXISTS (SELECT FROM compliance_decision
                     WHERE id = NEW.decision_id AND licence_id = granted.id AND during @> NEW.during)
      THEN 'is not the one that the decision names for it'
    WHEN EXISTS (SELECT FROM compliance_licencedraw held WHERE held.rental = NEW.rental
                 AND NOT EXISTS (SELECT FROM compliance_licencereturn WHERE draw_id = held.id))
      THEN 'cannot be drawn twice for one rental'
    WHEN used.gpu_us + NEW.gpu_us > granted.gpu_hours::bigint * 3600000000
      THEN 'has too few GPU-hours left'
    WHEN used.at_once + NEW.gpus > granted.gpus_at_once
      THEN 'has too many GPUs in use at one time'
  END;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'licence_not_overdrawn: licence % %', granted.number, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_not_overdrawn';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_licence_returned() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM compliance_licencedraw d WHERE d.id = NEW.draw_id AND NEW.until >= lower(d.during)
      AND NEW.gpu_us = d.gpus * (extract(epoch FROM upper(d.during) - NEW.until) * 1000000)::bigint
  ) THEN
    RAISE EXCEPTION 'return_adds_up: it is not the rest of its draw'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_adds_up';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_licence_used(licence bigint, window_asked tstzrange, asking uuid, OUT gpu_us bigint, OUT at_once bigint, OUT own boolean) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  WITH every AS (
    SELECT d.gpus, d.gpu_us - coalesce(r.gpu_us, 0) AS gpu_us,
      tstzrange(lower(d.during), coalesce(r.until, upper(d.during))) AS during,
      d.rental IS NOT DISTINCT FROM asking AND r.id IS NULL AS own
    FROM compliance_licencedraw d LEFT JOIN compliance_licencereturn r ON r.draw_id = d.id
    WHERE d.licence_id = licence
  ), held AS (
    SELECT * FROM every WHERE NOT every.own
  ), starts AS (
    SELECT DISTINCT lower(held.during * window_asked) AS moment FROM held
    WHERE held.during && window_asked
  ), heights AS (
    SELECT sum(held.gpus) AS gpus FROM starts JOIN held ON held.during @> starts.moment
    GROUP BY starts.moment
  )
  SELECT coalesce((SELECT sum(held.gpu_us) FROM held), 0)::bigint,
    coalesce((SELECT max(heights.gpus) FROM heights), 0)::bigint,
    EXISTS (SELECT FROM every WHERE every.own)
$$;
CREATE FUNCTION public.compliance_only_end() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.until IS NULL AND NEW.until IS NOT NULL
     AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.compliance_rule_approval() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.approver = (SELECT proposed_by FROM compliance_policyrule WHERE id = NEW.rule_id) THEN
    RAISE EXCEPTION 'rule_approved_by_another: it was proposed by the same person'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_approved_by_another';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_rule_names_what_it_replaces() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.version > 1 AND NOT EXISTS (
    SELECT FROM compliance_policyrule
    WHERE id = NEW.supersedes_id AND rule_id = NEW.rule_id AND version = NEW.version - 1
  ) THEN
    RAISE EXCEPTION '% v% does not name the version before it', NEW.rule_id, NEW.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_names_what_it_replaces';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.compliance_wait_for_link() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO compliance_unsealed (kind, subject, since)
  VALUES (TG_ARGV[0], NEW.public_id, clock_timestamp());
  RETURN NULL;
END $$;
CREATE FUNCTION public.ledger_apply_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  change bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    change := NEW.amount;
  ELSIF NEW.amount > OLD.amount OR (NEW.key, NEW.account_id, NEW.placed)
      IS DISTINCT FROM (OLD.key, OLD.account_id, OLD.placed) THEN
    RAISE EXCEPTION 'a hold only shrinks' USING ERRCODE = 'check_violation';
  ELSE
    change := NEW.amount - OLD.amount;
  END IF;
  UPDATE ledger_balance SET held = held + change WHERE account_id = NEW.account_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % carries no balance to hold from', NEW.account_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND EXISTS (
    SELECT FROM ledger_freeze f WHERE f.account_id = NEW.account_id AND f.lifted_at IS NULL
  ) THEN
    RAISE EXCEPTION 'wallet_frozen: account % takes no new hold', NEW.account_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.ledger_apply_transfers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM ledger_lock_balances(
    ARRAY(SELECT debit_id FROM fresh UNION SELECT credit_id FROM fresh)
  );
  UPDATE ledger_balance b SET posted = b.posted + moved.sum
  FROM (
    SELECT account_id, sum(amount)::bigint AS sum
    FROM (
      SELECT debit_id AS account_id, -amount AS amount FROM fresh
      UNION ALL
      SELECT credit_id, amount FROM fresh
    ) legs
    GROUP BY account_id
  ) moved
  WHERE b.account_id = moved.account_id;
  RETURN NULL;
END $$;
CREATE FUNCTION public.ledger_freeze_only_lifted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
      OR (NEW.key, NEW.account_id, NEW.reason, NEW.placed_at)
        IS DISTINCT FROM (OLD.key, OLD.account_id, OLD.reason, OLD.placed_at) THEN
    RAISE EXCEPTION 'a freeze is only lifted, once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.ledger_lock_balances(accounts bigint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM 1 FROM ledger_balance WHERE account_id = ANY (accounts)
    ORDER BY account_id FOR NO KEY UPDATE;
END $$;
CREATE FUNCTION public.ledger_number_is_own() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'transaction % bears a number that is not its own', NEW.key
    USING ERRCODE = 'check_violation';
END $$;
CREATE FUNCTION public.ledger_open_balance() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF NEW.kind IN ('wallet_paid', 'provider_available') THEN
    INSERT INTO ledger_balance (account_id, posted, held, floor) VALUES (NEW.id, 0, 0, 0);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.metering_billed(bigint) RETURNS tstzmultirange
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
  SELECT coalesce((SELECT range_agg(u.during) FROM metering_usage u WHERE u.lease_id = l.id), '{}')
    * tstzmultirange(tstzrange(b.begin, greatest(b.begin, b.finish)))
    - coalesce((SELECT range_agg(r.during) FROM metering_outageruling r
                WHERE r.assignment_id = l.assignment_id), '{}')
  FROM brokerage_lease l, LATERAL (SELECT
    greatest(l.started_at, lower(l.during)) AS begin,
    least(l.ended_at, upper(l.during)) AS finish) b
  WHERE l.id = $1
$_$;
CREATE FUNCTION public.metering_billed_ms(bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
  SELECT coalesce((SELECT us / 1000 FROM metering_billed_us(
    ARRAY[$1], ARRAY[NULL]::timestamptz[], ARRAY[NULL]::timestamptz[])), 0)
$_$;
CREATE FUNCTION public.metering_billed_us(leases bigint[], since timestamp with time zone[], until timestamp with time zone[]) RETURNS TABLE(place bigint, us bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
SELECT asked.place, coalesce(sum(CASE edge.sign WHEN 1 THEN used.us ELSE -used.us END), 0)::bigint
FROM unnest(leases, since, until) WITH ORDINALITY AS asked (lease, since, until, place)
JOIN brokerage_lease l ON l.id = asked.lease
CROSS JOIN LATERAL (
  SELECT greatest(l.started_at, lower(l.during), asked.since) AS begin,
    least(l.ended_at, upper(l.during), asked.until) AS finish) f
LEFT JOIN LATERAL unnest(
  tstzmultirange(tstzrange(f.begin, greatest(f.begin, f.finish)))
  - coalesce((SELECT range_agg(r.during) FROM metering_outageruling r
              WHERE r.assignment_id = l.assignment_id), '{}')) AS piece ON true
LEFT JOIN LATERAL (VALUES (1, upper(piece)), (-1, lower(piece))) AS edge (sign, moment) ON true
LEFT JOIN LATERAL (
  SELECT coalesce(last.until_us, 0) + coalesce((
    SELECT sum((extract(epoch FROM least(upper(o.during), edge.moment) - lower(o.during))
                * 1000000)::bigint)
    FROM metering_usage o
    WHERE o.lease_id = l.id AND NOT o.in_order AND lower(o.during) < edge.moment
      AND o.before_us > coalesce(last.before_us, -1)), 0) AS us
  FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT u.before_us, u.before_us
      + (extract(epoch FROM least(upper(u.during), edge.moment) - lower(u.during))
         * 1000000)::bigint AS until_us
    FROM metering_usage u
    WHERE u.lease_id = l.id AND u.in_order AND lower(u.during) < edge.moment
    ORDER BY lower(u.during) DESC LIMIT 1) last ON true) used ON true
GROUP BY asked.place
$$;
CREATE FUNCTION public.metering_reckon_usage() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE before bigint; ordered boolean;
BEGIN
  SELECT coalesce((
      SELECT u.before_us
        + (extract(epoch FROM upper(u.during) - lower(u.during)) * 1000000)::bigint
      FROM metering_usage u WHERE u.lease_id = NEW.lease_id ORDER BY u.before_us DESC LIMIT 1), 0),
    NOT EXISTS (SELECT 1 FROM metering_usage u WHERE u.lease_id = NEW.lease_id AND u.in_order
      AND lower(u.during) > lower(NEW.during))
  INTO before, ordered;
  IF NEW.before_us <> before OR NEW.in_order <> ordered THEN
    RAISE EXCEPTION 'what was sealed of the lease before is % us, in order %, not % and %',
      before, ordered, NEW.before_us, NEW.in_order USING ERRCODE = 'check_violation';
  END IF;
  NEW.before_us := before;
  NEW.in_order := ordered;
  RETURN NEW;
END $$;
CREATE FUNCTION public.notices_said_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'what a notice says does not change; record another one'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.straits_forbid_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION public.straits_gpu_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE catalog_offer SET gpus = 0 WHERE state = 'listed' AND machine_id = NEW.machine_id;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE catalog_offer SET gpus = 0 WHERE state = 'listed' AND machine_id = OLD.machine_id;
  ELSIF (OLD.machine_id, OLD.chip_id, OLD.present, OLD.fit)
        IS DISTINCT FROM (NEW.machine_id, NEW.chip_id, NEW.present, NEW.fit) THEN
    UPDATE catalog_offer SET gpus = 0
     WHERE state = 'listed' AND machine_id IN (OLD.machine_id, NEW.machine_id);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.straits_offer_count() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.gpus := (SELECT count(*) FROM catalog_gpu g
                WHERE g.present AND g.fit
                  AND g.machine_id = NEW.machine_id AND g.chip_id = NEW.chip_id);
  RETURN NEW;
END $$;
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_accesssighting (
    id bigint NOT NULL,
    day date NOT NULL,
    prefix character varying(64) NOT NULL,
    country character varying(2) NOT NULL,
    network character varying(16) NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT sighting_times_in_order CHECK ((last_seen >= first_seen))
);
ALTER TABLE public.accounts_accesssighting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_accesssighting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_apikey (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(80) NOT NULL,
    prefix character varying(12) NOT NULL,
    secret_sha256 bytea NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_by_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    per_minute integer,
    scopes character varying(8)[] NOT NULL,
    CONSTRAINT accounts_apikey_per_minute_check CHECK ((per_minute >= 0)),
    CONSTRAINT api_key_may_ask_at_all CHECK (((per_minute IS NULL) OR (per_minute > 0))),
    CONSTRAINT api_key_scopes_known CHECK (((scopes <@ ARRAY['view'::character varying(8), 'rent'::character varying(8), 'pay'::character varying(8), 'provide'::character varying(8), 'manage'::character varying(8)]) AND (
CASE
    WHEN (scopes IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(scopes, 1), 0)
END > 0)))
);
ALTER TABLE public.accounts_apikey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_apikey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_invitation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    email character varying(254) NOT NULL,
    role character varying(16) NOT NULL,
    secret_sha256 bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    accepted_by_id bigint,
    invited_by_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT invitation_accepted_by_somebody CHECK ((((accepted_at IS NULL) AND (accepted_by_id IS NULL)) OR ((accepted_at IS NOT NULL) AND (accepted_by_id IS NOT NULL)))),
    CONSTRAINT invitation_accepted_or_withdrawn CHECK (((accepted_at IS NULL) OR (withdrawn_at IS NULL))),
    CONSTRAINT invitation_email_lower_case CHECK (((email)::text = lower((email)::text))),
    CONSTRAINT invitation_role_known CHECK (((role)::text = ANY ((ARRAY['owner'::character varying, 'billing'::character varying, 'engineer'::character varying, 'viewer'::character varying])::text[])))
);
ALTER TABLE public.accounts_invitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_membership (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    role character varying(16) NOT NULL,
    user_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT membership_role_known CHECK (((role)::text = ANY ((ARRAY['owner'::character varying, 'billing'::character varying, 'engineer'::character varying, 'viewer'::character varying])::text[])))
);
ALTER TABLE public.accounts_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_organisation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    can_rent boolean NOT NULL,
    can_provide boolean NOT NULL,
    stripe_customer character varying(64) NOT NULL,
    party_id bigint NOT NULL,
    second_factor_required boolean NOT NULL
);
ALTER TABLE public.accounts_organisation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_organisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    confirmed_email character varying(254) NOT NULL,
    language character varying(8) NOT NULL,
    CONSTRAINT user_email_lower_case CHECK (((email)::text = lower((email)::text))),
    CONSTRAINT user_language_known CHECK (((language)::text = ANY ((ARRAY[''::character varying, 'en'::character varying, 'zh-hans'::character varying, 'ms'::character varying])::text[])))
);
CREATE TABLE public.accounts_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.accounts_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_user_user_permissions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.accounts_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_autotopup (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    enabled boolean NOT NULL,
    threshold_micro bigint NOT NULL,
    amount_micro bigint NOT NULL,
    day_cap_micro bigint NOT NULL,
    month_cap_micro bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    disabled_reason character varying(300) NOT NULL,
    asked_by_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT auto_top_up_disabled_has_reason CHECK (((NOT enabled) OR ((disabled_reason)::text = ''::text))),
    CONSTRAINT auto_top_up_positive CHECK (((amount_micro > 0) AND (threshold_micro > 0))),
    CONSTRAINT auto_top_up_within_caps CHECK (((amount_micro <= day_cap_micro) AND (day_cap_micro <= month_cap_micro)))
);
ALTER TABLE public.billing_autotopup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_autotopup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_bankpayout (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    stripe_id character varying(64) NOT NULL,
    amount_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    failure character varying(300) NOT NULL,
    arrives_on date,
    asked_at timestamp with time zone NOT NULL,
    account_id bigint NOT NULL,
    CONSTRAINT bank_state_known CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'in_transit'::character varying, 'paid'::character varying, 'failed'::character varying, 'canceled'::character varying])::text[])))
);
ALTER TABLE public.billing_bankpayout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_bankpayout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_billingdetails (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    address text NOT NULL,
    tax_id character varying(64) NOT NULL,
    reference character varying(80) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL,
    recorded_by_id bigint NOT NULL,
    postal_code character varying(16) NOT NULL,
    CONSTRAINT details_named CHECK (((NOT ((name)::text = ''::text)) AND (NOT (address = ''::text))))
);
ALTER TABLE public.billing_billingdetails ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_billingdetails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_charge (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq integer NOT NULL,
    covered_ms bigint NOT NULL,
    total_micro bigint NOT NULL,
    amount_micro bigint NOT NULL,
    provider_micro bigint NOT NULL,
    fee_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    charged_at timestamp with time zone NOT NULL,
    lease_id bigint NOT NULL,
    rate_id bigint NOT NULL,
    CONSTRAINT billing_charge_seq_check CHECK ((seq >= 0)),
    CONSTRAINT charge_not_nothing CHECK ((NOT (amount_micro = 0))),
    CONSTRAINT charge_parts_one_way CHECK ((((fee_micro >= 0) AND (provider_micro >= 0)) OR ((fee_micro <= 0) AND (provider_micro <= 0)))),
    CONSTRAINT charge_splits_exactly CHECK ((amount_micro = (provider_micro + fee_micro))),
    CONSTRAINT charge_total_not_negative CHECK ((total_micro >= 0))
);
ALTER TABLE public.billing_charge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_charge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_costline (
    id bigint CONSTRAINT billing_invoiceline_id_not_null NOT NULL,
    description character varying(300) CONSTRAINT billing_invoiceline_description_not_null NOT NULL,
    covered_ms bigint CONSTRAINT billing_invoiceline_covered_ms_not_null NOT NULL,
    price_micro_per_gpu_hour bigint CONSTRAINT billing_invoiceline_price_micro_per_gpu_hour_not_null NOT NULL,
    amount_micro bigint CONSTRAINT billing_invoiceline_amount_micro_not_null NOT NULL,
    statement_id bigint CONSTRAINT billing_invoiceline_invoice_id_not_null NOT NULL,
    lease_id bigint CONSTRAINT billing_invoiceline_lease_id_not_null NOT NULL,
    rate_id bigint CONSTRAINT billing_invoiceline_rate_id_not_null NOT NULL,
    CONSTRAINT cost_line_not_negative CHECK ((amount_micro >= 0))
);
ALTER TABLE public.billing_costline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_costline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_coststatement (
    id bigint CONSTRAINT billing_invoice_id_not_null NOT NULL,
    public_id uuid CONSTRAINT billing_invoice_public_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT billing_invoice_created_at_not_null NOT NULL,
    total_micro bigint CONSTRAINT billing_invoice_total_micro_not_null NOT NULL,
    currency character varying(3) CONSTRAINT billing_invoice_currency_not_null NOT NULL,
    issued_at timestamp with time zone CONSTRAINT billing_invoice_issued_at_not_null NOT NULL,
    organisation_id bigint CONSTRAINT billing_invoice_organisation_id_not_null NOT NULL,
    reservation_id bigint CONSTRAINT billing_invoice_reservation_id_not_null NOT NULL,
    CONSTRAINT cost_not_negative CHECK ((total_micro >= 0))
);
ALTER TABLE public.billing_coststatement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_coststatement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_creditgrant (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    amount_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    decided_at timestamp with time zone,
    state character varying(16) NOT NULL,
    decided_by_id bigint,
    organisation_id bigint NOT NULL,
    proposed_by_id bigint NOT NULL,
    CONSTRAINT grant_decided_by_somebody CHECK ((((decided_at IS NULL) AND (decided_by_id IS NULL) AND ((state)::text = 'proposed'::text)) OR ((NOT ((state)::text = 'proposed'::text)) AND (decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL)))),
    CONSTRAINT grant_four_eyes CHECK (((decided_by_id IS NULL) OR (NOT ((decided_by_id = proposed_by_id) AND (decided_by_id IS NOT NULL))))),
    CONSTRAINT grant_positive CHECK ((amount_micro > 0)),
    CONSTRAINT grant_state_known CHECK (((state)::text = ANY ((ARRAY['proposed'::character varying, 'given'::character varying, 'rejected'::character varying])::text[])))
);
ALTER TABLE public.billing_creditgrant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_creditgrant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_creditline (
    id bigint NOT NULL,
    "position" integer NOT NULL,
    description character varying(300) NOT NULL,
    amount_micro bigint NOT NULL,
    jurisdiction character varying(2) NOT NULL,
    tax_point timestamp with time zone NOT NULL,
    treatment character varying(16) NOT NULL,
    tax_bps integer NOT NULL,
    tax_note character varying(300) NOT NULL,
    note_id bigint NOT NULL,
    line_id bigint NOT NULL,
    tax_rule_id bigint,
    CONSTRAINT billing_creditline_position_check CHECK (("position" >= 0)),
    CONSTRAINT billing_creditline_tax_bps_check CHECK ((tax_bps >= 0)),
    CONSTRAINT credit_positive CHECK ((amount_micro > 0))
);
ALTER TABLE public.billing_creditline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_creditline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_creditlot (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(8) NOT NULL,
    amount_micro bigint NOT NULL,
    spent_micro bigint NOT NULL,
    gone_micro bigint NOT NULL,
    refunding_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    expires_at timestamp with time zone,
    grant_id bigint,
    organisation_id bigint NOT NULL,
    top_up_id bigint,
    CONSTRAINT lot_has_one_origin CHECK ((((expires_at IS NULL) AND (grant_id IS NULL) AND ((kind)::text = 'paid'::text) AND (top_up_id IS NOT NULL)) OR ((expires_at IS NOT NULL) AND (grant_id IS NOT NULL) AND ((kind)::text = 'promo'::text) AND (refunding_micro = 0) AND (top_up_id IS NULL)))),
    CONSTRAINT lot_not_used_twice CHECK ((amount_micro >= ((spent_micro + gone_micro) + refunding_micro))),
    CONSTRAINT lot_parts_not_negative CHECK (((amount_micro > 0) AND (gone_micro >= 0) AND (refunding_micro >= 0) AND (spent_micro >= 0)))
);
ALTER TABLE public.billing_creditlot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_creditlot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_creditnote (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    number integer NOT NULL,
    currency character varying(3) NOT NULL,
    seller jsonb NOT NULL,
    buyer jsonb NOT NULL,
    net_micro bigint NOT NULL,
    rounding_micro bigint NOT NULL,
    tax_micro bigint NOT NULL,
    total_micro bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    reason character varying(500) NOT NULL,
    fault character varying(16) NOT NULL,
    set_off_micro bigint NOT NULL,
    key character varying(200) NOT NULL,
    issued_by_id bigint,
    organisation_id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    series_id character varying(16) NOT NULL,
    CONSTRAINT billing_creditnote_number_check CHECK ((number >= 0)),
    CONSTRAINT credit_adds_up CHECK (((tax_micro >= 0) AND (total_micro = ((net_micro + rounding_micro) + tax_micro)) AND (total_micro > 0))),
    CONSTRAINT credit_fault_known CHECK (((fault)::text = ANY ((ARRAY['provider'::character varying, 'platform'::character varying])::text[]))),
    CONSTRAINT credit_has_a_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT credit_kind_known CHECK (((kind)::text = ANY ((ARRAY['correction'::character varying, 'sla'::character varying, 'dispute'::character varying, 'goodwill'::character varying])::text[]))),
    CONSTRAINT credit_numbers_from_one CHECK ((number >= 1)),
    CONSTRAINT credit_set_off_is_tax CHECK (((set_off_micro >= 0) AND (set_off_micro <= tax_micro)))
);
ALTER TABLE public.billing_creditnote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_creditnote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_discount (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    threshold bigint NOT NULL,
    currency character varying(3) NOT NULL,
    share_bps integer NOT NULL,
    since timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    organisation_id bigint,
    recorded_by_id bigint NOT NULL,
    CONSTRAINT billing_discount_share_bps_check CHECK ((share_bps >= 0)),
    CONSTRAINT discount_kind_known CHECK (((kind)::text = ANY ((ARRAY['commitment'::character varying, 'volume'::character varying])::text[]))),
    CONSTRAINT discount_not_backdated CHECK ((since >= recorded_at)),
    CONSTRAINT discount_share CHECK ((share_bps <= 10000)),
    CONSTRAINT discount_threshold CHECK ((threshold >= 0))
);
ALTER TABLE public.billing_discount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_discount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_dispute (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    dispute_id character varying(64) NOT NULL,
    amount_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    reason character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    due_by timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    clawed_micro bigint NOT NULL,
    owed_micro bigint NOT NULL,
    hold_id bigint,
    organisation_id bigint NOT NULL,
    top_up_id bigint NOT NULL,
    CONSTRAINT dispute_loss_adds_up CHECK ((((clawed_micro = 0) AND (owed_micro = 0)) OR ((amount_micro = (clawed_micro + owed_micro)) AND (clawed_micro >= 0) AND (owed_micro >= 0) AND ((state)::text = 'lost'::text)))),
    CONSTRAINT dispute_positive CHECK ((amount_micro > 0)),
    CONSTRAINT dispute_state_known CHECK (((state)::text = ANY ((ARRAY['inquiry'::character varying, 'open'::character varying, 'won'::character varying, 'lost'::character varying, 'closed'::character varying])::text[])))
);
ALTER TABLE public.billing_dispute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_dispute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_disputeentry (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    side character varying(16) NOT NULL,
    text text NOT NULL,
    evidence jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    dispute_id bigint NOT NULL,
    CONSTRAINT dispute_entry_says_something CHECK ((NOT (text = ''::text))),
    CONSTRAINT dispute_side_known CHECK (((side)::text = ANY ((ARRAY['renter'::character varying, 'provider'::character varying, 'staff'::character varying, 'system'::character varying])::text[])))
);
ALTER TABLE public.billing_disputeentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_disputeentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_faultruling (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    fault character varying(16) NOT NULL,
    reason character varying(500) NOT NULL,
    ruled_at timestamp with time zone NOT NULL,
    reservation_id bigint NOT NULL,
    ruled_by_id bigint NOT NULL,
    CONSTRAINT fault_has_a_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT fault_known CHECK (((fault)::text = ANY ((ARRAY['provider'::character varying, 'platform'::character varying, 'renter'::character varying])::text[])))
);
ALTER TABLE public.billing_faultruling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_faultruling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_finding (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    subject character varying(200) NOT NULL,
    stripe_micro bigint,
    ledger_micro bigint,
    note character varying(300) NOT NULL,
    reconciliation_id bigint NOT NULL
);
ALTER TABLE public.billing_finding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_grace (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    amount_micro bigint NOT NULL,
    owed_micro bigint NOT NULL,
    limit_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    facts jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    change_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT grace_positive CHECK (((amount_micro > 0) AND (owed_micro >= 0))),
    CONSTRAINT grace_within_limit CHECK ((limit_micro >= (owed_micro + amount_micro)))
);
ALTER TABLE public.billing_grace ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_grace_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_invoice (
    id bigint CONSTRAINT billing_invoice_id_not_null1 NOT NULL,
    public_id uuid CONSTRAINT billing_invoice_public_id_not_null1 NOT NULL,
    created_at timestamp with time zone CONSTRAINT billing_invoice_created_at_not_null1 NOT NULL,
    number integer NOT NULL,
    currency character varying(3) CONSTRAINT billing_invoice_currency_not_null1 NOT NULL,
    seller jsonb NOT NULL,
    buyer jsonb NOT NULL,
    net_micro bigint NOT NULL,
    rounding_micro bigint NOT NULL,
    tax_micro bigint NOT NULL,
    total_micro bigint CONSTRAINT billing_invoice_total_micro_not_null1 NOT NULL,
    issued_at timestamp with time zone CONSTRAINT billing_invoice_issued_at_not_null1 NOT NULL,
    period tstzrange NOT NULL,
    key character varying(200) NOT NULL,
    issued_by_id bigint,
    organisation_id bigint CONSTRAINT billing_invoice_organisation_id_not_null1 NOT NULL,
    wallet_id bigint NOT NULL,
    series_id character varying(16) NOT NULL,
    promo_micro bigint NOT NULL,
    tax_calculation_id bigint,
    CONSTRAINT billing_invoice_number_check CHECK ((number >= 0)),
    CONSTRAINT invoice_adds_up CHECK (((tax_micro >= 0) AND (total_micro = ((net_micro + rounding_micro) + tax_micro)) AND (total_micro > 0))),
    CONSTRAINT invoice_numbers_from_one CHECK ((number >= 1)),
    CONSTRAINT invoice_period_bounded CHECK (((NOT isempty(period)) AND lower_inc(period) AND (NOT lower_inf(period)) AND (NOT upper_inc(period)) AND (NOT upper_inf(period)))),
    CONSTRAINT invoice_promo_within_total CHECK (((promo_micro >= 0) AND (promo_micro <= total_micro))),
    CONSTRAINT invoice_rounds_down CHECK ((rounding_micro <= 0))
);
ALTER TABLE public.billing_invoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_invoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_invoiceline (
    id bigint CONSTRAINT billing_invoiceline_id_not_null1 NOT NULL,
    "position" integer NOT NULL,
    description character varying(300) CONSTRAINT billing_invoiceline_description_not_null1 NOT NULL,
    amount_micro bigint CONSTRAINT billing_invoiceline_amount_micro_not_null1 NOT NULL,
    jurisdiction character varying(2) NOT NULL,
    tax_point timestamp with time zone NOT NULL,
    treatment character varying(16) NOT NULL,
    tax_bps integer NOT NULL,
    tax_note character varying(300) NOT NULL,
    billed_ms bigint NOT NULL,
    price_micro_per_gpu_hour bigint CONSTRAINT billing_invoiceline_price_micro_per_gpu_hour_not_null1 NOT NULL,
    invoice_id bigint CONSTRAINT billing_invoiceline_invoice_id_not_null1 NOT NULL,
    rate_id bigint,
    reservation_id bigint NOT NULL,
    tax_rule_id bigint,
    change_id bigint,
    CONSTRAINT billing_invoiceline_position_check CHECK (("position" >= 0)),
    CONSTRAINT billing_invoiceline_tax_bps_check CHECK ((tax_bps >= 0)),
    CONSTRAINT line_of_rate_or_fee CHECK ((((change_id IS NULL) AND (rate_id IS NOT NULL)) OR ((billed_ms = 0) AND (change_id IS NOT NULL) AND (price_micro_per_gpu_hour = 0) AND (rate_id IS NULL)))),
    CONSTRAINT line_positive CHECK ((amount_micro > 0))
);
ALTER TABLE public.billing_invoiceline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_invoiceline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_linespan (
    id bigint NOT NULL,
    charges int8range NOT NULL,
    billed_ms bigint NOT NULL,
    amount_micro bigint NOT NULL,
    credit_line_id bigint,
    lease_id bigint NOT NULL,
    line_id bigint,
    rate_id bigint NOT NULL,
    CONSTRAINT span_has_charges CHECK (((NOT isempty(charges)) AND (NOT lower_inf(charges)))),
    CONSTRAINT span_of_one_line CHECK ((((credit_line_id IS NULL) AND (line_id IS NOT NULL)) OR ((credit_line_id IS NOT NULL) AND (line_id IS NULL))))
);
ALTER TABLE public.billing_linespan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_linespan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_lotmove (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    amount_micro bigint NOT NULL,
    moved_at timestamp with time zone NOT NULL,
    lot_id bigint NOT NULL,
    CONSTRAINT lot_move_its_way CHECK ((((amount_micro < 0) AND ((kind)::text = ANY ((ARRAY['spent'::character varying, 'refunded'::character varying, 'expired'::character varying, 'disputed'::character varying])::text[]))) OR ((amount_micro > 0) AND ((kind)::text = ANY ((ARRAY['returned'::character varying, 'refund_failed'::character varying])::text[])))))
);
ALTER TABLE public.billing_lotmove ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_lotmove_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_maturedcharge (
    charge_id bigint NOT NULL,
    maturity_id bigint NOT NULL
);
CREATE TABLE public.billing_maturedfee (
    change_id bigint NOT NULL,
    maturity_id bigint NOT NULL
);
CREATE TABLE public.billing_maturity (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    currency character varying(3) NOT NULL,
    amount_micro bigint NOT NULL,
    owed_micro bigint NOT NULL,
    upto timestamp with time zone NOT NULL,
    matured_at timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT maturity_owed_of_a_debit CHECK (((owed_micro >= 0) AND ((owed_micro = 0) OR (amount_micro < 0)))),
    CONSTRAINT maturity_owed_within_debit CHECK (((amount_micro >= 0) OR (owed_micro <= (amount_micro * '-1'::integer))))
);
ALTER TABLE public.billing_maturity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_maturity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_numberseries (
    code character varying(16) NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT billing_numberseries_last_number_check CHECK ((last_number >= 0))
);
CREATE TABLE public.billing_paperfile (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    credit_note_id bigint,
    invoice_id bigint,
    CONSTRAINT file_of_one_paper CHECK ((((credit_note_id IS NULL) AND (invoice_id IS NOT NULL)) OR ((credit_note_id IS NOT NULL) AND (invoice_id IS NULL))))
);
ALTER TABLE public.billing_paperfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_paperfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payer (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    fingerprint character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    country character varying(2) NOT NULL,
    card_country character varying(2) NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.billing_payer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payout (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    currency character varying(3) NOT NULL,
    carried_in_micro bigint NOT NULL,
    earned_micro bigint NOT NULL,
    netted_micro bigint NOT NULL,
    amount_micro bigint NOT NULL,
    carried_out_micro bigint NOT NULL,
    state character varying(16) NOT NULL,
    attempt integer NOT NULL,
    transfer_id character varying(64) NOT NULL,
    reversed_micro bigint NOT NULL,
    failure character varying(300) NOT NULL,
    settled_at timestamp with time zone,
    decision_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    account_id bigint NOT NULL,
    CONSTRAINT billing_payout_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT payout_adds_up CHECK ((amount_micro = (((carried_in_micro + earned_micro) - netted_micro) - carried_out_micro))),
    CONSTRAINT payout_paid_by_a_transfer CHECK (((((state)::text = ANY ((ARRAY['pending'::character varying, 'returned'::character varying])::text[])) AND ((transfer_id)::text = ''::text)) OR (((state)::text = ANY ((ARRAY['paid'::character varying, 'reversed'::character varying])::text[])) AND (NOT ((transfer_id)::text = ''::text))))),
    CONSTRAINT payout_parts_not_negative CHECK (((carried_out_micro >= 0) AND (netted_micro >= 0))),
    CONSTRAINT payout_positive CHECK ((amount_micro > 0)),
    CONSTRAINT payout_reversed_within_amount CHECK (((reversed_micro >= 0) AND (reversed_micro <= amount_micro))),
    CONSTRAINT payout_state_known CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'paid'::character varying, 'returned'::character varying, 'reversed'::character varying])::text[])))
);
ALTER TABLE public.billing_payout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payoutaccount (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    country character varying(2) NOT NULL,
    stripe_id character varying(64) NOT NULL,
    can_receive boolean NOT NULL,
    can_pay_out boolean NOT NULL,
    details_submitted boolean NOT NULL,
    closed boolean NOT NULL,
    due jsonb NOT NULL,
    disabled_reason character varying(80) NOT NULL,
    asked_at timestamp with time zone,
    opened_by_id bigint,
    organisation_id bigint NOT NULL,
    CONSTRAINT payout_account_closed_receives_nothing CHECK (((NOT can_receive) OR (NOT closed))),
    CONSTRAINT payout_account_receives_once_made CHECK (((NOT can_receive) OR (NOT ((stripe_id)::text = ''::text))))
);
ALTER TABLE public.billing_payoutaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payoutaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payouthold (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    organisation_id bigint NOT NULL,
    placed_by_id bigint NOT NULL,
    released_by_id bigint,
    CONSTRAINT payout_hold_released_by_somebody CHECK ((((released_at IS NULL) AND (released_by_id IS NULL)) OR ((released_at IS NOT NULL) AND (released_by_id IS NOT NULL)))),
    CONSTRAINT payout_hold_says_why CHECK ((NOT ((reason)::text = ''::text)))
);
ALTER TABLE public.billing_payouthold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payouthold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payoutline (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    released_at timestamp with time zone,
    maturity_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    payout_id bigint NOT NULL
);
ALTER TABLE public.billing_payoutline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payoutline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_payoutreversal (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    payout_id bigint NOT NULL,
    CONSTRAINT payout_reversal_says_why CHECK ((NOT ((reason)::text = ''::text)))
);
ALTER TABLE public.billing_payoutreversal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_payoutreversal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_ratesegment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    since timestamp with time zone NOT NULL,
    list_micro_per_gpu_hour bigint NOT NULL,
    discount_bps integer NOT NULL,
    price_micro_per_gpu_hour bigint NOT NULL,
    fee_bps integer NOT NULL,
    currency character varying(3) NOT NULL,
    minimum_ms bigint NOT NULL,
    reason character varying(300) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opened_by_id bigint,
    reservation_id bigint NOT NULL,
    offer_id bigint,
    CONSTRAINT billing_ratesegment_discount_bps_check CHECK ((discount_bps >= 0)),
    CONSTRAINT billing_ratesegment_fee_bps_check CHECK ((fee_bps >= 0)),
    CONSTRAINT billing_ratesegment_minimum_ms_check CHECK ((minimum_ms >= 0)),
    CONSTRAINT billing_ratesegment_version_check CHECK ((version >= 0)),
    CONSTRAINT rate_discount_within_fee CHECK (((discount_bps <= fee_bps) AND (fee_bps <= 10000))),
    CONSTRAINT rate_list_positive CHECK ((list_micro_per_gpu_hour > 0)),
    CONSTRAINT rate_price_follows CHECK ((price_micro_per_gpu_hour = ((list_micro_per_gpu_hour * (10000 - discount_bps)) / 10000))),
    CONSTRAINT rate_versions_from_one CHECK ((version >= 1))
);
ALTER TABLE public.billing_ratesegment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_ratesegment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_reconciliation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    movements integer NOT NULL,
    postings integer NOT NULL,
    findings_count integer NOT NULL,
    CONSTRAINT billing_reconciliation_findings_count_check CHECK ((findings_count >= 0)),
    CONSTRAINT billing_reconciliation_movements_check CHECK ((movements >= 0)),
    CONSTRAINT billing_reconciliation_postings_check CHECK ((postings >= 0))
);
ALTER TABLE public.billing_reconciliation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_reconciliation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_refund (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    amount_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    refund_id character varying(64) NOT NULL,
    reason character varying(300) NOT NULL,
    failure character varying(300) NOT NULL,
    settled_at timestamp with time zone,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    hold_id bigint NOT NULL,
    lot_id bigint NOT NULL,
    requested_by_id bigint,
    CONSTRAINT refund_positive CHECK ((amount_micro > 0)),
    CONSTRAINT refund_state_known CHECK (((state)::text = ANY ((ARRAY['asked'::character varying, 'pending'::character varying, 'succeeded'::character varying, 'failed'::character varying])::text[])))
);
ALTER TABLE public.billing_refund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_refund_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_rentaldispute (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    claim text NOT NULL,
    claimed_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    decide_by timestamp with time zone NOT NULL,
    fault character varying(16) NOT NULL,
    granted_micro bigint,
    ruling character varying(500) NOT NULL,
    ruled_at timestamp with time zone,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    credit_note_id bigint,
    provider_id bigint NOT NULL,
    raised_by_id bigint NOT NULL,
    renter_id bigint NOT NULL,
    reservation_id bigint NOT NULL,
    ruled_by_id bigint,
    CONSTRAINT rental_dispute_claims_something CHECK ((claimed_micro > 0)),
    CONSTRAINT rental_dispute_deadlines CHECK (((answer_by < decide_by) AND (raised_at < answer_by))),
    CONSTRAINT rental_dispute_ruled_by_somebody CHECK (((NOT ((state)::text = ANY ((ARRAY['upheld'::character varying, 'refused'::character varying])::text[]))) OR ((NOT ((ruling)::text = ''::text)) AND (ruled_at IS NOT NULL) AND (ruled_by_id IS NOT NULL)))),
    CONSTRAINT rental_dispute_state_known CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'answered'::character varying, 'escalated'::character varying, 'upheld'::character varying, 'refused'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT rental_dispute_upheld_by_note CHECK ((((credit_note_id IS NOT NULL) AND (granted_micro > 0) AND (granted_micro <= claimed_micro) AND (ruled_by_id IS NOT NULL) AND ((state)::text = 'upheld'::text)) OR ((NOT ((state)::text = 'upheld'::text)) AND (credit_note_id IS NULL) AND (granted_micro IS NULL))))
);
ALTER TABLE public.billing_rentaldispute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_rentaldispute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_rerating (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    amount_micro bigint NOT NULL,
    rated_at timestamp with time zone NOT NULL,
    ruling_id bigint NOT NULL
);
ALTER TABLE public.billing_rerating ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_rerating_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_savedcard (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    payment_method character varying(64) NOT NULL,
    brand character varying(32) NOT NULL,
    last4 character varying(4) NOT NULL,
    exp_month smallint NOT NULL,
    exp_year smallint NOT NULL,
    country character varying(2) NOT NULL,
    is_default boolean NOT NULL,
    removed_at timestamp with time zone,
    organisation_id bigint NOT NULL,
    CONSTRAINT billing_savedcard_exp_month_check CHECK ((exp_month >= 0)),
    CONSTRAINT billing_savedcard_exp_year_check CHECK ((exp_year >= 0)),
    CONSTRAINT card_default_not_removed CHECK (((NOT is_default) OR (removed_at IS NULL)))
);
ALTER TABLE public.billing_savedcard ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_savedcard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_seller (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    address text NOT NULL,
    country character varying(2) NOT NULL,
    tax_id character varying(64) NOT NULL,
    email character varying(254) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    CONSTRAINT seller_country CHECK (((country)::text ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT seller_named CHECK (((NOT ((name)::text = ''::text)) AND (NOT (address = ''::text))))
);
ALTER TABLE public.billing_seller ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_seller_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_slaassessment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    run_ms bigint NOT NULL,
    down_ms bigint NOT NULL,
    charged_micro bigint NOT NULL,
    credit_bps integer NOT NULL,
    credit_micro bigint NOT NULL,
    fault character varying(16) NOT NULL,
    evidence jsonb NOT NULL,
    assessed_at timestamp with time zone NOT NULL,
    reservation_id bigint NOT NULL,
    CONSTRAINT billing_slaassessment_credit_bps_check CHECK ((credit_bps >= 0)),
    CONSTRAINT billing_slaassessment_revision_check CHECK ((revision >= 0)),
    CONSTRAINT sla_down_within_run CHECK (((down_ms >= 0) AND (down_ms <= run_ms))),
    CONSTRAINT sla_fault_known CHECK (((fault)::text = ANY ((ARRAY['provider'::character varying, 'platform'::character varying, 'renter'::character varying])::text[]))),
    CONSTRAINT sla_within_charged CHECK (((credit_micro >= 0) AND (credit_micro <= charged_micro)))
);
ALTER TABLE public.billing_slaassessment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_slaassessment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_slatier (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    below_bps integer NOT NULL,
    credit_bps integer NOT NULL,
    since timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    CONSTRAINT billing_slatier_below_bps_check CHECK ((below_bps >= 0)),
    CONSTRAINT billing_slatier_credit_bps_check CHECK ((credit_bps >= 0)),
    CONSTRAINT sla_tier_not_backdated CHECK ((since >= recorded_at)),
    CONSTRAINT sla_tier_shares CHECK (((below_bps > 0) AND (below_bps <= 10000) AND (credit_bps <= 10000)))
);
ALTER TABLE public.billing_slatier ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_slatier_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_stripecommand (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(40) NOT NULL,
    idempotency_key character varying(200) NOT NULL,
    params jsonb NOT NULL,
    state character varying(16) NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    claimed_until timestamp with time zone,
    claim uuid,
    error character varying(500) NOT NULL,
    top_up_id bigint,
    refund_id bigint,
    card_id bigint,
    payout_id bigint,
    tax_filing_id bigint,
    CONSTRAINT billing_stripecommand_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT command_state_known CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'done'::character varying, 'failed'::character varying, 'unknown'::character varying])::text[])))
);
ALTER TABLE public.billing_stripecommand ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_stripecommand_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_stripeevent (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id character varying(255) NOT NULL,
    type character varying(80) NOT NULL,
    object_id character varying(255) NOT NULL,
    raw bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    error character varying(500) NOT NULL
);
ALTER TABLE public.billing_stripeevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_stripeevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_stripemovement (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    txn_id character varying(64) NOT NULL,
    type character varying(48) NOT NULL,
    category character varying(48) NOT NULL,
    amount_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    available_on timestamp with time zone NOT NULL,
    source character varying(64) NOT NULL,
    ledger_key character varying(200) NOT NULL,
    CONSTRAINT movement_net CHECK ((net_minor = (amount_minor - fee_minor)))
);
ALTER TABLE public.billing_stripemovement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_stripemovement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_taxcalculation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    calculation_id character varying(64) NOT NULL,
    currency character varying(3) NOT NULL,
    base_micro bigint NOT NULL,
    tax_micro bigint NOT NULL,
    asked jsonb NOT NULL,
    breakdown jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    calculated_at timestamp with time zone NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT tax_calculation_amounts CHECK (((base_micro > 0) AND (tax_micro >= 0))),
    CONSTRAINT tax_calculation_lasts CHECK ((expires_at > calculated_at)),
    CONSTRAINT tax_calculation_named CHECK ((NOT ((calculation_id)::text = ''::text)))
);
ALTER TABLE public.billing_taxcalculation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_taxcalculation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_taxfiling (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    transaction_id character varying(64) NOT NULL,
    line_item character varying(64) NOT NULL,
    filed_at timestamp with time zone,
    credit_note_id bigint,
    invoice_id bigint,
    CONSTRAINT tax_filing_of_one_paper CHECK ((((credit_note_id IS NULL) AND (invoice_id IS NOT NULL)) OR ((credit_note_id IS NOT NULL) AND (invoice_id IS NULL)))),
    CONSTRAINT tax_filing_whole CHECK ((((filed_at IS NULL) AND ((line_item)::text = ''::text) AND ((transaction_id)::text = ''::text)) OR ((NOT ((transaction_id)::text = ''::text)) AND (NOT ((line_item)::text = ''::text)) AND (filed_at IS NOT NULL))))
);
ALTER TABLE public.billing_taxfiling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_taxfiling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_taxpayment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq integer NOT NULL,
    amount_micro bigint NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    invoice_id bigint NOT NULL,
    CONSTRAINT billing_taxpayment_seq_check CHECK ((seq >= 0)),
    CONSTRAINT tax_payment_positive CHECK ((amount_micro > 0))
);
ALTER TABLE public.billing_taxpayment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_taxpayment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_taxrule (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    jurisdiction character varying(2) NOT NULL,
    registered boolean NOT NULL,
    treatment character varying(16) NOT NULL,
    rate_bps integer NOT NULL,
    wording character varying(200) NOT NULL,
    source character varying(300) NOT NULL,
    checked_by character varying(200) NOT NULL,
    since timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    CONSTRAINT billing_taxrule_rate_bps_check CHECK ((rate_bps >= 0)),
    CONSTRAINT tax_rule_has_a_source CHECK (((NOT ((source)::text = ''::text)) AND (NOT ((wording)::text = ''::text)))),
    CONSTRAINT tax_rule_jurisdiction CHECK (((jurisdiction)::text ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT tax_rule_rate_fits CHECK ((((rate_bps > 0) AND (rate_bps <= 10000) AND ((treatment)::text = 'charged'::text)) OR ((rate_bps = 0) AND ((treatment)::text = ANY ((ARRAY['reverse_charge'::character varying, 'not_taxed'::character varying])::text[])))))
);
ALTER TABLE public.billing_taxrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_taxrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_termsoffer (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    price_micro_per_gpu_hour bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    offered_at timestamp with time zone NOT NULL,
    offered_by_id bigint NOT NULL,
    reservation_id bigint NOT NULL,
    CONSTRAINT terms_lie_in_the_future CHECK ((since > offered_at)),
    CONSTRAINT terms_price_positive CHECK ((price_micro_per_gpu_hour > 0))
);
ALTER TABLE public.billing_termsoffer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_termsoffer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_topup (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    amount_micro bigint NOT NULL,
    currency character varying(3) NOT NULL,
    payment_method character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    failure character varying(300) NOT NULL,
    payment_intent character varying(64) NOT NULL,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    organisation_id bigint NOT NULL,
    requested_by_id bigint,
    automatic boolean NOT NULL,
    checkout_session character varying(120) NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT top_up_positive CHECK ((amount_micro > 0)),
    CONSTRAINT top_up_state_known CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'needs_action'::character varying, 'succeeded'::character varying, 'failed'::character varying])::text[])))
);
ALTER TABLE public.billing_topup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_topup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_usagestatement (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    billed_ms jsonb NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    reservation_id bigint NOT NULL,
    rate_version integer NOT NULL,
    CONSTRAINT billing_usagestatement_rate_version_check CHECK ((rate_version >= 0)),
    CONSTRAINT billing_usagestatement_revision_check CHECK ((revision >= 0))
);
ALTER TABLE public.billing_usagestatement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_usagestatement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_walletnotice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    key character varying(200) NOT NULL,
    text character varying(400) NOT NULL,
    put_away_at timestamp with time zone,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.billing_walletnotice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_walletnotice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_assignment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    generation integer NOT NULL,
    observed character varying(16) NOT NULL,
    started_at timestamp with time zone,
    stopped_at timestamp with time zone,
    exit_code integer,
    detail character varying(500) NOT NULL,
    machine_id bigint NOT NULL,
    reservation_id bigint NOT NULL,
    endpoints jsonb NOT NULL,
    progress character varying(200) NOT NULL,
    withdrawn_at timestamp with time zone,
    workspace_bytes bigint,
    CONSTRAINT assignment_observed_known CHECK (((observed)::text = ANY ((ARRAY['pending'::character varying, 'starting'::character varying, 'running'::character varying, 'stopped'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT assignment_withdrawn_before_start CHECK (((withdrawn_at IS NULL) OR (started_at IS NULL))),
    CONSTRAINT assignment_workspace_has_a_size CHECK (((workspace_bytes IS NULL) OR (workspace_bytes > 0))),
    CONSTRAINT brokerage_assignment_generation_check CHECK ((generation >= 0))
);
ALTER TABLE public.brokerage_assignment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_assignment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_drift (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    subject uuid NOT NULL,
    ought text NOT NULL,
    found text NOT NULL,
    mended_by character varying(80) NOT NULL,
    since timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    sure_at timestamp with time zone,
    healed_at timestamp with time zone,
    machine_id bigint NOT NULL,
    reservation_id bigint,
    CONSTRAINT drift_healed_was_sure CHECK (((healed_at IS NULL) OR ((healed_at >= sure_at) AND (healed_at IS NOT NULL) AND (sure_at IS NOT NULL)))),
    CONSTRAINT drift_in_order CHECK (((seen_at >= since) AND ((sure_at IS NULL) OR ((sure_at >= since) AND (sure_at IS NOT NULL))))),
    CONSTRAINT drift_kind_known CHECK (((kind)::text = ANY ((ARRAY['missing'::character varying, 'unknown'::character varying, 'unwanted'::character varying, 'gpus'::character varying, 'end'::character varying, 'generation'::character varying, 'state'::character varying, 'stuck'::character varying])::text[])))
);
ALTER TABLE public.brokerage_drift ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_drift_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_keeping (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    hours bigint NOT NULL,
    gib integer NOT NULL,
    price_micro_per_gib_hour bigint NOT NULL,
    fee_bps integer NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    outcome character varying(16) NOT NULL,
    kept_from timestamp with time zone,
    until timestamp with time zone,
    looked_at timestamp with time zone,
    answered_ms bigint NOT NULL,
    ended_at timestamp with time zone,
    due_micro bigint NOT NULL,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    assignment_id bigint NOT NULL,
    hold_id bigint NOT NULL,
    reservation_id bigint NOT NULL,
    wanted_by_id bigint,
    CONSTRAINT brokerage_keeping_fee_bps_check CHECK ((fee_bps >= 0)),
    CONSTRAINT brokerage_keeping_gib_check CHECK ((gib >= 0)),
    CONSTRAINT keeping_answered CHECK (((answered_ms >= 0) AND (answered_ms <= (hours * 3600000)))),
    CONSTRAINT keeping_due CHECK ((((due_micro = 0) AND ((outcome)::text = 'lost'::text)) OR ((NOT ((outcome)::text = 'lost'::text)) AND (due_micro >= 0) AND (due_micro <= (((gib * price_micro_per_gib_hour) * answered_ms) / 3600000))))),
    CONSTRAINT keeping_ends CHECK ((((ended_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['ended'::character varying, 'dropped'::character varying])::text[]))) OR ((due_micro = 0) AND (ended_at IS NULL) AND ((outcome)::text = ''::text) AND ((state)::text = ANY ((ARRAY['wanted'::character varying, 'kept'::character varying])::text[]))))),
    CONSTRAINT keeping_fee_within_price CHECK ((fee_bps <= 10000)),
    CONSTRAINT keeping_has_a_size CHECK (((gib >= 1) AND (gib <= 32768))),
    CONSTRAINT keeping_has_an_outcome CHECK (((((outcome)::text = ANY ((ARRAY['resumed'::character varying, 'deleted'::character varying, 'expired'::character varying, 'lost'::character varying, 'refused'::character varying])::text[])) AND ((state)::text = 'ended'::text)) OR ((NOT ((state)::text = 'ended'::text)) AND (due_micro = 0) AND ((outcome)::text = ''::text)))),
    CONSTRAINT keeping_hours CHECK (((hours >= 1) AND (hours <= 720))),
    CONSTRAINT keeping_kept_from_until CHECK ((((kept_from IS NOT NULL) AND (looked_at >= kept_from) AND (looked_at IS NOT NULL) AND (looked_at <= until) AND ((state)::text = ANY ((ARRAY['kept'::character varying, 'ended'::character varying])::text[])) AND (until > kept_from) AND (until IS NOT NULL)) OR ((answered_ms = 0) AND (kept_from IS NULL) AND (looked_at IS NULL) AND ((state)::text = ANY ((ARRAY['wanted'::character varying, 'dropped'::character varying])::text[])) AND (until IS NULL)))),
    CONSTRAINT keeping_price CHECK (((price_micro_per_gib_hour > 0) AND (price_micro_per_gib_hour <= 100000))),
    CONSTRAINT keeping_state_known CHECK (((state)::text = ANY ((ARRAY['wanted'::character varying, 'kept'::character varying, 'ended'::character varying, 'dropped'::character varying])::text[])))
);
ALTER TABLE public.brokerage_keeping ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_keeping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_lease (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    state character varying(16) NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    assignment_id bigint NOT NULL,
    gpu_id bigint NOT NULL,
    cleaning_s integer DEFAULT 0 NOT NULL,
    CONSTRAINT brokerage_lease_cleaning_s_check CHECK ((cleaning_s >= 0)),
    CONSTRAINT lease_cleaning CHECK ((cleaning_s <= 86400)),
    CONSTRAINT lease_ends_after_start CHECK (((ended_at IS NULL) OR (ended_at >= started_at))),
    CONSTRAINT lease_started_before_active CHECK (((started_at IS NOT NULL) OR (NOT ((state)::text = ANY ((ARRAY['active'::character varying, 'ended'::character varying])::text[]))))),
    CONSTRAINT lease_state_known CHECK (((state)::text = ANY ((ARRAY['held'::character varying, 'confirmed'::character varying, 'active'::character varying, 'ended'::character varying, 'released'::character varying])::text[]))),
    CONSTRAINT lease_window_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))))
);
ALTER TABLE public.brokerage_lease ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_lease_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_machinefailure (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL,
    replaced_by_id bigint,
    reservation_id bigint NOT NULL,
    CONSTRAINT failure_kind_known CHECK (((kind)::text = ANY ((ARRAY['unreachable'::character varying, 'no-show'::character varying, 'lost'::character varying, 'broken'::character varying])::text[]))),
    CONSTRAINT failure_replaced_before_start CHECK (((replaced_by_id IS NULL) OR ((kind)::text = 'unreachable'::text)))
);
ALTER TABLE public.brokerage_machinefailure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_machinefailure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_machinereport (
    id bigint NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    runs jsonb NOT NULL,
    compared_at timestamp with time zone,
    machine_id bigint NOT NULL
);
ALTER TABLE public.brokerage_machinereport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_machinereport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_notice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    about timestamp with time zone NOT NULL,
    lead_s integer NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    reservation_id bigint NOT NULL,
    CONSTRAINT brokerage_notice_lead_s_check CHECK ((lead_s >= 0)),
    CONSTRAINT notice_kind_known CHECK (((kind)::text = ANY ((ARRAY['starts'::character varying, 'ends'::character varying, 'replaced'::character varying, 'unreachable'::character varying, 'lost'::character varying, 'served'::character varying, 'evicted'::character varying, 'payment_due'::character varying, 'not_rolled'::character varying, 'kept'::character varying, 'wipes'::character varying, 'kept_no_more'::character varying])::text[])))
);
ALTER TABLE public.brokerage_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_reliability (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    day date NOT NULL,
    formula character varying(16) NOT NULL,
    bookings integer NOT NULL,
    kept integer NOT NULL,
    days integer NOT NULL,
    heard_bps integer NOT NULL,
    challenges integer NOT NULL,
    passed integer NOT NULL,
    score_bps integer,
    machine_id bigint NOT NULL,
    CONSTRAINT brokerage_reliability_bookings_check CHECK ((bookings >= 0)),
    CONSTRAINT brokerage_reliability_challenges_check CHECK ((challenges >= 0)),
    CONSTRAINT brokerage_reliability_days_check CHECK ((days >= 0)),
    CONSTRAINT brokerage_reliability_heard_bps_check CHECK ((heard_bps >= 0)),
    CONSTRAINT brokerage_reliability_kept_check CHECK ((kept >= 0)),
    CONSTRAINT brokerage_reliability_passed_check CHECK ((passed >= 0)),
    CONSTRAINT brokerage_reliability_score_bps_check CHECK ((score_bps >= 0)),
    CONSTRAINT reliability_is_a_share CHECK (((score_bps IS NULL) OR (score_bps <= 10000))),
    CONSTRAINT reliability_within_trials CHECK (((heard_bps <= 10000) AND (kept <= bookings) AND (passed <= challenges)))
);
ALTER TABLE public.brokerage_reliability ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_reliability_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_reservation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    gpu_count integer NOT NULL,
    during tstzrange NOT NULL,
    workload jsonb NOT NULL,
    auto_confirm boolean NOT NULL,
    price_micro_per_gpu_hour bigint NOT NULL,
    fee_bps integer NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    reason character varying(300) NOT NULL,
    hold_expires_at timestamp with time zone,
    ended_at timestamp with time zone,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    decision_id bigint,
    hold_id bigint,
    offer_id bigint NOT NULL,
    renter_id bigint NOT NULL,
    requested_by_id bigint,
    booked_at timestamp with time zone,
    claimed_until timestamp with time zone,
    together character varying(8) NOT NULL,
    pin_slot smallint,
    if_lost character varying(8) DEFAULT 'ask'::character varying NOT NULL,
    evict_at timestamp with time zone,
    interruptible boolean DEFAULT false NOT NULL,
    due_micro bigint DEFAULT 0 NOT NULL,
    pay_by timestamp with time zone,
    roll_refused character varying(16) DEFAULT ''::character varying NOT NULL,
    rolling boolean DEFAULT false NOT NULL,
    rolls_on boolean DEFAULT false NOT NULL,
    resumes_id bigint,
    CONSTRAINT brokerage_reservation_fee_bps_check CHECK ((fee_bps >= 0)),
    CONSTRAINT brokerage_reservation_gpu_count_check CHECK ((gpu_count >= 0)),
    CONSTRAINT brokerage_reservation_pin_slot_check CHECK ((pin_slot >= 0)),
    CONSTRAINT reservation_fee_within_price CHECK ((fee_bps <= 10000)),
    CONSTRAINT reservation_gives_way CHECK (((evict_at IS NULL) OR ((upper(during) <= evict_at) AND (evict_at IS NOT NULL) AND interruptible))),
    CONSTRAINT reservation_gpus_positive CHECK ((gpu_count > 0)),
    CONSTRAINT reservation_if_lost_known CHECK (((if_lost)::text = ANY ((ARRAY['ask'::character varying, 'end'::character varying])::text[]))),
    CONSTRAINT reservation_interruptible_is_plain CHECK (((NOT interruptible) OR (interruptible AND (pin_slot IS NULL) AND ((together)::text = 'offer'::text)))),
    CONSTRAINT reservation_needs_decision CHECK (((decision_id IS NOT NULL) OR ((state)::text = ANY ((ARRAY['requested'::character varying, 'refused'::character varying, 'cancelled'::character varying])::text[])))),
    CONSTRAINT reservation_needs_hold CHECK (((hold_id IS NOT NULL) OR ((state)::text = ANY ((ARRAY['requested'::character varying, 'cleared'::character varying, 'pinned'::character varying, 'refused'::character varying, 'expired'::character varying, 'cancelled'::character varying])::text[])))),
    CONSTRAINT reservation_payment_due CHECK ((((due_micro > 0) AND (pay_by IS NOT NULL) AND ((state)::text = 'payment_due'::text)) OR ((NOT ((state)::text = 'payment_due'::text)) AND (pay_by IS NULL)))),
    CONSTRAINT reservation_pin_has_slot CHECK ((((pin_slot >= 1) AND (pin_slot IS NOT NULL) AND (pin_slot <= 5)) OR ((pin_slot IS NULL) AND (NOT ((state)::text = 'pinned'::text))))),
    CONSTRAINT reservation_pin_runs_out CHECK (((hold_expires_at IS NOT NULL) OR (NOT ((state)::text = 'pinned'::text)))),
    CONSTRAINT reservation_price_positive CHECK ((price_micro_per_gpu_hour > 0)),
    CONSTRAINT reservation_resumes_in_place CHECK (((resumes_id IS NULL) OR ((resumes_id IS NOT NULL) AND ((together)::text = 'offer'::text)))),
    CONSTRAINT reservation_roll_refused_known CHECK (((roll_refused)::text = ANY ((ARRAY[''::character varying, 'taken'::character varying, 'longest'::character varying, 'withdrawn'::character varying, 'uncleared'::character varying, 'stale'::character varying, 'frozen'::character varying, 'money'::character varying, 'part'::character varying, 'lost'::character varying])::text[]))),
    CONSTRAINT reservation_rolling_is_plain CHECK (((NOT rolling) OR (auto_confirm AND (due_micro = 0) AND (NOT interruptible) AND (pin_slot IS NULL) AND rolling))),
    CONSTRAINT reservation_rolls_as_asked CHECK ((rolling OR (((roll_refused)::text = ''::text) AND (NOT rolls_on)))),
    CONSTRAINT reservation_runs_paid CHECK (((due_micro = 0) OR ((due_micro > 0) AND (NOT interruptible) AND (pin_slot IS NULL) AND (NOT ((state)::text = ANY ((ARRAY['active'::character varying, 'ended'::character varying, 'settled'::character varying])::text[])))))),
    CONSTRAINT reservation_state_known CHECK (((state)::text = ANY ((ARRAY['requested'::character varying, 'cleared'::character varying, 'pinned'::character varying, 'held'::character varying, 'confirmed'::character varying, 'payment_due'::character varying, 'active'::character varying, 'ended'::character varying, 'settled'::character varying, 'refused'::character varying, 'expired'::character varying, 'cancelled'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT reservation_together_known CHECK (((together)::text = ANY ((ARRAY['offer'::character varying, 'machine'::character varying, 'fabric'::character varying, 'site'::character varying])::text[]))),
    CONSTRAINT reservation_window_bounded CHECK (((NOT isempty(during)) AND lower_inc(during) AND (NOT lower_inf(during)) AND (NOT upper_inc(during)) AND (NOT upper_inf(during))))
);
ALTER TABLE public.brokerage_reservation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_reservation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_waiting (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    gpu_count integer NOT NULL,
    together character varying(8) NOT NULL,
    country character varying(2) NOT NULL,
    length_s integer NOT NULL,
    earliest timestamp with time zone NOT NULL,
    latest timestamp with time zone NOT NULL,
    limit_micro_per_gpu_hour bigint NOT NULL,
    currency character varying(3) NOT NULL,
    workload jsonb NOT NULL,
    state character varying(16) NOT NULL,
    reason character varying(300) NOT NULL,
    slot smallint NOT NULL,
    tries integer NOT NULL,
    ended_at timestamp with time zone,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    chip_id bigint NOT NULL,
    renter_id bigint NOT NULL,
    requested_by_id bigint,
    reservation_id bigint,
    CONSTRAINT brokerage_waiting_gpu_count_check CHECK ((gpu_count >= 0)),
    CONSTRAINT brokerage_waiting_length_s_check CHECK ((length_s >= 0)),
    CONSTRAINT brokerage_waiting_slot_check CHECK ((slot >= 0)),
    CONSTRAINT brokerage_waiting_tries_check CHECK ((tries >= 0)),
    CONSTRAINT waiting_amounts_positive CHECK (((gpu_count > 0) AND (length_s > 0) AND (limit_micro_per_gpu_hour > 0))),
    CONSTRAINT waiting_served_has_reservation CHECK ((((reservation_id IS NOT NULL) AND ((state)::text = 'served'::text)) OR ((NOT ((state)::text = 'served'::text)) AND (reservation_id IS NULL)))),
    CONSTRAINT waiting_slot_within CHECK (((slot >= 1) AND (slot <= 10))),
    CONSTRAINT waiting_state_known CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'served'::character varying, 'lapsed'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT waiting_together_known CHECK (((together)::text = ANY ((ARRAY['offer'::character varying, 'machine'::character varying, 'fabric'::character varying, 'site'::character varying])::text[]))),
    CONSTRAINT waiting_window_in_order CHECK ((latest >= earliest))
);
ALTER TABLE public.brokerage_waiting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_waiting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.brokerage_windowchange (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    was_until timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    fee_micro bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    by_id bigint,
    decision_id bigint,
    reservation_id bigint NOT NULL,
    CONSTRAINT change_fee CHECK (((fee_micro = 0) OR ((fee_micro > 0) AND (NOT ((kind)::text = ANY ((ARRAY['extended'::character varying, 'evicted'::character varying])::text[])))))),
    CONSTRAINT change_goes_its_way CHECK ((((decision_id IS NOT NULL) AND ((kind)::text = 'extended'::text) AND (until > was_until)) OR (((kind)::text = ANY ((ARRAY['shortened'::character varying, 'cancelled'::character varying, 'stopped'::character varying, 'evicted'::character varying])::text[])) AND (until < was_until))))
);
ALTER TABLE public.brokerage_windowchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brokerage_windowchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_boardclaim (
    id bigint NOT NULL,
    serial character varying(80) NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL,
    CONSTRAINT board_has_serial CHECK ((NOT ((serial)::text = ''::text)))
);
ALTER TABLE public.catalog_boardclaim ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_boardclaim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_calibration (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    card character varying(120) NOT NULL,
    n integer NOT NULL,
    k integer NOT NULL,
    median_ms integer NOT NULL,
    samples integer NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    by_id bigint NOT NULL,
    machine_id bigint NOT NULL,
    CONSTRAINT calibration_was_measured CHECK (((median_ms > 0) AND (samples > 0))),
    CONSTRAINT catalog_calibration_k_check CHECK ((k >= 0)),
    CONSTRAINT catalog_calibration_median_ms_check CHECK ((median_ms >= 0)),
    CONSTRAINT catalog_calibration_n_check CHECK ((n >= 0)),
    CONSTRAINT catalog_calibration_samples_check CHECK ((samples >= 0))
);
ALTER TABLE public.catalog_calibration ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_calibration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_cancellationschedule (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    code character varying(32) NOT NULL,
    title character varying(200) NOT NULL,
    since timestamp with time zone NOT NULL,
    steps jsonb NOT NULL
);
ALTER TABLE public.catalog_cancellationschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_cancellationschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_challenge (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state character varying(16) NOT NULL,
    reason character varying(8) NOT NULL,
    nonce bytea NOT NULL,
    n integer NOT NULL,
    k integer NOT NULL,
    leaf integer NOT NULL,
    openings smallint NOT NULL,
    gpu_uuids character varying(80)[] NOT NULL,
    whole boolean NOT NULL,
    calibrated boolean NOT NULL,
    within_ms integer NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    committed_at timestamp with time zone,
    decided_at timestamp with time zone,
    finding character varying(200) NOT NULL,
    machine_id bigint NOT NULL,
    CONSTRAINT catalog_challenge_k_check CHECK ((k >= 0)),
    CONSTRAINT catalog_challenge_leaf_check CHECK ((leaf >= 0)),
    CONSTRAINT catalog_challenge_n_check CHECK ((n >= 0)),
    CONSTRAINT catalog_challenge_openings_check CHECK ((openings >= 0)),
    CONSTRAINT catalog_challenge_within_ms_check CHECK ((within_ms >= 0)),
    CONSTRAINT challenge_committed CHECK ((((state)::text = ANY ((ARRAY['asked'::character varying, 'expired'::character varying])::text[])) OR (committed_at IS NOT NULL))),
    CONSTRAINT challenge_state_known CHECK (((state)::text = ANY ((ARRAY['asked'::character varying, 'committed'::character varying, 'shown'::character varying, 'passed'::character varying, 'failed'::character varying, 'measured'::character varying, 'expired'::character varying])::text[])))
);
ALTER TABLE public.catalog_challenge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_challenge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_challengeanswer (
    id bigint NOT NULL,
    uuid character varying(80) NOT NULL,
    device character varying(16) NOT NULL,
    root character varying(64) NOT NULL,
    elements bigint[] NOT NULL,
    leaves jsonb,
    challenge_id bigint NOT NULL
);
ALTER TABLE public.catalog_challengeanswer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_challengeanswer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_devicekey (
    id bigint NOT NULL,
    fingerprint character varying(64) NOT NULL,
    gpu_uuid character varying(80) NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL
);
ALTER TABLE public.catalog_devicekey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_devicekey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_gpu (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uuid character varying(80) NOT NULL,
    index integer NOT NULL,
    nvml_name character varying(120) NOT NULL,
    memory_bytes bigint NOT NULL,
    present boolean NOT NULL,
    chip_id bigint,
    machine_id bigint NOT NULL,
    fault character varying(40) NOT NULL,
    fault_boot character varying(36) NOT NULL,
    fault_since timestamp with time zone,
    fit boolean NOT NULL,
    health character varying(16) NOT NULL,
    parent_uuid character varying(80) NOT NULL,
    CONSTRAINT catalog_gpu_index_check CHECK ((index >= 0)),
    CONSTRAINT gpu_fault_named CHECK (((((fault)::text = ''::text) AND (fault_since IS NULL) AND ((health)::text = 'ok'::text)) OR ((NOT ((health)::text = 'ok'::text)) AND (NOT ((fault)::text = ''::text)) AND (fault_since IS NOT NULL)))),
    CONSTRAINT gpu_fit_when_well CHECK (((NOT fit) OR ((health)::text = 'ok'::text))),
    CONSTRAINT gpu_has_memory CHECK ((memory_bytes > 0)),
    CONSTRAINT gpu_health_known CHECK (((health)::text = ANY ((ARRAY['ok'::character varying, 'degraded'::character varying, 'failed'::character varying])::text[])))
);
ALTER TABLE public.catalog_gpu ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_gpu_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_gpuevent (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    boot_id uuid NOT NULL,
    seq bigint NOT NULL,
    uuid character varying(80) NOT NULL,
    xid integer NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL,
    CONSTRAINT catalog_gpuevent_seq_check CHECK ((seq >= 0)),
    CONSTRAINT catalog_gpuevent_xid_check CHECK ((xid >= 0))
);
ALTER TABLE public.catalog_gpuevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_gpuevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_hardwarefacts (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    sha256 character varying(64) NOT NULL,
    driver_version character varying(40) NOT NULL,
    nvml_sha256 character varying(64) NOT NULL,
    cuda_sha256 character varying(64) NOT NULL,
    report jsonb NOT NULL,
    machine_id bigint NOT NULL
);
ALTER TABLE public.catalog_hardwarefacts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_hardwarefacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_healthchange (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    was character varying(16) NOT NULL,
    became character varying(16) NOT NULL,
    rule character varying(40) NOT NULL,
    rules_version character varying(20) NOT NULL,
    since timestamp with time zone NOT NULL,
    found_at timestamp with time zone NOT NULL,
    by character varying(200) NOT NULL,
    gpu_id bigint NOT NULL
);
ALTER TABLE public.catalog_healthchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_healthchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_machine (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(120) NOT NULL,
    state character varying(16) NOT NULL,
    simulated boolean NOT NULL,
    driver_version character varying(40) NOT NULL,
    cuda_version character varying(20) NOT NULL,
    inventory_hash character varying(64) NOT NULL,
    inventory_at timestamp with time zone,
    site_id bigint NOT NULL,
    fabric character varying(64) NOT NULL,
    draining boolean NOT NULL,
    reliability_bps integer,
    upkeep tstzrange,
    CONSTRAINT catalog_machine_reliability_bps_check CHECK ((reliability_bps >= 0)),
    CONSTRAINT machine_reliability_is_a_share CHECK (((reliability_bps IS NULL) OR (reliability_bps <= 10000))),
    CONSTRAINT machine_state_known CHECK (((state)::text = ANY ((ARRAY['offline'::character varying, 'online'::character varying, 'suspended'::character varying, 'retired'::character varying])::text[]))),
    CONSTRAINT machine_upkeep_begins CHECK (((upkeep IS NULL) OR ((NOT isempty(upkeep)) AND (NOT lower_inf(upkeep)))))
);
ALTER TABLE public.catalog_machine ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_machine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_machinereading (
    machine_id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    kernel_boot character varying(36) NOT NULL,
    gpus jsonb NOT NULL
);
CREATE TABLE public.catalog_offer (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    price_micro_per_gpu_hour bigint NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    chip_id bigint NOT NULL,
    machine_id bigint NOT NULL,
    gpus integer NOT NULL,
    cleaning_s integer NOT NULL,
    horizon_days smallint NOT NULL,
    max_window_s integer,
    min_window_s integer NOT NULL,
    notice_s integer NOT NULL,
    schedule_id bigint,
    spot_floor_micro bigint,
    spot_minimum_s integer DEFAULT 600 NOT NULL,
    spot_notice_s integer DEFAULT 120 NOT NULL,
    keep_micro_per_gib_hour bigint,
    CONSTRAINT catalog_offer_cleaning_s_check CHECK ((cleaning_s >= 0)),
    CONSTRAINT catalog_offer_gpus_check CHECK ((gpus >= 0)),
    CONSTRAINT catalog_offer_horizon_days_check CHECK ((horizon_days >= 0)),
    CONSTRAINT catalog_offer_max_window_s_check CHECK ((max_window_s >= 0)),
    CONSTRAINT catalog_offer_min_window_s_check CHECK ((min_window_s >= 0)),
    CONSTRAINT catalog_offer_notice_s_check CHECK ((notice_s >= 0)),
    CONSTRAINT catalog_offer_spot_minimum_s_check CHECK ((spot_minimum_s >= 0)),
    CONSTRAINT catalog_offer_spot_notice_s_check CHECK ((spot_notice_s >= 0)),
    CONSTRAINT offer_cleaning CHECK ((cleaning_s <= 86400)),
    CONSTRAINT offer_horizon CHECK (((horizon_days >= 1) AND (horizon_days <= 90))),
    CONSTRAINT offer_keep_price CHECK (((keep_micro_per_gib_hour IS NULL) OR ((keep_micro_per_gib_hour > 0) AND (keep_micro_per_gib_hour IS NOT NULL) AND (keep_micro_per_gib_hour <= 100000)))),
    CONSTRAINT offer_price_positive CHECK ((price_micro_per_gpu_hour > 0)),
    CONSTRAINT offer_spot_floor CHECK (((spot_floor_micro IS NULL) OR ((notice_s = 0) AND (spot_floor_micro > 0) AND (spot_floor_micro IS NOT NULL) AND (spot_floor_micro <= price_micro_per_gpu_hour)))),
    CONSTRAINT offer_spot_terms CHECK ((((spot_minimum_s >= 600) AND (spot_minimum_s <= 3600)) AND ((spot_notice_s >= 120) AND (spot_notice_s <= 900)))),
    CONSTRAINT offer_state_known CHECK (((state)::text = ANY ((ARRAY['listed'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT offer_windows_in_order CHECK (((max_window_s IS NULL) OR ((max_window_s > 0) AND (max_window_s >= min_window_s))))
);
ALTER TABLE public.catalog_offer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_offer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_probe (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(40) NOT NULL,
    url character varying(200) NOT NULL,
    latitude numeric(8,5) NOT NULL,
    longitude numeric(8,5) NOT NULL,
    active boolean NOT NULL,
    CONSTRAINT probe_on_earth CHECK ((((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric)) AND ((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric))))
);
ALTER TABLE public.catalog_probe ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_probe_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_site (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(120) NOT NULL,
    country character varying(2) NOT NULL,
    city character varying(120) NOT NULL,
    operator_id bigint NOT NULL,
    latitude numeric(8,5),
    longitude numeric(8,5),
    CONSTRAINT site_country CHECK (((country)::text ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT site_on_earth CHECK ((((latitude IS NULL) AND (longitude IS NULL)) OR ((latitude IS NOT NULL) AND ((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric)) AND (longitude IS NOT NULL) AND ((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric)))))
);
ALTER TABLE public.catalog_site ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_telemetry (
    id bigint NOT NULL,
    start timestamp with time zone NOT NULL,
    "end" timestamp with time zone NOT NULL,
    gpus jsonb NOT NULL,
    machine_id bigint NOT NULL,
    CONSTRAINT telemetry_order CHECK (("end" >= start))
);
ALTER TABLE public.catalog_telemetry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_telemetry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_trust (
    machine_id bigint NOT NULL,
    consistent_until timestamp with time zone,
    challenged_until timestamp with time zone,
    attested_until timestamp with time zone,
    network_until timestamp with time zone,
    latency_until timestamp with time zone,
    challenge_after timestamp with time zone,
    contradicted boolean NOT NULL,
    suspended_for character varying(200) NOT NULL,
    owing character varying(80)[] NOT NULL
);
CREATE TABLE public.catalog_trustevidence (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(12) NOT NULL,
    passed boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    gpu_set character varying(64) NOT NULL,
    detail jsonb NOT NULL,
    facts_id bigint,
    machine_id bigint NOT NULL,
    probe_id bigint,
    tier character varying(12) NOT NULL,
    CONSTRAINT evidence_expires_if_passed CHECK ((((expires_at > at) AND (expires_at IS NOT NULL) AND passed) OR ((expires_at IS NULL) AND (NOT passed)))),
    CONSTRAINT evidence_is_about_gpus CHECK (((NOT ((gpu_set)::text = ''::text)) OR ((kind)::text = ANY ((ARRAY['latency'::character varying, 'network'::character varying])::text[])))),
    CONSTRAINT evidence_kind_known CHECK (((kind)::text = ANY ((ARRAY['consistent'::character varying, 'challenged'::character varying, 'attested'::character varying, 'network'::character varying, 'latency'::character varying])::text[]))),
    CONSTRAINT evidence_tier_known CHECK (((tier)::text = ANY ((ARRAY[''::character varying, 'unverified'::character varying, 'consistent'::character varying, 'challenged'::character varying, 'attested'::character varying])::text[])))
);
ALTER TABLE public.catalog_trustevidence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_trustevidence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_auditcheck (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reached bigint NOT NULL,
    head character varying(64) NOT NULL,
    faults integer NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT audit_check_in_order CHECK (((finished_at IS NULL) OR (finished_at >= created_at))),
    CONSTRAINT compliance_auditcheck_faults_check CHECK ((faults >= 0))
);
ALTER TABLE public.compliance_auditcheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_auditcheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_auditfault (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sentence character varying(500) NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    healed_at timestamp with time zone,
    CONSTRAINT audit_fault_in_order CHECK (((seen_at >= created_at) AND ((healed_at IS NULL) OR (healed_at >= seen_at))))
);
ALTER TABLE public.compliance_auditfault ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_auditfault_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_case (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state character varying(16) NOT NULL,
    kind character varying(16) NOT NULL,
    risk character varying(8) NOT NULL,
    reasons jsonb NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone NOT NULL,
    deadline_passed_at timestamp with time zone,
    assignee uuid,
    assignee_label character varying(254) NOT NULL,
    decision_id bigint NOT NULL,
    party_id bigint NOT NULL,
    proposal_id bigint,
    CONSTRAINT case_decided_on_a_proposal CHECK (((NOT ((state)::text = ANY ((ARRAY['proposed'::character varying, 'decided'::character varying, 'closed'::character varying])::text[]))) OR (proposal_id IS NOT NULL))),
    CONSTRAINT case_kind_known CHECK (((kind)::text = ANY ((ARRAY['name_match'::character varying, 'ownership'::character varying, 'rental'::character varying, 'red_flag'::character varying, 'flip'::character varying, 'information'::character varying])::text[]))),
    CONSTRAINT case_risk_known CHECK (((risk)::text = ANY ((ARRAY['critical'::character varying, 'high'::character varying, 'medium'::character varying, 'low'::character varying])::text[]))),
    CONSTRAINT case_state_known CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'assigned'::character varying, 'waiting'::character varying, 'escalated'::character varying, 'proposed'::character varying, 'decided'::character varying, 'closed'::character varying])::text[])))
);
ALTER TABLE public.compliance_case ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_casedeadline (
    id bigint NOT NULL,
    risk character varying(8) NOT NULL,
    hours integer NOT NULL,
    CONSTRAINT compliance_casedeadline_hours_check CHECK ((hours >= 0)),
    CONSTRAINT deadline_not_at_once CHECK ((hours > 0)),
    CONSTRAINT deadline_risk_known CHECK (((risk)::text = ANY ((ARRAY['critical'::character varying, 'high'::character varying, 'medium'::character varying, 'low'::character varying])::text[])))
);
ALTER TABLE public.compliance_casedeadline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_casedeadline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_casedecision (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    actor uuid NOT NULL,
    actor_label character varying(254) NOT NULL,
    role character varying(8) NOT NULL,
    verdict character varying(8) NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    CONSTRAINT case_signature_has_reason CHECK ((NOT (reason = ''::text))),
    CONSTRAINT case_signature_role_known CHECK (((role)::text = ANY ((ARRAY['proposer'::character varying, 'other'::character varying])::text[]))),
    CONSTRAINT case_signature_verdict_known CHECK (((verdict)::text = ANY ((ARRAY['approve'::character varying, 'reject'::character varying])::text[])))
);
ALTER TABLE public.compliance_casedecision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_casedecision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_casedocument (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    media_type character varying(40) NOT NULL,
    size integer NOT NULL,
    sha256 character varying(64) NOT NULL,
    content bytea NOT NULL,
    by_party boolean NOT NULL,
    uploaded_by character varying(254) NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    CONSTRAINT case_document_named_by_hash CHECK ((((sha256)::text = encode(sha256(content), 'hex'::text)) AND (size = length(content)))),
    CONSTRAINT compliance_casedocument_size_check CHECK ((size >= 0))
);
ALTER TABLE public.compliance_casedocument ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_casedocument_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_caseevent (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor uuid,
    actor_label character varying(254) NOT NULL,
    text text NOT NULL,
    detail jsonb NOT NULL,
    answers_id bigint,
    case_id bigint NOT NULL,
    decision_id bigint,
    CONSTRAINT case_event_answers CHECK (((answers_id IS NULL) OR ((kind)::text = 'answered'::text))),
    CONSTRAINT case_event_kind_known CHECK (((kind)::text = ANY ((ARRAY['opened'::character varying, 'recurred'::character varying, 'asked'::character varying, 'assigned'::character varying, 'note'::character varying, 'requested'::character varying, 'answered'::character varying, 'document'::character varying, 'escalated'::character varying, 'proposed'::character varying, 'approved'::character varying, 'rejected'::character varying, 'decided'::character varying, 'closed'::character varying, 'deadline_passed'::character varying])::text[])))
);
ALTER TABLE public.compliance_caseevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_caseevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_chainlink (
    id bigint NOT NULL,
    seq bigint NOT NULL,
    kind character varying(16) NOT NULL,
    subject uuid NOT NULL,
    payload_sha256 character varying(64) NOT NULL,
    prev_sha256 character varying(64) NOT NULL,
    sha256 character varying(64) NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT link_seq_positive CHECK ((seq > 0))
);
ALTER TABLE public.compliance_chainlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_chainlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_chipattestation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    export_class character varying(16) NOT NULL,
    eccn character varying(64) NOT NULL,
    attested_on date NOT NULL,
    evidence text NOT NULL,
    recorded_by character varying(200) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    chip_id bigint NOT NULL,
    CONSTRAINT attestation_has_evidence CHECK ((NOT (evidence = ''::text))),
    CONSTRAINT attested_class_known CHECK (((export_class)::text = ANY ((ARRAY[''::character varying, '3A090.a'::character varying, '3A090.b'::character varying, 'below'::character varying])::text[])))
);
ALTER TABLE public.compliance_chipattestation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_chipattestation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_chipmodel (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(80) NOT NULL,
    nvml_names jsonb NOT NULL,
    memory_gb integer NOT NULL,
    tpp integer,
    performance_density numeric(8,2),
    export_class character varying(16) NOT NULL,
    source character varying(300) NOT NULL,
    arithmetic text NOT NULL,
    computed_class character varying(16) NOT NULL,
    datacentre boolean NOT NULL,
    die_area_mm2 numeric(8,2),
    rates jsonb NOT NULL,
    CONSTRAINT chip_class_known CHECK ((((computed_class)::text = ANY ((ARRAY['3A090.a'::character varying, '3A090.b'::character varying, 'below'::character varying, 'near'::character varying, 'unknown'::character varying])::text[])) AND ((export_class)::text = ANY ((ARRAY['3A090.a'::character varying, '3A090.b'::character varying, 'below'::character varying, 'near'::character varying, 'unknown'::character varying])::text[])))),
    CONSTRAINT compliance_chipmodel_memory_gb_check CHECK ((memory_gb >= 0)),
    CONSTRAINT compliance_chipmodel_tpp_check CHECK ((tpp >= 0))
);
ALTER TABLE public.compliance_chipmodel ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_chipmodel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_clearing (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approved_by_1 uuid NOT NULL,
    approved_by_2 uuid NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    subject_sha256 character varying(64) NOT NULL,
    subject character varying(320) NOT NULL,
    source character varying(50) NOT NULL,
    entry_uid character varying(100) NOT NULL,
    entry_sha256 character varying(64) NOT NULL,
    scorer character varying(64) NOT NULL,
    case_id bigint NOT NULL,
    party_id bigint NOT NULL,
    CONSTRAINT clearing_by_two CHECK ((NOT (approved_by_1 = approved_by_2))),
    CONSTRAINT clearing_expires_later CHECK ((expires_at > granted_at))
);
ALTER TABLE public.compliance_clearing ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_clearing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_content (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    text text NOT NULL,
    CONSTRAINT content_named_by_hash CHECK (((sha256)::text = encode(sha256(convert_to(text, 'UTF8'::name)), 'hex'::text)))
);
ALTER TABLE public.compliance_content ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_content_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_countrygroup (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    "group" character varying(16) NOT NULL,
    country character varying(2) NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    source character varying(300) NOT NULL,
    verification character varying(200) NOT NULL
);
ALTER TABLE public.compliance_countrygroup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_countrygroup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_decision (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    party_hash bytea NOT NULL,
    site_country character varying(2) NOT NULL,
    during tstzrange,
    outcome character varying(20) NOT NULL,
    reasons jsonb NOT NULL,
    snapshots jsonb NOT NULL,
    ruleset_hash character varying(64) NOT NULL,
    scorer character varying(64) NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    chip_id bigint,
    party_id bigint NOT NULL,
    licence_id bigint,
    CONSTRAINT decision_names_its_licence CHECK ((((licence_id IS NOT NULL) AND ((outcome)::text = 'allow_licence'::text)) OR ((NOT ((outcome)::text = 'allow_licence'::text)) AND (licence_id IS NULL)))),
    CONSTRAINT decision_outcome_known CHECK (((outcome)::text = ANY ((ARRAY['allow'::character varying, 'allow_licence'::character varying, 'manual_review'::character varying, 'licence_required'::character varying, 'deny_temporary'::character varying, 'deny'::character varying])::text[]))),
    CONSTRAINT decision_valid_after_made CHECK ((valid_until > decided_at))
);
ALTER TABLE public.compliance_decision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_director (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    since date NOT NULL,
    until date,
    source character varying(300) NOT NULL,
    evidence text NOT NULL,
    name character varying(300) NOT NULL,
    country character varying(2) NOT NULL,
    party_id bigint NOT NULL,
    CONSTRAINT director_dates_in_order CHECK (((until IS NULL) OR (until >= since))),
    CONSTRAINT director_has_a_name CHECK ((NOT ((name)::text = ''::text)))
);
ALTER TABLE public.compliance_director ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_director_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_endusestatement (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    wording character varying(16) NOT NULL,
    end_use character varying(16) NOT NULL,
    text text NOT NULL,
    end_users text NOT NULL,
    signed_by uuid NOT NULL,
    signed_name character varying(200) NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    idempotency_key character varying(200) NOT NULL,
    request_sha256 bytea NOT NULL,
    party_id bigint NOT NULL,
    CONSTRAINT statement_expires_after_signed CHECK ((expires_at > signed_at)),
    CONSTRAINT statement_says_and_is_signed CHECK (((NOT (text = ''::text)) AND (NOT ((signed_name)::text = ''::text)))),
    CONSTRAINT statement_states_an_end_use CHECK (((end_use)::text = ANY ((ARRAY['inference'::character varying, 'training'::character varying, 'research'::character varying, 'rendering'::character varying, 'supercomputer'::character varying, 'chip_making'::character varying, 'surveillance'::character varying, 'military'::character varying])::text[])))
);
ALTER TABLE public.compliance_endusestatement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_endusestatement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_endusestatementwithdrawn (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone NOT NULL,
    withdrawn_by character varying(200) NOT NULL,
    reason text NOT NULL,
    statement_id bigint NOT NULL
);
ALTER TABLE public.compliance_endusestatementwithdrawn ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_endusestatementwithdrawn_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_entryname (
    id bigint NOT NULL,
    name character varying(500) NOT NULL,
    kind character varying(8) NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT name_kind_known CHECK (((kind)::text = ANY ((ARRAY['primary'::character varying, 'strong'::character varying, 'weak'::character varying])::text[])))
);
ALTER TABLE public.compliance_entryname ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_entryname_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_licence (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    number character varying(64) NOT NULL,
    authority character varying(100) NOT NULL,
    eccn character varying(200) NOT NULL,
    granted_to character varying(300) NOT NULL,
    chip_classes character varying(16)[] NOT NULL,
    site_countries character varying(2)[] NOT NULL,
    end_uses character varying(16)[] NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    gpu_hours integer NOT NULL,
    gpus_at_once integer,
    conditions text NOT NULL,
    evidence text NOT NULL,
    registered_by uuid NOT NULL,
    registered_by_label character varying(200) NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    party_id bigint NOT NULL,
    CONSTRAINT compliance_licence_gpu_hours_check CHECK ((gpu_hours >= 0)),
    CONSTRAINT compliance_licence_gpus_at_once_check CHECK ((gpus_at_once >= 0)),
    CONSTRAINT licence_classes_known CHECK (((chip_classes <@ ARRAY['3A090.a'::character varying(16), '3A090.b'::character varying(16), 'below'::character varying(16), 'near'::character varying(16)]) AND (
CASE
    WHEN (chip_classes IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(chip_classes, 1), 0)
END > 0))),
    CONSTRAINT licence_dates_in_order CHECK ((valid_to >= valid_from)),
    CONSTRAINT licence_end_uses_known CHECK (((end_uses <@ ARRAY['inference'::character varying(16), 'training'::character varying(16), 'research'::character varying(16), 'rendering'::character varying(16)]) AND (
CASE
    WHEN (end_uses IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(end_uses, 1), 0)
END > 0))),
    CONSTRAINT licence_has_evidence CHECK (((NOT (evidence = ''::text)) AND (NOT ((number)::text = ''::text)) AND (NOT ((granted_to)::text = ''::text)))),
    CONSTRAINT licence_names_a_country CHECK ((
CASE
    WHEN (site_countries IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(site_countries, 1), 0)
END > 0)),
    CONSTRAINT licence_quantity_positive CHECK (((gpu_hours > 0) AND ((gpus_at_once IS NULL) OR (gpus_at_once > 0))))
);
ALTER TABLE public.compliance_licence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_licence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_licencedraw (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    rental uuid NOT NULL,
    gpus integer NOT NULL,
    during tstzrange NOT NULL,
    gpu_us bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    decision_id bigint NOT NULL,
    licence_id bigint NOT NULL,
    CONSTRAINT compliance_licencedraw_gpus_check CHECK ((gpus >= 0)),
    CONSTRAINT draw_adds_up CHECK ((gpu_us = (gpus * ((EXTRACT(epoch FROM (upper(during) - lower(during))) * (1000000)::numeric))::bigint))),
    CONSTRAINT draw_quantity_positive CHECK (((gpu_us > 0) AND (gpus > 0))),
    CONSTRAINT draw_window_bounded CHECK (((NOT isempty(during)) AND lower_inc(during) AND (NOT lower_inf(during)) AND (NOT upper_inc(during)) AND (NOT upper_inf(during))))
);
ALTER TABLE public.compliance_licencedraw ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_licencedraw_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_licenceevent (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    act character varying(16) NOT NULL,
    reason character varying(500) NOT NULL,
    actor uuid NOT NULL,
    actor_label character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    licence_id bigint NOT NULL,
    CONSTRAINT licence_act_known CHECK (((act)::text = ANY ((ARRAY['approved'::character varying, 'revoked'::character varying])::text[]))),
    CONSTRAINT licence_revoked_for_a_reason CHECK ((((act)::text = 'approved'::text) OR (NOT ((reason)::text = ''::text))))
);
ALTER TABLE public.compliance_licenceevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_licenceevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_licencereturn (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    gpu_us bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    draw_id bigint NOT NULL,
    CONSTRAINT return_quantity_positive CHECK ((gpu_us > 0))
);
ALTER TABLE public.compliance_licencereturn ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_licencereturn_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_listentry (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uid character varying(100) NOT NULL,
    content_hash bytea NOT NULL,
    kind character varying(16) NOT NULL,
    programs jsonb NOT NULL,
    countries jsonb NOT NULL,
    addresses jsonb NOT NULL,
    remarks text NOT NULL,
    dropped_in_id bigint,
    first_in_id bigint NOT NULL,
    source_id bigint NOT NULL,
    birth_dates jsonb NOT NULL,
    identifiers jsonb NOT NULL
);
ALTER TABLE public.compliance_listentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_listentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_listsnapshot (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sha256 bytea NOT NULL,
    published_on date,
    imported_at timestamp with time zone NOT NULL,
    entry_count integer NOT NULL,
    added integer NOT NULL,
    changed integer NOT NULL,
    dropped integer NOT NULL,
    sample boolean NOT NULL,
    source_id bigint NOT NULL,
    CONSTRAINT compliance_listsnapshot_added_check CHECK ((added >= 0)),
    CONSTRAINT compliance_listsnapshot_changed_check CHECK ((changed >= 0)),
    CONSTRAINT compliance_listsnapshot_dropped_check CHECK ((dropped >= 0)),
    CONSTRAINT compliance_listsnapshot_entry_count_check CHECK ((entry_count >= 0)),
    CONSTRAINT snapshot_not_empty CHECK ((entry_count > 0))
);
ALTER TABLE public.compliance_listsnapshot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_listsnapshot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_listsource (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    code character varying(50) NOT NULL,
    title character varying(200) NOT NULL,
    mandatory boolean NOT NULL,
    max_age_hours integer NOT NULL,
    CONSTRAINT compliance_listsource_max_age_hours_check CHECK ((max_age_hours >= 0))
);
ALTER TABLE public.compliance_listsource ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_listsource_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_ownershipstake (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    since date NOT NULL,
    until date,
    source character varying(300) NOT NULL,
    evidence text NOT NULL,
    owner_name character varying(300) NOT NULL,
    owner_kind character varying(16) NOT NULL,
    owner_country character varying(2) NOT NULL,
    share_bps integer,
    controls boolean NOT NULL,
    owned_id bigint NOT NULL,
    owner_id bigint,
    CONSTRAINT compliance_ownershipstake_share_bps_check CHECK ((share_bps >= 0)),
    CONSTRAINT stake_at_most_the_whole CHECK (((share_bps IS NULL) OR (share_bps <= 10000))),
    CONSTRAINT stake_dates_in_order CHECK (((until IS NULL) OR (until >= since))),
    CONSTRAINT stake_not_in_itself CHECK (((owner_id IS NULL) OR (NOT ((owner_id = owned_id) AND (owner_id IS NOT NULL))))),
    CONSTRAINT stake_owner_is_party_or_name CHECK ((((owner_id IS NOT NULL) AND ((owner_country)::text = ''::text) AND ((owner_kind)::text = ''::text) AND ((owner_name)::text = ''::text)) OR ((owner_id IS NULL) AND (NOT ((owner_name)::text = ''::text))))),
    CONSTRAINT stake_owner_kind_known CHECK (((owner_kind)::text = ANY ((ARRAY[''::character varying, 'organisation'::character varying, 'person'::character varying])::text[])))
);
ALTER TABLE public.compliance_ownershipstake ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_ownershipstake_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_party (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    legal_name character varying(300) NOT NULL,
    native_name character varying(300) NOT NULL,
    registration_number character varying(64) NOT NULL,
    country character varying(2) NOT NULL,
    hq_country character varying(2) NOT NULL,
    parent_name character varying(300) NOT NULL,
    parent_hq_country character varying(2) NOT NULL,
    end_use character varying(16) NOT NULL,
    end_use_statement text NOT NULL,
    birth_date character varying(10) NOT NULL,
    address character varying(500) NOT NULL,
    end_users text NOT NULL,
    founded_on date,
    is_reseller boolean NOT NULL,
    CONSTRAINT party_born_is_a_person CHECK ((((birth_date)::text = ''::text) OR ((kind)::text = 'person'::text))),
    CONSTRAINT party_end_use_known CHECK (((end_use)::text = ANY ((ARRAY[''::character varying, 'inference'::character varying, 'training'::character varying, 'research'::character varying, 'rendering'::character varying, 'supercomputer'::character varying, 'chip_making'::character varying, 'surveillance'::character varying, 'military'::character varying, 'refused'::character varying])::text[]))),
    CONSTRAINT party_has_a_name CHECK ((NOT ((legal_name)::text = ''::text))),
    CONSTRAINT party_kind_known CHECK (((kind)::text = ANY ((ARRAY['organisation'::character varying, 'person'::character varying])::text[])))
);
ALTER TABLE public.compliance_party ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_party_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_partycontact (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    name character varying(200) NOT NULL,
    "position" character varying(120) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(40) NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    party_id bigint NOT NULL,
    CONSTRAINT party_contact_can_be_reached CHECK (((NOT ((name)::text = ''::text)) AND (NOT ((email)::text = ''::text)))),
    CONSTRAINT party_contact_times_in_order CHECK (((until IS NULL) OR (until >= since)))
);
ALTER TABLE public.compliance_partycontact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_partycontact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_partydocument (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    name character varying(200) NOT NULL,
    media_type character varying(40) NOT NULL,
    size integer NOT NULL,
    sha256 character varying(64) NOT NULL,
    content bytea NOT NULL,
    uploaded_by character varying(254) NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    party_id bigint NOT NULL,
    by_party boolean NOT NULL,
    CONSTRAINT compliance_partydocument_size_check CHECK ((size >= 0)),
    CONSTRAINT party_document_kind_known CHECK (((kind)::text = ANY ((ARRAY['register'::character varying, 'identity'::character varying, 'owners'::character varying, 'address'::character varying, 'other'::character varying])::text[]))),
    CONSTRAINT party_document_named_by_hash CHECK ((((sha256)::text = encode(sha256(content), 'hex'::text)) AND (size = length(content))))
);
ALTER TABLE public.compliance_partydocument ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_partydocument_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_partyevidence (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    fact character varying(16) NOT NULL,
    declared character varying(700) NOT NULL,
    filed_by character varying(254) NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    director_id bigint,
    document_id bigint NOT NULL,
    stake_id bigint,
    CONSTRAINT evidence_fact_known CHECK (((fact)::text = ANY ((ARRAY['registration'::character varying, 'headquarters'::character varying, 'parent'::character varying, 'owner'::character varying, 'director'::character varying])::text[]))),
    CONSTRAINT evidence_of_one_thing CHECK ((((director_id IS NULL) AND ((fact)::text = 'owner'::text) AND (stake_id IS NOT NULL)) OR ((director_id IS NOT NULL) AND ((fact)::text = 'director'::text) AND (stake_id IS NULL)) OR ((NOT ((fact)::text = ANY ((ARRAY['owner'::character varying, 'director'::character varying])::text[]))) AND (director_id IS NULL) AND (stake_id IS NULL))))
);
ALTER TABLE public.compliance_partyevidence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_partyevidence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_partyidentifier (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    number character varying(64) NOT NULL,
    country character varying(2) NOT NULL,
    until date,
    party_id bigint NOT NULL,
    CONSTRAINT identifier_has_a_number CHECK ((NOT ((number)::text = ''::text))),
    CONSTRAINT identifier_kind_known CHECK (((kind)::text = ANY ((ARRAY['uscc'::character varying, 'lei'::character varying, 'duns'::character varying, 'registration'::character varying, 'tax'::character varying])::text[])))
);
ALTER TABLE public.compliance_partyidentifier ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_partyidentifier_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_policyrule (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    rule_id character varying(16) NOT NULL,
    version integer NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    conditions jsonb NOT NULL,
    outcome character varying(20) NOT NULL,
    reason character varying(300) NOT NULL,
    citation character varying(300) NOT NULL,
    verification character varying(200) NOT NULL,
    proposed_by uuid,
    supersedes_id bigint,
    CONSTRAINT compliance_policyrule_version_check CHECK ((version >= 0)),
    CONSTRAINT rule_dates_in_order CHECK (((effective_to IS NULL) OR (effective_to >= effective_from))),
    CONSTRAINT rule_first_supersedes_nothing CHECK (((supersedes_id IS NULL) OR (version > 1))),
    CONSTRAINT rule_outcome_known CHECK (((outcome)::text = ANY ((ARRAY['allow'::character varying, 'allow_licence'::character varying, 'manual_review'::character varying, 'licence_required'::character varying, 'deny_temporary'::character varying, 'deny'::character varying])::text[])))
);
ALTER TABLE public.compliance_policyrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_policyrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_redflag (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    evidence jsonb NOT NULL,
    evidence_sha256 character varying(64) NOT NULL,
    raised_by character varying(200) NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    party_id bigint NOT NULL,
    kind_id bigint NOT NULL,
    CONSTRAINT flag_has_a_text CHECK ((NOT (text = ''::text)))
);
ALTER TABLE public.compliance_redflag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_redflag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_redflagclosed (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    closed_by character varying(200) NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    flag_id bigint NOT NULL,
    CONSTRAINT flag_closed_for_a_reason CHECK ((NOT (reason = ''::text)))
);
ALTER TABLE public.compliance_redflagclosed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_redflagclosed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_redflagkind (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    code character varying(8) NOT NULL,
    title character varying(200) NOT NULL,
    weight character varying(4) NOT NULL,
    automatic boolean NOT NULL,
    parameters jsonb NOT NULL,
    source character varying(300) NOT NULL,
    verification character varying(200) NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    CONSTRAINT flag_kind_dates_in_order CHECK (((effective_to IS NULL) OR (effective_to >= effective_from))),
    CONSTRAINT flag_kind_weight_known CHECK (((weight)::text = ANY ((ARRAY['hard'::character varying, 'soft'::character varying])::text[])))
);
ALTER TABLE public.compliance_redflagkind ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_redflagkind_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_rescreening (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    entries jsonb NOT NULL,
    decision_id bigint,
    party_id bigint NOT NULL,
    snapshot_id bigint NOT NULL
);
ALTER TABLE public.compliance_rescreening ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_rescreening_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_reversepass (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reached bigint NOT NULL,
    looked_at integer NOT NULL,
    finished_at timestamp with time zone,
    snapshot_id bigint NOT NULL,
    CONSTRAINT compliance_reversepass_looked_at_check CHECK ((looked_at >= 0))
);
ALTER TABLE public.compliance_reversepass ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_reversepass_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_reviewclearance (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approved_by_1 uuid NOT NULL,
    approved_by_2 uuid NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    facts_sha256 character varying(64) NOT NULL,
    rule_id character varying(16) NOT NULL,
    rule_version integer NOT NULL,
    chip character varying(80) NOT NULL,
    site_country character varying(2) NOT NULL,
    case_id bigint NOT NULL,
    party_id bigint NOT NULL,
    CONSTRAINT compliance_reviewclearance_rule_version_check CHECK ((rule_version >= 0)),
    CONSTRAINT reviewclearance_by_two CHECK ((NOT (approved_by_1 = approved_by_2))),
    CONSTRAINT reviewclearance_expires_later CHECK ((expires_at > granted_at))
);
ALTER TABLE public.compliance_reviewclearance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_reviewclearance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_ruleapproval (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approver uuid NOT NULL,
    approver_label character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    rule_id bigint NOT NULL
);
ALTER TABLE public.compliance_ruleapproval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_ruleapproval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_scoringband (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    list_code character varying(50) NOT NULL,
    kind character varying(16) NOT NULL,
    version integer NOT NULL,
    match_at numeric(4,3) NOT NULL,
    possible_at numeric(4,3) NOT NULL,
    effective_from date NOT NULL,
    source character varying(300) NOT NULL,
    approval character varying(16) NOT NULL,
    approved_by_1 character varying(200) NOT NULL,
    approved_by_2 character varying(200) NOT NULL,
    CONSTRAINT band_approved_by_two CHECK (((((approval)::text = 'unapproved'::text) AND ((approved_by_1)::text = ''::text) AND ((approved_by_2)::text = ''::text)) OR (((approval)::text = 'approved'::text) AND (NOT ((approved_by_1)::text = ''::text)) AND (NOT ((approved_by_2)::text = ''::text)) AND (NOT ((approved_by_1)::text = (approved_by_2)::text))))),
    CONSTRAINT band_bounds_in_order CHECK (((possible_at > (0)::numeric) AND (possible_at <= match_at))),
    CONSTRAINT band_has_a_source CHECK ((NOT ((source)::text = ''::text))),
    CONSTRAINT band_kind_known CHECK (((kind)::text = ANY ((ARRAY[''::character varying, 'organisation'::character varying, 'person'::character varying])::text[]))),
    CONSTRAINT band_never_above_the_measured CHECK (((match_at <= 0.980) AND (possible_at <= 0.830))),
    CONSTRAINT compliance_scoringband_version_check CHECK ((version >= 0))
);
ALTER TABLE public.compliance_scoringband ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_scoringband_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_siterisk (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    country character varying(2) NOT NULL,
    operator character varying(200) NOT NULL,
    site character varying(120) NOT NULL,
    dimension character varying(16) NOT NULL,
    grade character varying(8) NOT NULL,
    statement character varying(600) NOT NULL,
    source character varying(300) NOT NULL,
    as_of date NOT NULL,
    verification character varying(200) NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    CONSTRAINT site_risk_dates_in_order CHECK (((effective_to IS NULL) OR (effective_to >= effective_from))),
    CONSTRAINT site_risk_graded CHECK ((((dimension)::text = ANY ((ARRAY['geopolitical'::character varying, 'data_security'::character varying, 'export_control'::character varying, 'physical'::character varying])::text[])) AND ((grade)::text = ANY ((ARRAY['low'::character varying, 'guarded'::character varying, 'elevated'::character varying, 'high'::character varying])::text[])))),
    CONSTRAINT site_risk_site_of_an_operator CHECK ((((site)::text = ''::text) OR (NOT ((operator)::text = ''::text))))
);
ALTER TABLE public.compliance_siterisk ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_siterisk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.compliance_unsealed (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    subject uuid NOT NULL,
    since timestamp with time zone NOT NULL
);
ALTER TABLE public.compliance_unsealed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.compliance_unsealed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.core_auditevent (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    at timestamp with time zone NOT NULL,
    actor uuid,
    actor_label character varying(200) NOT NULL,
    verb character varying(64) NOT NULL,
    subject character varying(200) NOT NULL,
    detail jsonb NOT NULL
);
ALTER TABLE public.core_auditevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.core_auditevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.gateway_enrolmenttoken (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    token_sha256 bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    used_by_key bytea,
    revoked_at timestamp with time zone,
    issued_by_id bigint,
    machine_id bigint NOT NULL,
    CONSTRAINT token_used_by_a_key CHECK ((((used_at IS NULL) AND (used_by_key IS NULL)) OR ((used_at IS NOT NULL) AND (used_by_key IS NOT NULL))))
);
ALTER TABLE public.gateway_enrolmenttoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_enrolmenttoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.gateway_grantrefusal (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    assignment uuid NOT NULL,
    generation integer NOT NULL,
    reason character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    node_id bigint NOT NULL,
    CONSTRAINT gateway_grantrefusal_generation_check CHECK ((generation >= 0))
);
ALTER TABLE public.gateway_grantrefusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_grantrefusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.gateway_machinewish (
    id bigint NOT NULL,
    digest character varying(32) NOT NULL,
    version bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL
);
ALTER TABLE public.gateway_machinewish ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_machinewish_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.gateway_node (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    agent_version character varying(40) NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    machine_id bigint NOT NULL
);
ALTER TABLE public.gateway_node ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_node_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.gateway_nodeboot (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    boot_id uuid NOT NULL,
    last_seq bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    refused_at timestamp with time zone,
    node_id bigint NOT NULL
);
ALTER TABLE public.gateway_nodeboot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_nodeboot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.gateway_nodekey (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    public_key bytea NOT NULL,
    vouched bytea,
    since timestamp with time zone NOT NULL,
    replaced_at timestamp with time zone,
    good_until timestamp with time zone,
    node_id bigint NOT NULL,
    CONSTRAINT node_key_replaced_has_end CHECK ((((good_until IS NULL) AND (replaced_at IS NULL)) OR ((good_until >= replaced_at) AND (good_until IS NOT NULL) AND (replaced_at IS NOT NULL))))
);
ALTER TABLE public.gateway_nodekey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.gateway_nodekey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.hooks_attempt (
    id bigint NOT NULL,
    claim uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    took_ms integer NOT NULL,
    status smallint,
    error character varying(200) NOT NULL,
    answer character varying(500) NOT NULL,
    delivery_id bigint NOT NULL,
    CONSTRAINT attempt_answered_or_not CHECK (((((error)::text = ''::text) AND (status IS NOT NULL)) OR ((status IS NULL) AND (NOT ((error)::text = ''::text))))),
    CONSTRAINT hooks_attempt_status_check CHECK ((status >= 0)),
    CONSTRAINT hooks_attempt_took_ms_check CHECK ((took_ms >= 0))
);
ALTER TABLE public.hooks_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.hooks_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.hooks_delivery (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(40) NOT NULL,
    body text NOT NULL,
    state character varying(16) NOT NULL,
    since timestamp with time zone NOT NULL,
    tries smallint NOT NULL,
    next_at timestamp with time zone NOT NULL,
    claim uuid,
    claimed_until timestamp with time zone,
    notice_id bigint,
    endpoint_id bigint NOT NULL,
    CONSTRAINT delivery_claimed_while_sent CHECK ((((claim IS NOT NULL) AND (claimed_until IS NOT NULL) AND ((state)::text = 'sending'::text)) OR ((NOT ((state)::text = 'sending'::text)) AND (claim IS NULL) AND (claimed_until IS NULL)))),
    CONSTRAINT delivery_of_something CHECK (((notice_id IS NOT NULL) OR ((kind)::text = 'webhook.test'::text))),
    CONSTRAINT delivery_state_known CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'delivered'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT hooks_delivery_tries_check CHECK ((tries >= 0))
);
ALTER TABLE public.hooks_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.hooks_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.hooks_endpoint (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    url character varying(500) NOT NULL,
    note character varying(120) NOT NULL,
    kinds character varying(40)[] NOT NULL,
    secret bytea NOT NULL,
    old_secret bytea,
    old_secret_until timestamp with time zone,
    failures integer NOT NULL,
    rest_until timestamp with time zone,
    paused_at timestamp with time zone,
    removed_at timestamp with time zone,
    created_by_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT endpoint_kinds_known CHECK (((kinds <@ ARRAY['reservation.confirmed'::character varying(40), 'reservation.refused'::character varying(40), 'reservation.expired'::character varying(40), 'reservation.cancelled'::character varying(40), 'reservation.starting'::character varying(40), 'reservation.started'::character varying(40), 'reservation.ending'::character varying(40), 'reservation.ended'::character varying(40), 'reservation.failed'::character varying(40), 'reservation.evicted'::character varying(40), 'reservation.payment_due'::character varying(40), 'reservation.not_rolled'::character varying(40), 'reservation.machine_replaced'::character varying(40), 'reservation.machine_unreachable'::character varying(40), 'reservation.machine_lost'::character varying(40), 'workspace.kept'::character varying(40), 'workspace.ending'::character varying(40), 'workspace.ended'::character varying(40), 'waitlist.served'::character varying(40), 'waitlist.returned'::character varying(40), 'waitlist.lapsed'::character varying(40), 'wallet.low'::character varying(40), 'wallet.grace'::character varying(40), 'wallet.top_up_failed'::character varying(40), 'wallet.topped_up'::character varying(40), 'wallet.automatic_off'::character varying(40), 'wallet.action_needed'::character varying(40), 'wallet.frozen'::character varying(40), 'invoice.issued'::character varying(40), 'payout.paid'::character varying(40), 'payout.returned'::character varying(40), 'payout.reversed'::character varying(40), 'machine.unreachable'::character varying(40), 'machine.back'::character varying(40), 'screening.decided'::character varying(40), 'member.joined'::character varying(40), 'webhook.paused'::character varying(40)]) AND (
CASE
    WHEN (kinds IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(kinds, 1), 0)
END > 0))),
    CONSTRAINT endpoint_old_secret_ends CHECK ((((old_secret IS NULL) AND (old_secret_until IS NULL)) OR ((old_secret IS NOT NULL) AND (old_secret_until IS NOT NULL)))),
    CONSTRAINT endpoint_speaks_http CHECK ((((url)::text ~~ 'https://%'::text) OR ((url)::text ~~ 'http://%'::text))),
    CONSTRAINT hooks_endpoint_failures_check CHECK ((failures >= 0))
);
ALTER TABLE public.hooks_endpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.hooks_endpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ledger_account (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(32) NOT NULL,
    owner uuid,
    currency character varying(3) NOT NULL,
    CONSTRAINT account_kind_known CHECK (((kind)::text = ANY ((ARRAY['stripe_pending'::character varying, 'stripe_available'::character varying, 'bank'::character varying, 'dispute_held'::character varying, 'renter_receivable'::character varying, 'provider_receivable'::character varying, 'tax_receivable'::character varying, 'wallet_paid'::character varying, 'provider_pending'::character varying, 'provider_available'::character varying, 'payout_in_transit'::character varying, 'tax_payable'::character varying, 'platform_fee'::character varying, 'stripe_fee'::character varying, 'promo'::character varying, 'bad_debt'::character varying, 'sla_credit'::character varying, 'rounding'::character varying])::text[])))
);
ALTER TABLE public.ledger_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ledger_balance (
    account_id bigint NOT NULL,
    posted bigint NOT NULL,
    held bigint NOT NULL,
    floor bigint NOT NULL,
    CONSTRAINT balance_above_floor CHECK ((floor <= (posted - held))),
    CONSTRAINT balance_held_not_negative CHECK ((held >= 0))
);
CREATE TABLE public.ledger_freeze (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    key character varying(200) NOT NULL,
    reason character varying(300) NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    account_id bigint NOT NULL,
    CONSTRAINT freeze_lifted_after CHECK (((lifted_at IS NULL) OR (lifted_at >= placed_at)))
);
ALTER TABLE public.ledger_freeze ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_freeze_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ledger_hold (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    key character varying(200) NOT NULL,
    placed bigint NOT NULL,
    amount bigint NOT NULL,
    account_id bigint NOT NULL,
    CONSTRAINT hold_placed_positive CHECK ((placed > 0)),
    CONSTRAINT hold_within_placed CHECK (((amount >= 0) AND (amount <= placed)))
);
ALTER TABLE public.ledger_hold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ledger_seal (
    seq integer NOT NULL,
    day date NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    upto_xid bigint NOT NULL,
    transactions bigint NOT NULL,
    transfers bigint NOT NULL,
    sums jsonb NOT NULL,
    sha256 bytea NOT NULL,
    prev_sha256 bytea NOT NULL,
    CONSTRAINT ledger_seal_seq_check CHECK ((seq >= 0)),
    CONSTRAINT ledger_seal_transactions_check CHECK ((transactions >= 0)),
    CONSTRAINT ledger_seal_transfers_check CHECK ((transfers >= 0))
);
CREATE TABLE public.ledger_transaction (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    key character varying(200) NOT NULL,
    content_sha256 bytea NOT NULL,
    kind character varying(32) NOT NULL,
    event_at timestamp with time zone NOT NULL,
    actor character varying(200) NOT NULL,
    reason character varying(300) NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL
);
ALTER TABLE public.ledger_transaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_transaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ledger_transfer (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    amount bigint NOT NULL,
    credit_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    transaction_id bigint NOT NULL,
    CONSTRAINT transfer_amount_positive CHECK ((amount > 0)),
    CONSTRAINT transfer_two_accounts CHECK ((NOT (debit_id = credit_id)))
);
ALTER TABLE public.ledger_transfer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ledger_transfer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_closing (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    links integer NOT NULL,
    head_sha256 bytea NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    assignment_id bigint NOT NULL,
    CONSTRAINT metering_closing_links_check CHECK ((links >= 0))
);
ALTER TABLE public.metering_closing ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_closing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_gap (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    kind character varying(16) NOT NULL,
    billed boolean NOT NULL,
    found_at timestamp with time zone NOT NULL,
    assignment_id bigint NOT NULL,
    CONSTRAINT gap_has_length CHECK ((NOT isempty(during))),
    CONSTRAINT gap_kind_known CHECK (((kind)::text = ANY ((ARRAY['short'::character varying, 'network_down'::character varying, 'server_down'::character varying, 'agent_down'::character varying, 'host_down'::character varying, 'unverified'::character varying, 'quarantined'::character varying, 'silent'::character varying, 'after_close'::character varying])::text[])))
);
ALTER TABLE public.metering_gap ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_gap_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_link (
    segment_id bigint NOT NULL,
    "position" integer NOT NULL,
    counted tstzrange,
    doubt character varying(200) NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    assignment_id bigint NOT NULL,
    CONSTRAINT link_counts_without_doubt CHECK (((counted IS NULL) OR ((NOT isempty(counted)) AND ((doubt)::text = ''::text)))),
    CONSTRAINT metering_link_position_check CHECK (("position" >= 0))
);
CREATE TABLE public.metering_outageruling (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    reason character varying(500) NOT NULL,
    ruled_at timestamp with time zone NOT NULL,
    assignment_id bigint NOT NULL,
    ruled_by_id bigint NOT NULL,
    CONSTRAINT ruling_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT ruling_has_a_reason CHECK ((NOT ((reason)::text = ''::text)))
);
ALTER TABLE public.metering_outageruling ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_outageruling_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_ownoutage (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    reason character varying(500) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by_id bigint NOT NULL,
    CONSTRAINT outage_has_length CHECK ((NOT isempty(during)))
);
ALTER TABLE public.metering_ownoutage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_ownoutage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_segment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    boot_id uuid NOT NULL,
    seq bigint NOT NULL,
    start timestamp with time zone NOT NULL,
    "end" timestamp with time zone NOT NULL,
    mono_ms bigint NOT NULL,
    gpu_uuids jsonb NOT NULL,
    energy_mj bigint NOT NULL,
    final boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    content_sha256 bytea NOT NULL,
    quarantine character varying(200) NOT NULL,
    assignment_id bigint NOT NULL,
    machine_id bigint NOT NULL,
    forked boolean NOT NULL,
    mono_from_ms bigint NOT NULL,
    prev_sha256 bytea NOT NULL,
    signature bytea NOT NULL,
    verified_since timestamp with time zone,
    signer_id bigint,
    CONSTRAINT metering_segment_energy_mj_check CHECK ((energy_mj >= 0)),
    CONSTRAINT metering_segment_mono_from_ms_check CHECK ((mono_from_ms >= 0)),
    CONSTRAINT metering_segment_mono_ms_check CHECK ((mono_ms >= 0)),
    CONSTRAINT metering_segment_seq_check CHECK ((seq >= 0)),
    CONSTRAINT segment_fork_quarantined CHECK (((NOT forked) OR (NOT ((quarantine)::text = ''::text)))),
    CONSTRAINT segment_in_order CHECK ((("end" >= start) OR (NOT ((quarantine)::text = ''::text))))
);
ALTER TABLE public.metering_segment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_segment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_signer (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    node uuid NOT NULL,
    public_key bytea NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    machine_id bigint NOT NULL
);
ALTER TABLE public.metering_signer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_signer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.metering_usage (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    lease_id bigint NOT NULL,
    before_us bigint NOT NULL,
    in_order boolean NOT NULL,
    links integer DEFAULT 0 NOT NULL,
    CONSTRAINT metering_usage_links_check CHECK ((links >= 0)),
    CONSTRAINT usage_bounded CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during))))
);
ALTER TABLE public.metering_usage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.metering_usage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notices_choice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(40) NOT NULL,
    by_email boolean NOT NULL,
    by_page boolean NOT NULL,
    person_id bigint NOT NULL,
    CONSTRAINT choice_is_free CHECK (((kind)::text = ANY ((ARRAY['reservation.confirmed'::character varying, 'reservation.refused'::character varying, 'reservation.expired'::character varying, 'reservation.cancelled'::character varying, 'reservation.starting'::character varying, 'reservation.started'::character varying, 'reservation.ending'::character varying, 'reservation.ended'::character varying, 'reservation.failed'::character varying, 'reservation.evicted'::character varying, 'reservation.payment_due'::character varying, 'reservation.not_rolled'::character varying, 'reservation.machine_replaced'::character varying, 'reservation.machine_unreachable'::character varying, 'reservation.machine_lost'::character varying, 'workspace.kept'::character varying, 'workspace.ending'::character varying, 'workspace.ended'::character varying, 'waitlist.served'::character varying, 'waitlist.returned'::character varying, 'waitlist.lapsed'::character varying, 'wallet.low'::character varying, 'wallet.grace'::character varying, 'wallet.top_up_failed'::character varying, 'wallet.topped_up'::character varying, 'wallet.automatic_off'::character varying, 'wallet.action_needed'::character varying, 'invoice.issued'::character varying, 'payout.paid'::character varying, 'payout.returned'::character varying, 'payout.reversed'::character varying, 'machine.unreachable'::character varying, 'machine.back'::character varying, 'webhook.paused'::character varying])::text[])))
);
ALTER TABLE public.notices_choice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_choice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notices_letter (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    "to" character varying(254) NOT NULL,
    subject character varying(200) NOT NULL,
    sealed bytea,
    tries smallint NOT NULL,
    next_at timestamp with time zone NOT NULL,
    claim uuid,
    claimed_until timestamp with time zone,
    sent_at timestamp with time zone,
    given_up_at timestamp with time zone,
    person_id bigint,
    notice_id bigint,
    CONSTRAINT letter_emptied_when_over CHECK (((sealed IS NULL) OR ((given_up_at IS NULL) AND (sent_at IS NULL)))),
    CONSTRAINT letter_of_a_notice_or_whole CHECK ((((notice_id IS NOT NULL) AND (person_id IS NOT NULL) AND (sealed IS NULL)) OR ((notice_id IS NULL) AND (person_id IS NULL)))),
    CONSTRAINT letter_sent_or_given_up CHECK (((sent_at IS NULL) OR (given_up_at IS NULL))),
    CONSTRAINT notices_letter_tries_check CHECK ((tries >= 0))
);
ALTER TABLE public.notices_letter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notices_notice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying(40) NOT NULL,
    key character varying(200) NOT NULL,
    facts jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    spread_at timestamp with time zone,
    passed_on_at timestamp with time zone,
    organisation_id bigint NOT NULL,
    person_id bigint,
    CONSTRAINT notice_of_known_kind CHECK (((kind)::text = ANY ((ARRAY['reservation.confirmed'::character varying, 'reservation.refused'::character varying, 'reservation.expired'::character varying, 'reservation.cancelled'::character varying, 'reservation.starting'::character varying, 'reservation.started'::character varying, 'reservation.ending'::character varying, 'reservation.ended'::character varying, 'reservation.failed'::character varying, 'reservation.evicted'::character varying, 'reservation.payment_due'::character varying, 'reservation.not_rolled'::character varying, 'reservation.machine_replaced'::character varying, 'reservation.machine_unreachable'::character varying, 'reservation.machine_lost'::character varying, 'workspace.kept'::character varying, 'workspace.ending'::character varying, 'workspace.ended'::character varying, 'waitlist.served'::character varying, 'waitlist.returned'::character varying, 'waitlist.lapsed'::character varying, 'wallet.low'::character varying, 'wallet.grace'::character varying, 'wallet.top_up_failed'::character varying, 'wallet.topped_up'::character varying, 'wallet.automatic_off'::character varying, 'wallet.action_needed'::character varying, 'wallet.frozen'::character varying, 'invoice.issued'::character varying, 'payout.paid'::character varying, 'payout.returned'::character varying, 'payout.reversed'::character varying, 'machine.unreachable'::character varying, 'machine.back'::character varying, 'screening.decided'::character varying, 'member.joined'::character varying, 'webhook.paused'::character varying])::text[])))
);
ALTER TABLE public.notices_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notices_seen (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    notice_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.notices_seen ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notices_seen_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.auth_permission VALUES (1, 'Can add log entry', 1, 'add_logentry');
INSERT INTO public.auth_permission VALUES (2, 'Can change log entry', 1, 'change_logentry');
INSERT INTO public.auth_permission VALUES (3, 'Can delete log entry', 1, 'delete_logentry');
INSERT INTO public.auth_permission VALUES (4, 'Can view log entry', 1, 'view_logentry');
INSERT INTO public.auth_permission VALUES (5, 'Can add permission', 2, 'add_permission');
INSERT INTO public.auth_permission VALUES (6, 'Can change permission', 2, 'change_permission');
INSERT INTO public.auth_permission VALUES (7, 'Can delete permission', 2, 'delete_permission');
INSERT INTO public.auth_permission VALUES (8, 'Can view permission', 2, 'view_permission');
INSERT INTO public.auth_permission VALUES (9, 'Can add group', 3, 'add_group');
INSERT INTO public.auth_permission VALUES (10, 'Can change group', 3, 'change_group');
INSERT INTO public.auth_permission VALUES (11, 'Can delete group', 3, 'delete_group');
INSERT INTO public.auth_permission VALUES (12, 'Can view group', 3, 'view_group');
INSERT INTO public.auth_permission VALUES (13, 'Can add content type', 4, 'add_contenttype');
INSERT INTO public.auth_permission VALUES (14, 'Can change content type', 4, 'change_contenttype');
INSERT INTO public.auth_permission VALUES (15, 'Can delete content type', 4, 'delete_contenttype');
INSERT INTO public.auth_permission VALUES (16, 'Can view content type', 4, 'view_contenttype');
INSERT INTO public.auth_permission VALUES (17, 'Can add session', 5, 'add_session');
INSERT INTO public.auth_permission VALUES (18, 'Can change session', 5, 'change_session');
INSERT INTO public.auth_permission VALUES (19, 'Can delete session', 5, 'delete_session');
INSERT INTO public.auth_permission VALUES (20, 'Can view session', 5, 'view_session');
INSERT INTO public.auth_permission VALUES (21, 'Can add email address', 6, 'add_emailaddress');
INSERT INTO public.auth_permission VALUES (22, 'Can change email address', 6, 'change_emailaddress');
INSERT INTO public.auth_permission VALUES (23, 'Can delete email address', 6, 'delete_emailaddress');
INSERT INTO public.auth_permission VALUES (24, 'Can view email address', 6, 'view_emailaddress');
INSERT INTO public.auth_permission VALUES (25, 'Can add email confirmation', 7, 'add_emailconfirmation');
INSERT INTO public.auth_permission VALUES (26, 'Can change email confirmation', 7, 'change_emailconfirmation');
INSERT INTO public.auth_permission VALUES (27, 'Can delete email confirmation', 7, 'delete_emailconfirmation');
INSERT INTO public.auth_permission VALUES (28, 'Can view email confirmation', 7, 'view_emailconfirmation');
INSERT INTO public.auth_permission VALUES (29, 'Can add authenticator', 8, 'add_authenticator');
INSERT INTO public.auth_permission VALUES (30, 'Can change authenticator', 8, 'change_authenticator');
INSERT INTO public.auth_permission VALUES (31, 'Can delete authenticator', 8, 'delete_authenticator');
INSERT INTO public.auth_permission VALUES (32, 'Can view authenticator', 8, 'view_authenticator');
INSERT INTO public.auth_permission VALUES (33, 'Can add audit event', 9, 'add_auditevent');
INSERT INTO public.auth_permission VALUES (34, 'Can change audit event', 9, 'change_auditevent');
INSERT INTO public.auth_permission VALUES (35, 'Can delete audit event', 9, 'delete_auditevent');
INSERT INTO public.auth_permission VALUES (36, 'Can view audit event', 9, 'view_auditevent');
INSERT INTO public.auth_permission VALUES (37, 'Can add list source', 10, 'add_listsource');
INSERT INTO public.auth_permission VALUES (38, 'Can change list source', 10, 'change_listsource');
INSERT INTO public.auth_permission VALUES (39, 'Can delete list source', 10, 'delete_listsource');
INSERT INTO public.auth_permission VALUES (40, 'Can view list source', 10, 'view_listsource');
INSERT INTO public.auth_permission VALUES (41, 'Can add chip model', 11, 'add_chipmodel');
INSERT INTO public.auth_permission VALUES (42, 'Can change chip model', 11, 'change_chipmodel');
INSERT INTO public.auth_permission VALUES (43, 'Can delete chip model', 11, 'delete_chipmodel');
INSERT INTO public.auth_permission VALUES (44, 'Can view chip model', 11, 'view_chipmodel');
INSERT INTO public.auth_permission VALUES (45, 'Can add country group', 12, 'add_countrygroup');
INSERT INTO public.auth_permission VALUES (46, 'Can change country group', 12, 'change_countrygroup');
INSERT INTO public.auth_permission VALUES (47, 'Can delete country group', 12, 'delete_countrygroup');
INSERT INTO public.auth_permission VALUES (48, 'Can view country group', 12, 'view_countrygroup');
INSERT INTO public.auth_permission VALUES (49, 'Can add list snapshot', 13, 'add_listsnapshot');
INSERT INTO public.auth_permission VALUES (50, 'Can change list snapshot', 13, 'change_listsnapshot');
INSERT INTO public.auth_permission VALUES (51, 'Can delete list snapshot', 13, 'delete_listsnapshot');
INSERT INTO public.auth_permission VALUES (52, 'Can view list snapshot', 13, 'view_listsnapshot');
INSERT INTO public.auth_permission VALUES (53, 'Can add list entry', 14, 'add_listentry');
INSERT INTO public.auth_permission VALUES (54, 'Can change list entry', 14, 'change_listentry');
INSERT INTO public.auth_permission VALUES (55, 'Can delete list entry', 14, 'delete_listentry');
INSERT INTO public.auth_permission VALUES (56, 'Can view list entry', 14, 'view_listentry');
INSERT INTO public.auth_permission VALUES (57, 'Can add party', 15, 'add_party');
INSERT INTO public.auth_permission VALUES (58, 'Can change party', 15, 'change_party');
INSERT INTO public.auth_permission VALUES (59, 'Can delete party', 15, 'delete_party');
INSERT INTO public.auth_permission VALUES (60, 'Can view party', 15, 'view_party');
INSERT INTO public.auth_permission VALUES (61, 'Can add decision', 16, 'add_decision');
INSERT INTO public.auth_permission VALUES (62, 'Can change decision', 16, 'change_decision');
INSERT INTO public.auth_permission VALUES (63, 'Can delete decision', 16, 'delete_decision');
INSERT INTO public.auth_permission VALUES (64, 'Can view decision', 16, 'view_decision');
INSERT INTO public.auth_permission VALUES (65, 'Can add policy rule', 17, 'add_policyrule');
INSERT INTO public.auth_permission VALUES (66, 'Can change policy rule', 17, 'change_policyrule');
INSERT INTO public.auth_permission VALUES (67, 'Can delete policy rule', 17, 'delete_policyrule');
INSERT INTO public.auth_permission VALUES (68, 'Can view policy rule', 17, 'view_policyrule');
INSERT INTO public.auth_permission VALUES (69, 'Can approve a policy rule', 17, 'approve_policyrule');
INSERT INTO public.auth_permission VALUES (70, 'Can add entry name', 18, 'add_entryname');
INSERT INTO public.auth_permission VALUES (71, 'Can change entry name', 18, 'change_entryname');
INSERT INTO public.auth_permission VALUES (72, 'Can delete entry name', 18, 'delete_entryname');
INSERT INTO public.auth_permission VALUES (73, 'Can view entry name', 18, 'view_entryname');
INSERT INTO public.auth_permission VALUES (74, 'Can add content', 19, 'add_content');
INSERT INTO public.auth_permission VALUES (75, 'Can change content', 19, 'change_content');
INSERT INTO public.auth_permission VALUES (76, 'Can delete content', 19, 'delete_content');
INSERT INTO public.auth_permission VALUES (77, 'Can view content', 19, 'view_content');
INSERT INTO public.auth_permission VALUES (78, 'Can add chain link', 20, 'add_chainlink');
INSERT INTO public.auth_permission VALUES (79, 'Can change chain link', 20, 'change_chainlink');
INSERT INTO public.auth_permission VALUES (80, 'Can delete chain link', 20, 'delete_chainlink');
INSERT INTO public.auth_permission VALUES (81, 'Can view chain link', 20, 'view_chainlink');
INSERT INTO public.auth_permission VALUES (82, 'Can add unsealed', 21, 'add_unsealed');
INSERT INTO public.auth_permission VALUES (83, 'Can change unsealed', 21, 'change_unsealed');
INSERT INTO public.auth_permission VALUES (84, 'Can delete unsealed', 21, 'delete_unsealed');
INSERT INTO public.auth_permission VALUES (85, 'Can view unsealed', 21, 'view_unsealed');
INSERT INTO public.auth_permission VALUES (86, 'Can add chip attestation', 22, 'add_chipattestation');
INSERT INTO public.auth_permission VALUES (87, 'Can change chip attestation', 22, 'change_chipattestation');
INSERT INTO public.auth_permission VALUES (88, 'Can delete chip attestation', 22, 'delete_chipattestation');
INSERT INTO public.auth_permission VALUES (89, 'Can view chip attestation', 22, 'view_chipattestation');
INSERT INTO public.auth_permission VALUES (90, 'Can add director', 23, 'add_director');
INSERT INTO public.auth_permission VALUES (91, 'Can change director', 23, 'change_director');
INSERT INTO public.auth_permission VALUES (92, 'Can delete director', 23, 'delete_director');
INSERT INTO public.auth_permission VALUES (93, 'Can view director', 23, 'view_director');
INSERT INTO public.auth_permission VALUES (94, 'Can add ownership stake', 24, 'add_ownershipstake');
INSERT INTO public.auth_permission VALUES (95, 'Can change ownership stake', 24, 'change_ownershipstake');
INSERT INTO public.auth_permission VALUES (96, 'Can delete ownership stake', 24, 'delete_ownershipstake');
INSERT INTO public.auth_permission VALUES (97, 'Can view ownership stake', 24, 'view_ownershipstake');
INSERT INTO public.auth_permission VALUES (98, 'Can add party identifier', 25, 'add_partyidentifier');
INSERT INTO public.auth_permission VALUES (99, 'Can change party identifier', 25, 'change_partyidentifier');
INSERT INTO public.auth_permission VALUES (100, 'Can delete party identifier', 25, 'delete_partyidentifier');
INSERT INTO public.auth_permission VALUES (101, 'Can view party identifier', 25, 'view_partyidentifier');
INSERT INTO public.auth_permission VALUES (102, 'Can add scoring band', 26, 'add_scoringband');
INSERT INTO public.auth_permission VALUES (103, 'Can change scoring band', 26, 'change_scoringband');
INSERT INTO public.auth_permission VALUES (104, 'Can delete scoring band', 26, 'delete_scoringband');
INSERT INTO public.auth_permission VALUES (105, 'Can view scoring band', 26, 'view_scoringband');
INSERT INTO public.auth_permission VALUES (106, 'Can add case', 27, 'add_case');
INSERT INTO public.auth_permission VALUES (107, 'Can change case', 27, 'change_case');
INSERT INTO public.auth_permission VALUES (108, 'Can delete case', 27, 'delete_case');
INSERT INTO public.auth_permission VALUES (109, 'Can view case', 27, 'view_case');
INSERT INTO public.auth_permission VALUES (110, 'Can work on compliance cases', 27, 'work_cases');
INSERT INTO public.auth_permission VALUES (111, 'Can approve or reject a proposed verdict', 27, 'approve_cases');
INSERT INTO public.auth_permission VALUES (112, 'Can add case deadline', 28, 'add_casedeadline');
INSERT INTO public.auth_permission VALUES (113, 'Can change case deadline', 28, 'change_casedeadline');
INSERT INTO public.auth_permission VALUES (114, 'Can delete case deadline', 28, 'delete_casedeadline');
INSERT INTO public.auth_permission VALUES (115, 'Can view case deadline', 28, 'view_casedeadline');
INSERT INTO public.auth_permission VALUES (116, 'Can add case event', 29, 'add_caseevent');
INSERT INTO public.auth_permission VALUES (117, 'Can change case event', 29, 'change_caseevent');
INSERT INTO public.auth_permission VALUES (118, 'Can delete case event', 29, 'delete_caseevent');
INSERT INTO public.auth_permission VALUES (119, 'Can view case event', 29, 'view_caseevent');
INSERT INTO public.auth_permission VALUES (120, 'Can add case decision', 30, 'add_casedecision');
INSERT INTO public.auth_permission VALUES (121, 'Can change case decision', 30, 'change_casedecision');
INSERT INTO public.auth_permission VALUES (122, 'Can delete case decision', 30, 'delete_casedecision');
INSERT INTO public.auth_permission VALUES (123, 'Can view case decision', 30, 'view_casedecision');
INSERT INTO public.auth_permission VALUES (124, 'Can add clearing', 31, 'add_clearing');
INSERT INTO public.auth_permission VALUES (125, 'Can change clearing', 31, 'change_clearing');
INSERT INTO public.auth_permission VALUES (126, 'Can delete clearing', 31, 'delete_clearing');
INSERT INTO public.auth_permission VALUES (127, 'Can view clearing', 31, 'view_clearing');
INSERT INTO public.auth_permission VALUES (128, 'Can add review clearance', 32, 'add_reviewclearance');
INSERT INTO public.auth_permission VALUES (129, 'Can change review clearance', 32, 'change_reviewclearance');
INSERT INTO public.auth_permission VALUES (130, 'Can delete review clearance', 32, 'delete_reviewclearance');
INSERT INTO public.auth_permission VALUES (131, 'Can view review clearance', 32, 'view_reviewclearance');
INSERT INTO public.auth_permission VALUES (132, 'Can add case document', 33, 'add_casedocument');
INSERT INTO public.auth_permission VALUES (133, 'Can change case document', 33, 'change_casedocument');
INSERT INTO public.auth_permission VALUES (134, 'Can delete case document', 33, 'delete_casedocument');
INSERT INTO public.auth_permission VALUES (135, 'Can view case document', 33, 'view_casedocument');
INSERT INTO public.auth_permission VALUES (136, 'Can add licence', 34, 'add_licence');
INSERT INTO public.auth_permission VALUES (137, 'Can change licence', 34, 'change_licence');
INSERT INTO public.auth_permission VALUES (138, 'Can delete licence', 34, 'delete_licence');
INSERT INTO public.auth_permission VALUES (139, 'Can view licence', 34, 'view_licence');
INSERT INTO public.auth_permission VALUES (140, 'Can approve a licence as the second person', 34, 'approve_licence');
INSERT INTO public.auth_permission VALUES (141, 'Can revoke a licence', 34, 'revoke_licence');
INSERT INTO public.auth_permission VALUES (142, 'Can add licence draw', 35, 'add_licencedraw');
INSERT INTO public.auth_permission VALUES (143, 'Can change licence draw', 35, 'change_licencedraw');
INSERT INTO public.auth_permission VALUES (144, 'Can delete licence draw', 35, 'delete_licencedraw');
INSERT INTO public.auth_permission VALUES (145, 'Can view licence draw', 35, 'view_licencedraw');
INSERT INTO public.auth_permission VALUES (146, 'Can add licence event', 36, 'add_licenceevent');
INSERT INTO public.auth_permission VALUES (147, 'Can change licence event', 36, 'change_licenceevent');
INSERT INTO public.auth_permission VALUES (148, 'Can delete licence event', 36, 'delete_licenceevent');
INSERT INTO public.auth_permission VALUES (149, 'Can view licence event', 36, 'view_licenceevent');
INSERT INTO public.auth_permission VALUES (150, 'Can add licence return', 37, 'add_licencereturn');
INSERT INTO public.auth_permission VALUES (151, 'Can change licence return', 37, 'change_licencereturn');
INSERT INTO public.auth_permission VALUES (152, 'Can delete licence return', 37, 'delete_licencereturn');
INSERT INTO public.auth_permission VALUES (153, 'Can view licence return', 37, 'view_licencereturn');
INSERT INTO public.auth_permission VALUES (154, 'Can add rule approval', 38, 'add_ruleapproval');
INSERT INTO public.auth_permission VALUES (155, 'Can change rule approval', 38, 'change_ruleapproval');
INSERT INTO public.auth_permission VALUES (156, 'Can delete rule approval', 38, 'delete_ruleapproval');
INSERT INTO public.auth_permission VALUES (157, 'Can view rule approval', 38, 'view_ruleapproval');
INSERT INTO public.auth_permission VALUES (158, 'Can add end use statement', 39, 'add_endusestatement');
INSERT INTO public.auth_permission VALUES (159, 'Can change end use statement', 39, 'change_endusestatement');
INSERT INTO public.auth_permission VALUES (160, 'Can delete end use statement', 39, 'delete_endusestatement');
INSERT INTO public.auth_permission VALUES (161, 'Can view end use statement', 39, 'view_endusestatement');
INSERT INTO public.auth_permission VALUES (162, 'Can add end use statement withdrawn', 40, 'add_endusestatementwithdrawn');
INSERT INTO public.auth_permission VALUES (163, 'Can change end use statement withdrawn', 40, 'change_endusestatementwithdrawn');
INSERT INTO public.auth_permission VALUES (164, 'Can delete end use statement withdrawn', 40, 'delete_endusestatementwithdrawn');
INSERT INTO public.auth_permission VALUES (165, 'Can view end use statement withdrawn', 40, 'view_endusestatementwithdrawn');
INSERT INTO public.auth_permission VALUES (166, 'Can add red flag', 41, 'add_redflag');
INSERT INTO public.auth_permission VALUES (167, 'Can change red flag', 41, 'change_redflag');
INSERT INTO public.auth_permission VALUES (168, 'Can delete red flag', 41, 'delete_redflag');
INSERT INTO public.auth_permission VALUES (169, 'Can view red flag', 41, 'view_redflag');
INSERT INTO public.auth_permission VALUES (170, 'Can add red flag closed', 42, 'add_redflagclosed');
INSERT INTO public.auth_permission VALUES (171, 'Can change red flag closed', 42, 'change_redflagclosed');
INSERT INTO public.auth_permission VALUES (172, 'Can delete red flag closed', 42, 'delete_redflagclosed');
INSERT INTO public.auth_permission VALUES (173, 'Can view red flag closed', 42, 'view_redflagclosed');
INSERT INTO public.auth_permission VALUES (174, 'Can add red flag kind', 43, 'add_redflagkind');
INSERT INTO public.auth_permission VALUES (175, 'Can change red flag kind', 43, 'change_redflagkind');
INSERT INTO public.auth_permission VALUES (176, 'Can delete red flag kind', 43, 'delete_redflagkind');
INSERT INTO public.auth_permission VALUES (177, 'Can view red flag kind', 43, 'view_redflagkind');
INSERT INTO public.auth_permission VALUES (178, 'Can add site risk', 44, 'add_siterisk');
INSERT INTO public.auth_permission VALUES (179, 'Can change site risk', 44, 'change_siterisk');
INSERT INTO public.auth_permission VALUES (180, 'Can delete site risk', 44, 'delete_siterisk');
INSERT INTO public.auth_permission VALUES (181, 'Can view site risk', 44, 'view_siterisk');
INSERT INTO public.auth_permission VALUES (182, 'Can add reverse pass', 45, 'add_reversepass');
INSERT INTO public.auth_permission VALUES (183, 'Can change reverse pass', 45, 'change_reversepass');
INSERT INTO public.auth_permission VALUES (184, 'Can delete reverse pass', 45, 'delete_reversepass');
INSERT INTO public.auth_permission VALUES (185, 'Can view reverse pass', 45, 'view_reversepass');
INSERT INTO public.auth_permission VALUES (186, 'Can add rescreening', 46, 'add_rescreening');
INSERT INTO public.auth_permission VALUES (187, 'Can change rescreening', 46, 'change_rescreening');
INSERT INTO public.auth_permission VALUES (188, 'Can delete rescreening', 46, 'delete_rescreening');
INSERT INTO public.auth_permission VALUES (189, 'Can view rescreening', 46, 'view_rescreening');
INSERT INTO public.auth_permission VALUES (190, 'Can add party contact', 47, 'add_partycontact');
INSERT INTO public.auth_permission VALUES (191, 'Can change party contact', 47, 'change_partycontact');
INSERT INTO public.auth_permission VALUES (192, 'Can delete party contact', 47, 'delete_partycontact');
INSERT INTO public.auth_permission VALUES (193, 'Can view party contact', 47, 'view_partycontact');
INSERT INTO public.auth_permission VALUES (194, 'Can add party document', 48, 'add_partydocument');
INSERT INTO public.auth_permission VALUES (195, 'Can change party document', 48, 'change_partydocument');
INSERT INTO public.auth_permission VALUES (196, 'Can delete party document', 48, 'delete_partydocument');
INSERT INTO public.auth_permission VALUES (197, 'Can view party document', 48, 'view_partydocument');
INSERT INTO public.auth_permission VALUES (198, 'Can add party evidence', 49, 'add_partyevidence');
INSERT INTO public.auth_permission VALUES (199, 'Can change party evidence', 49, 'change_partyevidence');
INSERT INTO public.auth_permission VALUES (200, 'Can delete party evidence', 49, 'delete_partyevidence');
INSERT INTO public.auth_permission VALUES (201, 'Can view party evidence', 49, 'view_partyevidence');
INSERT INTO public.auth_permission VALUES (202, 'Can add audit check', 50, 'add_auditcheck');
INSERT INTO public.auth_permission VALUES (203, 'Can change audit check', 50, 'change_auditcheck');
INSERT INTO public.auth_permission VALUES (204, 'Can delete audit check', 50, 'delete_auditcheck');
INSERT INTO public.auth_permission VALUES (205, 'Can view audit check', 50, 'view_auditcheck');
INSERT INTO public.auth_permission VALUES (206, 'Can add audit fault', 51, 'add_auditfault');
INSERT INTO public.auth_permission VALUES (207, 'Can change audit fault', 51, 'change_auditfault');
INSERT INTO public.auth_permission VALUES (208, 'Can delete audit fault', 51, 'delete_auditfault');
INSERT INTO public.auth_permission VALUES (209, 'Can view audit fault', 51, 'view_auditfault');
INSERT INTO public.auth_permission VALUES (210, 'Can add user', 52, 'add_user');
INSERT INTO public.auth_permission VALUES (211, 'Can change user', 52, 'change_user');
INSERT INTO public.auth_permission VALUES (212, 'Can delete user', 52, 'delete_user');
INSERT INTO public.auth_permission VALUES (213, 'Can view user', 52, 'view_user');
INSERT INTO public.auth_permission VALUES (214, 'Can add membership', 53, 'add_membership');
INSERT INTO public.auth_permission VALUES (215, 'Can change membership', 53, 'change_membership');
INSERT INTO public.auth_permission VALUES (216, 'Can delete membership', 53, 'delete_membership');
INSERT INTO public.auth_permission VALUES (217, 'Can view membership', 53, 'view_membership');
INSERT INTO public.auth_permission VALUES (218, 'Can add organisation', 54, 'add_organisation');
INSERT INTO public.auth_permission VALUES (219, 'Can change organisation', 54, 'change_organisation');
INSERT INTO public.auth_permission VALUES (220, 'Can delete organisation', 54, 'delete_organisation');
INSERT INTO public.auth_permission VALUES (221, 'Can view organisation', 54, 'view_organisation');
INSERT INTO public.auth_permission VALUES (222, 'Can add api key', 55, 'add_apikey');
INSERT INTO public.auth_permission VALUES (223, 'Can change api key', 55, 'change_apikey');
INSERT INTO public.auth_permission VALUES (224, 'Can delete api key', 55, 'delete_apikey');
INSERT INTO public.auth_permission VALUES (225, 'Can view api key', 55, 'view_apikey');
INSERT INTO public.auth_permission VALUES (226, 'Can add invitation', 56, 'add_invitation');
INSERT INTO public.auth_permission VALUES (227, 'Can change invitation', 56, 'change_invitation');
INSERT INTO public.auth_permission VALUES (228, 'Can delete invitation', 56, 'delete_invitation');
INSERT INTO public.auth_permission VALUES (229, 'Can view invitation', 56, 'view_invitation');
INSERT INTO public.auth_permission VALUES (230, 'Can add access sighting', 57, 'add_accesssighting');
INSERT INTO public.auth_permission VALUES (231, 'Can change access sighting', 57, 'change_accesssighting');
INSERT INTO public.auth_permission VALUES (232, 'Can delete access sighting', 57, 'delete_accesssighting');
INSERT INTO public.auth_permission VALUES (233, 'Can view access sighting', 57, 'view_accesssighting');
INSERT INTO public.auth_permission VALUES (234, 'Can add notice', 58, 'add_notice');
INSERT INTO public.auth_permission VALUES (235, 'Can change notice', 58, 'change_notice');
INSERT INTO public.auth_permission VALUES (236, 'Can delete notice', 58, 'delete_notice');
INSERT INTO public.auth_permission VALUES (237, 'Can view notice', 58, 'view_notice');
INSERT INTO public.auth_permission VALUES (238, 'Can add letter', 59, 'add_letter');
INSERT INTO public.auth_permission VALUES (239, 'Can change letter', 59, 'change_letter');
INSERT INTO public.auth_permission VALUES (240, 'Can delete letter', 59, 'delete_letter');
INSERT INTO public.auth_permission VALUES (241, 'Can view letter', 59, 'view_letter');
INSERT INTO public.auth_permission VALUES (242, 'Can add notice read', 60, 'add_seen');
INSERT INTO public.auth_permission VALUES (243, 'Can change notice read', 60, 'change_seen');
INSERT INTO public.auth_permission VALUES (244, 'Can delete notice read', 60, 'delete_seen');
INSERT INTO public.auth_permission VALUES (245, 'Can view notice read', 60, 'view_seen');
INSERT INTO public.auth_permission VALUES (246, 'Can add notice choice', 61, 'add_choice');
INSERT INTO public.auth_permission VALUES (247, 'Can change notice choice', 61, 'change_choice');
INSERT INTO public.auth_permission VALUES (248, 'Can delete notice choice', 61, 'delete_choice');
INSERT INTO public.auth_permission VALUES (249, 'Can view notice choice', 61, 'view_choice');
INSERT INTO public.auth_permission VALUES (250, 'Can add webhook', 62, 'add_endpoint');
INSERT INTO public.auth_permission VALUES (251, 'Can change webhook', 62, 'change_endpoint');
INSERT INTO public.auth_permission VALUES (252, 'Can delete webhook', 62, 'delete_endpoint');
INSERT INTO public.auth_permission VALUES (253, 'Can view webhook', 62, 'view_endpoint');
INSERT INTO public.auth_permission VALUES (254, 'Can add delivery', 63, 'add_delivery');
INSERT INTO public.auth_permission VALUES (255, 'Can change delivery', 63, 'change_delivery');
INSERT INTO public.auth_permission VALUES (256, 'Can delete delivery', 63, 'delete_delivery');
INSERT INTO public.auth_permission VALUES (257, 'Can view delivery', 63, 'view_delivery');
INSERT INTO public.auth_permission VALUES (258, 'Can add attempt', 64, 'add_attempt');
INSERT INTO public.auth_permission VALUES (259, 'Can change attempt', 64, 'change_attempt');
INSERT INTO public.auth_permission VALUES (260, 'Can delete attempt', 64, 'delete_attempt');
INSERT INTO public.auth_permission VALUES (261, 'Can view attempt', 64, 'view_attempt');
INSERT INTO public.auth_permission VALUES (262, 'Can add site', 65, 'add_site');
INSERT INTO public.auth_permission VALUES (263, 'Can change site', 65, 'change_site');
INSERT INTO public.auth_permission VALUES (264, 'Can delete site', 65, 'delete_site');
INSERT INTO public.auth_permission VALUES (265, 'Can view site', 65, 'view_site');
INSERT INTO public.auth_permission VALUES (266, 'Can add machine', 66, 'add_machine');
INSERT INTO public.auth_permission VALUES (267, 'Can change machine', 66, 'change_machine');
INSERT INTO public.auth_permission VALUES (268, 'Can delete machine', 66, 'delete_machine');
INSERT INTO public.auth_permission VALUES (269, 'Can view machine', 66, 'view_machine');
INSERT INTO public.auth_permission VALUES (270, 'Can add GPU', 67, 'add_gpu');
INSERT INTO public.auth_permission VALUES (271, 'Can change GPU', 67, 'change_gpu');
INSERT INTO public.auth_permission VALUES (272, 'Can delete GPU', 67, 'delete_gpu');
INSERT INTO public.auth_permission VALUES (273, 'Can view GPU', 67, 'view_gpu');
INSERT INTO public.auth_permission VALUES (274, 'Can add offer', 68, 'add_offer');
INSERT INTO public.auth_permission VALUES (275, 'Can change offer', 68, 'change_offer');
INSERT INTO public.auth_permission VALUES (276, 'Can delete offer', 68, 'delete_offer');
INSERT INTO public.auth_permission VALUES (277, 'Can view offer', 68, 'view_offer');
INSERT INTO public.auth_permission VALUES (278, 'Can add GPU event', 69, 'add_gpuevent');
INSERT INTO public.auth_permission VALUES (279, 'Can change GPU event', 69, 'change_gpuevent');
INSERT INTO public.auth_permission VALUES (280, 'Can delete GPU event', 69, 'delete_gpuevent');
INSERT INTO public.auth_permission VALUES (281, 'Can view GPU event', 69, 'view_gpuevent');
INSERT INTO public.auth_permission VALUES (282, 'Can add health change', 70, 'add_healthchange');
INSERT INTO public.auth_permission VALUES (283, 'Can change health change', 70, 'change_healthchange');
INSERT INTO public.auth_permission VALUES (284, 'Can delete health change', 70, 'delete_healthchange');
INSERT INTO public.auth_permission VALUES (285, 'Can view health change', 70, 'view_healthchange');
INSERT INTO public.auth_permission VALUES (286, 'Can add machine reading', 71, 'add_machinereading');
INSERT INTO public.auth_permission VALUES (287, 'Can change machine reading', 71, 'change_machinereading');
INSERT INTO public.auth_permission VALUES (288, 'Can delete machine reading', 71, 'delete_machinereading');
INSERT INTO public.auth_permission VALUES (289, 'Can view machine reading', 71, 'view_machinereading');
INSERT INTO public.auth_permission VALUES (290, 'Can add telemetry', 72, 'add_telemetry');
INSERT INTO public.auth_permission VALUES (291, 'Can change telemetry', 72, 'change_telemetry');
INSERT INTO public.auth_permission VALUES (292, 'Can delete telemetry', 72, 'delete_telemetry');
INSERT INTO public.auth_permission VALUES (293, 'Can view telemetry', 72, 'view_telemetry');
INSERT INTO public.auth_permission VALUES (294, 'Can add board claim', 73, 'add_boardclaim');
INSERT INTO public.auth_permission VALUES (295, 'Can change board claim', 73, 'change_boardclaim');
INSERT INTO public.auth_permission VALUES (296, 'Can delete board claim', 73, 'delete_boardclaim');
INSERT INTO public.auth_permission VALUES (297, 'Can view board claim', 73, 'view_boardclaim');
INSERT INTO public.auth_permission VALUES (298, 'Can add calibration', 74, 'add_calibration');
INSERT INTO public.auth_permission VALUES (299, 'Can change calibration', 74, 'change_calibration');
INSERT INTO public.auth_permission VALUES (300, 'Can delete calibration', 74, 'delete_calibration');
INSERT INTO public.auth_permission VALUES (301, 'Can view calibration', 74, 'view_calibration');
INSERT INTO public.auth_permission VALUES (302, 'Can add challenge', 75, 'add_challenge');
INSERT INTO public.auth_permission VALUES (303, 'Can change challenge', 75, 'change_challenge');
INSERT INTO public.auth_permission VALUES (304, 'Can delete challenge', 75, 'delete_challenge');
INSERT INTO public.auth_permission VALUES (305, 'Can view challenge', 75, 'view_challenge');
INSERT INTO public.auth_permission VALUES (306, 'Can add challenge answer', 76, 'add_challengeanswer');
INSERT INTO public.auth_permission VALUES (307, 'Can change challenge answer', 76, 'change_challengeanswer');
INSERT INTO public.auth_permission VALUES (308, 'Can delete challenge answer', 76, 'delete_challengeanswer');
INSERT INTO public.auth_permission VALUES (309, 'Can view challenge answer', 76, 'view_challengeanswer');
INSERT INTO public.auth_permission VALUES (310, 'Can add device key', 77, 'add_devicekey');
INSERT INTO public.auth_permission VALUES (311, 'Can change device key', 77, 'change_devicekey');
INSERT INTO public.auth_permission VALUES (312, 'Can delete device key', 77, 'delete_devicekey');
INSERT INTO public.auth_permission VALUES (313, 'Can view device key', 77, 'view_devicekey');
INSERT INTO public.auth_permission VALUES (314, 'Can add hardware facts', 78, 'add_hardwarefacts');
INSERT INTO public.auth_permission VALUES (315, 'Can change hardware facts', 78, 'change_hardwarefacts');
INSERT INTO public.auth_permission VALUES (316, 'Can delete hardware facts', 78, 'delete_hardwarefacts');
INSERT INTO public.auth_permission VALUES (317, 'Can view hardware facts', 78, 'view_hardwarefacts');
INSERT INTO public.auth_permission VALUES (318, 'Can add probe', 79, 'add_probe');
INSERT INTO public.auth_permission VALUES (319, 'Can change probe', 79, 'change_probe');
INSERT INTO public.auth_permission VALUES (320, 'Can delete probe', 79, 'delete_probe');
INSERT INTO public.auth_permission VALUES (321, 'Can view probe', 79, 'view_probe');
INSERT INTO public.auth_permission VALUES (322, 'Can add trust', 80, 'add_trust');
INSERT INTO public.auth_permission VALUES (323, 'Can change trust', 80, 'change_trust');
INSERT INTO public.auth_permission VALUES (324, 'Can delete trust', 80, 'delete_trust');
INSERT INTO public.auth_permission VALUES (325, 'Can view trust', 80, 'view_trust');
INSERT INTO public.auth_permission VALUES (326, 'Can add trust evidence', 81, 'add_trustevidence');
INSERT INTO public.auth_permission VALUES (327, 'Can change trust evidence', 81, 'change_trustevidence');
INSERT INTO public.auth_permission VALUES (328, 'Can delete trust evidence', 81, 'delete_trustevidence');
INSERT INTO public.auth_permission VALUES (329, 'Can view trust evidence', 81, 'view_trustevidence');
INSERT INTO public.auth_permission VALUES (330, 'Can add cancellation schedule', 82, 'add_cancellationschedule');
INSERT INTO public.auth_permission VALUES (331, 'Can change cancellation schedule', 82, 'change_cancellationschedule');
INSERT INTO public.auth_permission VALUES (332, 'Can delete cancellation schedule', 82, 'delete_cancellationschedule');
INSERT INTO public.auth_permission VALUES (333, 'Can view cancellation schedule', 82, 'view_cancellationschedule');
INSERT INTO public.auth_permission VALUES (334, 'Can add account', 83, 'add_account');
INSERT INTO public.auth_permission VALUES (335, 'Can change account', 83, 'change_account');
INSERT INTO public.auth_permission VALUES (336, 'Can delete account', 83, 'delete_account');
INSERT INTO public.auth_permission VALUES (337, 'Can view account', 83, 'view_account');
INSERT INTO public.auth_permission VALUES (338, 'Can add hold', 84, 'add_hold');
INSERT INTO public.auth_permission VALUES (339, 'Can change hold', 84, 'change_hold');
INSERT INTO public.auth_permission VALUES (340, 'Can delete hold', 84, 'delete_hold');
INSERT INTO public.auth_permission VALUES (341, 'Can view hold', 84, 'view_hold');
INSERT INTO public.auth_permission VALUES (342, 'Can add transaction', 85, 'add_transaction');
INSERT INTO public.auth_permission VALUES (343, 'Can change transaction', 85, 'change_transaction');
INSERT INTO public.auth_permission VALUES (344, 'Can delete transaction', 85, 'delete_transaction');
INSERT INTO public.auth_permission VALUES (345, 'Can view transaction', 85, 'view_transaction');
INSERT INTO public.auth_permission VALUES (346, 'Can add transfer', 86, 'add_transfer');
INSERT INTO public.auth_permission VALUES (347, 'Can change transfer', 86, 'change_transfer');
INSERT INTO public.auth_permission VALUES (348, 'Can delete transfer', 86, 'delete_transfer');
INSERT INTO public.auth_permission VALUES (349, 'Can view transfer', 86, 'view_transfer');
INSERT INTO public.auth_permission VALUES (350, 'Can add balance', 87, 'add_balance');
INSERT INTO public.auth_permission VALUES (351, 'Can change balance', 87, 'change_balance');
INSERT INTO public.auth_permission VALUES (352, 'Can delete balance', 87, 'delete_balance');
INSERT INTO public.auth_permission VALUES (353, 'Can view balance', 87, 'view_balance');
INSERT INTO public.auth_permission VALUES (354, 'Can add seal', 88, 'add_seal');
INSERT INTO public.auth_permission VALUES (355, 'Can change seal', 88, 'change_seal');
INSERT INTO public.auth_permission VALUES (356, 'Can delete seal', 88, 'delete_seal');
INSERT INTO public.auth_permission VALUES (357, 'Can view seal', 88, 'view_seal');
INSERT INTO public.auth_permission VALUES (358, 'Can add freeze', 89, 'add_freeze');
INSERT INTO public.auth_permission VALUES (359, 'Can change freeze', 89, 'change_freeze');
INSERT INTO public.auth_permission VALUES (360, 'Can delete freeze', 89, 'delete_freeze');
INSERT INTO public.auth_permission VALUES (361, 'Can view freeze', 89, 'view_freeze');
INSERT INTO public.auth_permission VALUES (362, 'Can add reservation', 90, 'add_reservation');
INSERT INTO public.auth_permission VALUES (363, 'Can change reservation', 90, 'change_reservation');
INSERT INTO public.auth_permission VALUES (364, 'Can delete reservation', 90, 'delete_reservation');
INSERT INTO public.auth_permission VALUES (365, 'Can view reservation', 90, 'view_reservation');
INSERT INTO public.auth_permission VALUES (366, 'Can add assignment', 91, 'add_assignment');
INSERT INTO public.auth_permission VALUES (367, 'Can change assignment', 91, 'change_assignment');
INSERT INTO public.auth_permission VALUES (368, 'Can delete assignment', 91, 'delete_assignment');
INSERT INTO public.auth_permission VALUES (369, 'Can view assignment', 91, 'view_assignment');
INSERT INTO public.auth_permission VALUES (370, 'Can add lease', 92, 'add_lease');
INSERT INTO public.auth_permission VALUES (371, 'Can change lease', 92, 'change_lease');
INSERT INTO public.auth_permission VALUES (372, 'Can delete lease', 92, 'delete_lease');
INSERT INTO public.auth_permission VALUES (373, 'Can view lease', 92, 'view_lease');
INSERT INTO public.auth_permission VALUES (374, 'Can add window change', 93, 'add_windowchange');
INSERT INTO public.auth_permission VALUES (375, 'Can change window change', 93, 'change_windowchange');
INSERT INTO public.auth_permission VALUES (376, 'Can delete window change', 93, 'delete_windowchange');
INSERT INTO public.auth_permission VALUES (377, 'Can view window change', 93, 'view_windowchange');
INSERT INTO public.auth_permission VALUES (378, 'Can add machine failure', 94, 'add_machinefailure');
INSERT INTO public.auth_permission VALUES (379, 'Can change machine failure', 94, 'change_machinefailure');
INSERT INTO public.auth_permission VALUES (380, 'Can delete machine failure', 94, 'delete_machinefailure');
INSERT INTO public.auth_permission VALUES (381, 'Can view machine failure', 94, 'view_machinefailure');
INSERT INTO public.auth_permission VALUES (382, 'Can add notice', 95, 'add_notice');
INSERT INTO public.auth_permission VALUES (383, 'Can change notice', 95, 'change_notice');
INSERT INTO public.auth_permission VALUES (384, 'Can delete notice', 95, 'delete_notice');
INSERT INTO public.auth_permission VALUES (385, 'Can view notice', 95, 'view_notice');
INSERT INTO public.auth_permission VALUES (386, 'Can add place in line', 96, 'add_waiting');
INSERT INTO public.auth_permission VALUES (387, 'Can change place in line', 96, 'change_waiting');
INSERT INTO public.auth_permission VALUES (388, 'Can delete place in line', 96, 'delete_waiting');
INSERT INTO public.auth_permission VALUES (389, 'Can view place in line', 96, 'view_waiting');
INSERT INTO public.auth_permission VALUES (390, 'Can add reliability score', 97, 'add_reliability');
INSERT INTO public.auth_permission VALUES (391, 'Can change reliability score', 97, 'change_reliability');
INSERT INTO public.auth_permission VALUES (392, 'Can delete reliability score', 97, 'delete_reliability');
INSERT INTO public.auth_permission VALUES (393, 'Can view reliability score', 97, 'view_reliability');
INSERT INTO public.auth_permission VALUES (394, 'Can add machine report', 98, 'add_machinereport');
INSERT INTO public.auth_permission VALUES (395, 'Can change machine report', 98, 'change_machinereport');
INSERT INTO public.auth_permission VALUES (396, 'Can delete machine report', 98, 'delete_machinereport');
INSERT INTO public.auth_permission VALUES (397, 'Can view machine report', 98, 'view_machinereport');
INSERT INTO public.auth_permission VALUES (398, 'Can add drift', 99, 'add_drift');
INSERT INTO public.auth_permission VALUES (399, 'Can change drift', 99, 'change_drift');
INSERT INTO public.auth_permission VALUES (400, 'Can delete drift', 99, 'delete_drift');
INSERT INTO public.auth_permission VALUES (401, 'Can view drift', 99, 'view_drift');
INSERT INTO public.auth_permission VALUES (402, 'Can add keeping', 100, 'add_keeping');
INSERT INTO public.auth_permission VALUES (403, 'Can change keeping', 100, 'change_keeping');
INSERT INTO public.auth_permission VALUES (404, 'Can delete keeping', 100, 'delete_keeping');
INSERT INTO public.auth_permission VALUES (405, 'Can view keeping', 100, 'view_keeping');
INSERT INTO public.auth_permission VALUES (406, 'Can add segment', 101, 'add_segment');
INSERT INTO public.auth_permission VALUES (407, 'Can change segment', 101, 'change_segment');
INSERT INTO public.auth_permission VALUES (408, 'Can delete segment', 101, 'delete_segment');
INSERT INTO public.auth_permission VALUES (409, 'Can view segment', 101, 'view_segment');
INSERT INTO public.auth_permission VALUES (410, 'Can add usage', 102, 'add_usage');
INSERT INTO public.auth_permission VALUES (411, 'Can change usage', 102, 'change_usage');
INSERT INTO public.auth_permission VALUES (412, 'Can delete usage', 102, 'delete_usage');
INSERT INTO public.auth_permission VALUES (413, 'Can view usage', 102, 'view_usage');
INSERT INTO public.auth_permission VALUES (414, 'Can add closing', 103, 'add_closing');
INSERT INTO public.auth_permission VALUES (415, 'Can change closing', 103, 'change_closing');
INSERT INTO public.auth_permission VALUES (416, 'Can delete closing', 103, 'delete_closing');
INSERT INTO public.auth_permission VALUES (417, 'Can view closing', 103, 'view_closing');
INSERT INTO public.auth_permission VALUES (418, 'Can add gap', 104, 'add_gap');
INSERT INTO public.auth_permission VALUES (419, 'Can change gap', 104, 'change_gap');
INSERT INTO public.auth_permission VALUES (420, 'Can delete gap', 104, 'delete_gap');
INSERT INTO public.auth_permission VALUES (421, 'Can view gap', 104, 'view_gap');
INSERT INTO public.auth_permission VALUES (422, 'Can add link', 105, 'add_link');
INSERT INTO public.auth_permission VALUES (423, 'Can change link', 105, 'change_link');
INSERT INTO public.auth_permission VALUES (424, 'Can delete link', 105, 'delete_link');
INSERT INTO public.auth_permission VALUES (425, 'Can view link', 105, 'view_link');
INSERT INTO public.auth_permission VALUES (426, 'Can add outage ruling', 106, 'add_outageruling');
INSERT INTO public.auth_permission VALUES (427, 'Can change outage ruling', 106, 'change_outageruling');
INSERT INTO public.auth_permission VALUES (428, 'Can delete outage ruling', 106, 'delete_outageruling');
INSERT INTO public.auth_permission VALUES (429, 'Can view outage ruling', 106, 'view_outageruling');
INSERT INTO public.auth_permission VALUES (430, 'Can add own outage', 107, 'add_ownoutage');
INSERT INTO public.auth_permission VALUES (431, 'Can change own outage', 107, 'change_ownoutage');
INSERT INTO public.auth_permission VALUES (432, 'Can delete own outage', 107, 'delete_ownoutage');
INSERT INTO public.auth_permission VALUES (433, 'Can view own outage', 107, 'view_ownoutage');
INSERT INTO public.auth_permission VALUES (434, 'Can add signer', 108, 'add_signer');
INSERT INTO public.auth_permission VALUES (435, 'Can change signer', 108, 'change_signer');
INSERT INTO public.auth_permission VALUES (436, 'Can delete signer', 108, 'delete_signer');
INSERT INTO public.auth_permission VALUES (437, 'Can view signer', 108, 'view_signer');
INSERT INTO public.auth_permission VALUES (438, 'Can add stripe event', 109, 'add_stripeevent');
INSERT INTO public.auth_permission VALUES (439, 'Can change stripe event', 109, 'change_stripeevent');
INSERT INTO public.auth_permission VALUES (440, 'Can delete stripe event', 109, 'delete_stripeevent');
INSERT INTO public.auth_permission VALUES (441, 'Can view stripe event', 109, 'view_stripeevent');
INSERT INTO public.auth_permission VALUES (442, 'Can add top-up', 110, 'add_topup');
INSERT INTO public.auth_permission VALUES (443, 'Can change top-up', 110, 'change_topup');
INSERT INTO public.auth_permission VALUES (444, 'Can delete top-up', 110, 'delete_topup');
INSERT INTO public.auth_permission VALUES (445, 'Can view top-up', 110, 'view_topup');
INSERT INTO public.auth_permission VALUES (446, 'Can add stripe command', 111, 'add_stripecommand');
INSERT INTO public.auth_permission VALUES (447, 'Can change stripe command', 111, 'change_stripecommand');
INSERT INTO public.auth_permission VALUES (448, 'Can delete stripe command', 111, 'delete_stripecommand');
INSERT INTO public.auth_permission VALUES (449, 'Can view stripe command', 111, 'view_stripecommand');
INSERT INTO public.auth_permission VALUES (450, 'Can add charge', 112, 'add_charge');
INSERT INTO public.auth_permission VALUES (451, 'Can change charge', 112, 'change_charge');
INSERT INTO public.auth_permission VALUES (452, 'Can delete charge', 112, 'delete_charge');
INSERT INTO public.auth_permission VALUES (453, 'Can view charge', 112, 'view_charge');
INSERT INTO public.auth_permission VALUES (454, 'Can add re-rating', 113, 'add_rerating');
INSERT INTO public.auth_permission VALUES (455, 'Can change re-rating', 113, 'change_rerating');
INSERT INTO public.auth_permission VALUES (456, 'Can delete re-rating', 113, 'delete_rerating');
INSERT INTO public.auth_permission VALUES (457, 'Can view re-rating', 113, 'view_rerating');
INSERT INTO public.auth_permission VALUES (458, 'Can add usage statement', 114, 'add_usagestatement');
INSERT INTO public.auth_permission VALUES (459, 'Can change usage statement', 114, 'change_usagestatement');
INSERT INTO public.auth_permission VALUES (460, 'Can delete usage statement', 114, 'delete_usagestatement');
INSERT INTO public.auth_permission VALUES (461, 'Can view usage statement', 114, 'view_usagestatement');
INSERT INTO public.auth_permission VALUES (462, 'Can add payer', 115, 'add_payer');
INSERT INTO public.auth_permission VALUES (463, 'Can change payer', 115, 'change_payer');
INSERT INTO public.auth_permission VALUES (464, 'Can delete payer', 115, 'delete_payer');
INSERT INTO public.auth_permission VALUES (465, 'Can view payer', 115, 'view_payer');
INSERT INTO public.auth_permission VALUES (466, 'Can add discount', 116, 'add_discount');
INSERT INTO public.auth_permission VALUES (467, 'Can change discount', 116, 'change_discount');
INSERT INTO public.auth_permission VALUES (468, 'Can delete discount', 116, 'delete_discount');
INSERT INTO public.auth_permission VALUES (469, 'Can view discount', 116, 'view_discount');
INSERT INTO public.auth_permission VALUES (470, 'Can add rate segment', 117, 'add_ratesegment');
INSERT INTO public.auth_permission VALUES (471, 'Can change rate segment', 117, 'change_ratesegment');
INSERT INTO public.auth_permission VALUES (472, 'Can delete rate segment', 117, 'delete_ratesegment');
INSERT INTO public.auth_permission VALUES (473, 'Can view rate segment', 117, 'view_ratesegment');
INSERT INTO public.auth_permission VALUES (474, 'Can add terms offer', 118, 'add_termsoffer');
INSERT INTO public.auth_permission VALUES (475, 'Can change terms offer', 118, 'change_termsoffer');
INSERT INTO public.auth_permission VALUES (476, 'Can delete terms offer', 118, 'delete_termsoffer');
INSERT INTO public.auth_permission VALUES (477, 'Can view terms offer', 118, 'view_termsoffer');
INSERT INTO public.auth_permission VALUES (478, 'Can add automatic top-up', 119, 'add_autotopup');
INSERT INTO public.auth_permission VALUES (479, 'Can change automatic top-up', 119, 'change_autotopup');
INSERT INTO public.auth_permission VALUES (480, 'Can delete automatic top-up', 119, 'delete_autotopup');
INSERT INTO public.auth_permission VALUES (481, 'Can view automatic top-up', 119, 'view_autotopup');
INSERT INTO public.auth_permission VALUES (482, 'Can add credit grant', 120, 'add_creditgrant');
INSERT INTO public.auth_permission VALUES (483, 'Can change credit grant', 120, 'change_creditgrant');
INSERT INTO public.auth_permission VALUES (484, 'Can delete credit grant', 120, 'delete_creditgrant');
INSERT INTO public.auth_permission VALUES (485, 'Can view credit grant', 120, 'view_creditgrant');
INSERT INTO public.auth_permission VALUES (486, 'Can add credit lot', 121, 'add_creditlot');
INSERT INTO public.auth_permission VALUES (487, 'Can change credit lot', 121, 'change_creditlot');
INSERT INTO public.auth_permission VALUES (488, 'Can delete credit lot', 121, 'delete_creditlot');
INSERT INTO public.auth_permission VALUES (489, 'Can view credit lot', 121, 'view_creditlot');
INSERT INTO public.auth_permission VALUES (490, 'Can add dispute of a card payment', 122, 'add_dispute');
INSERT INTO public.auth_permission VALUES (491, 'Can change dispute of a card payment', 122, 'change_dispute');
INSERT INTO public.auth_permission VALUES (492, 'Can delete dispute of a card payment', 122, 'delete_dispute');
INSERT INTO public.auth_permission VALUES (493, 'Can view dispute of a card payment', 122, 'view_dispute');
INSERT INTO public.auth_permission VALUES (494, 'Can add finding', 123, 'add_finding');
INSERT INTO public.auth_permission VALUES (495, 'Can change finding', 123, 'change_finding');
INSERT INTO public.auth_permission VALUES (496, 'Can delete finding', 123, 'delete_finding');
INSERT INTO public.auth_permission VALUES (497, 'Can view finding', 123, 'view_finding');
INSERT INTO public.auth_permission VALUES (498, 'Can add lot move', 124, 'add_lotmove');
INSERT INTO public.auth_permission VALUES (499, 'Can change lot move', 124, 'change_lotmove');
INSERT INTO public.auth_permission VALUES (500, 'Can delete lot move', 124, 'delete_lotmove');
INSERT INTO public.auth_permission VALUES (501, 'Can view lot move', 124, 'view_lotmove');
INSERT INTO public.auth_permission VALUES (502, 'Can add reconciliation', 125, 'add_reconciliation');
INSERT INTO public.auth_permission VALUES (503, 'Can change reconciliation', 125, 'change_reconciliation');
INSERT INTO public.auth_permission VALUES (504, 'Can delete reconciliation', 125, 'delete_reconciliation');
INSERT INTO public.auth_permission VALUES (505, 'Can view reconciliation', 125, 'view_reconciliation');
INSERT INTO public.auth_permission VALUES (506, 'Can add refund', 126, 'add_refund');
INSERT INTO public.auth_permission VALUES (507, 'Can change refund', 126, 'change_refund');
INSERT INTO public.auth_permission VALUES (508, 'Can delete refund', 126, 'delete_refund');
INSERT INTO public.auth_permission VALUES (509, 'Can view refund', 126, 'view_refund');
INSERT INTO public.auth_permission VALUES (510, 'Can add saved card', 127, 'add_savedcard');
INSERT INTO public.auth_permission VALUES (511, 'Can change saved card', 127, 'change_savedcard');
INSERT INTO public.auth_permission VALUES (512, 'Can delete saved card', 127, 'delete_savedcard');
INSERT INTO public.auth_permission VALUES (513, 'Can view saved card', 127, 'view_savedcard');
INSERT INTO public.auth_permission VALUES (514, 'Can add stripe movement', 128, 'add_stripemovement');
INSERT INTO public.auth_permission VALUES (515, 'Can change stripe movement', 128, 'change_stripemovement');
INSERT INTO public.auth_permission VALUES (516, 'Can delete stripe movement', 128, 'delete_stripemovement');
INSERT INTO public.auth_permission VALUES (517, 'Can view stripe movement', 128, 'view_stripemovement');
INSERT INTO public.auth_permission VALUES (518, 'Can add wallet notice', 129, 'add_walletnotice');
INSERT INTO public.auth_permission VALUES (519, 'Can change wallet notice', 129, 'change_walletnotice');
INSERT INTO public.auth_permission VALUES (520, 'Can delete wallet notice', 129, 'delete_walletnotice');
INSERT INTO public.auth_permission VALUES (521, 'Can view wallet notice', 129, 'view_walletnotice');
INSERT INTO public.auth_permission VALUES (522, 'Can add bank payout', 130, 'add_bankpayout');
INSERT INTO public.auth_permission VALUES (523, 'Can change bank payout', 130, 'change_bankpayout');
INSERT INTO public.auth_permission VALUES (524, 'Can delete bank payout', 130, 'delete_bankpayout');
INSERT INTO public.auth_permission VALUES (525, 'Can view bank payout', 130, 'view_bankpayout');
INSERT INTO public.auth_permission VALUES (526, 'Can add matured charge', 131, 'add_maturedcharge');
INSERT INTO public.auth_permission VALUES (527, 'Can change matured charge', 131, 'change_maturedcharge');
INSERT INTO public.auth_permission VALUES (528, 'Can delete matured charge', 131, 'delete_maturedcharge');
INSERT INTO public.auth_permission VALUES (529, 'Can view matured charge', 131, 'view_maturedcharge');
INSERT INTO public.auth_permission VALUES (530, 'Can add maturity', 132, 'add_maturity');
INSERT INTO public.auth_permission VALUES (531, 'Can change maturity', 132, 'change_maturity');
INSERT INTO public.auth_permission VALUES (532, 'Can delete maturity', 132, 'delete_maturity');
INSERT INTO public.auth_permission VALUES (533, 'Can view maturity', 132, 'view_maturity');
INSERT INTO public.auth_permission VALUES (534, 'Can add payout', 133, 'add_payout');
INSERT INTO public.auth_permission VALUES (535, 'Can change payout', 133, 'change_payout');
INSERT INTO public.auth_permission VALUES (536, 'Can delete payout', 133, 'delete_payout');
INSERT INTO public.auth_permission VALUES (537, 'Can view payout', 133, 'view_payout');
INSERT INTO public.auth_permission VALUES (538, 'Can add payout account', 134, 'add_payoutaccount');
INSERT INTO public.auth_permission VALUES (539, 'Can change payout account', 134, 'change_payoutaccount');
INSERT INTO public.auth_permission VALUES (540, 'Can delete payout account', 134, 'delete_payoutaccount');
INSERT INTO public.auth_permission VALUES (541, 'Can view payout account', 134, 'view_payoutaccount');
INSERT INTO public.auth_permission VALUES (542, 'Can add payout hold', 135, 'add_payouthold');
INSERT INTO public.auth_permission VALUES (543, 'Can change payout hold', 135, 'change_payouthold');
INSERT INTO public.auth_permission VALUES (544, 'Can delete payout hold', 135, 'delete_payouthold');
INSERT INTO public.auth_permission VALUES (545, 'Can view payout hold', 135, 'view_payouthold');
INSERT INTO public.auth_permission VALUES (546, 'Can add payout line', 136, 'add_payoutline');
INSERT INTO public.auth_permission VALUES (547, 'Can change payout line', 136, 'change_payoutline');
INSERT INTO public.auth_permission VALUES (548, 'Can delete payout line', 136, 'delete_payoutline');
INSERT INTO public.auth_permission VALUES (549, 'Can view payout line', 136, 'view_payoutline');
INSERT INTO public.auth_permission VALUES (550, 'Can add payout reversal', 137, 'add_payoutreversal');
INSERT INTO public.auth_permission VALUES (551, 'Can change payout reversal', 137, 'change_payoutreversal');
INSERT INTO public.auth_permission VALUES (552, 'Can delete payout reversal', 137, 'delete_payoutreversal');
INSERT INTO public.auth_permission VALUES (553, 'Can view payout reversal', 137, 'view_payoutreversal');
INSERT INTO public.auth_permission VALUES (554, 'Can add cost statement', 138, 'add_coststatement');
INSERT INTO public.auth_permission VALUES (555, 'Can change cost statement', 138, 'change_coststatement');
INSERT INTO public.auth_permission VALUES (556, 'Can delete cost statement', 138, 'delete_coststatement');
INSERT INTO public.auth_permission VALUES (557, 'Can view cost statement', 138, 'view_coststatement');
INSERT INTO public.auth_permission VALUES (558, 'Can add cost line', 139, 'add_costline');
INSERT INTO public.auth_permission VALUES (559, 'Can change cost line', 139, 'change_costline');
INSERT INTO public.auth_permission VALUES (560, 'Can delete cost line', 139, 'delete_costline');
INSERT INTO public.auth_permission VALUES (561, 'Can view cost line', 139, 'view_costline');
INSERT INTO public.auth_permission VALUES (562, 'Can add billing details', 140, 'add_billingdetails');
INSERT INTO public.auth_permission VALUES (563, 'Can change billing details', 140, 'change_billingdetails');
INSERT INTO public.auth_permission VALUES (564, 'Can delete billing details', 140, 'delete_billingdetails');
INSERT INTO public.auth_permission VALUES (565, 'Can view billing details', 140, 'view_billingdetails');
INSERT INTO public.auth_permission VALUES (566, 'Can add credit line', 141, 'add_creditline');
INSERT INTO public.auth_permission VALUES (567, 'Can change credit line', 141, 'change_creditline');
INSERT INTO public.auth_permission VALUES (568, 'Can delete credit line', 141, 'delete_creditline');
INSERT INTO public.auth_permission VALUES (569, 'Can view credit line', 141, 'view_creditline');
INSERT INTO public.auth_permission VALUES (570, 'Can add credit note', 142, 'add_creditnote');
INSERT INTO public.auth_permission VALUES (571, 'Can change credit note', 142, 'change_creditnote');
INSERT INTO public.auth_permission VALUES (572, 'Can delete credit note', 142, 'delete_creditnote');
INSERT INTO public.auth_permission VALUES (573, 'Can view credit note', 142, 'view_creditnote');
INSERT INTO public.auth_permission VALUES (574, 'Can add dispute entry', 143, 'add_disputeentry');
INSERT INTO public.auth_permission VALUES (575, 'Can change dispute entry', 143, 'change_disputeentry');
INSERT INTO public.auth_permission VALUES (576, 'Can delete dispute entry', 143, 'delete_disputeentry');
INSERT INTO public.auth_permission VALUES (577, 'Can view dispute entry', 143, 'view_disputeentry');
INSERT INTO public.auth_permission VALUES (578, 'Can add fault ruling', 144, 'add_faultruling');
INSERT INTO public.auth_permission VALUES (579, 'Can change fault ruling', 144, 'change_faultruling');
INSERT INTO public.auth_permission VALUES (580, 'Can delete fault ruling', 144, 'delete_faultruling');
INSERT INTO public.auth_permission VALUES (581, 'Can view fault ruling', 144, 'view_faultruling');
INSERT INTO public.auth_permission VALUES (582, 'Can add invoice', 145, 'add_invoice');
INSERT INTO public.auth_permission VALUES (583, 'Can change invoice', 145, 'change_invoice');
INSERT INTO public.auth_permission VALUES (584, 'Can delete invoice', 145, 'delete_invoice');
INSERT INTO public.auth_permission VALUES (585, 'Can view invoice', 145, 'view_invoice');
INSERT INTO public.auth_permission VALUES (586, 'Can add invoice line', 146, 'add_invoiceline');
INSERT INTO public.auth_permission VALUES (587, 'Can change invoice line', 146, 'change_invoiceline');
INSERT INTO public.auth_permission VALUES (588, 'Can delete invoice line', 146, 'delete_invoiceline');
INSERT INTO public.auth_permission VALUES (589, 'Can view invoice line', 146, 'view_invoiceline');
INSERT INTO public.auth_permission VALUES (590, 'Can add line span', 147, 'add_linespan');
INSERT INTO public.auth_permission VALUES (591, 'Can change line span', 147, 'change_linespan');
INSERT INTO public.auth_permission VALUES (592, 'Can delete line span', 147, 'delete_linespan');
INSERT INTO public.auth_permission VALUES (593, 'Can view line span', 147, 'view_linespan');
INSERT INTO public.auth_permission VALUES (594, 'Can add number series', 148, 'add_numberseries');
INSERT INTO public.auth_permission VALUES (595, 'Can change number series', 148, 'change_numberseries');
INSERT INTO public.auth_permission VALUES (596, 'Can delete number series', 148, 'delete_numberseries');
INSERT INTO public.auth_permission VALUES (597, 'Can view number series', 148, 'view_numberseries');
INSERT INTO public.auth_permission VALUES (598, 'Can add paper file', 149, 'add_paperfile');
INSERT INTO public.auth_permission VALUES (599, 'Can change paper file', 149, 'change_paperfile');
INSERT INTO public.auth_permission VALUES (600, 'Can delete paper file', 149, 'delete_paperfile');
INSERT INTO public.auth_permission VALUES (601, 'Can view paper file', 149, 'view_paperfile');
INSERT INTO public.auth_permission VALUES (602, 'Can add rental dispute', 150, 'add_rentaldispute');
INSERT INTO public.auth_permission VALUES (603, 'Can change rental dispute', 150, 'change_rentaldispute');
INSERT INTO public.auth_permission VALUES (604, 'Can delete rental dispute', 150, 'delete_rentaldispute');
INSERT INTO public.auth_permission VALUES (605, 'Can view rental dispute', 150, 'view_rentaldispute');
INSERT INTO public.auth_permission VALUES (606, 'Can add seller', 151, 'add_seller');
INSERT INTO public.auth_permission VALUES (607, 'Can change seller', 151, 'change_seller');
INSERT INTO public.auth_permission VALUES (608, 'Can delete seller', 151, 'delete_seller');
INSERT INTO public.auth_permission VALUES (609, 'Can view seller', 151, 'view_seller');
INSERT INTO public.auth_permission VALUES (610, 'Can add SLA assessment', 152, 'add_slaassessment');
INSERT INTO public.auth_permission VALUES (611, 'Can change SLA assessment', 152, 'change_slaassessment');
INSERT INTO public.auth_permission VALUES (612, 'Can delete SLA assessment', 152, 'delete_slaassessment');
INSERT INTO public.auth_permission VALUES (613, 'Can view SLA assessment', 152, 'view_slaassessment');
INSERT INTO public.auth_permission VALUES (614, 'Can add SLA tier', 153, 'add_slatier');
INSERT INTO public.auth_permission VALUES (615, 'Can change SLA tier', 153, 'change_slatier');
INSERT INTO public.auth_permission VALUES (616, 'Can delete SLA tier', 153, 'delete_slatier');
INSERT INTO public.auth_permission VALUES (617, 'Can view SLA tier', 153, 'view_slatier');
INSERT INTO public.auth_permission VALUES (618, 'Can add tax payment', 154, 'add_taxpayment');
INSERT INTO public.auth_permission VALUES (619, 'Can change tax payment', 154, 'change_taxpayment');
INSERT INTO public.auth_permission VALUES (620, 'Can delete tax payment', 154, 'delete_taxpayment');
INSERT INTO public.auth_permission VALUES (621, 'Can view tax payment', 154, 'view_taxpayment');
INSERT INTO public.auth_permission VALUES (622, 'Can add tax rule', 155, 'add_taxrule');
INSERT INTO public.auth_permission VALUES (623, 'Can change tax rule', 155, 'change_taxrule');
INSERT INTO public.auth_permission VALUES (624, 'Can delete tax rule', 155, 'delete_taxrule');
INSERT INTO public.auth_permission VALUES (625, 'Can view tax rule', 155, 'view_taxrule');
INSERT INTO public.auth_permission VALUES (626, 'Can add matured fee', 156, 'add_maturedfee');
INSERT INTO public.auth_permission VALUES (627, 'Can change matured fee', 156, 'change_maturedfee');
INSERT INTO public.auth_permission VALUES (628, 'Can delete matured fee', 156, 'delete_maturedfee');
INSERT INTO public.auth_permission VALUES (629, 'Can view matured fee', 156, 'view_maturedfee');
INSERT INTO public.auth_permission VALUES (630, 'Can add grace', 157, 'add_grace');
INSERT INTO public.auth_permission VALUES (631, 'Can change grace', 157, 'change_grace');
INSERT INTO public.auth_permission VALUES (632, 'Can delete grace', 157, 'delete_grace');
INSERT INTO public.auth_permission VALUES (633, 'Can view grace', 157, 'view_grace');
INSERT INTO public.auth_permission VALUES (634, 'Can add tax calculation', 158, 'add_taxcalculation');
INSERT INTO public.auth_permission VALUES (635, 'Can change tax calculation', 158, 'change_taxcalculation');
INSERT INTO public.auth_permission VALUES (636, 'Can delete tax calculation', 158, 'delete_taxcalculation');
INSERT INTO public.auth_permission VALUES (637, 'Can view tax calculation', 158, 'view_taxcalculation');
INSERT INTO public.auth_permission VALUES (638, 'Can add tax filing', 159, 'add_taxfiling');
INSERT INTO public.auth_permission VALUES (639, 'Can change tax filing', 159, 'change_taxfiling');
INSERT INTO public.auth_permission VALUES (640, 'Can delete tax filing', 159, 'delete_taxfiling');
INSERT INTO public.auth_permission VALUES (641, 'Can view tax filing', 159, 'view_taxfiling');
INSERT INTO public.auth_permission VALUES (642, 'Can add enrolment token', 160, 'add_enrolmenttoken');
INSERT INTO public.auth_permission VALUES (643, 'Can change enrolment token', 160, 'change_enrolmenttoken');
INSERT INTO public.auth_permission VALUES (644, 'Can delete enrolment token', 160, 'delete_enrolmenttoken');
INSERT INTO public.auth_permission VALUES (645, 'Can view enrolment token', 160, 'view_enrolmenttoken');
INSERT INTO public.auth_permission VALUES (646, 'Can add node', 161, 'add_node');
INSERT INTO public.auth_permission VALUES (647, 'Can change node', 161, 'change_node');
INSERT INTO public.auth_permission VALUES (648, 'Can delete node', 161, 'delete_node');
INSERT INTO public.auth_permission VALUES (649, 'Can view node', 161, 'view_node');
INSERT INTO public.auth_permission VALUES (650, 'Can add node boot', 162, 'add_nodeboot');
INSERT INTO public.auth_permission VALUES (651, 'Can change node boot', 162, 'change_nodeboot');
INSERT INTO public.auth_permission VALUES (652, 'Can delete node boot', 162, 'delete_nodeboot');
INSERT INTO public.auth_permission VALUES (653, 'Can view node boot', 162, 'view_nodeboot');
INSERT INTO public.auth_permission VALUES (654, 'Can add node key', 163, 'add_nodekey');
INSERT INTO public.auth_permission VALUES (655, 'Can change node key', 163, 'change_nodekey');
INSERT INTO public.auth_permission VALUES (656, 'Can delete node key', 163, 'delete_nodekey');
INSERT INTO public.auth_permission VALUES (657, 'Can view node key', 163, 'view_nodekey');
INSERT INTO public.auth_permission VALUES (658, 'Can add grant refusal', 164, 'add_grantrefusal');
INSERT INTO public.auth_permission VALUES (659, 'Can change grant refusal', 164, 'change_grantrefusal');
INSERT INTO public.auth_permission VALUES (660, 'Can delete grant refusal', 164, 'delete_grantrefusal');
INSERT INTO public.auth_permission VALUES (661, 'Can view grant refusal', 164, 'view_grantrefusal');
INSERT INTO public.auth_permission VALUES (662, 'Can add machine wish', 165, 'add_machinewish');
INSERT INTO public.auth_permission VALUES (663, 'Can change machine wish', 165, 'change_machinewish');
INSERT INTO public.auth_permission VALUES (664, 'Can delete machine wish', 165, 'delete_machinewish');
INSERT INTO public.auth_permission VALUES (665, 'Can view machine wish', 165, 'view_machinewish');
INSERT INTO public.catalog_cancellationschedule VALUES (1, '851ce7cd-46cf-4cbf-ad8c-ffcd54240f60', '2026-11-30 20:27:41.720015+00', 'flexible', 'Flexible: giving time up costs a tenth of the next 24 hours', '2026-11-28 00:00:00+00', '[[24, 1000]]');
INSERT INTO public.catalog_cancellationschedule VALUES (2, '4e75df18-b67d-45c7-a122-a64c012de64e', '2026-11-30 20:27:41.721596+00', 'moderate', 'Moderate: half of the next 24 hours, a fifth of the week after', '2026-11-28 00:00:00+00', '[[24, 5000], [192, 2000]]');
INSERT INTO public.catalog_cancellationschedule VALUES (3, 'd4fd1b45-7a96-4f80-a476-6f48e7e8cfd9', '2026-11-30 20:27:41.722238+00', 'firm', 'Firm: all of the next 48 hours, half of the two weeks after', '2026-11-28 00:00:00+00', '[[48, 10000], [384, 5000]]');
INSERT INTO public.django_content_type VALUES (1, 'admin', 'logentry');
INSERT INTO public.django_content_type VALUES (2, 'auth', 'permission');
INSERT INTO public.django_content_type VALUES (3, 'auth', 'group');
INSERT INTO public.django_content_type VALUES (4, 'contenttypes', 'contenttype');
INSERT INTO public.django_content_type VALUES (5, 'sessions', 'session');
INSERT INTO public.django_content_type VALUES (6, 'account', 'emailaddress');
INSERT INTO public.django_content_type VALUES (7, 'account', 'emailconfirmation');
INSERT INTO public.django_content_type VALUES (8, 'mfa', 'authenticator');
INSERT INTO public.django_content_type VALUES (9, 'core', 'auditevent');
INSERT INTO public.django_content_type VALUES (10, 'compliance', 'listsource');
INSERT INTO public.django_content_type VALUES (11, 'compliance', 'chipmodel');
INSERT INTO public.django_content_type VALUES (12, 'compliance', 'countrygroup');
INSERT INTO public.django_content_type VALUES (13, 'compliance', 'listsnapshot');
INSERT INTO public.django_content_type VALUES (14, 'compliance', 'listentry');
INSERT INTO public.django_content_type VALUES (15, 'compliance', 'party');
INSERT INTO public.django_content_type VALUES (16, 'compliance', 'decision');
INSERT INTO public.django_content_type VALUES (17, 'compliance', 'policyrule');
INSERT INTO public.django_content_type VALUES (18, 'compliance', 'entryname');
INSERT INTO public.django_content_type VALUES (19, 'compliance', 'content');
INSERT INTO public.django_content_type VALUES (20, 'compliance', 'chainlink');
INSERT INTO public.django_content_type VALUES (21, 'compliance', 'unsealed');
INSERT INTO public.django_content_type VALUES (22, 'compliance', 'chipattestation');
INSERT INTO public.django_content_type VALUES (23, 'compliance', 'director');
INSERT INTO public.django_content_type VALUES (24, 'compliance', 'ownershipstake');
INSERT INTO public.django_content_type VALUES (25, 'compliance', 'partyidentifier');
INSERT INTO public.django_content_type VALUES (26, 'compliance', 'scoringband');
INSERT INTO public.django_content_type VALUES (27, 'compliance', 'case');
INSERT INTO public.django_content_type VALUES (28, 'compliance', 'casedeadline');
INSERT INTO public.django_content_type VALUES (29, 'compliance', 'caseevent');
INSERT INTO public.django_content_type VALUES (30, 'compliance', 'casedecision');
INSERT INTO public.django_content_type VALUES (31, 'compliance', 'clearing');
INSERT INTO public.django_content_type VALUES (32, 'compliance', 'reviewclearance');
INSERT INTO public.django_content_type VALUES (33, 'compliance', 'casedocument');
INSERT INTO public.django_content_type VALUES (34, 'compliance', 'licence');
INSERT INTO public.django_content_type VALUES (35, 'compliance', 'licencedraw');
INSERT INTO public.django_content_type VALUES (36, 'compliance', 'licenceevent');
INSERT INTO public.django_content_type VALUES (37, 'compliance', 'licencereturn');
INSERT INTO public.django_content_type VALUES (38, 'compliance', 'ruleapproval');
INSERT INTO public.django_content_type VALUES (39, 'compliance', 'endusestatement');
INSERT INTO public.django_content_type VALUES (40, 'compliance', 'endusestatementwithdrawn');
INSERT INTO public.django_content_type VALUES (41, 'compliance', 'redflag');
INSERT INTO public.django_content_type VALUES (42, 'compliance', 'redflagclosed');
INSERT INTO public.django_content_type VALUES (43, 'compliance', 'redflagkind');
INSERT INTO public.django_content_type VALUES (44, 'compliance', 'siterisk');
INSERT INTO public.django_content_type VALUES (45, 'compliance', 'reversepass');
INSERT INTO public.django_content_type VALUES (46, 'compliance', 'rescreening');
INSERT INTO public.django_content_type VALUES (47, 'compliance', 'partycontact');
INSERT INTO public.django_content_type VALUES (48, 'compliance', 'partydocument');
INSERT INTO public.django_content_type VALUES (49, 'compliance', 'partyevidence');
INSERT INTO public.django_content_type VALUES (50, 'compliance', 'auditcheck');
INSERT INTO public.django_content_type VALUES (51, 'compliance', 'auditfault');
INSERT INTO public.django_content_type VALUES (52, 'accounts', 'user');
INSERT INTO public.django_content_type VALUES (53, 'accounts', 'membership');
INSERT INTO public.django_content_type VALUES (54, 'accounts', 'organisation');
INSERT INTO public.django_content_type VALUES (55, 'accounts', 'apikey');
INSERT INTO public.django_content_type VALUES (56, 'accounts', 'invitation');
INSERT INTO public.django_content_type VALUES (57, 'accounts', 'accesssighting');
INSERT INTO public.django_content_type VALUES (58, 'notices', 'notice');
INSERT INTO public.django_content_type VALUES (59, 'notices', 'letter');
INSERT INTO public.django_content_type VALUES (60, 'notices', 'seen');
INSERT INTO public.django_content_type VALUES (61, 'notices', 'choice');
INSERT INTO public.django_content_type VALUES (62, 'hooks', 'endpoint');
INSERT INTO public.django_content_type VALUES (63, 'hooks', 'delivery');
INSERT INTO public.django_content_type VALUES (64, 'hooks', 'attempt');
INSERT INTO public.django_content_type VALUES (65, 'catalog', 'site');
INSERT INTO public.django_content_type VALUES (66, 'catalog', 'machine');
INSERT INTO public.django_content_type VALUES (67, 'catalog', 'gpu');
INSERT INTO public.django_content_type VALUES (68, 'catalog', 'offer');
INSERT INTO public.django_content_type VALUES (69, 'catalog', 'gpuevent');
INSERT INTO public.django_content_type VALUES (70, 'catalog', 'healthchange');
INSERT INTO public.django_content_type VALUES (71, 'catalog', 'machinereading');
INSERT INTO public.django_content_type VALUES (72, 'catalog', 'telemetry');
INSERT INTO public.django_content_type VALUES (73, 'catalog', 'boardclaim');
INSERT INTO public.django_content_type VALUES (74, 'catalog', 'calibration');
INSERT INTO public.django_content_type VALUES (75, 'catalog', 'challenge');
INSERT INTO public.django_content_type VALUES (76, 'catalog', 'challengeanswer');
INSERT INTO public.django_content_type VALUES (77, 'catalog', 'devicekey');
INSERT INTO public.django_content_type VALUES (78, 'catalog', 'hardwarefacts');
INSERT INTO public.django_content_type VALUES (79, 'catalog', 'probe');
INSERT INTO public.django_content_type VALUES (80, 'catalog', 'trust');
INSERT INTO public.django_content_type VALUES (81, 'catalog', 'trustevidence');
INSERT INTO public.django_content_type VALUES (82, 'catalog', 'cancellationschedule');
INSERT INTO public.django_content_type VALUES (83, 'ledger', 'account');
INSERT INTO public.django_content_type VALUES (84, 'ledger', 'hold');
INSERT INTO public.django_content_type VALUES (85, 'ledger', 'transaction');
INSERT INTO public.django_content_type VALUES (86, 'ledger', 'transfer');
INSERT INTO public.django_content_type VALUES (87, 'ledger', 'balance');
INSERT INTO public.django_content_type VALUES (88, 'ledger', 'seal');
INSERT INTO public.django_content_type VALUES (89, 'ledger', 'freeze');
INSERT INTO public.django_content_type VALUES (90, 'brokerage', 'reservation');
INSERT INTO public.django_content_type VALUES (91, 'brokerage', 'assignment');
INSERT INTO public.django_content_type VALUES (92, 'brokerage', 'lease');
INSERT INTO public.django_content_type VALUES (93, 'brokerage', 'windowchange');
INSERT INTO public.django_content_type VALUES (94, 'brokerage', 'machinefailure');
INSERT INTO public.django_content_type VALUES (95, 'brokerage', 'notice');
INSERT INTO public.django_content_type VALUES (96, 'brokerage', 'waiting');
INSERT INTO public.django_content_type VALUES (97, 'brokerage', 'reliability');
INSERT INTO public.django_content_type VALUES (98, 'brokerage', 'machinereport');
INSERT INTO public.django_content_type VALUES (99, 'brokerage', 'drift');
INSERT INTO public.django_content_type VALUES (100, 'brokerage', 'keeping');
INSERT INTO public.django_content_type VALUES (101, 'metering', 'segment');
INSERT INTO public.django_content_type VALUES (102, 'metering', 'usage');
INSERT INTO public.django_content_type VALUES (103, 'metering', 'closing');
INSERT INTO public.django_content_type VALUES (104, 'metering', 'gap');
INSERT INTO public.django_content_type VALUES (105, 'metering', 'link');
INSERT INTO public.django_content_type VALUES (106, 'metering', 'outageruling');
INSERT INTO public.django_content_type VALUES (107, 'metering', 'ownoutage');
INSERT INTO public.django_content_type VALUES (108, 'metering', 'signer');
INSERT INTO public.django_content_type VALUES (109, 'billing', 'stripeevent');
INSERT INTO public.django_content_type VALUES (110, 'billing', 'topup');
INSERT INTO public.django_content_type VALUES (111, 'billing', 'stripecommand');
INSERT INTO public.django_content_type VALUES (112, 'billing', 'charge');
INSERT INTO public.django_content_type VALUES (113, 'billing', 'rerating');
INSERT INTO public.django_content_type VALUES (114, 'billing', 'usagestatement');
INSERT INTO public.django_content_type VALUES (115, 'billing', 'payer');
INSERT INTO public.django_content_type VALUES (116, 'billing', 'discount');
INSERT INTO public.django_content_type VALUES (117, 'billing', 'ratesegment');
INSERT INTO public.django_content_type VALUES (118, 'billing', 'termsoffer');
INSERT INTO public.django_content_type VALUES (119, 'billing', 'autotopup');
INSERT INTO public.django_content_type VALUES (120, 'billing', 'creditgrant');
INSERT INTO public.django_content_type VALUES (121, 'billing', 'creditlot');
INSERT INTO public.django_content_type VALUES (122, 'billing', 'dispute');
INSERT INTO public.django_content_type VALUES (123, 'billing', 'finding');
INSERT INTO public.django_content_type VALUES (124, 'billing', 'lotmove');
INSERT INTO public.django_content_type VALUES (125, 'billing', 'reconciliation');
INSERT INTO public.django_content_type VALUES (126, 'billing', 'refund');
INSERT INTO public.django_content_type VALUES (127, 'billing', 'savedcard');
INSERT INTO public.django_content_type VALUES (128, 'billing', 'stripemovement');
INSERT INTO public.django_content_type VALUES (129, 'billing', 'walletnotice');
INSERT INTO public.django_content_type VALUES (130, 'billing', 'bankpayout');
INSERT INTO public.django_content_type VALUES (131, 'billing', 'maturedcharge');
INSERT INTO public.django_content_type VALUES (132, 'billing', 'maturity');
INSERT INTO public.django_content_type VALUES (133, 'billing', 'payout');
INSERT INTO public.django_content_type VALUES (134, 'billing', 'payoutaccount');
INSERT INTO public.django_content_type VALUES (135, 'billing', 'payouthold');
INSERT INTO public.django_content_type VALUES (136, 'billing', 'payoutline');
INSERT INTO public.django_content_type VALUES (137, 'billing', 'payoutreversal');
INSERT INTO public.django_content_type VALUES (138, 'billing', 'coststatement');
INSERT INTO public.django_content_type VALUES (139, 'billing', 'costline');
INSERT INTO public.django_content_type VALUES (140, 'billing', 'billingdetails');
INSERT INTO public.django_content_type VALUES (141, 'billing', 'creditline');
INSERT INTO public.django_content_type VALUES (142, 'billing', 'creditnote');
INSERT INTO public.django_content_type VALUES (143, 'billing', 'disputeentry');
INSERT INTO public.django_content_type VALUES (144, 'billing', 'faultruling');
INSERT INTO public.django_content_type VALUES (145, 'billing', 'invoice');
INSERT INTO public.django_content_type VALUES (146, 'billing', 'invoiceline');
INSERT INTO public.django_content_type VALUES (147, 'billing', 'linespan');
INSERT INTO public.django_content_type VALUES (148, 'billing', 'numberseries');
INSERT INTO public.django_content_type VALUES (149, 'billing', 'paperfile');
INSERT INTO public.django_content_type VALUES (150, 'billing', 'rentaldispute');
INSERT INTO public.django_content_type VALUES (151, 'billing', 'seller');
INSERT INTO public.django_content_type VALUES (152, 'billing', 'slaassessment');
INSERT INTO public.django_content_type VALUES (153, 'billing', 'slatier');
INSERT INTO public.django_content_type VALUES (154, 'billing', 'taxpayment');
INSERT INTO public.django_content_type VALUES (155, 'billing', 'taxrule');
INSERT INTO public.django_content_type VALUES (156, 'billing', 'maturedfee');
INSERT INTO public.django_content_type VALUES (157, 'billing', 'grace');
INSERT INTO public.django_content_type VALUES (158, 'billing', 'taxcalculation');
INSERT INTO public.django_content_type VALUES (159, 'billing', 'taxfiling');
INSERT INTO public.django_content_type VALUES (160, 'gateway', 'enrolmenttoken');
INSERT INTO public.django_content_type VALUES (161, 'gateway', 'node');
INSERT INTO public.django_content_type VALUES (162, 'gateway', 'nodeboot');
INSERT INTO public.django_content_type VALUES (163, 'gateway', 'nodekey');
INSERT INTO public.django_content_type VALUES (164, 'gateway', 'grantrefusal');
INSERT INTO public.django_content_type VALUES (165, 'gateway', 'machinewish');
INSERT INTO public.django_migrations VALUES (1, 'compliance', '0001_initial', '2026-11-30 20:27:35.507721+00');
INSERT INTO public.django_migrations VALUES (2, 'contenttypes', '0001_initial', '2026-11-30 20:27:35.512913+00');
INSERT INTO public.django_migrations VALUES (3, 'contenttypes', '0002_remove_content_type_name', '2026-11-30 20:27:35.526406+00');
INSERT INTO public.django_migrations VALUES (4, 'auth', '0001_initial', '2026-11-30 20:27:35.556881+00');
INSERT INTO public.django_migrations VALUES (5, 'auth', '0002_alter_permission_name_max_length', '2026-11-30 20:27:35.564142+00');
INSERT INTO public.django_migrations VALUES (6, 'auth', '0003_alter_user_email_max_length', '2026-11-30 20:27:35.572068+00');
INSERT INTO public.django_migrations VALUES (7, 'auth', '0004_alter_user_username_opts', '2026-11-30 20:27:35.579847+00');
INSERT INTO public.django_migrations VALUES (8, 'auth', '0005_alter_user_last_login_null', '2026-11-30 20:27:35.587118+00');
INSERT INTO public.django_migrations VALUES (9, 'auth', '0006_require_contenttypes_0002', '2026-11-30 20:27:35.588409+00');
INSERT INTO public.django_migrations VALUES (10, 'auth', '0007_alter_validators_add_error_messages', '2026-11-30 20:27:35.595751+00');
INSERT INTO public.django_migrations VALUES (11, 'auth', '0008_alter_user_username_max_length', '2026-11-30 20:27:35.604397+00');
INSERT INTO public.django_migrations VALUES (12, 'auth', '0009_alter_user_last_name_max_length', '2026-11-30 20:27:35.609204+00');
INSERT INTO public.django_migrations VALUES (13, 'auth', '0010_alter_group_name_max_length', '2026-11-30 20:27:35.614094+00');
INSERT INTO public.django_migrations VALUES (14, 'auth', '0011_update_proxy_permissions', '2026-11-30 20:27:35.632588+00');
INSERT INTO public.django_migrations VALUES (15, 'auth', '0012_alter_user_first_name_max_length', '2026-11-30 20:27:35.640188+00');
INSERT INTO public.django_migrations VALUES (16, 'accounts', '0001_initial', '2026-11-30 20:27:35.743424+00');
INSERT INTO public.django_migrations VALUES (17, 'account', '0001_initial', '2026-11-30 20:27:35.780157+00');
INSERT INTO public.django_migrations VALUES (18, 'account', '0002_email_max_length', '2026-11-30 20:27:35.790702+00');
INSERT INTO public.django_migrations VALUES (19, 'account', '0003_alter_emailaddress_create_unique_verified_email', '2026-11-30 20:27:35.808969+00');
INSERT INTO public.django_migrations VALUES (20, 'account', '0004_alter_emailaddress_drop_unique_email', '2026-11-30 20:27:35.822337+00');
INSERT INTO public.django_migrations VALUES (21, 'account', '0005_emailaddress_idx_upper_email', '2026-11-30 20:27:35.833176+00');
INSERT INTO public.django_migrations VALUES (22, 'account', '0006_emailaddress_lower', '2026-11-30 20:27:35.853638+00');
INSERT INTO public.django_migrations VALUES (23, 'account', '0007_emailaddress_idx_email', '2026-11-30 20:27:35.87581+00');
INSERT INTO public.django_migrations VALUES (24, 'account', '0008_emailaddress_unique_primary_email_fixup', '2026-11-30 20:27:35.900698+00');
INSERT INTO public.django_migrations VALUES (25, 'account', '0009_emailaddress_unique_primary_email', '2026-11-30 20:27:35.911269+00');
INSERT INTO public.django_migrations VALUES (26, 'accounts', '0002_invitations', '2026-11-30 20:27:35.940786+00');
INSERT INTO public.django_migrations VALUES (27, 'accounts', '0003_sightings', '2026-11-30 20:27:35.971242+00');
INSERT INTO public.django_migrations VALUES (28, 'accounts', '0004_confirmed_email', '2026-11-30 20:27:36.002358+00');
INSERT INTO public.django_migrations VALUES (29, 'accounts', '0005_key_scopes', '2026-11-30 20:27:36.279679+00');
INSERT INTO public.django_migrations VALUES (30, 'accounts', '0006_language', '2026-11-30 20:27:36.321558+00');
INSERT INTO public.django_migrations VALUES (31, 'admin', '0001_initial', '2026-11-30 20:27:36.359142+00');
INSERT INTO public.django_migrations VALUES (32, 'admin', '0002_logentry_remove_auto_add', '2026-11-30 20:27:36.379428+00');
INSERT INTO public.django_migrations VALUES (33, 'admin', '0003_logentry_add_action_flag_choices', '2026-11-30 20:27:36.397876+00');
INSERT INTO public.django_migrations VALUES (34, 'core', '0001_initial', '2026-11-30 20:27:36.40828+00');
INSERT INTO public.django_migrations VALUES (35, 'core', '0002_append_only', '2026-11-30 20:27:36.411703+00');
INSERT INTO public.django_migrations VALUES (36, 'compliance', '0002_append_only', '2026-11-30 20:27:36.415314+00');
INSERT INTO public.django_migrations VALUES (37, 'compliance', '0003_entry_details', '2026-11-30 20:27:36.444756+00');
INSERT INTO public.django_migrations VALUES (38, 'compliance', '0004_chain', '2026-11-30 20:27:36.480427+00');
INSERT INTO public.django_migrations VALUES (39, 'compliance', '0005_ownership', '2026-11-30 20:27:36.867608+00');
INSERT INTO public.django_migrations VALUES (40, 'compliance', '0006_party_identifiers', '2026-11-30 20:27:37.029974+00');
INSERT INTO public.django_migrations VALUES (41, 'compliance', '0007_cases', '2026-11-30 20:27:37.599475+00');
INSERT INTO public.django_migrations VALUES (42, 'compliance', '0008_licences', '2026-11-30 20:27:38.177091+00');
INSERT INTO public.django_migrations VALUES (43, 'compliance', '0009_red_flags', '2026-11-30 20:27:38.981924+00');
INSERT INTO public.django_migrations VALUES (44, 'compliance', '0010_rescreening', '2026-11-30 20:27:39.050653+00');
INSERT INTO public.django_migrations VALUES (45, 'catalog', '0001_initial', '2026-11-30 20:27:39.323717+00');
INSERT INTO public.django_migrations VALUES (46, 'catalog', '0002_search_indexes', '2026-11-30 20:27:39.389412+00');
INSERT INTO public.django_migrations VALUES (47, 'catalog', '0003_fabric', '2026-11-30 20:27:39.399031+00');
INSERT INTO public.django_migrations VALUES (48, 'catalog', '0004_health', '2026-11-30 20:27:39.903849+00');
INSERT INTO public.django_migrations VALUES (49, 'catalog', '0005_trust', '2026-11-30 20:27:41.398142+00');
INSERT INTO public.django_migrations VALUES (50, 'catalog', '0006_terms', '2026-11-30 20:27:41.728734+00');
INSERT INTO public.django_migrations VALUES (51, 'catalog', '0007_spot', '2026-11-30 20:27:41.920608+00');
INSERT INTO public.django_migrations VALUES (52, 'catalog', '0008_challenge_after_faults', '2026-11-30 20:27:42.324896+00');
INSERT INTO public.django_migrations VALUES (53, 'catalog', '0009_upkeep', '2026-11-30 20:27:42.364088+00');
INSERT INTO public.django_migrations VALUES (54, 'catalog', '0010_names', '2026-11-30 20:27:42.438289+00');
INSERT INTO public.django_migrations VALUES (55, 'ledger', '0001_initial', '2026-11-30 20:27:42.574338+00');
INSERT INTO public.django_migrations VALUES (56, 'ledger', '0002_invariants', '2026-11-30 20:27:42.584045+00');
INSERT INTO public.django_migrations VALUES (57, 'ledger', '0003_seal', '2026-11-30 20:27:42.59865+00');
INSERT INTO public.django_migrations VALUES (58, 'ledger', '0004_payments', '2026-11-30 20:27:42.677387+00');
INSERT INTO public.django_migrations VALUES (59, 'ledger', '0005_payouts', '2026-11-30 20:27:42.713241+00');
INSERT INTO public.django_migrations VALUES (60, 'ledger', '0006_papers', '2026-11-30 20:27:42.745401+00');
INSERT INTO public.django_migrations VALUES (61, 'ledger', '0007_bank', '2026-11-30 20:27:42.777126+00');
INSERT INTO public.django_migrations VALUES (62, 'compliance', '0011_known_parties', '2026-11-30 20:27:42.946888+00');
INSERT INTO public.django_migrations VALUES (63, 'brokerage', '0001_initial', '2026-11-30 20:27:43.68918+00');
INSERT INTO public.django_migrations VALUES (64, 'brokerage', '0002_decision_fits', '2026-11-30 20:27:43.7224+00');
INSERT INTO public.django_migrations VALUES (65, 'brokerage', '0003_live_leases', '2026-11-30 20:27:43.737653+00');
INSERT INTO public.django_migrations VALUES (66, 'brokerage', '0004_licences', '2026-11-30 20:27:43.744405+00');
INSERT INTO public.django_migrations VALUES (67, 'brokerage', '0005_assignment_way', '2026-11-30 20:27:43.804392+00');
INSERT INTO public.django_migrations VALUES (68, 'brokerage', '0006_gangs', '2026-11-30 20:27:44.268436+00');
INSERT INTO public.django_migrations VALUES (69, 'brokerage', '0008_quotes', '2026-11-30 20:27:45.115259+00');
INSERT INTO public.django_migrations VALUES (70, 'brokerage', '0009_failures', '2026-11-30 20:27:46.168223+00');
INSERT INTO public.django_migrations VALUES (71, 'brokerage', '0010_waitlist', '2026-11-30 20:27:46.953754+00');
INSERT INTO public.django_migrations VALUES (72, 'brokerage', '0011_spot', '2026-11-30 20:27:47.953021+00');
INSERT INTO public.django_migrations VALUES (73, 'brokerage', '0012_reliability', '2026-11-30 20:27:48.29384+00');
INSERT INTO public.django_migrations VALUES (74, 'brokerage', '0013_notices_without_letters', '2026-11-30 20:27:48.428935+00');
INSERT INTO public.django_migrations VALUES (75, 'brokerage', '0014_leases_and_upkeep', '2026-11-30 20:27:48.433562+00');
INSERT INTO public.django_migrations VALUES (76, 'brokerage', '0015_drift', '2026-11-30 20:27:48.715875+00');
INSERT INTO public.django_migrations VALUES (77, 'brokerage', '0016_pay_at_start', '2026-11-30 20:27:49.50046+00');
INSERT INTO public.django_migrations VALUES (78, 'brokerage', '0017_names', '2026-11-30 20:27:49.605713+00');
INSERT INTO public.django_migrations VALUES (79, 'brokerage', '0018_lease_cleaning', '2026-11-30 20:27:49.620669+00');
INSERT INTO public.django_migrations VALUES (80, 'compliance', '0012_party_evidence', '2026-11-30 20:27:49.728442+00');
INSERT INTO public.django_migrations VALUES (81, 'compliance', '0013_officers_papers', '2026-11-30 20:27:49.795281+00');
INSERT INTO public.django_migrations VALUES (82, 'compliance', '0014_groups_verified', '2026-11-30 20:27:49.803238+00');
INSERT INTO public.django_migrations VALUES (83, 'compliance', '0015_audit_checks', '2026-11-30 20:27:49.827973+00');
INSERT INTO public.django_migrations VALUES (84, 'compliance', '0016_end_uses', '2026-11-30 20:27:50.00693+00');
INSERT INTO public.django_migrations VALUES (85, 'compliance', '0017_rule_supersedes', '2026-11-30 20:27:50.033817+00');
INSERT INTO public.django_migrations VALUES (86, 'brokerage', '0019_rolling', '2026-11-30 20:27:50.517087+00');
INSERT INTO public.django_migrations VALUES (87, 'metering', '0001_initial', '2026-11-30 20:27:50.712769+00');
INSERT INTO public.django_migrations VALUES (88, 'metering', '0002_append_only', '2026-11-30 20:27:50.719709+00');
INSERT INTO public.django_migrations VALUES (89, 'metering', '0003_statements', '2026-11-30 20:27:52.395498+00');
INSERT INTO public.django_migrations VALUES (90, 'billing', '0001_initial', '2026-11-30 20:27:53.726566+00');
INSERT INTO public.django_migrations VALUES (91, 'billing', '0002_append_only', '2026-11-30 20:27:53.732488+00');
INSERT INTO public.django_migrations VALUES (92, 'billing', '0003_rerating', '2026-11-30 20:27:54.038899+00');
INSERT INTO public.django_migrations VALUES (93, 'billing', '0004_payers', '2026-11-30 20:27:54.149011+00');
INSERT INTO public.django_migrations VALUES (94, 'billing', '0005_rate_segments', '2026-11-30 20:27:56.951613+00');
INSERT INTO public.django_migrations VALUES (95, 'billing', '0006_payments', '2026-11-30 20:28:02.247554+00');
INSERT INTO public.django_migrations VALUES (96, 'billing', '0007_payouts', '2026-11-30 20:28:07.754824+00');
INSERT INTO public.django_migrations VALUES (97, 'billing', '0008_papers', '2026-11-30 20:28:24.045297+00');
INSERT INTO public.django_migrations VALUES (98, 'billing', '0010_windows_move', '2026-11-30 20:28:24.050234+00');
INSERT INTO public.django_migrations VALUES (99, 'billing', '0011_fees_on_papers', '2026-11-30 20:28:25.391114+00');
INSERT INTO public.django_migrations VALUES (100, 'billing', '0012_promo_on_invoices', '2026-11-30 20:28:25.536285+00');
INSERT INTO public.django_migrations VALUES (101, 'billing', '0013_names', '2026-11-30 20:28:25.760073+00');
INSERT INTO public.django_migrations VALUES (102, 'billing', '0014_grace', '2026-11-30 20:28:25.952936+00');
INSERT INTO public.django_migrations VALUES (103, 'billing', '0016_inbox_ids', '2026-11-30 20:28:25.974276+00');
INSERT INTO public.django_migrations VALUES (104, 'billing', '0017_operators_keep_sites', '2026-11-30 20:28:25.981061+00');
INSERT INTO public.django_migrations VALUES (105, 'billing', '0018_stripe_tax', '2026-11-30 20:28:27.459149+00');
INSERT INTO public.django_migrations VALUES (106, 'ledger', '0008_own_numbers', '2026-11-30 20:28:27.463023+00');
INSERT INTO public.django_migrations VALUES (107, 'catalog', '0011_keep_price', '2026-11-30 20:28:27.556034+00');
INSERT INTO public.django_migrations VALUES (108, 'brokerage', '0020_keepings', '2026-11-30 20:28:29.951122+00');
INSERT INTO public.django_migrations VALUES (109, 'brokerage', '0021_keeping_notices', '2026-11-30 20:28:30.099875+00');
INSERT INTO public.django_migrations VALUES (110, 'gateway', '0001_initial', '2026-11-30 20:28:30.897225+00');
INSERT INTO public.django_migrations VALUES (111, 'gateway', '0002_rotation', '2026-11-30 20:28:32.047305+00');
INSERT INTO public.django_migrations VALUES (112, 'gateway', '0003_names', '2026-11-30 20:28:32.100717+00');
INSERT INTO public.django_migrations VALUES (113, 'notices', '0001_initial', '2026-11-30 20:28:34.570474+00');
INSERT INTO public.django_migrations VALUES (114, 'hooks', '0001_initial', '2026-11-30 20:28:35.55597+00');
INSERT INTO public.django_migrations VALUES (115, 'hooks', '0002_names', '2026-11-30 20:28:35.659801+00');
INSERT INTO public.django_migrations VALUES (116, 'hooks', '0003_rolling', '2026-11-30 20:28:36.329715+00');
INSERT INTO public.django_migrations VALUES (117, 'hooks', '0004_keepings', '2026-11-30 20:28:36.538506+00');
INSERT INTO public.django_migrations VALUES (118, 'metering', '0004_running_sums', '2026-11-30 20:28:37.192285+00');
INSERT INTO public.django_migrations VALUES (119, 'mfa', '0001_initial', '2026-11-30 20:28:37.435986+00');
INSERT INTO public.django_migrations VALUES (120, 'mfa', '0002_authenticator_timestamps', '2026-11-30 20:28:37.5725+00');
INSERT INTO public.django_migrations VALUES (121, 'mfa', '0003_authenticator_type_uniq', '2026-11-30 20:28:37.843079+00');
INSERT INTO public.django_migrations VALUES (122, 'notices', '0002_said_stays', '2026-11-30 20:28:37.851844+00');
INSERT INTO public.django_migrations VALUES (123, 'notices', '0003_names', '2026-11-30 20:28:38.45603+00');
INSERT INTO public.django_migrations VALUES (124, 'notices', '0004_rolling', '2026-11-30 20:28:38.872304+00');
INSERT INTO public.django_migrations VALUES (125, 'notices', '0005_keepings', '2026-11-30 20:28:39.348777+00');
INSERT INTO public.django_migrations VALUES (126, 'sessions', '0001_initial', '2026-11-30 20:28:39.364417+00');
SELECT pg_catalog.setval('public.auth_permission_id_seq', 665, true);
SELECT pg_catalog.setval('public.catalog_cancellationschedule_id_seq', 3, true);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 165, true);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 126, true);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_accesssighting
    ADD CONSTRAINT accounts_accesssighting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_secret_sha256_key UNIQUE (secret_sha256);
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_secret_sha256_key UNIQUE (secret_sha256);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_party_id_key UNIQUE (party_id);
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_email_key UNIQUE (email);
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_user_id_group_id_59c0b32f_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_permi_user_id_permission_id_2ab516c2_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_autotopup
    ADD CONSTRAINT billing_autotopup_organisation_id_key UNIQUE (organisation_id);
ALTER TABLE ONLY public.billing_autotopup
    ADD CONSTRAINT billing_autotopup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_autotopup
    ADD CONSTRAINT billing_autotopup_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_bankpayout
    ADD CONSTRAINT billing_bankpayout_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_bankpayout
    ADD CONSTRAINT billing_bankpayout_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_bankpayout
    ADD CONSTRAINT billing_bankpayout_stripe_id_key UNIQUE (stripe_id);
ALTER TABLE ONLY public.billing_billingdetails
    ADD CONSTRAINT billing_billingdetails_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_billingdetails
    ADD CONSTRAINT billing_billingdetails_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_charge
    ADD CONSTRAINT billing_charge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_charge
    ADD CONSTRAINT billing_charge_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_costline
    ADD CONSTRAINT billing_costline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_coststatement
    ADD CONSTRAINT billing_coststatement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_coststatement
    ADD CONSTRAINT billing_coststatement_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_coststatement
    ADD CONSTRAINT billing_coststatement_reservation_id_key UNIQUE (reservation_id);
ALTER TABLE ONLY public.billing_creditgrant
    ADD CONSTRAINT billing_creditgrant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_creditgrant
    ADD CONSTRAINT billing_creditgrant_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_creditline
    ADD CONSTRAINT billing_creditline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_grant_id_key UNIQUE (grant_id);
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_top_up_id_key UNIQUE (top_up_id);
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_key_key UNIQUE (key);
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_discount
    ADD CONSTRAINT billing_discount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_discount
    ADD CONSTRAINT billing_discount_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_dispute_id_key UNIQUE (dispute_id);
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_hold_id_key UNIQUE (hold_id);
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_disputeentry
    ADD CONSTRAINT billing_disputeentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_disputeentry
    ADD CONSTRAINT billing_disputeentry_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_faultruling
    ADD CONSTRAINT billing_faultruling_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_faultruling
    ADD CONSTRAINT billing_faultruling_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_finding
    ADD CONSTRAINT billing_finding_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_finding
    ADD CONSTRAINT billing_finding_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_grace
    ADD CONSTRAINT billing_grace_change_id_key UNIQUE (change_id);
ALTER TABLE ONLY public.billing_grace
    ADD CONSTRAINT billing_grace_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_grace
    ADD CONSTRAINT billing_grace_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_tax_calculation_id_key UNIQUE (tax_calculation_id);
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_change_id_key UNIQUE (change_id);
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT billing_linespan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_lotmove
    ADD CONSTRAINT billing_lotmove_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_lotmove
    ADD CONSTRAINT billing_lotmove_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_maturedcharge
    ADD CONSTRAINT billing_maturedcharge_pkey PRIMARY KEY (charge_id);
ALTER TABLE ONLY public.billing_maturedfee
    ADD CONSTRAINT billing_maturedfee_pkey PRIMARY KEY (change_id);
ALTER TABLE ONLY public.billing_maturity
    ADD CONSTRAINT billing_maturity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_maturity
    ADD CONSTRAINT billing_maturity_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_numberseries
    ADD CONSTRAINT billing_numberseries_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_credit_note_id_key UNIQUE (credit_note_id);
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_invoice_id_key UNIQUE (invoice_id);
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_payer
    ADD CONSTRAINT billing_payer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payer
    ADD CONSTRAINT billing_payer_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_payout
    ADD CONSTRAINT billing_payout_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payout
    ADD CONSTRAINT billing_payout_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_payoutaccount
    ADD CONSTRAINT billing_payoutaccount_organisation_id_key UNIQUE (organisation_id);
ALTER TABLE ONLY public.billing_payoutaccount
    ADD CONSTRAINT billing_payoutaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payoutaccount
    ADD CONSTRAINT billing_payoutaccount_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_payouthold
    ADD CONSTRAINT billing_payouthold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payouthold
    ADD CONSTRAINT billing_payouthold_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT billing_payoutline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payoutreversal
    ADD CONSTRAINT billing_payoutreversal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_payoutreversal
    ADD CONSTRAINT billing_payoutreversal_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_offer_id_key UNIQUE (offer_id);
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_reconciliation
    ADD CONSTRAINT billing_reconciliation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_reconciliation
    ADD CONSTRAINT billing_reconciliation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_hold_id_key UNIQUE (hold_id);
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_idempotency_key_key UNIQUE (idempotency_key);
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldispute_credit_note_id_key UNIQUE (credit_note_id);
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldispute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldispute_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_rerating
    ADD CONSTRAINT billing_rerating_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_rerating
    ADD CONSTRAINT billing_rerating_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_rerating
    ADD CONSTRAINT billing_rerating_ruling_id_key UNIQUE (ruling_id);
ALTER TABLE ONLY public.billing_savedcard
    ADD CONSTRAINT billing_savedcard_payment_method_key UNIQUE (payment_method);
ALTER TABLE ONLY public.billing_savedcard
    ADD CONSTRAINT billing_savedcard_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_savedcard
    ADD CONSTRAINT billing_savedcard_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_seller
    ADD CONSTRAINT billing_seller_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_seller
    ADD CONSTRAINT billing_seller_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_slaassessment
    ADD CONSTRAINT billing_slaassessment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_slaassessment
    ADD CONSTRAINT billing_slaassessment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_slatier
    ADD CONSTRAINT billing_slatier_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_slatier
    ADD CONSTRAINT billing_slatier_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_idempotency_key_key UNIQUE (idempotency_key);
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_stripeevent
    ADD CONSTRAINT billing_stripeevent_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.billing_stripeevent
    ADD CONSTRAINT billing_stripeevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_stripeevent
    ADD CONSTRAINT billing_stripeevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_stripemovement
    ADD CONSTRAINT billing_stripemovement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_stripemovement
    ADD CONSTRAINT billing_stripemovement_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_stripemovement
    ADD CONSTRAINT billing_stripemovement_txn_id_key UNIQUE (txn_id);
ALTER TABLE ONLY public.billing_taxcalculation
    ADD CONSTRAINT billing_taxcalculation_calculation_id_key UNIQUE (calculation_id);
ALTER TABLE ONLY public.billing_taxcalculation
    ADD CONSTRAINT billing_taxcalculation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_taxcalculation
    ADD CONSTRAINT billing_taxcalculation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_credit_note_id_key UNIQUE (credit_note_id);
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_invoice_id_key UNIQUE (invoice_id);
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_taxpayment
    ADD CONSTRAINT billing_taxpayment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_taxpayment
    ADD CONSTRAINT billing_taxpayment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_taxrule
    ADD CONSTRAINT billing_taxrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_taxrule
    ADD CONSTRAINT billing_taxrule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_termsoffer
    ADD CONSTRAINT billing_termsoffer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_termsoffer
    ADD CONSTRAINT billing_termsoffer_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_topup
    ADD CONSTRAINT billing_topup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_topup
    ADD CONSTRAINT billing_topup_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_usagestatement
    ADD CONSTRAINT billing_usagestatement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_usagestatement
    ADD CONSTRAINT billing_usagestatement_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_walletnotice
    ADD CONSTRAINT billing_walletnotice_key_key UNIQUE (key);
ALTER TABLE ONLY public.billing_walletnotice
    ADD CONSTRAINT billing_walletnotice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_walletnotice
    ADD CONSTRAINT billing_walletnotice_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_assignment
    ADD CONSTRAINT brokerage_assignment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_assignment
    ADD CONSTRAINT brokerage_assignment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_drift
    ADD CONSTRAINT brokerage_drift_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_drift
    ADD CONSTRAINT brokerage_drift_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_hold_id_key UNIQUE (hold_id);
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_lease
    ADD CONSTRAINT brokerage_lease_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_lease
    ADD CONSTRAINT brokerage_lease_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_machinefailure
    ADD CONSTRAINT brokerage_machinefailure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_machinefailure
    ADD CONSTRAINT brokerage_machinefailure_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_machinereport
    ADD CONSTRAINT brokerage_machinereport_machine_id_key UNIQUE (machine_id);
ALTER TABLE ONLY public.brokerage_machinereport
    ADD CONSTRAINT brokerage_machinereport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_notice
    ADD CONSTRAINT brokerage_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_notice
    ADD CONSTRAINT brokerage_notice_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_reliability
    ADD CONSTRAINT brokerage_reliability_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_reliability
    ADD CONSTRAINT brokerage_reliability_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservation_hold_id_key UNIQUE (hold_id);
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_reservation_id_key UNIQUE (reservation_id);
ALTER TABLE ONLY public.brokerage_windowchange
    ADD CONSTRAINT brokerage_windowchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.brokerage_windowchange
    ADD CONSTRAINT brokerage_windowchange_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_boardclaim
    ADD CONSTRAINT catalog_boardclaim_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_calibration
    ADD CONSTRAINT catalog_calibration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_calibration
    ADD CONSTRAINT catalog_calibration_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_cancellationschedule
    ADD CONSTRAINT catalog_cancellationschedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_cancellationschedule
    ADD CONSTRAINT catalog_cancellationschedule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_challenge
    ADD CONSTRAINT catalog_challenge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_challenge
    ADD CONSTRAINT catalog_challenge_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_challengeanswer
    ADD CONSTRAINT catalog_challengeanswer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_devicekey
    ADD CONSTRAINT catalog_devicekey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_gpu
    ADD CONSTRAINT catalog_gpu_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_gpu
    ADD CONSTRAINT catalog_gpu_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_gpuevent
    ADD CONSTRAINT catalog_gpuevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_gpuevent
    ADD CONSTRAINT catalog_gpuevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_hardwarefacts
    ADD CONSTRAINT catalog_hardwarefacts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_hardwarefacts
    ADD CONSTRAINT catalog_hardwarefacts_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_healthchange
    ADD CONSTRAINT catalog_healthchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_healthchange
    ADD CONSTRAINT catalog_healthchange_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_machine
    ADD CONSTRAINT catalog_machine_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_machine
    ADD CONSTRAINT catalog_machine_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_machinereading
    ADD CONSTRAINT catalog_machinereading_pkey PRIMARY KEY (machine_id);
ALTER TABLE ONLY public.catalog_offer
    ADD CONSTRAINT catalog_offer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_offer
    ADD CONSTRAINT catalog_offer_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_probe
    ADD CONSTRAINT catalog_probe_name_key UNIQUE (name);
ALTER TABLE ONLY public.catalog_probe
    ADD CONSTRAINT catalog_probe_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_probe
    ADD CONSTRAINT catalog_probe_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_probe
    ADD CONSTRAINT catalog_probe_url_key UNIQUE (url);
ALTER TABLE ONLY public.catalog_site
    ADD CONSTRAINT catalog_site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_site
    ADD CONSTRAINT catalog_site_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.catalog_telemetry
    ADD CONSTRAINT catalog_telemetry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_trust
    ADD CONSTRAINT catalog_trust_pkey PRIMARY KEY (machine_id);
ALTER TABLE ONLY public.catalog_trustevidence
    ADD CONSTRAINT catalog_trustevidence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_trustevidence
    ADD CONSTRAINT catalog_trustevidence_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT charge_papered_once EXCLUDE USING gist (int8range(lease_id, lease_id, '[]'::text) WITH &&, int8range(rate_id, rate_id, '[]'::text) WITH &&, charges WITH &&);
ALTER TABLE ONLY public.compliance_auditcheck
    ADD CONSTRAINT compliance_auditcheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_auditcheck
    ADD CONSTRAINT compliance_auditcheck_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_auditfault
    ADD CONSTRAINT compliance_auditfault_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_auditfault
    ADD CONSTRAINT compliance_auditfault_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_case
    ADD CONSTRAINT compliance_case_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_case
    ADD CONSTRAINT compliance_case_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_casedeadline
    ADD CONSTRAINT compliance_casedeadline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_casedeadline
    ADD CONSTRAINT compliance_casedeadline_risk_key UNIQUE (risk);
ALTER TABLE ONLY public.compliance_casedecision
    ADD CONSTRAINT compliance_casedecision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_casedecision
    ADD CONSTRAINT compliance_casedecision_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_casedocument
    ADD CONSTRAINT compliance_casedocument_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_casedocument
    ADD CONSTRAINT compliance_casedocument_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_answers_id_key UNIQUE (answers_id);
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_chainlink
    ADD CONSTRAINT compliance_chainlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_chainlink
    ADD CONSTRAINT compliance_chainlink_prev_sha256_key UNIQUE (prev_sha256);
ALTER TABLE ONLY public.compliance_chainlink
    ADD CONSTRAINT compliance_chainlink_seq_key UNIQUE (seq);
ALTER TABLE ONLY public.compliance_chipattestation
    ADD CONSTRAINT compliance_chipattestation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_chipattestation
    ADD CONSTRAINT compliance_chipattestation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_chipmodel
    ADD CONSTRAINT compliance_chipmodel_name_key UNIQUE (name);
ALTER TABLE ONLY public.compliance_chipmodel
    ADD CONSTRAINT compliance_chipmodel_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_chipmodel
    ADD CONSTRAINT compliance_chipmodel_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_clearing
    ADD CONSTRAINT compliance_clearing_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_clearing
    ADD CONSTRAINT compliance_clearing_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_content
    ADD CONSTRAINT compliance_content_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_content
    ADD CONSTRAINT compliance_content_sha256_key UNIQUE (sha256);
ALTER TABLE ONLY public.compliance_countrygroup
    ADD CONSTRAINT compliance_countrygroup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_countrygroup
    ADD CONSTRAINT compliance_countrygroup_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_decision
    ADD CONSTRAINT compliance_decision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_decision
    ADD CONSTRAINT compliance_decision_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_director
    ADD CONSTRAINT compliance_director_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_director
    ADD CONSTRAINT compliance_director_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_endusestatement
    ADD CONSTRAINT compliance_endusestatement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_endusestatement
    ADD CONSTRAINT compliance_endusestatement_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_endusestatementwithdrawn
    ADD CONSTRAINT compliance_endusestatementwithdrawn_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_endusestatementwithdrawn
    ADD CONSTRAINT compliance_endusestatementwithdrawn_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_endusestatementwithdrawn
    ADD CONSTRAINT compliance_endusestatementwithdrawn_statement_id_key UNIQUE (statement_id);
ALTER TABLE ONLY public.compliance_entryname
    ADD CONSTRAINT compliance_entryname_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_licence
    ADD CONSTRAINT compliance_licence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_licence
    ADD CONSTRAINT compliance_licence_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_licencedraw
    ADD CONSTRAINT compliance_licencedraw_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_licencedraw
    ADD CONSTRAINT compliance_licencedraw_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_licenceevent
    ADD CONSTRAINT compliance_licenceevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_licenceevent
    ADD CONSTRAINT compliance_licenceevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_licencereturn
    ADD CONSTRAINT compliance_licencereturn_draw_id_key UNIQUE (draw_id);
ALTER TABLE ONLY public.compliance_licencereturn
    ADD CONSTRAINT compliance_licencereturn_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_licencereturn
    ADD CONSTRAINT compliance_licencereturn_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_listentry
    ADD CONSTRAINT compliance_listentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_listentry
    ADD CONSTRAINT compliance_listentry_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_listsnapshot
    ADD CONSTRAINT compliance_listsnapshot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_listsnapshot
    ADD CONSTRAINT compliance_listsnapshot_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_listsource
    ADD CONSTRAINT compliance_listsource_code_key UNIQUE (code);
ALTER TABLE ONLY public.compliance_listsource
    ADD CONSTRAINT compliance_listsource_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_listsource
    ADD CONSTRAINT compliance_listsource_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_ownershipstake
    ADD CONSTRAINT compliance_ownershipstake_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_ownershipstake
    ADD CONSTRAINT compliance_ownershipstake_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_party
    ADD CONSTRAINT compliance_party_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_party
    ADD CONSTRAINT compliance_party_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_partycontact
    ADD CONSTRAINT compliance_partycontact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_partycontact
    ADD CONSTRAINT compliance_partycontact_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_partydocument
    ADD CONSTRAINT compliance_partydocument_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_partydocument
    ADD CONSTRAINT compliance_partydocument_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_partyevidence
    ADD CONSTRAINT compliance_partyevidence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_partyevidence
    ADD CONSTRAINT compliance_partyevidence_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_partyidentifier
    ADD CONSTRAINT compliance_partyidentifier_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_partyidentifier
    ADD CONSTRAINT compliance_partyidentifier_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_policyrule
    ADD CONSTRAINT compliance_policyrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_policyrule
    ADD CONSTRAINT compliance_policyrule_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_policyrule
    ADD CONSTRAINT compliance_policyrule_supersedes_id_key UNIQUE (supersedes_id);
ALTER TABLE ONLY public.compliance_redflag
    ADD CONSTRAINT compliance_redflag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_redflag
    ADD CONSTRAINT compliance_redflag_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_redflagclosed
    ADD CONSTRAINT compliance_redflagclosed_flag_id_key UNIQUE (flag_id);
ALTER TABLE ONLY public.compliance_redflagclosed
    ADD CONSTRAINT compliance_redflagclosed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_redflagclosed
    ADD CONSTRAINT compliance_redflagclosed_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_redflagkind
    ADD CONSTRAINT compliance_redflagkind_code_key UNIQUE (code);
ALTER TABLE ONLY public.compliance_redflagkind
    ADD CONSTRAINT compliance_redflagkind_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_redflagkind
    ADD CONSTRAINT compliance_redflagkind_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_rescreening
    ADD CONSTRAINT compliance_rescreening_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_rescreening
    ADD CONSTRAINT compliance_rescreening_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_reversepass
    ADD CONSTRAINT compliance_reversepass_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_reversepass
    ADD CONSTRAINT compliance_reversepass_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_reversepass
    ADD CONSTRAINT compliance_reversepass_snapshot_id_key UNIQUE (snapshot_id);
ALTER TABLE ONLY public.compliance_reviewclearance
    ADD CONSTRAINT compliance_reviewclearance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_reviewclearance
    ADD CONSTRAINT compliance_reviewclearance_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_ruleapproval
    ADD CONSTRAINT compliance_ruleapproval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_ruleapproval
    ADD CONSTRAINT compliance_ruleapproval_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_scoringband
    ADD CONSTRAINT compliance_scoringband_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_scoringband
    ADD CONSTRAINT compliance_scoringband_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_siterisk
    ADD CONSTRAINT compliance_siterisk_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.compliance_siterisk
    ADD CONSTRAINT compliance_siterisk_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.compliance_unsealed
    ADD CONSTRAINT compliance_unsealed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_auditevent
    ADD CONSTRAINT core_auditevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.core_auditevent
    ADD CONSTRAINT core_auditevent_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.gateway_enrolmenttoken
    ADD CONSTRAINT gateway_enrolmenttoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_enrolmenttoken
    ADD CONSTRAINT gateway_enrolmenttoken_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.gateway_enrolmenttoken
    ADD CONSTRAINT gateway_enrolmenttoken_token_sha256_key UNIQUE (token_sha256);
ALTER TABLE ONLY public.gateway_grantrefusal
    ADD CONSTRAINT gateway_grantrefusal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_grantrefusal
    ADD CONSTRAINT gateway_grantrefusal_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.gateway_machinewish
    ADD CONSTRAINT gateway_machinewish_machine_id_key UNIQUE (machine_id);
ALTER TABLE ONLY public.gateway_machinewish
    ADD CONSTRAINT gateway_machinewish_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_node
    ADD CONSTRAINT gateway_node_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_node
    ADD CONSTRAINT gateway_node_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.gateway_nodeboot
    ADD CONSTRAINT gateway_nodeboot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_nodeboot
    ADD CONSTRAINT gateway_nodeboot_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.gateway_nodekey
    ADD CONSTRAINT gateway_nodekey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.gateway_nodekey
    ADD CONSTRAINT gateway_nodekey_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.gateway_nodekey
    ADD CONSTRAINT gateway_nodekey_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY public.hooks_attempt
    ADD CONSTRAINT hooks_attempt_claim_key UNIQUE (claim);
ALTER TABLE ONLY public.hooks_attempt
    ADD CONSTRAINT hooks_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.hooks_delivery
    ADD CONSTRAINT hooks_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.hooks_delivery
    ADD CONSTRAINT hooks_delivery_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.hooks_endpoint
    ADD CONSTRAINT hooks_endpoint_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.hooks_endpoint
    ADD CONSTRAINT hooks_endpoint_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT invoice_period_once EXCLUDE USING gist (int8range(wallet_id, wallet_id, '[]'::text) WITH &&, period WITH &&);
ALTER TABLE ONLY public.brokerage_lease
    ADD CONSTRAINT lease_gpu_sold_once EXCLUDE USING gist (int8range(gpu_id, gpu_id, '[]'::text) WITH &&, public.brokerage_occupied(during, cleaning_s) WITH &&) WHERE (((state)::text = ANY ((ARRAY['held'::character varying, 'confirmed'::character varying, 'active'::character varying])::text[])));
ALTER TABLE ONLY public.ledger_account
    ADD CONSTRAINT ledger_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_account
    ADD CONSTRAINT ledger_account_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_pkey PRIMARY KEY (account_id);
ALTER TABLE ONLY public.ledger_freeze
    ADD CONSTRAINT ledger_freeze_key_key UNIQUE (key);
ALTER TABLE ONLY public.ledger_freeze
    ADD CONSTRAINT ledger_freeze_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_freeze
    ADD CONSTRAINT ledger_freeze_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_key_key UNIQUE (key);
ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.ledger_seal
    ADD CONSTRAINT ledger_seal_day_key UNIQUE (day);
ALTER TABLE ONLY public.ledger_seal
    ADD CONSTRAINT ledger_seal_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.ledger_transaction
    ADD CONSTRAINT ledger_transaction_key_key UNIQUE (key);
ALTER TABLE ONLY public.ledger_transaction
    ADD CONSTRAINT ledger_transaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_transaction
    ADD CONSTRAINT ledger_transaction_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_closing
    ADD CONSTRAINT metering_closing_assignment_id_key UNIQUE (assignment_id);
ALTER TABLE ONLY public.metering_closing
    ADD CONSTRAINT metering_closing_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_closing
    ADD CONSTRAINT metering_closing_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_gap
    ADD CONSTRAINT metering_gap_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_gap
    ADD CONSTRAINT metering_gap_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_link
    ADD CONSTRAINT metering_link_pkey PRIMARY KEY (segment_id);
ALTER TABLE ONLY public.metering_outageruling
    ADD CONSTRAINT metering_outageruling_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_outageruling
    ADD CONSTRAINT metering_outageruling_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_ownoutage
    ADD CONSTRAINT metering_ownoutage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_ownoutage
    ADD CONSTRAINT metering_ownoutage_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_segment
    ADD CONSTRAINT metering_segment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_segment
    ADD CONSTRAINT metering_segment_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_signer
    ADD CONSTRAINT metering_signer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_signer
    ADD CONSTRAINT metering_signer_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.metering_signer
    ADD CONSTRAINT metering_signer_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY public.metering_usage
    ADD CONSTRAINT metering_usage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_usage
    ADD CONSTRAINT metering_usage_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notices_choice
    ADD CONSTRAINT notices_choice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notices_choice
    ADD CONSTRAINT notices_choice_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notices_letter
    ADD CONSTRAINT notices_letter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notices_letter
    ADD CONSTRAINT notices_letter_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.notices_seen
    ADD CONSTRAINT notices_seen_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.metering_usage
    ADD CONSTRAINT usage_moment_once EXCLUDE USING gist (int8range(lease_id, lease_id, '[]'::text) WITH &&, during WITH &&);
CREATE UNIQUE INDEX account_currency ON public.ledger_account USING btree (id, currency);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE UNIQUE INDEX account_once ON public.ledger_account USING btree (kind, owner, currency) NULLS NOT DISTINCT;
CREATE INDEX accounts_accesssighting_organisation_id_60e60fbc ON public.accounts_accesssighting USING btree (organisation_id);
CREATE INDEX accounts_apikey_created_by_id_1b5317c8 ON public.accounts_apikey USING btree (created_by_id);
CREATE INDEX accounts_apikey_organisation_id_6c27dbba ON public.accounts_apikey USING btree (organisation_id);
CREATE INDEX accounts_invitation_accepted_by_id_ba632539 ON public.accounts_invitation USING btree (accepted_by_id);
CREATE INDEX accounts_invitation_invited_by_id_94a21efc ON public.accounts_invitation USING btree (invited_by_id);
CREATE INDEX accounts_invitation_organisation_id_b7f9480b ON public.accounts_invitation USING btree (organisation_id);
CREATE INDEX accounts_membership_organisation_id_98e5c22b ON public.accounts_membership USING btree (organisation_id);
CREATE INDEX accounts_membership_user_id_487fb39e ON public.accounts_membership USING btree (user_id);
CREATE INDEX accounts_user_email_b2644a56_like ON public.accounts_user USING btree (email varchar_pattern_ops);
CREATE INDEX accounts_user_groups_group_id_bd11a704 ON public.accounts_user_groups USING btree (group_id);
CREATE INDEX accounts_user_groups_user_id_52b62117 ON public.accounts_user_groups USING btree (user_id);
CREATE INDEX accounts_user_user_permissions_permission_id_113bb443 ON public.accounts_user_user_permissions USING btree (permission_id);
CREATE INDEX accounts_user_user_permissions_user_id_e4f0a161 ON public.accounts_user_user_permissions USING btree (user_id);
CREATE UNIQUE INDEX assignment_once_per_machine ON public.brokerage_assignment USING btree (reservation_id, machine_id);
CREATE INDEX audit_by_subject ON public.core_auditevent USING btree (subject, at);
CREATE UNIQUE INDEX audit_check_one_under_way ON public.compliance_auditcheck USING btree (finished_at) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX audit_fault_open_once ON public.compliance_auditfault USING btree (sentence) WHERE (healed_at IS NULL);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE UNIQUE INDEX band_version_once ON public.compliance_scoringband USING btree (list_code, kind, version);
CREATE INDEX billing_autotopup_asked_by_id_a822a284 ON public.billing_autotopup USING btree (asked_by_id);
CREATE INDEX billing_bankpayout_account_id_b3d5d91a ON public.billing_bankpayout USING btree (account_id);
CREATE INDEX billing_bankpayout_stripe_id_23d57894_like ON public.billing_bankpayout USING btree (stripe_id varchar_pattern_ops);
CREATE INDEX billing_billingdetails_organisation_id_f7f5b249 ON public.billing_billingdetails USING btree (organisation_id);
CREATE INDEX billing_billingdetails_recorded_by_id_ea3f514b ON public.billing_billingdetails USING btree (recorded_by_id);
CREATE INDEX billing_charge_lease_id_ec819bea ON public.billing_charge USING btree (lease_id);
CREATE INDEX billing_charge_rate_id_226ae03b ON public.billing_charge USING btree (rate_id);
CREATE INDEX billing_costline_invoice_id_ff507e12 ON public.billing_costline USING btree (statement_id);
CREATE INDEX billing_costline_lease_id_61bbeb5c ON public.billing_costline USING btree (lease_id);
CREATE INDEX billing_costline_rate_id_f6490fa0 ON public.billing_costline USING btree (rate_id);
CREATE INDEX billing_coststatement_organisation_id_7ea73bb5 ON public.billing_coststatement USING btree (organisation_id);
CREATE INDEX billing_creditgrant_decided_by_id_aeb41d68 ON public.billing_creditgrant USING btree (decided_by_id);
CREATE INDEX billing_creditgrant_organisation_id_c8d9ec57 ON public.billing_creditgrant USING btree (organisation_id);
CREATE INDEX billing_creditgrant_proposed_by_id_4efb14e5 ON public.billing_creditgrant USING btree (proposed_by_id);
CREATE INDEX billing_creditline_line_id_b14f712d ON public.billing_creditline USING btree (line_id);
CREATE INDEX billing_creditline_note_id_976e0467 ON public.billing_creditline USING btree (note_id);
CREATE INDEX billing_creditline_tax_rule_id_add3557d ON public.billing_creditline USING btree (tax_rule_id);
CREATE INDEX billing_creditlot_organisation_id_c315f106 ON public.billing_creditlot USING btree (organisation_id);
CREATE INDEX billing_creditnote_invoice_id_38246c17 ON public.billing_creditnote USING btree (invoice_id);
CREATE INDEX billing_creditnote_issued_by_id_7c9103d1 ON public.billing_creditnote USING btree (issued_by_id);
CREATE INDEX billing_creditnote_key_86cd0509_like ON public.billing_creditnote USING btree (key varchar_pattern_ops);
CREATE INDEX billing_creditnote_organisation_id_5c187c04 ON public.billing_creditnote USING btree (organisation_id);
CREATE INDEX billing_creditnote_series_id_e10cdecd ON public.billing_creditnote USING btree (series_id);
CREATE INDEX billing_creditnote_series_id_e10cdecd_like ON public.billing_creditnote USING btree (series_id varchar_pattern_ops);
CREATE INDEX billing_discount_organisation_id_6f28501b ON public.billing_discount USING btree (organisation_id);
CREATE INDEX billing_discount_recorded_by_id_4b42bc21 ON public.billing_discount USING btree (recorded_by_id);
CREATE INDEX billing_dispute_dispute_id_fa4555fc_like ON public.billing_dispute USING btree (dispute_id varchar_pattern_ops);
CREATE INDEX billing_dispute_organisation_id_34d39afa ON public.billing_dispute USING btree (organisation_id);
CREATE INDEX billing_dispute_top_up_id_e29905d5 ON public.billing_dispute USING btree (top_up_id);
CREATE INDEX billing_disputeentry_by_id_0b1cb0d2 ON public.billing_disputeentry USING btree (by_id);
CREATE INDEX billing_disputeentry_dispute_id_76528b24 ON public.billing_disputeentry USING btree (dispute_id);
CREATE INDEX billing_faultruling_reservation_id_c2da9266 ON public.billing_faultruling USING btree (reservation_id);
CREATE INDEX billing_faultruling_ruled_by_id_b491fb76 ON public.billing_faultruling USING btree (ruled_by_id);
CREATE INDEX billing_finding_reconciliation_id_a4e624f7 ON public.billing_finding USING btree (reconciliation_id);
CREATE INDEX billing_grace_organisation_id_4dc88dfc ON public.billing_grace USING btree (organisation_id);
CREATE INDEX billing_invoice_issued_by_id_0942547f ON public.billing_invoice USING btree (issued_by_id);
CREATE INDEX billing_invoice_organisation_id_7ea73bb5 ON public.billing_invoice USING btree (organisation_id);
CREATE INDEX billing_invoice_series_id_aafcbbba ON public.billing_invoice USING btree (series_id);
CREATE INDEX billing_invoice_series_id_aafcbbba_like ON public.billing_invoice USING btree (series_id varchar_pattern_ops);
CREATE INDEX billing_invoice_wallet_id_aeffad78 ON public.billing_invoice USING btree (wallet_id);
CREATE INDEX billing_invoiceline_invoice_id_ff507e12 ON public.billing_invoiceline USING btree (invoice_id);
CREATE INDEX billing_invoiceline_rate_id_f6490fa0 ON public.billing_invoiceline USING btree (rate_id);
CREATE INDEX billing_invoiceline_reservation_id_2c3f012b ON public.billing_invoiceline USING btree (reservation_id);
CREATE INDEX billing_invoiceline_tax_rule_id_f80510e0 ON public.billing_invoiceline USING btree (tax_rule_id);
CREATE INDEX billing_linespan_credit_line_id_4dab9c0d ON public.billing_linespan USING btree (credit_line_id);
CREATE INDEX billing_linespan_lease_id_707303ff ON public.billing_linespan USING btree (lease_id);
CREATE INDEX billing_linespan_line_id_af415bb0 ON public.billing_linespan USING btree (line_id);
CREATE INDEX billing_linespan_rate_id_bac53f26 ON public.billing_linespan USING btree (rate_id);
CREATE INDEX billing_lotmove_lot_id_eac42402 ON public.billing_lotmove USING btree (lot_id);
CREATE INDEX billing_maturedcharge_maturity_id_8877807d ON public.billing_maturedcharge USING btree (maturity_id);
CREATE INDEX billing_maturedfee_maturity_id_deaf758a ON public.billing_maturedfee USING btree (maturity_id);
CREATE INDEX billing_maturity_organisation_id_a7eda05f ON public.billing_maturity USING btree (organisation_id);
CREATE INDEX billing_numberseries_code_a2616a3e_like ON public.billing_numberseries USING btree (code varchar_pattern_ops);
CREATE INDEX billing_payer_organisation_id_604572cf ON public.billing_payer USING btree (organisation_id);
CREATE INDEX billing_payout_account_id_f19fbf56 ON public.billing_payout USING btree (account_id);
CREATE INDEX billing_payout_decision_id_b4f8aa17 ON public.billing_payout USING btree (decision_id);
CREATE INDEX billing_payout_organisation_id_da6ec56f ON public.billing_payout USING btree (organisation_id);
CREATE INDEX billing_payoutaccount_opened_by_id_36aa6405 ON public.billing_payoutaccount USING btree (opened_by_id);
CREATE INDEX billing_payouthold_organisation_id_62df48b8 ON public.billing_payouthold USING btree (organisation_id);
CREATE INDEX billing_payouthold_placed_by_id_86560b99 ON public.billing_payouthold USING btree (placed_by_id);
CREATE INDEX billing_payouthold_released_by_id_4ca9409d ON public.billing_payouthold USING btree (released_by_id);
CREATE INDEX billing_payoutline_maturity_id_4fae7237 ON public.billing_payoutline USING btree (maturity_id);
CREATE INDEX billing_payoutline_organisation_id_749840ca ON public.billing_payoutline USING btree (organisation_id);
CREATE INDEX billing_payoutline_payout_id_b1e17aee ON public.billing_payoutline USING btree (payout_id);
CREATE INDEX billing_payoutreversal_asked_by_id_12c85634 ON public.billing_payoutreversal USING btree (asked_by_id);
CREATE INDEX billing_payoutreversal_payout_id_4880e3b9 ON public.billing_payoutreversal USING btree (payout_id);
CREATE INDEX billing_ratesegment_opened_by_id_24999241 ON public.billing_ratesegment USING btree (opened_by_id);
CREATE INDEX billing_ratesegment_reservation_id_fb7f1c4e ON public.billing_ratesegment USING btree (reservation_id);
CREATE INDEX billing_refund_idempotency_key_9a643e0d_like ON public.billing_refund USING btree (idempotency_key varchar_pattern_ops);
CREATE INDEX billing_refund_lot_id_81fc391b ON public.billing_refund USING btree (lot_id);
CREATE INDEX billing_refund_requested_by_id_599a71a6 ON public.billing_refund USING btree (requested_by_id);
CREATE INDEX billing_rentaldispute_provider_id_9093f6f2 ON public.billing_rentaldispute USING btree (provider_id);
CREATE INDEX billing_rentaldispute_raised_by_id_ba67e828 ON public.billing_rentaldispute USING btree (raised_by_id);
CREATE INDEX billing_rentaldispute_renter_id_bcdf97f8 ON public.billing_rentaldispute USING btree (renter_id);
CREATE INDEX billing_rentaldispute_reservation_id_c706e32f ON public.billing_rentaldispute USING btree (reservation_id);
CREATE INDEX billing_rentaldispute_ruled_by_id_a4d5f204 ON public.billing_rentaldispute USING btree (ruled_by_id);
CREATE INDEX billing_savedcard_organisation_id_e251a50b ON public.billing_savedcard USING btree (organisation_id);
CREATE INDEX billing_savedcard_payment_method_430b3f41_like ON public.billing_savedcard USING btree (payment_method varchar_pattern_ops);
CREATE INDEX billing_seller_recorded_by_id_19924d8a ON public.billing_seller USING btree (recorded_by_id);
CREATE INDEX billing_slaassessment_reservation_id_ef144dba ON public.billing_slaassessment USING btree (reservation_id);
CREATE INDEX billing_slatier_recorded_by_id_b355575c ON public.billing_slatier USING btree (recorded_by_id);
CREATE INDEX billing_stripecommand_card_id_7fdbdc79 ON public.billing_stripecommand USING btree (card_id);
CREATE INDEX billing_stripecommand_idempotency_key_46a1cf16_like ON public.billing_stripecommand USING btree (idempotency_key varchar_pattern_ops);
CREATE INDEX billing_stripecommand_payout_id_b31db9d3 ON public.billing_stripecommand USING btree (payout_id);
CREATE INDEX billing_stripecommand_refund_id_da748053 ON public.billing_stripecommand USING btree (refund_id);
CREATE INDEX billing_stripecommand_tax_filing_id_6079b9da ON public.billing_stripecommand USING btree (tax_filing_id);
CREATE INDEX billing_stripecommand_top_up_id_cff2cbf4 ON public.billing_stripecommand USING btree (top_up_id);
CREATE INDEX billing_stripeevent_event_id_9abc0bbe_like ON public.billing_stripeevent USING btree (event_id varchar_pattern_ops);
CREATE INDEX billing_stripemovement_txn_id_38b6972d_like ON public.billing_stripemovement USING btree (txn_id varchar_pattern_ops);
CREATE INDEX billing_taxcalculation_calculation_id_be13599e_like ON public.billing_taxcalculation USING btree (calculation_id varchar_pattern_ops);
CREATE INDEX billing_taxcalculation_organisation_id_b92281f2 ON public.billing_taxcalculation USING btree (organisation_id);
CREATE INDEX billing_taxpayment_invoice_id_bfa2a8b2 ON public.billing_taxpayment USING btree (invoice_id);
CREATE INDEX billing_taxrule_recorded_by_id_7efe80e4 ON public.billing_taxrule USING btree (recorded_by_id);
CREATE INDEX billing_termsoffer_offered_by_id_d0350660 ON public.billing_termsoffer USING btree (offered_by_id);
CREATE INDEX billing_termsoffer_reservation_id_7f1cca5a ON public.billing_termsoffer USING btree (reservation_id);
CREATE INDEX billing_topup_organisation_id_30039ac1 ON public.billing_topup USING btree (organisation_id);
CREATE INDEX billing_topup_requested_by_id_27573e2f ON public.billing_topup USING btree (requested_by_id);
CREATE INDEX billing_usagestatement_reservation_id_0ecb1cb1 ON public.billing_usagestatement USING btree (reservation_id);
CREATE INDEX billing_walletnotice_key_eb22c420_like ON public.billing_walletnotice USING btree (key varchar_pattern_ops);
CREATE INDEX billing_walletnotice_organisation_id_d57216df ON public.billing_walletnotice USING btree (organisation_id);
CREATE UNIQUE INDEX board_serial_once ON public.catalog_boardclaim USING btree (serial);
CREATE INDEX brokerage_assignment_machine_id_f941463d ON public.brokerage_assignment USING btree (machine_id);
CREATE INDEX brokerage_assignment_reservation_id_31c46ae1 ON public.brokerage_assignment USING btree (reservation_id);
CREATE INDEX brokerage_drift_machine_id_26c3f8f0 ON public.brokerage_drift USING btree (machine_id);
CREATE INDEX brokerage_drift_reservation_id_9691b913 ON public.brokerage_drift USING btree (reservation_id);
CREATE INDEX brokerage_keeping_assignment_id_5a59d367 ON public.brokerage_keeping USING btree (assignment_id);
CREATE INDEX brokerage_keeping_reservation_id_0762981b ON public.brokerage_keeping USING btree (reservation_id);
CREATE INDEX brokerage_keeping_wanted_by_id_fbd97308 ON public.brokerage_keeping USING btree (wanted_by_id);
CREATE INDEX brokerage_lease_assignment_id_c6ab425d ON public.brokerage_lease USING btree (assignment_id);
CREATE INDEX brokerage_lease_gpu_id_0bf6a59c ON public.brokerage_lease USING btree (gpu_id);
CREATE INDEX brokerage_machinefailure_machine_id_d0bc0ef8 ON public.brokerage_machinefailure USING btree (machine_id);
CREATE INDEX brokerage_machinefailure_replaced_by_id_b32cbfb5 ON public.brokerage_machinefailure USING btree (replaced_by_id);
CREATE INDEX brokerage_machinefailure_reservation_id_761609ac ON public.brokerage_machinefailure USING btree (reservation_id);
CREATE INDEX brokerage_notice_reservation_id_902bf6d5 ON public.brokerage_notice USING btree (reservation_id);
CREATE INDEX brokerage_reliability_machine_id_7de52b2c ON public.brokerage_reliability USING btree (machine_id);
CREATE INDEX brokerage_reservation_decision_id_dcc04706 ON public.brokerage_reservation USING btree (decision_id);
CREATE INDEX brokerage_reservation_offer_id_22272c10 ON public.brokerage_reservation USING btree (offer_id);
CREATE INDEX brokerage_reservation_renter_id_14034105 ON public.brokerage_reservation USING btree (renter_id);
CREATE INDEX brokerage_reservation_requested_by_id_9033d676 ON public.brokerage_reservation USING btree (requested_by_id);
CREATE INDEX brokerage_reservation_resumes_id_c35f793b ON public.brokerage_reservation USING btree (resumes_id);
CREATE INDEX brokerage_waiting_chip_id_cc7f0c09 ON public.brokerage_waiting USING btree (chip_id);
CREATE INDEX brokerage_waiting_renter_id_ce597c86 ON public.brokerage_waiting USING btree (renter_id);
CREATE INDEX brokerage_waiting_requested_by_id_75323f90 ON public.brokerage_waiting USING btree (requested_by_id);
CREATE INDEX brokerage_windowchange_by_id_a5fbfd88 ON public.brokerage_windowchange USING btree (by_id);
CREATE INDEX brokerage_windowchange_decision_id_59c3ee88 ON public.brokerage_windowchange USING btree (decision_id);
CREATE INDEX brokerage_windowchange_reservation_id_0a310840 ON public.brokerage_windowchange USING btree (reservation_id);
CREATE UNIQUE INDEX card_one_default ON public.billing_savedcard USING btree (organisation_id) WHERE is_default;
CREATE INDEX case_by_deadline ON public.compliance_case USING btree (state, deadline);
CREATE UNIQUE INDEX case_document_once ON public.compliance_casedocument USING btree (case_id, sha256);
CREATE INDEX case_event_by_case ON public.compliance_caseevent USING btree (case_id, at);
CREATE UNIQUE INDEX case_once_open ON public.compliance_case USING btree (party_id, kind) WHERE ((state)::text = ANY ((ARRAY['assigned'::character varying, 'escalated'::character varying, 'open'::character varying, 'proposed'::character varying, 'waiting'::character varying])::text[]));
CREATE UNIQUE INDEX case_signed_once ON public.compliance_casedecision USING btree (proposal_id, actor);
CREATE INDEX catalog_boardclaim_machine_id_3ae54d13 ON public.catalog_boardclaim USING btree (machine_id);
CREATE INDEX catalog_calibration_by_id_5c0e304f ON public.catalog_calibration USING btree (by_id);
CREATE INDEX catalog_calibration_machine_id_ee52bb94 ON public.catalog_calibration USING btree (machine_id);
CREATE INDEX catalog_cancellationschedule_code_a60db945 ON public.catalog_cancellationschedule USING btree (code);
CREATE INDEX catalog_cancellationschedule_code_a60db945_like ON public.catalog_cancellationschedule USING btree (code varchar_pattern_ops);
CREATE INDEX catalog_challenge_machine_id_db42fca3 ON public.catalog_challenge USING btree (machine_id);
CREATE INDEX catalog_challengeanswer_challenge_id_5a92bc72 ON public.catalog_challengeanswer USING btree (challenge_id);
CREATE INDEX catalog_devicekey_machine_id_9d6ed7fe ON public.catalog_devicekey USING btree (machine_id);
CREATE INDEX catalog_gpu_chip_id_880e3eac ON public.catalog_gpu USING btree (chip_id);
CREATE INDEX catalog_gpu_machine_id_293c03a2 ON public.catalog_gpu USING btree (machine_id);
CREATE INDEX catalog_gpuevent_machine_id_73307921 ON public.catalog_gpuevent USING btree (machine_id);
CREATE INDEX catalog_hardwarefacts_machine_id_dd6d1f56 ON public.catalog_hardwarefacts USING btree (machine_id);
CREATE INDEX catalog_healthchange_gpu_id_ed1fd4e4 ON public.catalog_healthchange USING btree (gpu_id);
CREATE INDEX catalog_machine_site_id_5cdc58cf ON public.catalog_machine USING btree (site_id);
CREATE INDEX catalog_offer_chip_id_68c89174 ON public.catalog_offer USING btree (chip_id);
CREATE INDEX catalog_offer_machine_id_dab1dc43 ON public.catalog_offer USING btree (machine_id);
CREATE INDEX catalog_offer_schedule_id_ca59c6a0 ON public.catalog_offer USING btree (schedule_id);
CREATE INDEX catalog_probe_name_83c42e03_like ON public.catalog_probe USING btree (name varchar_pattern_ops);
CREATE INDEX catalog_probe_url_22461cca_like ON public.catalog_probe USING btree (url varchar_pattern_ops);
CREATE INDEX catalog_site_operator_id_0dc051b3 ON public.catalog_site USING btree (operator_id);
CREATE INDEX catalog_telemetry_machine_id_75c4bbe1 ON public.catalog_telemetry USING btree (machine_id);
CREATE INDEX catalog_trustevidence_facts_id_df29376c ON public.catalog_trustevidence USING btree (facts_id);
CREATE INDEX catalog_trustevidence_machine_id_20354dc0 ON public.catalog_trustevidence USING btree (machine_id);
CREATE INDEX catalog_trustevidence_probe_id_8089d1b5 ON public.catalog_trustevidence USING btree (probe_id);
CREATE UNIQUE INDEX challenge_answered_once ON public.catalog_challengeanswer USING btree (challenge_id, uuid);
CREATE INDEX challenge_live ON public.catalog_challenge USING btree (state, asked_at) WHERE ((state)::text = ANY ((ARRAY['asked'::character varying, 'committed'::character varying, 'shown'::character varying])::text[]));
CREATE UNIQUE INDEX challenge_one_at_a_time ON public.catalog_challenge USING btree (machine_id) WHERE ((state)::text = ANY ((ARRAY['asked'::character varying, 'committed'::character varying, 'shown'::character varying])::text[]));
CREATE UNIQUE INDEX change_key_once ON public.brokerage_windowchange USING btree (reservation_id, idempotency_key);
CREATE INDEX charge_age ON public.billing_charge USING brin (charged_at);
CREATE INDEX charge_given_back ON public.billing_charge USING btree (rate_id) WHERE (amount_micro < 0);
CREATE UNIQUE INDEX charge_seq_once ON public.billing_charge USING btree (lease_id, rate_id, seq);
CREATE UNIQUE INDEX choice_once ON public.notices_choice USING btree (person_id, kind);
CREATE INDEX command_due ON public.billing_stripecommand USING btree (next_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[]));
CREATE INDEX compliance_case_decision_id_bf6fd9c8 ON public.compliance_case USING btree (decision_id);
CREATE INDEX compliance_case_party_id_2ae9f43a ON public.compliance_case USING btree (party_id);
CREATE INDEX compliance_case_proposal_id_4fcbc2f1 ON public.compliance_case USING btree (proposal_id);
CREATE INDEX compliance_casedeadline_risk_c9859788_like ON public.compliance_casedeadline USING btree (risk varchar_pattern_ops);
CREATE INDEX compliance_casedecision_case_id_144d5bdd ON public.compliance_casedecision USING btree (case_id);
CREATE INDEX compliance_casedecision_proposal_id_44dfa0fe ON public.compliance_casedecision USING btree (proposal_id);
CREATE INDEX compliance_casedocument_case_id_c1965d2d ON public.compliance_casedocument USING btree (case_id);
CREATE INDEX compliance_caseevent_case_id_0b4b5e85 ON public.compliance_caseevent USING btree (case_id);
CREATE INDEX compliance_caseevent_decision_id_39c2e67f ON public.compliance_caseevent USING btree (decision_id);
CREATE INDEX compliance_chainlink_prev_sha256_97ae5ebd_like ON public.compliance_chainlink USING btree (prev_sha256 varchar_pattern_ops);
CREATE INDEX compliance_chipattestation_chip_id_0a3ec6ad ON public.compliance_chipattestation USING btree (chip_id);
CREATE INDEX compliance_chipmodel_name_39fedc14_like ON public.compliance_chipmodel USING btree (name varchar_pattern_ops);
CREATE INDEX compliance_clearing_case_id_0739e498 ON public.compliance_clearing USING btree (case_id);
CREATE INDEX compliance_clearing_party_id_ded1c24f ON public.compliance_clearing USING btree (party_id);
CREATE INDEX compliance_content_sha256_72aca16b_like ON public.compliance_content USING btree (sha256 varchar_pattern_ops);
CREATE INDEX compliance_decision_chip_id_c88cdfd9 ON public.compliance_decision USING btree (chip_id);
CREATE INDEX compliance_decision_licence_id_59db5c3c ON public.compliance_decision USING btree (licence_id);
CREATE INDEX compliance_decision_party_id_a57ac34e ON public.compliance_decision USING btree (party_id);
CREATE INDEX compliance_director_party_id_8a62f261 ON public.compliance_director USING btree (party_id);
CREATE INDEX compliance_endusestatement_party_id_407310ed ON public.compliance_endusestatement USING btree (party_id);
CREATE INDEX compliance_entryname_entry_id_20d23526 ON public.compliance_entryname USING btree (entry_id);
CREATE INDEX compliance_licence_party_id_5b41f5e9 ON public.compliance_licence USING btree (party_id);
CREATE INDEX compliance_licencedraw_decision_id_9f35f9e4 ON public.compliance_licencedraw USING btree (decision_id);
CREATE INDEX compliance_licencedraw_licence_id_c27630e5 ON public.compliance_licencedraw USING btree (licence_id);
CREATE INDEX compliance_licencedraw_rental_1473e7ae ON public.compliance_licencedraw USING btree (rental);
CREATE INDEX compliance_licenceevent_licence_id_dc55dbc6 ON public.compliance_licenceevent USING btree (licence_id);
CREATE INDEX compliance_listentry_dropped_in_id_bd172795 ON public.compliance_listentry USING btree (dropped_in_id);
CREATE INDEX compliance_listentry_first_in_id_962c0f82 ON public.compliance_listentry USING btree (first_in_id);
CREATE INDEX compliance_listentry_source_id_5132e2ef ON public.compliance_listentry USING btree (source_id);
CREATE INDEX compliance_listsnapshot_source_id_967c4bca ON public.compliance_listsnapshot USING btree (source_id);
CREATE INDEX compliance_listsource_code_9500f297_like ON public.compliance_listsource USING btree (code varchar_pattern_ops);
CREATE INDEX compliance_ownershipstake_owned_id_1bddfe4b ON public.compliance_ownershipstake USING btree (owned_id);
CREATE INDEX compliance_ownershipstake_owner_id_f5b3c00b ON public.compliance_ownershipstake USING btree (owner_id);
CREATE INDEX compliance_partycontact_party_id_7b9f3dba ON public.compliance_partycontact USING btree (party_id);
CREATE INDEX compliance_partydocument_party_id_7e79280a ON public.compliance_partydocument USING btree (party_id);
CREATE INDEX compliance_partyevidence_director_id_59752a69 ON public.compliance_partyevidence USING btree (director_id);
CREATE INDEX compliance_partyevidence_document_id_ecae8e57 ON public.compliance_partyevidence USING btree (document_id);
CREATE INDEX compliance_partyevidence_stake_id_c7ed1adf ON public.compliance_partyevidence USING btree (stake_id);
CREATE INDEX compliance_partyidentifier_party_id_1ad5202e ON public.compliance_partyidentifier USING btree (party_id);
CREATE INDEX compliance_redflag_kind_id_18751917 ON public.compliance_redflag USING btree (kind_id);
CREATE INDEX compliance_redflag_party_id_faae7b79 ON public.compliance_redflag USING btree (party_id);
CREATE INDEX compliance_redflagkind_code_0e50944b_like ON public.compliance_redflagkind USING btree (code varchar_pattern_ops);
CREATE INDEX compliance_rescreening_decision_id_11001c09 ON public.compliance_rescreening USING btree (decision_id);
CREATE INDEX compliance_rescreening_party_id_b6fc6d34 ON public.compliance_rescreening USING btree (party_id);
CREATE INDEX compliance_rescreening_snapshot_id_d84acb55 ON public.compliance_rescreening USING btree (snapshot_id);
CREATE INDEX compliance_reviewclearance_case_id_5985ee54 ON public.compliance_reviewclearance USING btree (case_id);
CREATE INDEX compliance_reviewclearance_party_id_7b987669 ON public.compliance_reviewclearance USING btree (party_id);
CREATE INDEX compliance_ruleapproval_rule_id_3bb0d00d ON public.compliance_ruleapproval USING btree (rule_id);
CREATE INDEX core_auditevent_at_3d5eb007 ON public.core_auditevent USING btree (at);
CREATE UNIQUE INDEX cost_line_once ON public.billing_costline USING btree (lease_id, rate_id);
CREATE UNIQUE INDEX credit_line_once ON public.billing_creditline USING btree (note_id, line_id);
CREATE UNIQUE INDEX credit_note_number_once ON public.billing_creditnote USING btree (series_id, number);
CREATE UNIQUE INDEX credit_position_once ON public.billing_creditline USING btree (note_id, "position");
CREATE INDEX decision_by_party ON public.compliance_decision USING btree (party_id, decided_at DESC);
CREATE INDEX delivery_by_endpoint ON public.hooks_delivery USING btree (endpoint_id, id DESC);
CREATE INDEX delivery_due ON public.hooks_delivery USING btree (next_at) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying])::text[]));
CREATE UNIQUE INDEX delivery_once ON public.hooks_delivery USING btree (endpoint_id, notice_id);
CREATE UNIQUE INDEX device_key_once ON public.catalog_devicekey USING btree (fingerprint);
CREATE UNIQUE INDEX director_once ON public.compliance_director USING btree (party_id, name) WHERE (until IS NULL);
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE UNIQUE INDEX draw_once_per_decision ON public.compliance_licencedraw USING btree (rental, decision_id);
CREATE UNIQUE INDEX drift_open_once ON public.brokerage_drift USING btree (kind, subject, machine_id) WHERE (healed_at IS NULL);
CREATE UNIQUE INDEX entry_once_in_force ON public.compliance_listentry USING btree (source_id, uid) WHERE (dropped_in_id IS NULL);
CREATE INDEX event_unhandled ON public.billing_stripeevent USING btree (received_at) WHERE (handled_at IS NULL);
CREATE INDEX evidence_newest ON public.catalog_trustevidence USING btree (machine_id, kind, id DESC);
CREATE UNIQUE INDEX evidence_once ON public.compliance_partyevidence USING btree (document_id, fact, stake_id, director_id, declared) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX failure_once ON public.brokerage_machinefailure USING btree (reservation_id, machine_id, kind) WHERE (replaced_by_id IS NULL);
CREATE UNIQUE INDEX failure_replaced_once ON public.brokerage_machinefailure USING btree (reservation_id, machine_id) WHERE (replaced_by_id IS NOT NULL);
CREATE UNIQUE INDEX finding_once ON public.billing_finding USING btree (reconciliation_id, kind, subject);
CREATE INDEX flag_by_party ON public.compliance_redflag USING btree (party_id, raised_at);
CREATE UNIQUE INDEX flag_once_per_evidence ON public.compliance_redflag USING btree (party_id, kind_id, evidence_sha256);
CREATE INDEX freeze_standing ON public.ledger_freeze USING btree (account_id) WHERE (lifted_at IS NULL);
CREATE INDEX gateway_enrolmenttoken_issued_by_id_15792472 ON public.gateway_enrolmenttoken USING btree (issued_by_id);
CREATE INDEX gateway_enrolmenttoken_machine_id_f7721bec ON public.gateway_enrolmenttoken USING btree (machine_id);
CREATE INDEX gateway_grantrefusal_node_id_96a162f4 ON public.gateway_grantrefusal USING btree (node_id);
CREATE INDEX gateway_machinewish_changed_at_fecf7a42 ON public.gateway_machinewish USING btree (changed_at);
CREATE INDEX gateway_node_machine_id_94ff9661 ON public.gateway_node USING btree (machine_id);
CREATE INDEX gateway_nodeboot_node_id_26ae3294 ON public.gateway_nodeboot USING btree (node_id);
CREATE INDEX gateway_nodekey_node_id_a70278b8 ON public.gateway_nodekey USING btree (node_id);
CREATE INDEX gpu_event_by_arrival ON public.catalog_gpuevent USING btree (machine_id, received_at);
CREATE INDEX gpu_event_by_time ON public.catalog_gpuevent USING btree (machine_id, at);
CREATE UNIQUE INDEX gpu_event_once ON public.catalog_gpuevent USING btree (machine_id, boot_id, seq);
CREATE INDEX gpu_not_well ON public.catalog_gpu USING btree (machine_id) WHERE (NOT ((health)::text = 'ok'::text));
CREATE UNIQUE INDEX gpu_once_per_machine ON public.catalog_gpu USING btree (machine_id, uuid);
CREATE INDEX gpu_present ON public.catalog_gpu USING btree (machine_id, chip_id) WHERE present;
CREATE UNIQUE INDEX gpu_uuid_once ON public.catalog_gpu USING btree (uuid) WHERE present;
CREATE UNIQUE INDEX grant_refusal_once ON public.gateway_grantrefusal USING btree (node_id, assignment, generation, reason);
CREATE UNIQUE INDEX group_country_once ON public.compliance_countrygroup USING btree ("group", country, effective_from);
CREATE INDEX hardware_by_driver ON public.catalog_hardwarefacts USING btree (driver_version, machine_id, id DESC);
CREATE INDEX health_change_by_gpu ON public.catalog_healthchange USING btree (gpu_id, found_at);
CREATE INDEX hooks_attempt_delivery_id_0a5c6b23 ON public.hooks_attempt USING btree (delivery_id);
CREATE INDEX hooks_delivery_endpoint_id_51753024 ON public.hooks_delivery USING btree (endpoint_id);
CREATE INDEX hooks_delivery_notice_id_13ecd958 ON public.hooks_delivery USING btree (notice_id);
CREATE INDEX hooks_endpoint_created_by_id_ac7180ed ON public.hooks_endpoint USING btree (created_by_id);
CREATE INDEX hooks_endpoint_organisation_id_0361bcb9 ON public.hooks_endpoint USING btree (organisation_id);
CREATE UNIQUE INDEX identifier_once ON public.compliance_partyidentifier USING btree (party_id, kind, number) WHERE (until IS NULL);
CREATE UNIQUE INDEX invitation_one_open ON public.accounts_invitation USING btree (organisation_id, email) WHERE ((accepted_at IS NULL) AND (withdrawn_at IS NULL));
CREATE UNIQUE INDEX invoice_key_once ON public.billing_invoice USING btree (organisation_id, key);
CREATE UNIQUE INDEX invoice_number_once ON public.billing_invoice USING btree (series_id, number);
CREATE UNIQUE INDEX keeping_key_once ON public.brokerage_keeping USING btree (reservation_id, idempotency_key);
CREATE INDEX keeping_live ON public.brokerage_keeping USING btree (id) WHERE ((state)::text = ANY ((ARRAY['wanted'::character varying, 'kept'::character varying])::text[]));
CREATE UNIQUE INDEX keeping_once ON public.brokerage_keeping USING btree (reservation_id) WHERE (NOT ((state)::text = 'dropped'::text));
CREATE INDEX lease_live ON public.brokerage_lease USING btree (gpu_id) INCLUDE (during, cleaning_s) WHERE ((state)::text = ANY ((ARRAY['held'::character varying, 'confirmed'::character varying, 'active'::character varying])::text[]));
CREATE UNIQUE INDEX lease_once_per_assignment ON public.brokerage_lease USING btree (assignment_id, gpu_id);
CREATE INDEX ledger_freeze_account_id_33a9977b ON public.ledger_freeze USING btree (account_id);
CREATE INDEX ledger_freeze_key_ba0f9613_like ON public.ledger_freeze USING btree (key varchar_pattern_ops);
CREATE INDEX ledger_hold_account_id_96c93480 ON public.ledger_hold USING btree (account_id);
CREATE INDEX ledger_hold_key_cb71ccd9_like ON public.ledger_hold USING btree (key varchar_pattern_ops);
CREATE INDEX ledger_transaction_key_70016b4e_like ON public.ledger_transaction USING btree (key varchar_pattern_ops);
CREATE INDEX ledger_transaction_xid ON public.ledger_transaction USING btree (xid);
CREATE INDEX ledger_transfer_credit_id_af787b0c ON public.ledger_transfer USING btree (credit_id);
CREATE INDEX ledger_transfer_debit_id_9031bbea ON public.ledger_transfer USING btree (debit_id);
CREATE INDEX ledger_transfer_transaction_id_c1156df7 ON public.ledger_transfer USING btree (transaction_id);
CREATE INDEX letter_due ON public.notices_letter USING btree (next_at) WHERE ((given_up_at IS NULL) AND (sent_at IS NULL));
CREATE UNIQUE INDEX letter_once ON public.notices_letter USING btree (notice_id, person_id);
CREATE UNIQUE INDEX licence_act_once ON public.compliance_licenceevent USING btree (licence_id, act);
CREATE UNIQUE INDEX line_position_once ON public.billing_invoiceline USING btree (invoice_id, "position");
CREATE UNIQUE INDEX line_rate_once ON public.billing_invoiceline USING btree (invoice_id, rate_id);
CREATE UNIQUE INDEX link_once_per_row ON public.compliance_chainlink USING btree (kind, subject);
CREATE UNIQUE INDEX link_position_once ON public.metering_link USING btree (assignment_id, "position");
CREATE UNIQUE INDEX machine_name_once_per_site ON public.catalog_machine USING btree (site_id, name);
CREATE UNIQUE INDEX maturity_in_one_payout ON public.billing_payoutline USING btree (maturity_id) WHERE (released_at IS NULL);
CREATE INDEX maturity_latest ON public.billing_maturity USING btree (upto DESC);
CREATE UNIQUE INDEX maturity_of_whom ON public.billing_maturity USING btree (id, organisation_id, currency);
CREATE UNIQUE INDEX membership_once ON public.accounts_membership USING btree (user_id, organisation_id);
CREATE INDEX metering_gap_assignment_id_73da871b ON public.metering_gap USING btree (assignment_id);
CREATE INDEX metering_outageruling_assignment_id_84a93beb ON public.metering_outageruling USING btree (assignment_id);
CREATE INDEX metering_outageruling_ruled_by_id_9454d880 ON public.metering_outageruling USING btree (ruled_by_id);
CREATE INDEX metering_ownoutage_recorded_by_id_bb3890a2 ON public.metering_ownoutage USING btree (recorded_by_id);
CREATE INDEX metering_segment_assignment_id_86a0e614 ON public.metering_segment USING btree (assignment_id);
CREATE INDEX metering_segment_machine_id_60384e88 ON public.metering_segment USING btree (machine_id);
CREATE INDEX metering_segment_signer_id_35387069 ON public.metering_segment USING btree (signer_id);
CREATE INDEX metering_signer_machine_id_1aae9b5a ON public.metering_signer USING btree (machine_id);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX movement_by_key ON public.billing_stripemovement USING btree (ledger_key);
CREATE INDEX movement_by_time ON public.billing_stripemovement USING btree (happened_at);
CREATE UNIQUE INDEX node_boot_once ON public.gateway_nodeboot USING btree (node_id, boot_id);
CREATE UNIQUE INDEX node_boot_one_current ON public.gateway_nodeboot USING btree (node_id) WHERE (left_at IS NULL);
CREATE UNIQUE INDEX node_key_one_live ON public.gateway_nodekey USING btree (node_id) WHERE (replaced_at IS NULL);
CREATE UNIQUE INDEX node_one_per_machine ON public.gateway_node USING btree (machine_id) WHERE (revoked_at IS NULL);
CREATE INDEX notice_by_organisation ON public.notices_notice USING btree (organisation_id, id DESC);
CREATE UNIQUE INDEX notice_once ON public.brokerage_notice USING btree (reservation_id, kind, about, lead_s);
CREATE INDEX notice_shown ON public.billing_walletnotice USING btree (organisation_id) WHERE (put_away_at IS NULL);
CREATE INDEX notice_to_pass_on ON public.notices_notice USING btree (id) WHERE (passed_on_at IS NULL);
CREATE INDEX notice_to_spread ON public.notices_notice USING btree (id) WHERE (spread_at IS NULL);
CREATE UNIQUE INDEX notice_told_once ON public.notices_notice USING btree (organisation_id, key);
CREATE INDEX notices_choice_person_id_d340fad2 ON public.notices_choice USING btree (person_id);
CREATE INDEX notices_letter_notice_id_2717a956 ON public.notices_letter USING btree (notice_id);
CREATE INDEX notices_letter_person_id_90e165f6 ON public.notices_letter USING btree (person_id);
CREATE INDEX notices_notice_organisation_id_2ca9aa8b ON public.notices_notice USING btree (organisation_id);
CREATE INDEX notices_notice_person_id_94368381 ON public.notices_notice USING btree (person_id);
CREATE INDEX notices_seen_notice_id_b0dd6c1d ON public.notices_seen USING btree (notice_id);
CREATE INDEX notices_seen_person_id_a072f876 ON public.notices_seen USING btree (person_id);
CREATE INDEX offer_cheapest ON public.catalog_offer USING btree (price_micro_per_gpu_hour, id) WHERE ((state)::text = 'listed'::text);
CREATE INDEX offer_cheapest_of_chip ON public.catalog_offer USING btree (chip_id, price_micro_per_gpu_hour, id) WHERE ((state)::text = 'listed'::text);
CREATE INDEX offer_history ON public.catalog_offer USING btree (machine_id, chip_id, created_at);
CREATE UNIQUE INDEX offer_one_listed ON public.catalog_offer USING btree (machine_id, chip_id) WHERE ((state)::text = 'listed'::text);
CREATE UNIQUE INDEX party_contact_once ON public.compliance_partycontact USING btree (party_id, email) WHERE (until IS NULL);
CREATE UNIQUE INDEX party_document_once ON public.compliance_partydocument USING btree (party_id, sha256, by_party);
CREATE UNIQUE INDEX payer_once ON public.billing_payer USING btree (organisation_id, fingerprint, name, country, card_country);
CREATE UNIQUE INDEX payout_account_stripe_once ON public.billing_payoutaccount USING btree (stripe_id) WHERE (NOT ((stripe_id)::text = ''::text));
CREATE UNIQUE INDEX payout_hold_one_open ON public.billing_payouthold USING btree (organisation_id) WHERE (released_at IS NULL);
CREATE UNIQUE INDEX payout_line_once ON public.billing_payoutline USING btree (payout_id, maturity_id);
CREATE UNIQUE INDEX payout_of_whom ON public.billing_payout USING btree (id, organisation_id, currency);
CREATE UNIQUE INDEX payout_one_live ON public.billing_payout USING btree (organisation_id, currency) WHERE ((state)::text = 'pending'::text);
CREATE UNIQUE INDEX payout_transfer_once ON public.billing_payout USING btree (transfer_id) WHERE (NOT ((transfer_id)::text = ''::text));
CREATE UNIQUE INDEX rate_version_once ON public.billing_ratesegment USING btree (reservation_id, version);
CREATE UNIQUE INDEX refund_id_once ON public.billing_refund USING btree (refund_id) WHERE (NOT ((refund_id)::text = ''::text));
CREATE UNIQUE INDEX reliability_once_a_day ON public.brokerage_reliability USING btree (machine_id, day);
CREATE UNIQUE INDEX rental_dispute_key_once ON public.billing_rentaldispute USING btree (renter_id, idempotency_key);
CREATE UNIQUE INDEX rental_dispute_one_open ON public.billing_rentaldispute USING btree (reservation_id) WHERE ((state)::text = ANY ((ARRAY['open'::character varying, 'answered'::character varying, 'escalated'::character varying])::text[]));
CREATE INDEX rental_dispute_open ON public.billing_rentaldispute USING btree (decide_by) WHERE ((state)::text = ANY ((ARRAY['open'::character varying, 'answered'::character varying, 'escalated'::character varying])::text[]));
CREATE UNIQUE INDEX rescreening_once ON public.compliance_rescreening USING btree (snapshot_id, party_id);
CREATE INDEX rescreening_waiting ON public.compliance_rescreening USING btree (party_id) WHERE (decision_id IS NULL);
CREATE INDEX reservation_going_on ON public.brokerage_reservation USING btree (id) WHERE ((evict_at IS NULL) AND interruptible AND ((state)::text = ANY ((ARRAY['confirmed'::character varying, 'active'::character varying])::text[])));
CREATE UNIQUE INDEX reservation_key_once ON public.brokerage_reservation USING btree (renter_id, idempotency_key);
CREATE UNIQUE INDEX reservation_pin_slot_once ON public.brokerage_reservation USING btree (renter_id, pin_slot) WHERE ((state)::text = ANY ((ARRAY['requested'::character varying, 'cleared'::character varying, 'pinned'::character varying])::text[]));
CREATE UNIQUE INDEX reservation_resumes_alone ON public.brokerage_reservation USING btree (resumes_id) WHERE (NOT ((state)::text = ANY ((ARRAY['refused'::character varying, 'expired'::character varying, 'cancelled'::character varying, 'failed'::character varying])::text[])));
CREATE INDEX reservation_rolling ON public.brokerage_reservation USING btree (id) WHERE (rolls_on AND ((state)::text = 'active'::text));
CREATE INDEX reservation_workable ON public.brokerage_reservation USING btree (id) WHERE (((state)::text = ANY ((ARRAY['requested'::character varying, 'cleared'::character varying])::text[])) OR (auto_confirm AND ((state)::text = 'held'::text)));
CREATE UNIQUE INDEX rule_approved_once_by_each ON public.compliance_ruleapproval USING btree (rule_id, approver);
CREATE UNIQUE INDEX rule_version_once ON public.compliance_policyrule USING btree (rule_id, version);
CREATE UNIQUE INDEX schedule_once_per_moment ON public.catalog_cancellationschedule USING btree (code, since);
CREATE UNIQUE INDEX seen_once ON public.notices_seen USING btree (notice_id, person_id);
CREATE INDEX segment_by_assignment ON public.metering_segment USING btree (assignment_id, seq);
CREATE UNIQUE INDEX segment_follows_alone ON public.metering_segment USING btree (assignment_id, prev_sha256) WHERE ((NOT forked) AND (NOT (prev_sha256 = '\x'::bytea)));
CREATE UNIQUE INDEX segment_once ON public.metering_segment USING btree (machine_id, boot_id, seq);
CREATE UNIQUE INDEX sighting_once_a_day ON public.accounts_accesssighting USING btree (organisation_id, day, prefix, country, network);
CREATE UNIQUE INDEX site_name_once_per_operator ON public.catalog_site USING btree (operator_id, name);
CREATE UNIQUE INDEX site_risk_once ON public.compliance_siterisk USING btree (country, operator, site, dimension, effective_from);
CREATE UNIQUE INDEX sla_assessed_once ON public.billing_slaassessment USING btree (reservation_id, revision);
CREATE UNIQUE INDEX stake_of_a_name_once ON public.compliance_ownershipstake USING btree (owned_id, owner_name) WHERE ((owner_id IS NULL) AND (until IS NULL));
CREATE UNIQUE INDEX stake_of_a_party_once ON public.compliance_ownershipstake USING btree (owned_id, owner_id) WHERE ((owner_id IS NOT NULL) AND (until IS NULL));
CREATE INDEX statement_by_party ON public.compliance_endusestatement USING btree (party_id, signed_at DESC);
CREATE UNIQUE INDEX statement_key_once ON public.compliance_endusestatement USING btree (party_id, idempotency_key);
CREATE UNIQUE INDEX statement_revision_once ON public.billing_usagestatement USING btree (reservation_id, revision);
CREATE UNIQUE INDEX tax_filing_once ON public.billing_taxfiling USING btree (transaction_id) WHERE (NOT ((transaction_id)::text = ''::text));
CREATE UNIQUE INDEX tax_payment_once ON public.billing_taxpayment USING btree (invoice_id, seq);
CREATE INDEX telemetry_by_age ON public.catalog_telemetry USING btree ("end");
CREATE UNIQUE INDEX telemetry_once ON public.catalog_telemetry USING btree (machine_id, start);
CREATE UNIQUE INDEX top_up_intent_once ON public.billing_topup USING btree (payment_intent) WHERE (NOT ((payment_intent)::text = ''::text));
CREATE UNIQUE INDEX top_up_key_once ON public.billing_topup USING btree (organisation_id, idempotency_key);
CREATE UNIQUE INDEX top_up_one_automatic_in_flight ON public.billing_topup USING btree (organisation_id) WHERE (automatic AND ((state)::text = ANY ((ARRAY['pending'::character varying, 'needs_action'::character varying])::text[])));
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE UNIQUE INDEX unsealed_once_per_row ON public.compliance_unsealed USING btree (kind, subject);
CREATE INDEX usage_in_order ON public.metering_usage USING btree (lease_id, lower(during)) WHERE in_order;
CREATE INDEX usage_out_of_order ON public.metering_usage USING btree (lease_id) WHERE (NOT in_order);
CREATE UNIQUE INDEX usage_sum_once ON public.metering_usage USING btree (lease_id, before_us);
CREATE INDEX waiting_in_line ON public.brokerage_waiting USING btree (chip_id, created_at) WHERE ((state)::text = 'waiting'::text);
CREATE UNIQUE INDEX waiting_key_once ON public.brokerage_waiting USING btree (renter_id, idempotency_key);
CREATE UNIQUE INDEX waiting_slot_once ON public.brokerage_waiting USING btree (renter_id, slot) WHERE ((state)::text = 'waiting'::text);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_billingdetails FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_charge FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_costline FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_coststatement FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_creditline FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_creditnote FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_discount FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_disputeentry FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_faultruling FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_finding FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_grace FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_invoice FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_invoiceline FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_linespan FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_lotmove FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_maturedcharge FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_maturedfee FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_maturity FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_paperfile FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_payer FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_payoutreversal FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_ratesegment FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_reconciliation FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_rerating FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_seller FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_slaassessment FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_slatier FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_stripemovement FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_taxcalculation FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_taxpayment FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_taxrule FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_termsoffer FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.billing_usagestatement FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.brokerage_machinefailure FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.brokerage_reliability FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.brokerage_windowchange FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_calibration FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_cancellationschedule FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_gpuevent FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_hardwarefacts FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_healthchange FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.catalog_trustevidence FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_casedecision FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_casedocument FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_caseevent FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_chainlink FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_chipattestation FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_clearing FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_content FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_decision FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_endusestatement FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_endusestatementwithdrawn FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_licence FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_licencedraw FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_licenceevent FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_licencereturn FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_listsnapshot FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_partydocument FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_partyevidence FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_policyrule FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_redflag FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_redflagclosed FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_reviewclearance FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_ruleapproval FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.compliance_scoringband FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.core_auditevent FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.gateway_grantrefusal FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.ledger_seal FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.ledger_transaction FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.ledger_transfer FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_closing FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_gap FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_link FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_outageruling FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_ownoutage FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_segment FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_signer FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.metering_usage FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_billingdetails FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_charge FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_costline FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_coststatement FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_creditline FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_creditnote FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_discount FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_disputeentry FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_faultruling FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_finding FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_grace FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_invoice FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_invoiceline FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_linespan FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_lotmove FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_maturedcharge FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_maturedfee FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_maturity FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_paperfile FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_payer FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_payoutreversal FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_ratesegment FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_reconciliation FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_rerating FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_seller FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_slaassessment FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_slatier FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_stripemovement FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_taxcalculation FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_taxpayment FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_taxrule FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_termsoffer FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.billing_usagestatement FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.brokerage_machinefailure FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.brokerage_reliability FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.brokerage_windowchange FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_calibration FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_cancellationschedule FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_gpuevent FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_hardwarefacts FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_healthchange FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.catalog_trustevidence FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_casedecision FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_casedocument FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_caseevent FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_chainlink FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_chipattestation FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_clearing FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_content FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_decision FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_endusestatement FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_endusestatementwithdrawn FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_licence FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_licencedraw FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_licenceevent FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_licencereturn FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_listsnapshot FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_partydocument FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_partyevidence FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_policyrule FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_redflag FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_redflagclosed FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_reviewclearance FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_ruleapproval FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.compliance_scoringband FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.core_auditevent FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.gateway_grantrefusal FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.ledger_account FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.ledger_transaction FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_closing FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_gap FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_link FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_outageruling FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_ownoutage FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_segment FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_signer FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON public.metering_usage FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER apply_hold AFTER INSERT OR UPDATE ON public.ledger_hold FOR EACH ROW EXECUTE FUNCTION public.ledger_apply_hold();
CREATE TRIGGER apply_transfers AFTER INSERT ON public.ledger_transfer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_apply_transfers();
CREATE TRIGGER bid_stays BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN (((old.interruptible IS DISTINCT FROM new.interruptible) OR (new.interruptible AND (old.price_micro_per_gpu_hour <> new.price_micro_per_gpu_hour)))) EXECUTE FUNCTION public.brokerage_bid_stays();
CREATE TRIGGER credit_within_line BEFORE INSERT ON public.billing_creditline FOR EACH ROW EXECUTE FUNCTION public.billing_credit_within_line();
CREATE TRIGGER decided_by_two BEFORE INSERT OR UPDATE ON public.compliance_case FOR EACH ROW EXECUTE FUNCTION public.compliance_decided_by_two();
CREATE TRIGGER eviction_keeps_terms BEFORE INSERT ON public.brokerage_windowchange FOR EACH ROW WHEN (((new.kind)::text = 'evicted'::text)) EXECUTE FUNCTION public.brokerage_eviction_keeps_terms();
CREATE TRIGGER filed_stays BEFORE DELETE OR UPDATE ON public.billing_taxfiling FOR EACH ROW EXECUTE FUNCTION public.billing_filed_stays();
CREATE TRIGGER gives_way BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN ((old.evict_at IS DISTINCT FROM new.evict_at)) EXECUTE FUNCTION public.brokerage_gives_way();
CREATE TRIGGER gpu_changed AFTER INSERT OR DELETE OR UPDATE ON public.catalog_gpu FOR EACH ROW EXECUTE FUNCTION public.straits_gpu_changed();
CREATE TRIGGER granted_by_case BEFORE INSERT ON public.compliance_clearing FOR EACH ROW EXECUTE FUNCTION public.compliance_granted_by_case('entries');
CREATE TRIGGER granted_by_case BEFORE INSERT ON public.compliance_reviewclearance FOR EACH ROW EXECUTE FUNCTION public.compliance_granted_by_case('rules');
CREATE TRIGGER holds_stay BEFORE DELETE ON public.ledger_hold FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER keeping_remains BEFORE DELETE ON public.brokerage_keeping FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER keeping_remains_truncate BEFORE TRUNCATE ON public.brokerage_keeping FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER keeping_stays BEFORE UPDATE ON public.brokerage_keeping FOR EACH ROW EXECUTE FUNCTION public.brokerage_keeping_stays();
CREATE TRIGGER lease_moves_outside_upkeep BEFORE UPDATE OF during, gpu_id ON public.brokerage_lease FOR EACH ROW WHEN (((new.gpu_id <> old.gpu_id) OR (NOT (new.during <@ old.during)))) EXECUTE FUNCTION public.brokerage_lease_outside_upkeep();
CREATE TRIGGER lease_outside_upkeep BEFORE INSERT ON public.brokerage_lease FOR EACH ROW EXECUTE FUNCTION public.brokerage_lease_outside_upkeep();
CREATE TRIGGER licence_act BEFORE INSERT ON public.compliance_licenceevent FOR EACH ROW EXECUTE FUNCTION public.compliance_licence_act();
CREATE TRIGGER licence_not_overdrawn BEFORE INSERT ON public.compliance_licencedraw FOR EACH ROW EXECUTE FUNCTION public.compliance_licence_drawn();
CREATE TRIGGER line_stays BEFORE UPDATE ON public.billing_payoutline FOR EACH ROW WHEN (((old.released_at IS NOT NULL) OR (new.released_at IS NULL) OR (((((old.id IS DISTINCT FROM new.id) OR (old.payout_id IS DISTINCT FROM new.payout_id)) OR (old.maturity_id IS DISTINCT FROM new.maturity_id)) OR (old.organisation_id IS DISTINCT FROM new.organisation_id)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)))) EXECUTE FUNCTION public.billing_line_stays();
CREATE TRIGGER lines_stay BEFORE DELETE ON public.billing_payoutline FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER lines_stay_whole BEFORE TRUNCATE ON public.billing_payoutline FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER machine_keeps_operator BEFORE UPDATE OF site_id ON public.catalog_machine FOR EACH ROW WHEN ((old.site_id IS DISTINCT FROM new.site_id)) EXECUTE FUNCTION public.billing_machine_keeps_operator();
CREATE TRIGGER names_debt BEFORE INSERT ON public.billing_grace FOR EACH ROW EXECUTE FUNCTION public.billing_grace_names_debt();
CREATE TRIGGER names_what_it_replaces BEFORE INSERT ON public.compliance_policyrule FOR EACH ROW EXECUTE FUNCTION public.compliance_rule_names_what_it_replaces();
CREATE TRIGGER number_is_own BEFORE INSERT ON public.ledger_transaction FOR EACH ROW WHEN ((new.xid IS DISTINCT FROM pg_current_xact_id())) EXECUTE FUNCTION public.ledger_number_is_own();
CREATE TRIGGER numbers_rise BEFORE DELETE OR UPDATE ON public.billing_numberseries FOR EACH ROW EXECUTE FUNCTION public.billing_numbers_rise();
CREATE TRIGGER of_one_party BEFORE INSERT ON public.compliance_partyevidence FOR EACH ROW EXECUTE FUNCTION public.compliance_evidence_of_one_party();
CREATE TRIGGER offer_count BEFORE INSERT OR UPDATE OF gpus ON public.catalog_offer FOR EACH ROW EXECUTE FUNCTION public.straits_offer_count();
CREATE TRIGGER offer_stays BEFORE UPDATE ON public.catalog_offer FOR EACH ROW WHEN ((((((((((((((old.machine_id IS DISTINCT FROM new.machine_id) OR (old.chip_id IS DISTINCT FROM new.chip_id)) OR (old.price_micro_per_gpu_hour IS DISTINCT FROM new.price_micro_per_gpu_hour)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.min_window_s IS DISTINCT FROM new.min_window_s)) OR (old.max_window_s IS DISTINCT FROM new.max_window_s)) OR (old.notice_s IS DISTINCT FROM new.notice_s)) OR (old.horizon_days IS DISTINCT FROM new.horizon_days)) OR (old.cleaning_s IS DISTINCT FROM new.cleaning_s)) OR (old.schedule_id IS DISTINCT FROM new.schedule_id)) OR (old.spot_floor_micro IS DISTINCT FROM new.spot_floor_micro)) OR (old.spot_notice_s IS DISTINCT FROM new.spot_notice_s)) OR (old.spot_minimum_s IS DISTINCT FROM new.spot_minimum_s))) EXECUTE FUNCTION public.catalog_offer_stays();
CREATE TRIGGER only_end BEFORE DELETE OR UPDATE ON public.compliance_director FOR EACH ROW EXECUTE FUNCTION public.compliance_only_end();
CREATE TRIGGER only_end BEFORE DELETE OR UPDATE ON public.compliance_ownershipstake FOR EACH ROW EXECUTE FUNCTION public.compliance_only_end();
CREATE TRIGGER only_end BEFORE DELETE OR UPDATE ON public.compliance_partyidentifier FOR EACH ROW EXECUTE FUNCTION public.compliance_only_end();
CREATE TRIGGER only_end_truncate BEFORE TRUNCATE ON public.compliance_director FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER only_end_truncate BEFORE TRUNCATE ON public.compliance_ownershipstake FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER only_end_truncate BEFORE TRUNCATE ON public.compliance_partyidentifier FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER only_lifted BEFORE DELETE OR UPDATE ON public.ledger_freeze FOR EACH ROW EXECUTE FUNCTION public.ledger_freeze_only_lifted();
CREATE TRIGGER open_balance AFTER INSERT ON public.ledger_account FOR EACH ROW EXECUTE FUNCTION public.ledger_open_balance();
CREATE TRIGGER payout_stays BEFORE UPDATE ON public.billing_payout FOR EACH ROW WHEN ((((((((((old.organisation_id IS DISTINCT FROM new.organisation_id) OR (old.account_id IS DISTINCT FROM new.account_id)) OR (old.decision_id IS DISTINCT FROM new.decision_id)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.carried_in_micro IS DISTINCT FROM new.carried_in_micro)) OR (old.earned_micro IS DISTINCT FROM new.earned_micro)) OR (old.netted_micro IS DISTINCT FROM new.netted_micro)) OR (old.amount_micro IS DISTINCT FROM new.amount_micro)) OR (old.carried_out_micro IS DISTINCT FROM new.carried_out_micro))) EXECUTE FUNCTION public.billing_payout_stays();
CREATE TRIGGER payouts_stay BEFORE DELETE ON public.billing_payout FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER payouts_stay_whole BEFORE TRUNCATE ON public.billing_payout FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER reckoned BEFORE INSERT ON public.metering_usage FOR EACH ROW EXECUTE FUNCTION public.metering_reckon_usage();
CREATE CONSTRAINT TRIGGER reservation_decision_fits AFTER INSERT OR UPDATE ON public.brokerage_reservation NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.brokerage_decision_fits();
CREATE CONSTRAINT TRIGGER reservation_licence_stays_drawn AFTER INSERT ON public.compliance_licencereturn DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.brokerage_licence_stays_drawn();
CREATE TRIGGER resumes_own BEFORE INSERT ON public.brokerage_reservation FOR EACH ROW WHEN ((new.resumes_id IS NOT NULL)) EXECUTE FUNCTION public.brokerage_resumes_own();
CREATE TRIGGER resumes_stays BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN ((old.resumes_id IS DISTINCT FROM new.resumes_id)) EXECUTE FUNCTION public.brokerage_resumes_own();
CREATE TRIGGER return_adds_up BEFORE INSERT ON public.compliance_licencereturn FOR EACH ROW EXECUTE FUNCTION public.compliance_licence_returned();
CREATE TRIGGER rolling_stays BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN ((old.rolling IS DISTINCT FROM new.rolling)) EXECUTE FUNCTION public.brokerage_rolling_stays();
CREATE TRIGGER rule_approval BEFORE INSERT ON public.compliance_ruleapproval FOR EACH ROW EXECUTE FUNCTION public.compliance_rule_approval();
CREATE TRIGGER said_is_kept BEFORE DELETE ON public.notices_notice FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER said_stays BEFORE UPDATE OF organisation_id, kind, key, facts, person_id, at ON public.notices_notice FOR EACH ROW EXECUTE FUNCTION public.notices_said_stays();
CREATE TRIGGER site_keeps_operator BEFORE UPDATE OF operator_id ON public.catalog_site FOR EACH ROW WHEN ((old.operator_id IS DISTINCT FROM new.operator_id)) EXECUTE FUNCTION public.billing_site_keeps_operator();
CREATE TRIGGER stays BEFORE DELETE ON public.compliance_auditcheck FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER stays BEFORE DELETE ON public.compliance_auditfault FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER stays BEFORE DELETE ON public.compliance_case FOR EACH ROW EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER stays_truncate BEFORE TRUNCATE ON public.compliance_auditcheck FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER stays_truncate BEFORE TRUNCATE ON public.compliance_auditfault FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER stays_truncate BEFORE TRUNCATE ON public.compliance_case FOR EACH STATEMENT EXECUTE FUNCTION public.straits_forbid_change();
CREATE TRIGGER tax_as_calculated BEFORE INSERT ON public.billing_invoice FOR EACH ROW WHEN ((new.tax_calculation_id IS NOT NULL)) EXECUTE FUNCTION public.billing_tax_as_calculated();
CREATE TRIGGER terms_stay BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN ((((((old.price_micro_per_gpu_hour IS DISTINCT FROM new.price_micro_per_gpu_hour) OR (old.fee_bps IS DISTINCT FROM new.fee_bps)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (lower(old.during) IS DISTINCT FROM lower(new.during))) OR (old.gpu_count IS DISTINCT FROM new.gpu_count))) EXECUTE FUNCTION public.billing_terms_stay();
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_casedecision FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('case_decision');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_caseevent FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('case_event');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_clearing FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('clearing');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_decision FOR EACH ROW WHEN (true) EXECUTE FUNCTION public.compliance_wait_for_link('decision');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_licence FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('licence');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_licencedraw FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('licence_draw');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_licenceevent FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('licence_event');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_licencereturn FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('licence_return');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_listsnapshot FOR EACH ROW WHEN (true) EXECUTE FUNCTION public.compliance_wait_for_link('snapshot');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_policyrule FOR EACH ROW WHEN (true) EXECUTE FUNCTION public.compliance_wait_for_link('rule');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_redflag FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('flag');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_redflagclosed FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('flag_closed');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_reviewclearance FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('review');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_ruleapproval FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('rule_approval');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.compliance_scoringband FOR EACH ROW EXECUTE FUNCTION public.compliance_wait_for_link('band');
CREATE TRIGGER wait_for_link AFTER INSERT ON public.core_auditevent FOR EACH ROW WHEN (((new.subject)::text ~~ 'compliance.%'::text)) EXECUTE FUNCTION public.compliance_wait_for_link('act');
CREATE TRIGGER window_moves BEFORE UPDATE ON public.brokerage_reservation FOR EACH ROW WHEN ((old.during IS DISTINCT FROM new.during)) EXECUTE FUNCTION public.brokerage_window_moves();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_accesssighting
    ADD CONSTRAINT accounts_accesssight_organisation_id_60e60fbc_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_created_by_id_1b5317c8_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_organisation_id_6c27dbba_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_accepted_by_id_ba632539_fk_accounts_user_id FOREIGN KEY (accepted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_invited_by_id_94a21efc_fk_accounts_user_id FOREIGN KEY (invited_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_organisation_id_b7f9480b_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_organisation_id_98e5c22b_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_user_id_487fb39e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_party_id_370e5228_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_group_id_bd11a704_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_user_id_52b62117_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_p_permission_id_113bb443_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_p_user_id_e4f0a161_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_autotopup
    ADD CONSTRAINT billing_autotopup_asked_by_id_a822a284_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_autotopup
    ADD CONSTRAINT billing_autotopup_organisation_id_b0f76809_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_bankpayout
    ADD CONSTRAINT billing_bankpayout_account_id_b3d5d91a_fk_billing_p FOREIGN KEY (account_id) REFERENCES public.billing_payoutaccount(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_billingdetails
    ADD CONSTRAINT billing_billingdetai_organisation_id_f7f5b249_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_billingdetails
    ADD CONSTRAINT billing_billingdetai_recorded_by_id_ea3f514b_fk_accounts_ FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_charge
    ADD CONSTRAINT billing_charge_lease_id_ec819bea_fk_brokerage_lease_id FOREIGN KEY (lease_id) REFERENCES public.brokerage_lease(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_charge
    ADD CONSTRAINT billing_charge_rate_id_226ae03b_fk_billing_ratesegment_id FOREIGN KEY (rate_id) REFERENCES public.billing_ratesegment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_costline
    ADD CONSTRAINT billing_costline_statement_id_06161220_fk_billing_c FOREIGN KEY (statement_id) REFERENCES public.billing_coststatement(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditgrant
    ADD CONSTRAINT billing_creditgrant_decided_by_id_aeb41d68_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditgrant
    ADD CONSTRAINT billing_creditgrant_organisation_id_c8d9ec57_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditgrant
    ADD CONSTRAINT billing_creditgrant_proposed_by_id_4efb14e5_fk_accounts_user_id FOREIGN KEY (proposed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditline
    ADD CONSTRAINT billing_creditline_line_id_b14f712d_fk_billing_invoiceline_id FOREIGN KEY (line_id) REFERENCES public.billing_invoiceline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditline
    ADD CONSTRAINT billing_creditline_note_id_976e0467_fk_billing_creditnote_id FOREIGN KEY (note_id) REFERENCES public.billing_creditnote(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditline
    ADD CONSTRAINT billing_creditline_tax_rule_id_add3557d_fk_billing_taxrule_id FOREIGN KEY (tax_rule_id) REFERENCES public.billing_taxrule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_grant_id_1bec68c9_fk_billing_creditgrant_id FOREIGN KEY (grant_id) REFERENCES public.billing_creditgrant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_organisation_id_c315f106_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditlot
    ADD CONSTRAINT billing_creditlot_top_up_id_28c1ffc8_fk_billing_topup_id FOREIGN KEY (top_up_id) REFERENCES public.billing_topup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_invoice_id_38246c17_fk_billing_invoice_id FOREIGN KEY (invoice_id) REFERENCES public.billing_invoice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_issued_by_id_7c9103d1_fk_accounts_user_id FOREIGN KEY (issued_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_organisation_id_5c187c04_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_creditnote
    ADD CONSTRAINT billing_creditnote_series_id_e10cdecd_fk_billing_n FOREIGN KEY (series_id) REFERENCES public.billing_numberseries(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_discount
    ADD CONSTRAINT billing_discount_organisation_id_6f28501b_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_discount
    ADD CONSTRAINT billing_discount_recorded_by_id_4b42bc21_fk_accounts_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_hold_id_54b660cd_fk_ledger_hold_id FOREIGN KEY (hold_id) REFERENCES public.ledger_hold(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_organisation_id_34d39afa_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_dispute
    ADD CONSTRAINT billing_dispute_top_up_id_e29905d5_fk_billing_topup_id FOREIGN KEY (top_up_id) REFERENCES public.billing_topup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_disputeentry
    ADD CONSTRAINT billing_disputeentry_by_id_0b1cb0d2_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_disputeentry
    ADD CONSTRAINT billing_disputeentry_dispute_id_76528b24_fk_billing_r FOREIGN KEY (dispute_id) REFERENCES public.billing_rentaldispute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_faultruling
    ADD CONSTRAINT billing_faultruling_reservation_id_c2da9266_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_faultruling
    ADD CONSTRAINT billing_faultruling_ruled_by_id_b491fb76_fk_accounts_user_id FOREIGN KEY (ruled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_finding
    ADD CONSTRAINT billing_finding_reconciliation_id_a4e624f7_fk_billing_r FOREIGN KEY (reconciliation_id) REFERENCES public.billing_reconciliation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_grace
    ADD CONSTRAINT billing_grace_change_id_8a3d5b2a_fk_brokerage_windowchange_id FOREIGN KEY (change_id) REFERENCES public.brokerage_windowchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_grace
    ADD CONSTRAINT billing_grace_organisation_id_4dc88dfc_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_issued_by_id_0942547f_fk_accounts_user_id FOREIGN KEY (issued_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_coststatement
    ADD CONSTRAINT billing_invoice_organisation_id_7ea73bb5_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_organisation_id_7ea73bb5_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_coststatement
    ADD CONSTRAINT billing_invoice_reservation_id_82716edd_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_series_id_aafcbbba_fk_billing_numberseries_code FOREIGN KEY (series_id) REFERENCES public.billing_numberseries(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_tax_calculation_id_11975a65_fk_billing_t FOREIGN KEY (tax_calculation_id) REFERENCES public.billing_taxcalculation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_wallet_id_aeffad78_fk_ledger_account_id FOREIGN KEY (wallet_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_change_id_70e8a17f_fk_brokerage FOREIGN KEY (change_id) REFERENCES public.brokerage_windowchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_invoice_id_ff507e12_fk_billing_invoice_id FOREIGN KEY (invoice_id) REFERENCES public.billing_invoice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_costline
    ADD CONSTRAINT billing_invoiceline_lease_id_61bbeb5c_fk_brokerage_lease_id FOREIGN KEY (lease_id) REFERENCES public.brokerage_lease(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_costline
    ADD CONSTRAINT billing_invoiceline_rate_id_f6490fa0_fk_billing_ratesegment_id FOREIGN KEY (rate_id) REFERENCES public.billing_ratesegment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_rate_id_f6490fa0_fk_billing_ratesegment_id FOREIGN KEY (rate_id) REFERENCES public.billing_ratesegment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_reservation_id_2c3f012b_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_invoiceline
    ADD CONSTRAINT billing_invoiceline_tax_rule_id_f80510e0_fk_billing_taxrule_id FOREIGN KEY (tax_rule_id) REFERENCES public.billing_taxrule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT billing_linespan_credit_line_id_4dab9c0d_fk_billing_c FOREIGN KEY (credit_line_id) REFERENCES public.billing_creditline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT billing_linespan_lease_id_707303ff_fk_brokerage_lease_id FOREIGN KEY (lease_id) REFERENCES public.brokerage_lease(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT billing_linespan_line_id_af415bb0_fk_billing_invoiceline_id FOREIGN KEY (line_id) REFERENCES public.billing_invoiceline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_linespan
    ADD CONSTRAINT billing_linespan_rate_id_bac53f26_fk_billing_ratesegment_id FOREIGN KEY (rate_id) REFERENCES public.billing_ratesegment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_lotmove
    ADD CONSTRAINT billing_lotmove_lot_id_eac42402_fk_billing_creditlot_id FOREIGN KEY (lot_id) REFERENCES public.billing_creditlot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_maturedcharge
    ADD CONSTRAINT billing_maturedcharg_maturity_id_8877807d_fk_billing_m FOREIGN KEY (maturity_id) REFERENCES public.billing_maturity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_maturedcharge
    ADD CONSTRAINT billing_maturedcharge_charge_id_2390fded_fk_billing_charge_id FOREIGN KEY (charge_id) REFERENCES public.billing_charge(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_maturedfee
    ADD CONSTRAINT billing_maturedfee_change_id_19741c6d_fk_brokerage FOREIGN KEY (change_id) REFERENCES public.brokerage_windowchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_maturedfee
    ADD CONSTRAINT billing_maturedfee_maturity_id_deaf758a_fk_billing_maturity_id FOREIGN KEY (maturity_id) REFERENCES public.billing_maturity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_maturity
    ADD CONSTRAINT billing_maturity_organisation_id_a7eda05f_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_credit_note_id_e43dfcb7_fk_billing_c FOREIGN KEY (credit_note_id) REFERENCES public.billing_creditnote(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_paperfile
    ADD CONSTRAINT billing_paperfile_invoice_id_543b87cd_fk_billing_invoice_id FOREIGN KEY (invoice_id) REFERENCES public.billing_invoice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payer
    ADD CONSTRAINT billing_payer_organisation_id_604572cf_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payout
    ADD CONSTRAINT billing_payout_account_id_f19fbf56_fk_billing_payoutaccount_id FOREIGN KEY (account_id) REFERENCES public.billing_payoutaccount(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payout
    ADD CONSTRAINT billing_payout_decision_id_b4f8aa17_fk_compliance_decision_id FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payout
    ADD CONSTRAINT billing_payout_organisation_id_da6ec56f_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutaccount
    ADD CONSTRAINT billing_payoutaccoun_organisation_id_ab3edb70_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutaccount
    ADD CONSTRAINT billing_payoutaccount_opened_by_id_36aa6405_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payouthold
    ADD CONSTRAINT billing_payouthold_organisation_id_62df48b8_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payouthold
    ADD CONSTRAINT billing_payouthold_placed_by_id_86560b99_fk_accounts_user_id FOREIGN KEY (placed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payouthold
    ADD CONSTRAINT billing_payouthold_released_by_id_4ca9409d_fk_accounts_user_id FOREIGN KEY (released_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT billing_payoutline_maturity_id_4fae7237_fk_billing_maturity_id FOREIGN KEY (maturity_id) REFERENCES public.billing_maturity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT billing_payoutline_organisation_id_749840ca_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT billing_payoutline_payout_id_b1e17aee_fk_billing_payout_id FOREIGN KEY (payout_id) REFERENCES public.billing_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutreversal
    ADD CONSTRAINT billing_payoutreversal_asked_by_id_12c85634_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutreversal
    ADD CONSTRAINT billing_payoutreversal_payout_id_4880e3b9_fk_billing_payout_id FOREIGN KEY (payout_id) REFERENCES public.billing_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_offer_id_4fbaa6d1_fk_billing_termsoffer_id FOREIGN KEY (offer_id) REFERENCES public.billing_termsoffer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_opened_by_id_24999241_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_ratesegment
    ADD CONSTRAINT billing_ratesegment_reservation_id_fb7f1c4e_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_hold_id_50f3ad78_fk_ledger_hold_id FOREIGN KEY (hold_id) REFERENCES public.ledger_hold(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_lot_id_81fc391b_fk_billing_creditlot_id FOREIGN KEY (lot_id) REFERENCES public.billing_creditlot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_refund
    ADD CONSTRAINT billing_refund_requested_by_id_599a71a6_fk_accounts_user_id FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldisput_credit_note_id_57bde856_fk_billing_c FOREIGN KEY (credit_note_id) REFERENCES public.billing_creditnote(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldisput_provider_id_9093f6f2_fk_accounts_ FOREIGN KEY (provider_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldisput_renter_id_bcdf97f8_fk_accounts_ FOREIGN KEY (renter_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldisput_reservation_id_c706e32f_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldispute_raised_by_id_ba67e828_fk_accounts_user_id FOREIGN KEY (raised_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rentaldispute
    ADD CONSTRAINT billing_rentaldispute_ruled_by_id_a4d5f204_fk_accounts_user_id FOREIGN KEY (ruled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_rerating
    ADD CONSTRAINT billing_rerating_ruling_id_32156544_fk_metering_outageruling_id FOREIGN KEY (ruling_id) REFERENCES public.metering_outageruling(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_savedcard
    ADD CONSTRAINT billing_savedcard_organisation_id_e251a50b_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_seller
    ADD CONSTRAINT billing_seller_recorded_by_id_19924d8a_fk_accounts_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_slaassessment
    ADD CONSTRAINT billing_slaassessmen_reservation_id_ef144dba_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_slatier
    ADD CONSTRAINT billing_slatier_recorded_by_id_b355575c_fk_accounts_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecomman_tax_filing_id_6079b9da_fk_billing_t FOREIGN KEY (tax_filing_id) REFERENCES public.billing_taxfiling(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_card_id_7fdbdc79_fk_billing_savedcard_id FOREIGN KEY (card_id) REFERENCES public.billing_savedcard(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_payout_id_b31db9d3_fk_billing_payout_id FOREIGN KEY (payout_id) REFERENCES public.billing_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_refund_id_da748053_fk_billing_refund_id FOREIGN KEY (refund_id) REFERENCES public.billing_refund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_stripecommand
    ADD CONSTRAINT billing_stripecommand_top_up_id_cff2cbf4_fk_billing_topup_id FOREIGN KEY (top_up_id) REFERENCES public.billing_topup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_taxcalculation
    ADD CONSTRAINT billing_taxcalculati_organisation_id_b92281f2_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_credit_note_id_07452467_fk_billing_c FOREIGN KEY (credit_note_id) REFERENCES public.billing_creditnote(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_taxfiling
    ADD CONSTRAINT billing_taxfiling_invoice_id_7bb51ab1_fk_billing_invoice_id FOREIGN KEY (invoice_id) REFERENCES public.billing_invoice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_taxpayment
    ADD CONSTRAINT billing_taxpayment_invoice_id_bfa2a8b2_fk_billing_invoice_id FOREIGN KEY (invoice_id) REFERENCES public.billing_invoice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_taxrule
    ADD CONSTRAINT billing_taxrule_recorded_by_id_7efe80e4_fk_accounts_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_termsoffer
    ADD CONSTRAINT billing_termsoffer_offered_by_id_d0350660_fk_accounts_user_id FOREIGN KEY (offered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_termsoffer
    ADD CONSTRAINT billing_termsoffer_reservation_id_7f1cca5a_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_topup
    ADD CONSTRAINT billing_topup_organisation_id_30039ac1_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_topup
    ADD CONSTRAINT billing_topup_requested_by_id_27573e2f_fk_accounts_user_id FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_usagestatement
    ADD CONSTRAINT billing_usagestateme_reservation_id_0ecb1cb1_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_walletnotice
    ADD CONSTRAINT billing_walletnotice_organisation_id_d57216df_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_assignment
    ADD CONSTRAINT brokerage_assignment_machine_id_f941463d_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_assignment
    ADD CONSTRAINT brokerage_assignment_reservation_id_31c46ae1_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_drift
    ADD CONSTRAINT brokerage_drift_machine_id_26c3f8f0_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_drift
    ADD CONSTRAINT brokerage_drift_reservation_id_9691b913_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_assignment_id_5a59d367_fk_brokerage FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_hold_id_66fd135c_fk_ledger_hold_id FOREIGN KEY (hold_id) REFERENCES public.ledger_hold(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_reservation_id_0762981b_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_keeping
    ADD CONSTRAINT brokerage_keeping_wanted_by_id_fbd97308_fk_accounts_user_id FOREIGN KEY (wanted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_lease
    ADD CONSTRAINT brokerage_lease_assignment_id_c6ab425d_fk_brokerage FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_lease
    ADD CONSTRAINT brokerage_lease_gpu_id_0bf6a59c_fk_catalog_gpu_id FOREIGN KEY (gpu_id) REFERENCES public.catalog_gpu(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_machinefailure
    ADD CONSTRAINT brokerage_machinefai_machine_id_d0bc0ef8_fk_catalog_m FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_machinefailure
    ADD CONSTRAINT brokerage_machinefai_replaced_by_id_b32cbfb5_fk_catalog_m FOREIGN KEY (replaced_by_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_machinefailure
    ADD CONSTRAINT brokerage_machinefai_reservation_id_761609ac_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_machinereport
    ADD CONSTRAINT brokerage_machinerep_machine_id_8316862c_fk_catalog_m FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_notice
    ADD CONSTRAINT brokerage_notice_reservation_id_902bf6d5_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reliability
    ADD CONSTRAINT brokerage_reliability_machine_id_7de52b2c_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservatio_decision_id_dcc04706_fk_complianc FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservatio_renter_id_14034105_fk_accounts_ FOREIGN KEY (renter_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservatio_requested_by_id_9033d676_fk_accounts_ FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservatio_resumes_id_c35f793b_fk_brokerage FOREIGN KEY (resumes_id) REFERENCES public.brokerage_keeping(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservation_hold_id_59e033a2_fk_ledger_hold_id FOREIGN KEY (hold_id) REFERENCES public.ledger_hold(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_reservation
    ADD CONSTRAINT brokerage_reservation_offer_id_22272c10_fk_catalog_offer_id FOREIGN KEY (offer_id) REFERENCES public.catalog_offer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_chip_id_cc7f0c09_fk_compliance_chipmodel_id FOREIGN KEY (chip_id) REFERENCES public.compliance_chipmodel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_renter_id_ce597c86_fk_accounts_ FOREIGN KEY (renter_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_requested_by_id_75323f90_fk_accounts_user_id FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_waiting
    ADD CONSTRAINT brokerage_waiting_reservation_id_9da32aa0_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_windowchange
    ADD CONSTRAINT brokerage_windowchan_decision_id_59c3ee88_fk_complianc FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_windowchange
    ADD CONSTRAINT brokerage_windowchan_reservation_id_0a310840_fk_brokerage FOREIGN KEY (reservation_id) REFERENCES public.brokerage_reservation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.brokerage_windowchange
    ADD CONSTRAINT brokerage_windowchange_by_id_a5fbfd88_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_boardclaim
    ADD CONSTRAINT catalog_boardclaim_machine_id_3ae54d13_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_calibration
    ADD CONSTRAINT catalog_calibration_by_id_5c0e304f_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_calibration
    ADD CONSTRAINT catalog_calibration_machine_id_ee52bb94_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_challenge
    ADD CONSTRAINT catalog_challenge_machine_id_db42fca3_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_challengeanswer
    ADD CONSTRAINT catalog_challengeans_challenge_id_5a92bc72_fk_catalog_c FOREIGN KEY (challenge_id) REFERENCES public.catalog_challenge(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_devicekey
    ADD CONSTRAINT catalog_devicekey_machine_id_9d6ed7fe_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_gpu
    ADD CONSTRAINT catalog_gpu_chip_id_880e3eac_fk_compliance_chipmodel_id FOREIGN KEY (chip_id) REFERENCES public.compliance_chipmodel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_gpu
    ADD CONSTRAINT catalog_gpu_machine_id_293c03a2_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_gpuevent
    ADD CONSTRAINT catalog_gpuevent_machine_id_73307921_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_hardwarefacts
    ADD CONSTRAINT catalog_hardwarefacts_machine_id_dd6d1f56_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_healthchange
    ADD CONSTRAINT catalog_healthchange_gpu_id_ed1fd4e4_fk_catalog_gpu_id FOREIGN KEY (gpu_id) REFERENCES public.catalog_gpu(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_machine
    ADD CONSTRAINT catalog_machine_site_id_5cdc58cf_fk_catalog_site_id FOREIGN KEY (site_id) REFERENCES public.catalog_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_machinereading
    ADD CONSTRAINT catalog_machinereadi_machine_id_d8fc56f6_fk_catalog_m FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_offer
    ADD CONSTRAINT catalog_offer_chip_id_68c89174_fk_compliance_chipmodel_id FOREIGN KEY (chip_id) REFERENCES public.compliance_chipmodel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_offer
    ADD CONSTRAINT catalog_offer_machine_id_dab1dc43_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_offer
    ADD CONSTRAINT catalog_offer_schedule_id_ca59c6a0_fk_catalog_c FOREIGN KEY (schedule_id) REFERENCES public.catalog_cancellationschedule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_site
    ADD CONSTRAINT catalog_site_operator_id_0dc051b3_fk_accounts_organisation_id FOREIGN KEY (operator_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_telemetry
    ADD CONSTRAINT catalog_telemetry_machine_id_75c4bbe1_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_trust
    ADD CONSTRAINT catalog_trust_machine_id_4e648332_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_trustevidence
    ADD CONSTRAINT catalog_trustevidenc_facts_id_df29376c_fk_catalog_h FOREIGN KEY (facts_id) REFERENCES public.catalog_hardwarefacts(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_trustevidence
    ADD CONSTRAINT catalog_trustevidence_machine_id_20354dc0_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_trustevidence
    ADD CONSTRAINT catalog_trustevidence_probe_id_8089d1b5_fk_catalog_probe_id FOREIGN KEY (probe_id) REFERENCES public.catalog_probe(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_case
    ADD CONSTRAINT compliance_case_decision_id_bf6fd9c8_fk_compliance_decision_id FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_case
    ADD CONSTRAINT compliance_case_party_id_2ae9f43a_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_case
    ADD CONSTRAINT compliance_case_proposal_id_4fcbc2f1_fk_compliance_caseevent_id FOREIGN KEY (proposal_id) REFERENCES public.compliance_caseevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_casedecision
    ADD CONSTRAINT compliance_casedecis_proposal_id_44dfa0fe_fk_complianc FOREIGN KEY (proposal_id) REFERENCES public.compliance_caseevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_casedecision
    ADD CONSTRAINT compliance_casedecision_case_id_144d5bdd_fk_compliance_case_id FOREIGN KEY (case_id) REFERENCES public.compliance_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_casedocument
    ADD CONSTRAINT compliance_casedocument_case_id_c1965d2d_fk_compliance_case_id FOREIGN KEY (case_id) REFERENCES public.compliance_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_answers_id_d5cf9414_fk_complianc FOREIGN KEY (answers_id) REFERENCES public.compliance_caseevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_case_id_0b4b5e85_fk_compliance_case_id FOREIGN KEY (case_id) REFERENCES public.compliance_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_caseevent
    ADD CONSTRAINT compliance_caseevent_decision_id_39c2e67f_fk_complianc FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_chipattestation
    ADD CONSTRAINT compliance_chipattes_chip_id_0a3ec6ad_fk_complianc FOREIGN KEY (chip_id) REFERENCES public.compliance_chipmodel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_clearing
    ADD CONSTRAINT compliance_clearing_case_id_0739e498_fk_compliance_case_id FOREIGN KEY (case_id) REFERENCES public.compliance_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_clearing
    ADD CONSTRAINT compliance_clearing_party_id_ded1c24f_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_decision
    ADD CONSTRAINT compliance_decision_chip_id_c88cdfd9_fk_compliance_chipmodel_id FOREIGN KEY (chip_id) REFERENCES public.compliance_chipmodel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_decision
    ADD CONSTRAINT compliance_decision_licence_id_59db5c3c_fk_complianc FOREIGN KEY (licence_id) REFERENCES public.compliance_licence(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_decision
    ADD CONSTRAINT compliance_decision_party_id_a57ac34e_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_director
    ADD CONSTRAINT compliance_director_party_id_8a62f261_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_endusestatement
    ADD CONSTRAINT compliance_endusesta_party_id_407310ed_fk_complianc FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_endusestatementwithdrawn
    ADD CONSTRAINT compliance_endusesta_statement_id_6ecb1f27_fk_complianc FOREIGN KEY (statement_id) REFERENCES public.compliance_endusestatement(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_entryname
    ADD CONSTRAINT compliance_entryname_entry_id_20d23526_fk_complianc FOREIGN KEY (entry_id) REFERENCES public.compliance_listentry(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_licence
    ADD CONSTRAINT compliance_licence_party_id_5b41f5e9_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_licencedraw
    ADD CONSTRAINT compliance_licencedr_decision_id_9f35f9e4_fk_complianc FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_licencedraw
    ADD CONSTRAINT compliance_licencedr_licence_id_c27630e5_fk_complianc FOREIGN KEY (licence_id) REFERENCES public.compliance_licence(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_licenceevent
    ADD CONSTRAINT compliance_licenceev_licence_id_dc55dbc6_fk_complianc FOREIGN KEY (licence_id) REFERENCES public.compliance_licence(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_licencereturn
    ADD CONSTRAINT compliance_licencere_draw_id_5e9205fa_fk_complianc FOREIGN KEY (draw_id) REFERENCES public.compliance_licencedraw(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_listentry
    ADD CONSTRAINT compliance_listentry_dropped_in_id_bd172795_fk_complianc FOREIGN KEY (dropped_in_id) REFERENCES public.compliance_listsnapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_listentry
    ADD CONSTRAINT compliance_listentry_first_in_id_962c0f82_fk_complianc FOREIGN KEY (first_in_id) REFERENCES public.compliance_listsnapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_listentry
    ADD CONSTRAINT compliance_listentry_source_id_5132e2ef_fk_complianc FOREIGN KEY (source_id) REFERENCES public.compliance_listsource(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_listsnapshot
    ADD CONSTRAINT compliance_listsnaps_source_id_967c4bca_fk_complianc FOREIGN KEY (source_id) REFERENCES public.compliance_listsource(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_ownershipstake
    ADD CONSTRAINT compliance_ownership_owned_id_1bddfe4b_fk_complianc FOREIGN KEY (owned_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_ownershipstake
    ADD CONSTRAINT compliance_ownership_owner_id_f5b3c00b_fk_complianc FOREIGN KEY (owner_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partycontact
    ADD CONSTRAINT compliance_partycont_party_id_7b9f3dba_fk_complianc FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partydocument
    ADD CONSTRAINT compliance_partydocu_party_id_7e79280a_fk_complianc FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partyevidence
    ADD CONSTRAINT compliance_partyevid_director_id_59752a69_fk_complianc FOREIGN KEY (director_id) REFERENCES public.compliance_director(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partyevidence
    ADD CONSTRAINT compliance_partyevid_document_id_ecae8e57_fk_complianc FOREIGN KEY (document_id) REFERENCES public.compliance_partydocument(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partyevidence
    ADD CONSTRAINT compliance_partyevid_stake_id_c7ed1adf_fk_complianc FOREIGN KEY (stake_id) REFERENCES public.compliance_ownershipstake(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_partyidentifier
    ADD CONSTRAINT compliance_partyiden_party_id_1ad5202e_fk_complianc FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_policyrule
    ADD CONSTRAINT compliance_policyrul_supersedes_id_49ad5489_fk_complianc FOREIGN KEY (supersedes_id) REFERENCES public.compliance_policyrule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_redflag
    ADD CONSTRAINT compliance_redflag_kind_id_18751917_fk_complianc FOREIGN KEY (kind_id) REFERENCES public.compliance_redflagkind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_redflag
    ADD CONSTRAINT compliance_redflag_party_id_faae7b79_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_redflagclosed
    ADD CONSTRAINT compliance_redflagcl_flag_id_c2d7de18_fk_complianc FOREIGN KEY (flag_id) REFERENCES public.compliance_redflag(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_rescreening
    ADD CONSTRAINT compliance_rescreeni_decision_id_11001c09_fk_complianc FOREIGN KEY (decision_id) REFERENCES public.compliance_decision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_rescreening
    ADD CONSTRAINT compliance_rescreeni_snapshot_id_d84acb55_fk_complianc FOREIGN KEY (snapshot_id) REFERENCES public.compliance_listsnapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_rescreening
    ADD CONSTRAINT compliance_rescreening_party_id_b6fc6d34_fk_compliance_party_id FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_reversepass
    ADD CONSTRAINT compliance_reversepa_snapshot_id_6cb65d21_fk_complianc FOREIGN KEY (snapshot_id) REFERENCES public.compliance_listsnapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_reviewclearance
    ADD CONSTRAINT compliance_reviewcle_case_id_5985ee54_fk_complianc FOREIGN KEY (case_id) REFERENCES public.compliance_case(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_reviewclearance
    ADD CONSTRAINT compliance_reviewcle_party_id_7b987669_fk_complianc FOREIGN KEY (party_id) REFERENCES public.compliance_party(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.compliance_ruleapproval
    ADD CONSTRAINT compliance_ruleappro_rule_id_3bb0d00d_fk_complianc FOREIGN KEY (rule_id) REFERENCES public.compliance_policyrule(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_enrolmenttoken
    ADD CONSTRAINT gateway_enrolmenttok_issued_by_id_15792472_fk_accounts_ FOREIGN KEY (issued_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_enrolmenttoken
    ADD CONSTRAINT gateway_enrolmenttok_machine_id_f7721bec_fk_catalog_m FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_grantrefusal
    ADD CONSTRAINT gateway_grantrefusal_node_id_96a162f4_fk_gateway_node_id FOREIGN KEY (node_id) REFERENCES public.gateway_node(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_machinewish
    ADD CONSTRAINT gateway_machinewish_machine_id_485d6e18_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_node
    ADD CONSTRAINT gateway_node_machine_id_94ff9661_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_nodeboot
    ADD CONSTRAINT gateway_nodeboot_node_id_26ae3294_fk_gateway_node_id FOREIGN KEY (node_id) REFERENCES public.gateway_node(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.gateway_nodekey
    ADD CONSTRAINT gateway_nodekey_node_id_a70278b8_fk_gateway_node_id FOREIGN KEY (node_id) REFERENCES public.gateway_node(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.hooks_attempt
    ADD CONSTRAINT hooks_attempt_delivery_id_0a5c6b23_fk_hooks_delivery_id FOREIGN KEY (delivery_id) REFERENCES public.hooks_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.hooks_delivery
    ADD CONSTRAINT hooks_delivery_endpoint_id_51753024_fk_hooks_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES public.hooks_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.hooks_delivery
    ADD CONSTRAINT hooks_delivery_notice_id_13ecd958_fk_notices_notice_id FOREIGN KEY (notice_id) REFERENCES public.notices_notice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.hooks_endpoint
    ADD CONSTRAINT hooks_endpoint_created_by_id_ac7180ed_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.hooks_endpoint
    ADD CONSTRAINT hooks_endpoint_organisation_id_0361bcb9_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_account_id_c2c102a5_fk_ledger_account_id FOREIGN KEY (account_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_freeze
    ADD CONSTRAINT ledger_freeze_account_id_33a9977b_fk_ledger_account_id FOREIGN KEY (account_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_hold
    ADD CONSTRAINT ledger_hold_account_id_96c93480_fk_ledger_account_id FOREIGN KEY (account_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_credit_id_af787b0c_fk_ledger_account_id FOREIGN KEY (credit_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_debit_id_9031bbea_fk_ledger_account_id FOREIGN KEY (debit_id) REFERENCES public.ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT ledger_transfer_transaction_id_c1156df7_fk_ledger_tr FOREIGN KEY (transaction_id) REFERENCES public.ledger_transaction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT line_of_earnings_provider FOREIGN KEY (maturity_id, organisation_id, currency) REFERENCES public.billing_maturity(id, organisation_id, currency);
ALTER TABLE ONLY public.billing_payoutline
    ADD CONSTRAINT line_of_payouts_provider FOREIGN KEY (payout_id, organisation_id, currency) REFERENCES public.billing_payout(id, organisation_id, currency);
ALTER TABLE ONLY public.metering_closing
    ADD CONSTRAINT metering_closing_assignment_id_a1df1f69_fk_brokerage FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_gap
    ADD CONSTRAINT metering_gap_assignment_id_73da871b_fk_brokerage_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_link
    ADD CONSTRAINT metering_link_assignment_id_f2f55ea1_fk_brokerage_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_link
    ADD CONSTRAINT metering_link_segment_id_b69d434c_fk_metering_segment_id FOREIGN KEY (segment_id) REFERENCES public.metering_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_outageruling
    ADD CONSTRAINT metering_outagerulin_assignment_id_84a93beb_fk_brokerage FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_outageruling
    ADD CONSTRAINT metering_outageruling_ruled_by_id_9454d880_fk_accounts_user_id FOREIGN KEY (ruled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_ownoutage
    ADD CONSTRAINT metering_ownoutage_recorded_by_id_bb3890a2_fk_accounts_user_id FOREIGN KEY (recorded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_segment
    ADD CONSTRAINT metering_segment_assignment_id_86a0e614_fk_brokerage FOREIGN KEY (assignment_id) REFERENCES public.brokerage_assignment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_segment
    ADD CONSTRAINT metering_segment_machine_id_60384e88_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_segment
    ADD CONSTRAINT metering_segment_signer_id_35387069_fk_metering_signer_id FOREIGN KEY (signer_id) REFERENCES public.metering_signer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_signer
    ADD CONSTRAINT metering_signer_machine_id_1aae9b5a_fk_catalog_machine_id FOREIGN KEY (machine_id) REFERENCES public.catalog_machine(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.metering_usage
    ADD CONSTRAINT metering_usage_lease_id_974f61b6_fk_brokerage_lease_id FOREIGN KEY (lease_id) REFERENCES public.brokerage_lease(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_choice
    ADD CONSTRAINT notices_choice_person_id_d340fad2_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_letter
    ADD CONSTRAINT notices_letter_notice_id_2717a956_fk_notices_notice_id FOREIGN KEY (notice_id) REFERENCES public.notices_notice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_letter
    ADD CONSTRAINT notices_letter_person_id_90e165f6_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_organisation_id_2ca9aa8b_fk_accounts_ FOREIGN KEY (organisation_id) REFERENCES public.accounts_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_notice
    ADD CONSTRAINT notices_notice_person_id_94368381_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_seen
    ADD CONSTRAINT notices_seen_notice_id_b0dd6c1d_fk_notices_notice_id FOREIGN KEY (notice_id) REFERENCES public.notices_notice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notices_seen
    ADD CONSTRAINT notices_seen_person_id_a072f876_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT transfer_credit_currency FOREIGN KEY (credit_id, currency) REFERENCES public.ledger_account(id, currency);
ALTER TABLE ONLY public.ledger_transfer
    ADD CONSTRAINT transfer_debit_currency FOREIGN KEY (debit_id, currency) REFERENCES public.ledger_account(id, currency);
