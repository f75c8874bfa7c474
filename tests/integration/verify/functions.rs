//! Faults of functions, and of the kernel.

super::faults! {
    faults_of_functions_are_found:

    a_definer_function_of_the_owner_is_found: DefinerOwner names "challenges.everything()",
        "SET ROLE tenantry_owner;
         CREATE FUNCTION challenges.everything() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
           AS 'SELECT 1::bigint'";
    maintenance_of_the_owner_that_takes_more_than_how_much_is_found: DefinerOwner names "tenantry.maintain_audit_retention",
        "SET ROLE tenantry_owner;
         CREATE FUNCTION tenantry.maintain_audit_retention(at_most integer, days integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
           SET search_path = pg_catalog, pg_temp AS 'SELECT 1::bigint'";
    a_definer_function_without_a_path_is_found: DefinerSearchPath names "accounts.member_role",
        "ALTER FUNCTION accounts.member_role(uuid, uuid) RESET search_path";
    a_path_without_temporary_tables_is_found: DefinerSearchPath names "accounts.member_role",
        "ALTER FUNCTION accounts.member_role(uuid, uuid) SET search_path = pg_catalog";
    a_path_with_temporary_tables_first_is_found: DefinerSearchPath names "accounts.member_role",
        "ALTER FUNCTION accounts.member_role(uuid, uuid) SET search_path = pg_temp, pg_catalog";
    a_definer_function_for_everybody_is_found: DefinerPublic names "accounts.member_role",
        "GRANT EXECUTE ON FUNCTION accounts.member_role(uuid, uuid) TO PUBLIC";
    a_trigger_function_for_everybody_is_found: TriggerFunctionPublic names "challenges.judges_touch()",
        "GRANT EXECUTE ON FUNCTION challenges.judges_touch() TO PUBLIC";
    an_audit_function_for_everybody_is_found: TriggerFunctionPublic names "challenges.judges_audit()",
        "GRANT EXECUTE ON FUNCTION challenges.judges_audit() TO PUBLIC";
    a_function_for_everybody_is_found: FunctionPublic names "challenges.harmless()",
        "CREATE FUNCTION challenges.harmless() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'";
    a_function_that_claims_to_be_leakproof_is_found: LeakproofFunction names "challenges.quiet()",
        "CREATE FUNCTION challenges.quiet() RETURNS bigint LANGUAGE sql LEAKPROOF AS 'SELECT 1::bigint';
         REVOKE EXECUTE ON FUNCTION challenges.quiet() FROM PUBLIC";
    a_search_of_any_workspace_is_found: SearchFunction names "challenges.challenges_search",
        "CREATE OR REPLACE FUNCTION challenges.challenges_search(words text, at_most bigint DEFAULT NULL, after_rank real DEFAULT NULL,
             after_id uuid DEFAULT NULL) RETURNS TABLE (id uuid, rank real)
           LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
           AS 'SELECT c.id, 1::real FROM challenges.challenges AS c WHERE c.\"deleted_at\" IS NULL'";
    a_search_of_deleted_rows_is_found: SearchFunction names "challenges.challenges_status_containing",
        "CREATE FUNCTION challenges.challenges_status_containing(contents text) RETURNS TABLE (id uuid)
           LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
           AS 'SELECT c.id FROM challenges.challenges AS c WHERE ARRAY[c.workspace_id] @> ARRAY[(SELECT tenantry.workspace_id())]';
         REVOKE EXECUTE ON FUNCTION challenges.challenges_status_containing(text) FROM PUBLIC;
         ALTER FUNCTION challenges.challenges_status_containing(text) OWNER TO tenantry_search";
    a_search_in_another_language_is_found: SearchFunction names "challenges.judges_search",
        "CREATE FUNCTION challenges.judges_search(words text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
           SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN 1; END';
         REVOKE EXECUTE ON FUNCTION challenges.judges_search(text) FROM PUBLIC;
         ALTER FUNCTION challenges.judges_search(text) OWNER TO tenantry_search";
    a_search_for_others_is_found: SearchFunction names "challenges.challenges_search",
        "GRANT EXECUTE ON FUNCTION challenges.challenges_search(text, bigint, real, uuid) TO tenantry_audit";
    a_search_role_that_writes_is_found: SearchRole names "challenges.challenges",
        "GRANT UPDATE (title) ON challenges.challenges TO tenantry_search";
    a_search_role_that_reads_everything_is_found: SearchRole names "challenges.judges",
        "GRANT SELECT ON challenges.judges TO tenantry_search";
    a_purge_of_anything_is_found: PurgeFunction names "challenges.everything_purge()",
        "CREATE FUNCTION challenges.everything_purge() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
           AS 'SELECT 1::bigint';
         REVOKE EXECUTE ON FUNCTION challenges.everything_purge() FROM PUBLIC;
         ALTER FUNCTION challenges.everything_purge() OWNER TO tenantry_purge";
    a_purge_for_others_is_found: PurgeFunction names "challenges.judges_purge",
        "GRANT EXECUTE ON FUNCTION challenges.judges_purge(interval, bigint, text) TO tenantry_audit";
    a_purging_role_that_writes_is_found: PurgeRole names "challenges.challenges",
        "GRANT UPDATE (title) ON challenges.challenges TO tenantry_purge";
    a_purging_role_that_reads_everything_is_found: PurgeRole names "challenges.judges",
        "GRANT SELECT ON challenges.judges TO tenantry_purge";
    a_purging_role_that_reaches_the_living_is_found: PurgeRole names "purge_delete",
        "ALTER POLICY purge_delete ON challenges.judges USING (true)";
    a_purging_role_without_a_wall_is_found: WallMissing names "tenantry_purge",
        "ALTER POLICY judges_wall ON challenges.judges TO tenantry_app, tenantry_reader, tenantry_owner";
    large_objects_of_everybody_are_worth_knowing: LargeObjects names "lo_create",
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC";

    a_reader_of_another_owner_is_found: KernelFunction names "tenantry.role()",
        "ALTER FUNCTION tenantry.role() OWNER TO tenantry_audit";
    a_missing_reader_is_found: KernelFunction names "tenantry.attribute(name text)",
        "ALTER FUNCTION tenantry.attribute(text) RENAME TO mislaid";
    a_seal_that_can_be_read_is_found: KernelTable names "tenantry.seal",
        "GRANT SELECT ON tenantry.seal TO tenantry_owner";
    a_signing_key_that_can_be_read_is_found: KernelTable names "tenantry.key",
        "GRANT SELECT (inner_block) ON tenantry.key TO tenantry_app";
    a_seal_of_another_owner_is_found: KernelTable names "tenantry.seal",
        "ALTER TABLE tenantry.seal OWNER TO tenantry_owner";
}
