-- Called by a login that can do nothing else: each does one thing, which takes no longer the later it is called, and none is told when.
CREATE OR REPLACE FUNCTION tenantry.maintain_audit_partitions(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $function$
BEGIN
  RETURN tenantry.make_audit_partitions(least(greatest(at_most, 0), 12));
END $function$;
COMMENT ON FUNCTION tenantry.maintain_audit_partitions(integer) IS
  'Makes the partitions of the audit log so many months ahead, a year at most; returns how many were missing.';

CREATE OR REPLACE FUNCTION tenantry.maintain_audit_retention(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $function$
DECLARE
  -- Seven years, two of them leap years.
  kept CONSTANT integer := 2557;
  dropped bigint := 0;
  partition_name text;
BEGIN
  FOR partition_name IN SELECT old FROM tenantry.old_audit_partitions(kept) AS old LIMIT least(greatest(at_most, 0), 12) LOOP
    dropped := dropped + tenantry.drop_audit_partition(partition_name, kept)::integer;
  END LOOP;
  RETURN dropped;
END $function$;
COMMENT ON FUNCTION tenantry.maintain_audit_retention(integer) IS
  'Drops so many partitions of the audit log at most of which no entry is younger than seven years; returns how many.';
REVOKE ALL ON FUNCTION tenantry.maintain_audit_partitions(integer), tenantry.maintain_audit_retention(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.maintain_audit_partitions(integer), tenantry.maintain_audit_retention(integer) TO tenantry_maintenance;
