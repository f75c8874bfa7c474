//! Faults of row security, of walls and of other policies, of partitions.

super::faults! {
    faults_of_walls_are_found:

    row_security_that_is_off_is_found: RowSecurityDisabled names "challenges.judges",
        "ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY";
    a_directory_without_row_security_is_found: RowSecurityDisabled names "accounts.users",
        "ALTER TABLE accounts.users DISABLE ROW LEVEL SECURITY";
    row_security_that_is_not_forced_is_found: RowSecurityNotForced names "challenges.judges",
        "ALTER TABLE challenges.judges NO FORCE ROW LEVEL SECURITY";

    a_role_that_reads_a_column_without_a_wall_is_found: WallMissing names "verify_reads",
        "CREATE ROLE verify_reads; GRANT SELECT (title) ON challenges.challenges TO verify_reads";
    a_role_that_inserts_a_column_without_a_wall_is_found: WallMissing names "verify_inserts",
        "CREATE ROLE verify_inserts; GRANT INSERT (title) ON challenges.challenges TO verify_inserts";
    a_wall_that_is_gone_is_found: WallMissing names "tenantry_app",
        "DROP POLICY challenges_wall ON challenges.challenges";
    a_wall_that_leaves_the_owner_out_is_found: WallMissing names "tenantry_owner",
        "ALTER POLICY challenges_wall ON challenges.challenges TO tenantry_app, tenantry_reader";
    a_wall_for_one_command_is_none: WallMissing names "tenantry_reader",
        "DROP POLICY challenges_wall ON challenges.challenges;
         CREATE POLICY challenges_wall ON challenges.challenges AS RESTRICTIVE FOR SELECT TO tenantry_app, tenantry_reader, tenantry_owner
           USING (workspace_id = (SELECT tenantry.workspace_id()))";

    a_wall_that_is_always_true_is_found: WallText names "tenantry_app",
        "ALTER POLICY challenges_wall ON challenges.challenges USING (workspace_id = (SELECT tenantry.workspace_id()) OR true)";
    a_wall_that_lets_writes_through_is_found: WallText names "tenantry_owner",
        "ALTER POLICY challenges_wall ON challenges.challenges WITH CHECK (true)";
    a_wall_on_another_column_is_found: WallText names "tenantry_reader",
        "ALTER POLICY challenges_wall ON challenges.challenges USING (created_by = (SELECT tenantry.workspace_id()))
           WITH CHECK (created_by = (SELECT tenantry.workspace_id()))";
    a_wall_that_is_asked_for_each_row_is_found: WallText names "challenges.challenges",
        "ALTER POLICY challenges_wall ON challenges.challenges USING (workspace_id = tenantry.workspace_id())
           WITH CHECK (workspace_id = tenantry.workspace_id())";
    a_wall_for_everybody_is_found: WallToPublic names "challenges_wall",
        "ALTER POLICY challenges_wall ON challenges.challenges TO PUBLIC";
    an_owner_that_sees_nothing_is_found: OwnerBlind names "challenges.challenges",
        "DROP POLICY owner_all ON challenges.challenges";

    a_permissive_policy_for_everybody_is_found: PolicyToPublic names "everybody",
        "CREATE POLICY everybody ON accounts.members FOR SELECT USING (true)";
    a_policy_about_deleted_rows_is_found: PolicySoftDelete names "app_read",
        "ALTER POLICY app_read ON challenges.challenges USING (deleted_at IS NULL)";
    a_policy_that_opens_without_an_actor_is_found: PolicyFailsOpen names "app_read",
        "ALTER POLICY app_read ON challenges.challenges
           USING ((SELECT tenantry.actor_id()) IS NULL OR created_by = (SELECT tenantry.actor_id()))";
    a_policy_with_a_substitute_is_found: PolicyFailsOpen names "COALESCE",
        "ALTER POLICY app_read ON challenges.challenges USING (created_by = coalesce((SELECT tenantry.actor_id()), created_by))";
    a_policy_that_reads_a_setting_is_found: PolicyFailsOpen names "setting",
        "ALTER POLICY app_read ON challenges.challenges USING (current_setting('app.admin', true) = 'yes')";
    a_policy_that_is_always_true_is_found: PolicyFailsOpen names "OR true",
        "ALTER POLICY app_read ON challenges.challenges USING (status = 'draft' OR true)";
    a_policy_that_asks_for_each_row_is_found: PolicyPerRow names "app_read",
        "ALTER POLICY app_read ON challenges.challenges USING (created_by = tenantry.actor_id())";
    a_policy_that_looks_up_is_worth_knowing: PolicySubquery names "app_read",
        "ALTER POLICY app_read ON challenges.challenges USING (EXISTS (SELECT FROM accounts.members m WHERE m.user_id = created_by))";

    a_partition_that_is_granted_is_found: PartitionGranted names "tenantry_partitions.audit_log_default",
        "GRANT SELECT ON tenantry_partitions.audit_log_default TO tenantry_app";
    a_schema_of_partitions_that_is_used_is_found: PartitionOpen names "schema tenantry_partitions",
        "GRANT USAGE ON SCHEMA tenantry_partitions TO tenantry_reader";
    a_partition_without_row_security_is_found: PartitionOpen names "tenantry.audit_log_stray",
        "SET ROLE tenantry_owner;
         CREATE TABLE tenantry.audit_log_stray PARTITION OF tenantry.audit_log FOR VALUES FROM ('1999-01-01') TO ('1999-02-01');
         CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry.audit_log_stray
           FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_change();
         ALTER TABLE tenantry.audit_log_stray ENABLE ALWAYS TRIGGER audit_log_append_only";
}
