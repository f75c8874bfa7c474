-- Owned by the audit role, granted to nobody: the break-glass role reaches them through these functions alone.
CREATE TABLE IF NOT EXISTS tenantry.glass (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  workspaces {{workspace_type}}[] NOT NULL,
  actor_kind text NOT NULL,
  actor_id {{actor_type}} NOT NULL,
  reason text NOT NULL,
  request_id uuid NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  opened_by_transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT glass_pkey PRIMARY KEY (id),
  CONSTRAINT glass_workspaces_check
    CHECK (cardinality(workspaces) BETWEEN 1 AND 100 AND array_position(workspaces, NULL) IS NULL),
  CONSTRAINT glass_reason_check CHECK (char_length(reason) BETWEEN 10 AND 1000),
  CONSTRAINT glass_expires_at_check CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '1 hour')
);
COMMENT ON TABLE tenantry.glass IS 'Who broke the glass of which workspaces, why and until when; kept for good.';
COMMENT ON COLUMN tenantry.glass.id IS 'Names the grant. It is worth nothing without the context of who opened it.';
COMMENT ON COLUMN tenantry.glass.workspaces IS 'The workspaces that may be read.';
COMMENT ON COLUMN tenantry.glass.actor_kind IS 'The kind of who opened it.';
COMMENT ON COLUMN tenantry.glass.actor_id IS 'Who opened it, from the sealed context.';
COMMENT ON COLUMN tenantry.glass.reason IS 'Why, as the workspaces are told.';
COMMENT ON COLUMN tenantry.glass.request_id IS 'The request that opened it.';
COMMENT ON COLUMN tenantry.glass.opened_at IS 'When it was opened.';
COMMENT ON COLUMN tenantry.glass.expires_at IS 'From when on nothing is read by it, an hour after it was opened at the latest.';
COMMENT ON COLUMN tenantry.glass.closed_at IS 'When it was closed before that.';
COMMENT ON COLUMN tenantry.glass.opened_by_transaction IS 'The transaction that opened it, which may not read by it itself.';
REVOKE ALL ON tenantry.glass FROM PUBLIC;

-- Who asks and for which request come from the sealed context. Whether a workspace exists is not asked: a grant for none reads
-- nothing, and an answer would tell without leaving a trace.
CREATE OR REPLACE FUNCTION tenantry.open_glass(
  workspaces {{workspace_type}}[], reason text, minutes integer, OUT grant_id uuid, OUT expires_at timestamptz
) RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  who record;
  opened tenantry.glass;
BEGIN
  SELECT * INTO STRICT who FROM tenantry.glass_context();
  INSERT INTO tenantry.glass AS g (workspaces, actor_kind, actor_id, reason, request_id, expires_at)
  VALUES (ARRAY(SELECT DISTINCT one FROM unnest(open_glass.workspaces) AS one ORDER BY one), who.actor_kind, who.actor_id,
          regexp_replace(open_glass.reason, '^[[:space:]]+|[[:space:]]+$', '', 'g'), who.request_id, now() + make_interval(mins => open_glass.minutes))
  RETURNING * INTO opened;
  -- Each log tells of its own workspace only, not of the others in the grant.
  INSERT INTO tenantry.audit_log (workspace_id, operation, action, actor_kind, actor_id, request_id, details)
  SELECT one, 'event', 'security.glass_open', opened.actor_kind, opened.actor_id, opened.request_id,
         jsonb_build_object('reason', opened.reason, 'until', opened.expires_at)
  FROM unnest(opened.workspaces) AS one;
  open_glass.grant_id := opened.id;
  open_glass.expires_at := opened.expires_at;
END $function$;
COMMENT ON FUNCTION tenantry.open_glass({{workspace_type}}[], text, integer) IS
  'Grants the person of the context to read workspaces for so many minutes, and tells each of them why in its log.';

CREATE OR REPLACE FUNCTION tenantry.close_glass() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  who record;
  closed tenantry.glass;
BEGIN
  SELECT * INTO STRICT who FROM tenantry.glass_context();
  UPDATE tenantry.glass AS g SET closed_at = clock_timestamp()
  WHERE g.id = who.grant_id AND g.actor_id = who.actor_id AND g.closed_at IS NULL AND g.expires_at > clock_timestamp()
  RETURNING * INTO closed;
  IF closed.id IS NULL THEN
    RETURN false;
  END IF;
  INSERT INTO tenantry.audit_log (workspace_id, operation, action, actor_kind, actor_id, request_id, details)
  SELECT one, 'event', 'security.glass_close', who.actor_kind, who.actor_id, who.request_id,
         jsonb_build_object('opened_at', closed.opened_at)
  FROM unnest(closed.workspaces) AS one;
  RETURN true;
END $function$;
COMMENT ON FUNCTION tenantry.close_glass() IS 'Ends the grant of the context before its time; tells whether it was open.';

CREATE OR REPLACE FUNCTION tenantry.glass_workspaces() RETURNS {{workspace_type}}[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  who record;
  granted tenantry.glass;
BEGIN
  SELECT * INTO STRICT who FROM tenantry.glass_context();
  -- A transaction that keeps its first snapshot would not see that the grant was closed meanwhile.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'break-glass reads in transactions that are READ COMMITTED' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO granted FROM tenantry.glass g WHERE g.id = who.grant_id AND g.actor_id = who.actor_id;
  -- The clock, not the beginning of the transaction; and never by a grant that a rollback would take back with its traces.
  IF granted.id IS NULL OR granted.closed_at IS NOT NULL OR granted.expires_at <= clock_timestamp()
    OR granted.opened_by_transaction IS NOT DISTINCT FROM pg_current_xact_id_if_assigned() THEN
    RAISE EXCEPTION 'no open break-glass' USING ERRCODE = '42501', HINT = 'Break the glass again, and say why.';
  END IF;
  RETURN granted.workspaces;
END $function$;
COMMENT ON FUNCTION tenantry.glass_workspaces() IS
  'The workspaces whose glass the person of the context has broken; raises when there is no grant that is open and committed.';

REVOKE ALL ON FUNCTION tenantry.open_glass({{workspace_type}}[], text, integer), tenantry.close_glass(), tenantry.glass_workspaces()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.open_glass({{workspace_type}}[], text, integer), tenantry.close_glass(), tenantry.glass_workspaces()
  TO tenantry_glass;
