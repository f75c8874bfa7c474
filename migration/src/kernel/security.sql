-- Owned by the audit role, granted to nobody: a scope role reaches them through security_event alone.
CREATE TABLE IF NOT EXISTS tenantry.audit_directory (
  id {{workspace_type}} NOT NULL,
  CONSTRAINT audit_directory_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE tenantry.audit_directory IS 'Which workspaces there are, so that a security event finds the log it belongs to.';
COMMENT ON COLUMN tenantry.audit_directory.id IS 'A workspace, written when its own row is.';

CREATE TABLE IF NOT EXISTS tenantry.platform_log (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT now(),
  action text NOT NULL,
  aimed_at text,
  actor_kind text,
  actor text,
  via text NOT NULL DEFAULT session_user,
  request_id uuid,
  ip_address inet,
  user_agent text,
  details jsonb,
  CONSTRAINT platform_log_pkey PRIMARY KEY (at, id),
  CONSTRAINT platform_log_action_check CHECK (action ~ '^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$')
);
COMMENT ON TABLE tenantry.platform_log IS 'What happened outside of any workspace: append-only, granted to nobody.';
COMMENT ON COLUMN tenantry.platform_log.id IS 'Names the entry.';
COMMENT ON COLUMN tenantry.platform_log.at IS 'When it was recorded.';
COMMENT ON COLUMN tenantry.platform_log.action IS 'What happened, as noun.verb.';
COMMENT ON COLUMN tenantry.platform_log.aimed_at IS 'The workspace that was named, which does not exist.';
COMMENT ON COLUMN tenantry.platform_log.actor_kind IS 'The kind of the actor that was named.';
COMMENT ON COLUMN tenantry.platform_log.actor IS 'The actor that was named.';
COMMENT ON COLUMN tenantry.platform_log.via IS 'The login that the session used.';
COMMENT ON COLUMN tenantry.platform_log.request_id IS 'The request.';
COMMENT ON COLUMN tenantry.platform_log.ip_address IS 'The address it came from.';
COMMENT ON COLUMN tenantry.platform_log.user_agent IS 'What the client called itself.';
COMMENT ON COLUMN tenantry.platform_log.details IS 'What else there is to say.';

CREATE TABLE IF NOT EXISTS tenantry.security_seen (
  log text NOT NULL,
  action text NOT NULL,
  actor text NOT NULL,
  ip_address text NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT security_seen_pkey PRIMARY KEY (log, action, actor, ip_address)
);
CREATE INDEX IF NOT EXISTS security_seen_at_idx ON tenantry.security_seen (at);
COMMENT ON TABLE tenantry.security_seen IS 'When a security event was last recorded, so that it is recorded once a minute.';
COMMENT ON COLUMN tenantry.security_seen.log IS 'The workspace whose log it went to; empty for the platform''s.';
COMMENT ON COLUMN tenantry.security_seen.action IS 'What happened.';
COMMENT ON COLUMN tenantry.security_seen.actor IS 'The actor that was named, if one was.';
COMMENT ON COLUMN tenantry.security_seen.ip_address IS 'The address it came from, if known.';
COMMENT ON COLUMN tenantry.security_seen.at IS 'When it was recorded.';
REVOKE ALL ON tenantry.audit_directory, tenantry.platform_log, tenantry.security_seen FROM PUBLIC;

CREATE OR REPLACE FUNCTION tenantry.refuse_platform_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION 'the platform log is append-only' USING ERRCODE = '42501';
END $function$;
COMMENT ON FUNCTION tenantry.refuse_platform_change() IS 'Raises, whoever asks.';
REVOKE ALL ON FUNCTION tenantry.refuse_platform_change() FROM PUBLIC;
CREATE OR REPLACE TRIGGER platform_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry.platform_log
  FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_platform_change();
ALTER TABLE tenantry.platform_log ENABLE ALWAYS TRIGGER platform_log_append_only;

CREATE OR REPLACE FUNCTION tenantry.security_event(
  action text, aimed_at text, actor_kind text, actor text, request uuid, ip_address inet, user_agent text, details jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  workspace {{workspace_type}};
  who {{actor_type}};
  log text := '';
BEGIN
  IF security_event.action IS NULL OR security_event.action !~ '^security[.][a-z][a-z0-9_]{0,62}$' THEN
    RAISE EXCEPTION 'a security event is security.verb' USING ERRCODE = '23514';
  END IF;
  IF security_event.action ^@ 'security.glass_' THEN
    -- The log says that glass was broken where it was, and nobody else can say so.
    RAISE EXCEPTION 'break-glass has functions of its own' USING ERRCODE = '42501';
  END IF;
  -- What was aimed at may be no key at all: that is what happened, not an error.
  BEGIN
    workspace := security_event.aimed_at::{{workspace_type}};
  EXCEPTION WHEN data_exception THEN
    workspace := NULL;
  END;
  BEGIN
    who := security_event.actor::{{actor_type}};
  EXCEPTION WHEN data_exception THEN
    who := NULL;
  END;
  IF EXISTS (SELECT FROM tenantry.audit_directory d WHERE d.id = workspace) THEN
    log := workspace::text;
  END IF;

  INSERT INTO tenantry.security_seen AS seen (log, action, actor, ip_address, at)
  VALUES (left(log, 200), security_event.action, left(coalesce(security_event.actor, ''), 200),
          coalesce(host(security_event.ip_address), ''), clock_timestamp())
  ON CONFLICT ON CONSTRAINT security_seen_pkey DO UPDATE SET at = excluded.at
    WHERE seen.at <= excluded.at - interval '1 minute';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Whoever makes new keys takes old ones away, so that the table stays small.
  DELETE FROM tenantry.security_seen seen WHERE seen.ctid = ANY (ARRAY(
    SELECT old.ctid FROM tenantry.security_seen old WHERE old.at < now() - interval '1 hour' ORDER BY old.at LIMIT 10 FOR UPDATE SKIP LOCKED));

  IF log = '' THEN
    INSERT INTO tenantry.platform_log (action, aimed_at, actor_kind, actor, request_id, ip_address, user_agent, details)
    VALUES (security_event.action, left(security_event.aimed_at, 200), left(security_event.actor_kind, 50), left(security_event.actor, 200),
            security_event.request, security_event.ip_address, left(security_event.user_agent, 1000), security_event.details);
    RETURN;
  END IF;
  INSERT INTO tenantry.audit_log (workspace_id, operation, action, actor_kind, actor_id, request_id, details)
  VALUES (workspace, 'event', security_event.action, left(security_event.actor_kind, 50), who, security_event.request, security_event.details);
  IF security_event.request IS NOT NULL THEN
    INSERT INTO tenantry.audit_requests (workspace_id, request_id, ip_address, user_agent)
    VALUES (workspace, security_event.request, security_event.ip_address, left(security_event.user_agent, 1000))
    ON CONFLICT DO NOTHING;
  END IF;
END $function$;
COMMENT ON FUNCTION tenantry.security_event(text, text, text, text, uuid, inet, text, jsonb) IS
  'Records a refusal, at most once a minute for each action, actor and address, where it was aimed at; tells nothing.';
REVOKE ALL ON FUNCTION tenantry.security_event(text, text, text, text, uuid, inet, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.security_event(text, text, text, text, uuid, inet, text, jsonb) TO tenantry_app;
