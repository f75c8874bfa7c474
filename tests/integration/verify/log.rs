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
}
