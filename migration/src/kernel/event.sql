CREATE OR REPLACE FUNCTION tenantry.record_event(
  action text, table_name text, record_ids text[], details jsonb, metadata jsonb DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF record_event.action ^@ 'security.' THEN
    -- Those name whom they are about; these, whoever the context stands for.
    RAISE EXCEPTION 'security events have a function of their own' USING ERRCODE = '42501';
  END IF;
  INSERT INTO tenantry.audit_log
    (workspace_id, operation, action, table_name, record_ids, details, metadata, actor_kind, actor_id, actor_name, request_id)
  SELECT {{workspace_reader}}, 'event', record_event.action, record_event.table_name, batch.ids, record_event.details, record_event.metadata,
    who.actor_kind, who.actor_id, who.actor_name, who.request_id
  FROM tenantry.audit_context() AS who,
    LATERAL (SELECT (record_event.record_ids)[first:first + 999] AS ids
             FROM generate_series(1, greatest(cardinality(record_event.record_ids), 1), 1000) AS first) AS batch;
END $function$;
COMMENT ON FUNCTION tenantry.record_event(text, text, text[], jsonb, jsonb) IS
  'Records what an application did, as noun.verb, in the log of the workspace of the context.';
REVOKE ALL ON FUNCTION tenantry.record_event(text, text, text[], jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.record_event(text, text, text[], jsonb, jsonb) TO tenantry_app;

CREATE OR REPLACE FUNCTION tenantry.record_request(ip_address inet, user_agent text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  INSERT INTO tenantry.audit_requests (workspace_id, request_id, ip_address, user_agent)
  SELECT {{workspace_reader}}, who.request_id, record_request.ip_address, left(record_request.user_agent, 1000)
  FROM tenantry.audit_context() AS who
  ON CONFLICT DO NOTHING;
END $function$;
COMMENT ON FUNCTION tenantry.record_request(inet, text) IS 'Records where the request of the context came from; the first word counts.';
REVOKE ALL ON FUNCTION tenantry.record_request(inet, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.record_request(inet, text) TO tenantry_app;

CREATE OR REPLACE FUNCTION tenantry.sweep_audit_requests(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  swept bigint;
BEGIN
  DELETE FROM tenantry.audit_requests r
  WHERE r.ctid = ANY (ARRAY(
    SELECT old.ctid FROM tenantry.audit_requests old
    WHERE old.at < sweep_audit_requests.before ORDER BY old.at LIMIT sweep_audit_requests.most));
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $function$;
COMMENT ON FUNCTION tenantry.sweep_audit_requests(timestamptz, integer) IS
  'Deletes so many of the oldest requests from before a moment, none younger than a year; returns how many.';
REVOKE ALL ON FUNCTION tenantry.sweep_audit_requests(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.sweep_audit_requests(timestamptz, integer) TO tenantry_owner;

CREATE OR REPLACE FUNCTION tenantry.maintain_audit_requests(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  -- As old as the entries that name them: seven years, two of them leap years.
  RETURN tenantry.sweep_audit_requests(now() - interval '2557 days', least(greatest(at_most, 0), 10000));
END $function$;
COMMENT ON FUNCTION tenantry.maintain_audit_requests(integer) IS 'Deletes so many requests at most from before seven years; returns how many.';
REVOKE ALL ON FUNCTION tenantry.maintain_audit_requests(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.maintain_audit_requests(integer) TO tenantry_maintenance;
