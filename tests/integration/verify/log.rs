//! Faults of the audit log, of audited tables and of the trigger that counts versions.

super::faults! {
    faults_of_the_log_are_found:

    a_log_that_can_be_changed_is_found: AuditLogWritable names "UPDATE",
        "GRANT UPDATE (action) ON tenantry.audit_log TO tenantry_app";
    a_log_that_can_be_emptied_is_found: AuditLogWritable names "TRUNCATE",
        "GRANT TRUNCATE ON tenantry.audit_log TO tenantry_audit";
    a_log_that_forgets_is_found: AuditLogWritable names "DELETE",
        "GRANT DELETE ON tenantry.audit_log TO tenantry_audit";
    a_log_that_can_be_forged_is_found: AuditLogWritable names "tenantry_app",
        "GRANT INSERT ON tenantry.audit_log TO tenantry_app";
    a_log_whose_trigger_is_gone_is_found: AuditLogAppendOnly names "tenantry.audit_log",
        "DROP TRIGGER audit_log_append_only ON tenantry.audit_log";
    a_log_whose_trigger_sleeps_when_replicating_is_found: AuditLogAppendOnly names "tenantry.audit_log",
        "ALTER TABLE ONLY tenantry.audit_log ENABLE TRIGGER audit_log_append_only";
    a_log_whose_trigger_refuses_now_and_then_is_found: AuditLogAppendOnly names "tenantry.audit_log",
        "CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry.audit_log
           FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION tenantry.refuse_change();
         ALTER TABLE ONLY tenantry.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only";
    a_log_that_refuses_nothing_is_found: AuditLogAppendOnly names "refuses UPDATE",
        "CREATE OR REPLACE FUNCTION tenantry.refuse_change() RETURNS trigger LANGUAGE plpgsql
           SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$";
    a_partition_of_the_log_that_refuses_now_and_then_is_found: AuditLogAppendOnly names "tenantry_partitions.audit_log_default",
        "CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry_partitions.audit_log_default
           FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION tenantry.refuse_change();
         ALTER TABLE tenantry_partitions.audit_log_default ENABLE ALWAYS TRIGGER audit_log_append_only";
    a_partition_of_the_log_without_its_trigger_is_found: AuditLogAppendOnly names "tenantry_partitions.audit_log_default",
        "ALTER TABLE tenantry_partitions.audit_log_default DISABLE TRIGGER audit_log_append_only";
    a_foreign_key_out_of_the_log_is_found: AuditLogForeignKey names "audit_log_workspace_id_fkey",
        "ALTER TABLE tenantry.audit_log ADD CONSTRAINT audit_log_workspace_id_fkey
           FOREIGN KEY (workspace_id) REFERENCES accounts.workspaces (id)";
    an_audit_trigger_that_is_off_is_found: AuditTrigger names "UPDATE",
        "ALTER TABLE challenges.judges DISABLE TRIGGER judges_audit_update";
    an_audit_trigger_that_is_gone_is_found: AuditTrigger names "challenges.judges",
        "DROP TRIGGER judges_audit_delete ON challenges.judges";
    an_audit_function_of_another_owner_is_found: AuditFunctionOwner names "challenges.judges_audit",
        "ALTER FUNCTION challenges.judges_audit() OWNER TO tenantry_identity";
    a_version_that_nobody_counts_is_found: TouchTrigger names "challenges.judges",
        "DROP TRIGGER judges_touch ON challenges.judges";
    a_version_whose_trigger_is_off_is_found: TouchTrigger names "version",
        "ALTER TABLE challenges.judges DISABLE TRIGGER judges_touch";
    a_version_whose_trigger_waits_for_a_replica_is_found: TouchTrigger names "version",
        "ALTER TABLE challenges.judges ENABLE REPLICA TRIGGER judges_touch";
    a_version_that_is_counted_now_and_then_is_found: TouchTrigger names "challenges.judges",
        "CREATE OR REPLACE TRIGGER judges_touch BEFORE UPDATE ON challenges.judges FOR EACH ROW
           WHEN (OLD.user_id IS NOT NULL AND false) EXECUTE FUNCTION challenges.judges_touch()";
    a_version_that_is_counted_for_some_columns_is_found: TouchTrigger names "challenges.judges",
        "CREATE OR REPLACE TRIGGER judges_touch BEFORE UPDATE OF deleted_at ON challenges.judges
           FOR EACH ROW EXECUTE FUNCTION challenges.judges_touch()";
    a_touch_function_that_does_nothing_is_found: TouchTrigger names "challenges.judges_touch()",
        "CREATE OR REPLACE FUNCTION challenges.judges_touch() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
           AS $$ BEGIN -- NEW.version := OLD.version + 1;
           RETURN NEW; END $$";
    a_touch_trigger_that_runs_something_else_is_found: TouchTrigger names "tenantry.refuse_change()",
        "CREATE OR REPLACE TRIGGER judges_touch BEFORE UPDATE ON challenges.judges
           FOR EACH ROW EXECUTE FUNCTION tenantry.refuse_change()";
    a_version_that_another_function_counts_is_found: TouchTrigger names "which is not the kit's",
        "CREATE FUNCTION challenges.counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
           AS $$ BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$;
         ALTER FUNCTION challenges.counts() OWNER TO tenantry_owner; REVOKE ALL ON FUNCTION challenges.counts() FROM PUBLIC;
         COMMENT ON FUNCTION challenges.counts() IS 'Counts.';
         CREATE OR REPLACE TRIGGER judges_touch BEFORE UPDATE ON challenges.judges FOR EACH ROW EXECUTE FUNCTION challenges.counts()";
    a_touch_function_of_somebody_else_is_found: TouchTrigger names "verify_touches",
        "CREATE ROLE verify_touches; ALTER FUNCTION challenges.judges_touch() OWNER TO verify_touches";

    an_audit_trigger_that_leaves_changes_out_is_found: AuditTrigger names "INSERT",
        "CREATE OR REPLACE TRIGGER judges_audit_insert AFTER INSERT ON challenges.judges REFERENCING NEW TABLE AS new_rows
           FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION challenges.judges_audit()";
    an_audit_function_that_writes_nothing_is_found: AuditFunction names "challenges.judges_audit",
        "CREATE OR REPLACE FUNCTION challenges.judges_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
           SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$";
    an_audit_function_of_another_table_is_found: AuditFunction names "challenges.submissions_audit",
        "CREATE OR REPLACE TRIGGER judges_audit_insert AFTER INSERT ON challenges.judges REFERENCING NEW TABLE AS new_rows
           FOR EACH STATEMENT EXECUTE FUNCTION challenges.submissions_audit()";

    a_month_without_a_partition_is_found: AuditLogMonth names "the default one",
        "DO $$ DECLARE month text := to_char((now() AT TIME ZONE 'UTC') + interval '1 month', '\"y\"YYYY\"m\"MM'); BEGIN
           EXECUTE format('DROP TABLE tenantry_partitions.audit_log_%s', month); END $$";
    entries_that_no_month_took_are_found: AuditLogDefault names "entries lie in the default partition",
        "INSERT INTO tenantry.audit_log (workspace_id, operation, at) VALUES (gen_random_uuid(), 'event', '1999-01-01')";
    entries_that_may_not_be_seen_are_worth_knowing: AuditLogDefault names "this role may not see",
        "INSERT INTO tenantry.audit_log (workspace_id, operation, at) VALUES (gen_random_uuid(), 'event', '1999-01-01');
         SET LOCAL ROLE tenantry_app";
}
