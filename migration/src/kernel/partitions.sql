CREATE OR REPLACE FUNCTION tenantry.close_audit_partition(partition_name text, label text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  -- Policies of the parent do not reach a partition: with these two and no policy, nobody reads it directly.
  EXECUTE format('ALTER TABLE tenantry_partitions.%I ENABLE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('ALTER TABLE tenantry_partitions.%I FORCE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('REVOKE ALL ON tenantry_partitions.%I FROM PUBLIC, tenantry_app, tenantry_reader, tenantry_audit', partition_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry_partitions.%I '
                 'FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_change()', partition_name);
  EXECUTE format('ALTER TABLE tenantry_partitions.%I ENABLE ALWAYS TRIGGER audit_log_append_only', partition_name);
  EXECUTE format('COMMENT ON TABLE tenantry_partitions.%I IS %L', partition_name, label);
END $function$;
COMMENT ON FUNCTION tenantry.close_audit_partition(text, text) IS 'Shuts a partition of the audit log to direct access.';

CREATE OR REPLACE FUNCTION tenantry.make_audit_partitions(months integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  -- Months are those of UTC, whatever the session's zone.
  first_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month';
  month timestamp;
  starts timestamptz;
  ends timestamptz;
  partition_name text;
  made integer := 0;
BEGIN
  IF months IS NULL OR months NOT BETWEEN 0 AND 120 THEN
    RAISE EXCEPTION 'months must be between 0 and 120' USING ERRCODE = '22023';
  END IF;
  LOCK TABLE tenantry.audit_log IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass('tenantry_partitions.audit_log_default') IS NULL THEN
    CREATE TABLE tenantry_partitions.audit_log_default (LIKE tenantry.audit_log INCLUDING ALL);
    PERFORM tenantry.close_audit_partition('audit_log_default', 'Entries of the audit log for which no month was made in time.');
    ALTER TABLE tenantry.audit_log ATTACH PARTITION tenantry_partitions.audit_log_default DEFAULT;
  END IF;
  FOR month IN SELECT generate_series(first_month, first_month + make_interval(months => months + 1), interval '1 month') LOOP
    partition_name := 'audit_log_' || to_char(month, '"y"YYYY"m"MM');
    CONTINUE WHEN to_regclass(format('tenantry_partitions.%I', partition_name)) IS NOT NULL;
    starts := month AT TIME ZONE 'UTC';
    ends := (month + interval '1 month') AT TIME ZONE 'UTC';
    -- Attaching locks the parent less than creating a partition of it, and the default may hold rows of the month.
    EXECUTE format('CREATE TABLE tenantry_partitions.%I (LIKE tenantry.audit_log INCLUDING ALL)', partition_name);
    PERFORM tenantry.move_from_default(partition_name, starts, ends);
    PERFORM tenantry.close_audit_partition(partition_name, format('Entries of the audit log of %s.', to_char(month, 'YYYY-MM')));
    EXECUTE format('ALTER TABLE tenantry.audit_log ATTACH PARTITION tenantry_partitions.%I FOR VALUES FROM (%L) TO (%L)',
                   partition_name, starts, ends);
    made := made + 1;
  END LOOP;
  RETURN made;
END $function$;
COMMENT ON FUNCTION tenantry.make_audit_partitions(integer) IS
  'Makes the partitions of the audit log from last month to so many months ahead; returns how many were missing.';

CREATE OR REPLACE FUNCTION tenantry.move_from_default(partition_name text, starts timestamptz, ends timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  ALTER TABLE tenantry_partitions.audit_log_default NO FORCE ROW LEVEL SECURITY;
  IF EXISTS (SELECT FROM tenantry_partitions.audit_log_default d WHERE d.at >= starts AND d.at < ends) THEN
    EXECUTE format('INSERT INTO tenantry_partitions.%I SELECT * FROM tenantry_partitions.audit_log_default WHERE at >= $1 AND at < $2',
                   partition_name) USING starts, ends;
    ALTER TABLE tenantry_partitions.audit_log_default DISABLE TRIGGER audit_log_append_only;
    DELETE FROM tenantry_partitions.audit_log_default WHERE at >= starts AND at < ends;
    ALTER TABLE tenantry_partitions.audit_log_default ENABLE ALWAYS TRIGGER audit_log_append_only;
  END IF;
  ALTER TABLE tenantry_partitions.audit_log_default FORCE ROW LEVEL SECURITY;
END $function$;
COMMENT ON FUNCTION tenantry.move_from_default(text, timestamptz, timestamptz) IS 'Moves entries of a month out of the default partition.';

REVOKE ALL ON FUNCTION tenantry.close_audit_partition(text, text), tenantry.make_audit_partitions(integer),
  tenantry.move_from_default(text, timestamptz, timestamptz) FROM PUBLIC;
SELECT tenantry.make_audit_partitions(12);
