//! Faults of functions, and of the kernel.

super::faults! {
    faults_of_functions_are_found:

    a_definer_function_of_the_owner_is_found: DefinerOwner names "challenges.everything()",
        "SET ROLE tenantry_owner;
         CREATE FUNCTION challenges.everything() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
           AS 'SELECT 1::bigint'";
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
    large_objects_of_everybody_are_worth_knowing: LargeObjects names "lo_create",
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC";

    a_reader_of_another_owner_is_found: KernelFunction names "tenantry.role()",
        "ALTER FUNCTION tenantry.role() OWNER TO tenantry_audit";
    a_missing_reader_is_found: KernelFunction names "tenantry.attribute(name text)",
        "DROP FUNCTION tenantry.attribute(text)";
    a_seal_that_can_be_read_is_found: KernelTable names "tenantry.seal",
        "GRANT SELECT ON tenantry.seal TO tenantry_owner";
    a_signing_key_that_can_be_read_is_found: KernelTable names "tenantry.key",
        "GRANT SELECT (inner_block) ON tenantry.key TO tenantry_app";
    a_seal_of_another_owner_is_found: KernelTable names "tenantry.seal",
        "ALTER TABLE tenantry.seal OWNER TO tenantry_owner";
}
