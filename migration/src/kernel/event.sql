CREATE OR REPLACE FUNCTION tenantry.record_event(action text, table_name text, record_ids text[], details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  INSERT INTO tenantry.audit_log
    (workspace_id, operation, action, table_name, record_ids, details, actor_kind, actor_id, actor_name, request_id)
  SELECT {{workspace_reader}}, 'event', record_event.action, record_event.table_name, record_event.record_ids, record_event.details,
    who.actor_kind, who.actor_id, who.actor_name, who.request_id
  FROM tenantry.audit_context() AS who;
END $function$;
COMMENT ON FUNCTION tenantry.record_event(text, text, text[], jsonb) IS
  'Records what an application did, as noun.verb, in the log of the workspace of the context.';
REVOKE ALL ON FUNCTION tenantry.record_event(text, text, text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.record_event(text, text, text[], jsonb) TO tenantry_app;
