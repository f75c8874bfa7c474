CREATE OR REPLACE FUNCTION tenantry.old_audit_partitions(days integer) RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET "DateStyle" = 'ISO' SET "TimeZone" = 'UTC' AS $function$
BEGIN
  IF days IS NULL OR days < 30 THEN
    RAISE EXCEPTION 'the audit log keeps at least 30 days' USING ERRCODE = '22023';
  END IF;
  RETURN QUERY SELECT c.relname::text
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT (regexp_match(pg_get_expr(c.relpartbound, c.oid), $$TO \('([^']+)'\)$$))[1]::timestamptz AS ends) AS month
    WHERE i.inhparent = 'tenantry.audit_log'::regclass AND c.relnamespace = 'tenantry_partitions'::regnamespace
      AND month.ends <= now() - make_interval(days => days)
      -- Bounds are what somebody wrote; the month that is being written stays, whatever the clock of the days says.
      AND month.ends <= date_trunc('month', now())
    ORDER BY month.ends;
END $function$;
COMMENT ON FUNCTION tenantry.old_audit_partitions(integer) IS
  'Names the partitions of the audit log of which no entry is younger than so many days, oldest first.';

CREATE OR REPLACE FUNCTION tenantry.drop_audit_partition(partition_name text, days integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  -- The parent first, as whoever writes takes it first; and two that drop meet here, not in the middle.
  LOCK TABLE ONLY tenantry.audit_log IN ACCESS EXCLUSIVE MODE;
  IF NOT EXISTS (SELECT FROM tenantry.old_audit_partitions(days) AS old WHERE old = partition_name) THEN
    RETURN false;
  END IF;
  EXECUTE format('ALTER TABLE tenantry.audit_log DETACH PARTITION tenantry_partitions.%I', partition_name);
  EXECUTE format('DROP TABLE tenantry_partitions.%I', partition_name);
  RETURN true;
END $function$;
COMMENT ON FUNCTION tenantry.drop_audit_partition(text, integer) IS
  'Drops a partition of the audit log if it is old; false if it is not, or is gone.';

CREATE OR REPLACE FUNCTION tenantry.clear_audit_default(days integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  cleared bigint;
BEGIN
  IF days IS NULL OR days < 30 THEN
    RAISE EXCEPTION 'the audit log keeps at least 30 days' USING ERRCODE = '22023';
  END IF;
  ALTER TABLE tenantry_partitions.audit_log_default NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE tenantry_partitions.audit_log_default DISABLE TRIGGER audit_log_append_only;
  DELETE FROM tenantry_partitions.audit_log_default d WHERE d.at < now() - make_interval(days => days);
  GET DIAGNOSTICS cleared = ROW_COUNT;
  ALTER TABLE tenantry_partitions.audit_log_default ENABLE ALWAYS TRIGGER audit_log_append_only;
  ALTER TABLE tenantry_partitions.audit_log_default FORCE ROW LEVEL SECURITY;
  RETURN cleared;
END $function$;
COMMENT ON FUNCTION tenantry.clear_audit_default(integer) IS
  'Deletes entries older than so many days for which no month was ever made; returns how many.';
REVOKE ALL ON FUNCTION tenantry.old_audit_partitions(integer), tenantry.drop_audit_partition(text, integer),
  tenantry.clear_audit_default(integer) FROM PUBLIC;
