//! Faults of roles.

super::faults! {
    faults_of_roles_are_found:

    a_login_that_bypasses_row_security_is_found: ScopeRoleAttribute names "verify_bypasses",
        "CREATE ROLE verify_bypasses LOGIN BYPASSRLS; GRANT tenantry_app TO verify_bypasses";
    a_login_that_is_a_superuser_is_found: ScopeRoleAttribute names "SUPERUSER",
        "CREATE ROLE verify_super_login LOGIN SUPERUSER; GRANT tenantry_reader TO verify_super_login";
    a_login_that_makes_roles_is_found: ScopeRoleAttribute names "CREATEROLE",
        "CREATE ROLE verify_makes_roles LOGIN CREATEROLE; GRANT tenantry_app TO verify_makes_roles";
    a_login_that_triggers_spare_is_found: ScopeRoleTriggers names "tenantry_app",
        "GRANT SET ON PARAMETER session_replication_role TO tenantry_app";
    a_database_that_triggers_spare_is_found: ScopeRoleTriggers names "database",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$";
    a_login_of_two_scopes_is_found: ScopeRoleMembership names "verify_two_scopes",
        "CREATE ROLE verify_two_scopes LOGIN; GRANT tenantry_app, tenantry_reader TO verify_two_scopes";
    a_login_that_is_the_owner_too_is_found: ScopeRoleMembership names "tenantry_owner",
        "CREATE ROLE verify_owner LOGIN; GRANT tenantry_app, tenantry_owner TO verify_owner";
    a_scope_role_that_is_a_member_is_found: ScopeRoleMembership names "pg_read_all_data",
        "GRANT pg_read_all_data TO tenantry_reader";
    a_scope_role_that_owns_a_table_is_found: ScopeRoleOwns names "challenges.judges",
        "ALTER TABLE challenges.judges OWNER TO tenantry_app";
    a_scope_role_that_owns_a_function_is_found: ScopeRoleOwns names "challenges.judges_touch()",
        "ALTER FUNCTION challenges.judges_touch() OWNER TO tenantry_app";
    a_scope_role_that_owns_a_sequence_is_found: ScopeRoleOwns names "challenges.numbers",
        "CREATE SEQUENCE challenges.numbers; ALTER SEQUENCE challenges.numbers OWNER TO tenantry_app";
    a_narrow_role_that_logs_in_is_found: NarrowRole names "tenantry_search",
        "ALTER ROLE tenantry_search LOGIN";
    a_purging_role_that_logs_in_is_found: NarrowRole names "tenantry_purge",
        "ALTER ROLE tenantry_purge LOGIN";
    a_relay_that_bypasses_row_security_is_found: ScopeRoleAttribute names "tenantry_relay",
        "ALTER ROLE tenantry_relay BYPASSRLS";
    a_relay_that_is_the_runtime_role_too_is_found: ScopeRoleMembership names "tenantry_relay",
        "GRANT tenantry_app TO tenantry_relay";
    a_relay_that_reads_a_table_is_found: WallMissing names "tenantry_relay",
        "GRANT SELECT ON challenges.judges TO tenantry_relay";
    maintenance_that_reads_a_directory_is_found: UndeclaredTable names "tenantry_maintenance",
        "GRANT SELECT ON accounts.users TO tenantry_maintenance";
    a_role_of_queues_that_logs_in_is_found: NarrowRole names "tenantry_delivery",
        "ALTER ROLE tenantry_delivery LOGIN";
    a_narrow_role_that_is_a_member_is_found: NarrowRole names "tenantry_audit",
        "GRANT tenantry_seal TO tenantry_audit";
    a_table_of_a_superuser_is_found: TableOwner names "challenges.judges",
        "CREATE ROLE verify_superuser SUPERUSER; ALTER TABLE challenges.judges OWNER TO verify_superuser;
         ALTER POLICY judges_wall ON challenges.judges TO tenantry_app, tenantry_reader, tenantry_purge, verify_superuser;
         CREATE POLICY superuser_all ON challenges.judges TO verify_superuser USING (true)";
    an_heir_of_a_narrow_role_is_found: NarrowRoleInherited names "verify_heir",
        "CREATE ROLE verify_heir LOGIN; GRANT tenantry_identity TO verify_heir";
    a_role_that_bypasses_row_security_is_worth_knowing: BypassRole names "verify_backup",
        "CREATE ROLE verify_backup BYPASSRLS; GRANT SELECT ON challenges.judges TO verify_backup";
    a_reader_of_everything_without_a_wall_is_found: WallMissing names "verify_reads_all",
        "CREATE ROLE verify_reads_all LOGIN; GRANT pg_read_all_data TO verify_reads_all";
}
