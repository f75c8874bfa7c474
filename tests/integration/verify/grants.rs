//! Faults of grants, and of what is granted.

use tenantry::verify::{Rule, Verifier};

use super::Examined;

super::faults! {
    faults_of_grants_are_found:

    a_grant_to_everybody_is_found: GrantToPublic names "challenges.judges",
        "GRANT SELECT (user_id) ON challenges.judges TO PUBLIC";
    an_update_of_all_columns_is_found: TableWideWrite names "UPDATE",
        "GRANT UPDATE ON challenges.judges TO tenantry_app";
    an_insert_of_all_columns_is_found: TableWideWrite names "INSERT",
        "GRANT INSERT ON challenges.judges TO tenantry_app";
    a_delete_is_found: TableWideWrite names "DELETE",
        "GRANT DELETE ON challenges.judges TO tenantry_app";
    a_truncate_is_found: DangerousPrivilege names "TRUNCATE",
        "GRANT TRUNCATE ON challenges.judges TO tenantry_app";
    references_are_found: DangerousPrivilege names "challenges.judges.id",
        "GRANT REFERENCES (id) ON challenges.judges TO tenantry_reader";
    a_trigger_is_found: DangerousPrivilege names "TRIGGER",
        "GRANT TRIGGER ON challenges.judges TO tenantry_app";
    an_update_of_the_workspace_is_found: ImmutableColumn names "challenges.judges.workspace_id",
        "GRANT UPDATE (workspace_id) ON challenges.judges TO tenantry_app";
    an_update_of_the_id_is_found: ImmutableColumn names "challenges.judges.id",
        "GRANT UPDATE (id) ON challenges.judges TO tenantry_app";
    an_update_of_the_time_of_creation_is_found: ImmutableColumn names "challenges.judges.created_at",
        "GRANT UPDATE (created_at) ON challenges.judges TO tenantry_app";
    an_update_of_the_version_is_found: ImmutableColumn names "challenges.judges.version",
        "GRANT UPDATE (version) ON challenges.judges TO tenantry_app";
    an_insert_of_the_version_is_found: ImmutableColumn names "challenges.judges.version",
        "GRANT INSERT (version) ON challenges.judges TO tenantry_app";
    a_privilege_that_can_be_passed_on_is_found: GrantOption names "tenantry_app",
        "GRANT SELECT ON challenges.judges TO tenantry_app WITH GRANT OPTION";

    a_schema_where_everybody_creates_is_found: CreateGranted names "schema challenges",
        "GRANT CREATE ON SCHEMA challenges TO PUBLIC";
    a_schema_where_a_scope_role_creates_is_found: CreateGranted names "tenantry_app",
        "GRANT CREATE ON SCHEMA challenges TO tenantry_app";
    a_database_where_a_scope_role_creates_is_found: CreateGranted names "database",
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO tenantry_app', current_database()); END $$";
    a_grant_on_every_table_to_come_is_found: DefaultPrivileges names "schema challenges",
        "ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_owner IN SCHEMA challenges GRANT SELECT ON TABLES TO tenantry_app";
    temporary_tables_of_everybody_are_worth_knowing: TemporaryToPublic names "database",
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$";

    a_table_that_says_not_whose_its_rows_are_is_found: UndeclaredTable names "challenges.skills", SKILLS;
    a_sequence_that_can_be_set_is_found: SequenceGranted names "may set the sequence",
        "CREATE SEQUENCE challenges.numbers; GRANT USAGE, UPDATE ON SEQUENCE challenges.numbers TO tenantry_app";
    a_sequence_that_can_be_read_is_found: SequenceGranted names "how many rows",
        "CREATE SEQUENCE challenges.numbers; GRANT SELECT ON SEQUENCE challenges.numbers TO tenantry_reader";
    a_sequence_of_everybody_is_found: SequenceGranted names "PUBLIC may draw",
        "CREATE SEQUENCE challenges.numbers; GRANT USAGE ON SEQUENCE challenges.numbers TO PUBLIC";
    a_sequence_that_can_be_passed_on_is_found: SequenceGranted names "may pass USAGE on",
        "CREATE SEQUENCE challenges.numbers; GRANT USAGE ON SEQUENCE challenges.numbers TO tenantry_app WITH GRANT OPTION";
    a_serial_that_can_be_set_is_found: SequenceGranted names "challenges.challenges_number_seq",
        "SET LOCAL ROLE tenantry_owner; ALTER TABLE challenges.challenges ADD COLUMN number bigserial;
         COMMENT ON COLUMN challenges.challenges.number IS 'Its number.';
         GRANT UPDATE ON SEQUENCE challenges.challenges_number_seq TO tenantry_app";

    a_view_with_the_rights_of_its_owner_is_found: ViewRights names "challenges.all_titles",
        "CREATE VIEW challenges.all_titles AS SELECT title FROM challenges.challenges;
         COMMENT ON VIEW challenges.all_titles IS 'Titles.'; GRANT SELECT ON challenges.all_titles TO tenantry_app";
    a_materialized_view_is_found: UnprotectedRelation names "challenges.all_titles",
        "CREATE MATERIALIZED VIEW challenges.all_titles AS SELECT title FROM challenges.challenges;
         COMMENT ON MATERIALIZED VIEW challenges.all_titles IS 'Titles.'; GRANT SELECT ON challenges.all_titles TO tenantry_reader";
    a_foreign_table_is_found: UnprotectedRelation names "challenges.elsewhere",
        "CREATE FOREIGN DATA WRAPPER verify; CREATE SERVER verify FOREIGN DATA WRAPPER verify;
         CREATE FOREIGN TABLE challenges.elsewhere (id uuid) SERVER verify;
         COMMENT ON FOREIGN TABLE challenges.elsewhere IS 'Rows of another server.'; GRANT SELECT ON challenges.elsewhere TO tenantry_app";
}

const SKILLS: &str = "SET ROLE tenantry_owner;
    CREATE TABLE challenges.skills (id uuid PRIMARY KEY);
    COMMENT ON TABLE challenges.skills IS 'What people can do.'; COMMENT ON COLUMN challenges.skills.id IS 'The skill.';
    GRANT SELECT ON challenges.skills TO tenantry_app;";

#[tokio::test]
async fn a_sequence_may_be_drawn_from() {
    let drawn = "CREATE SEQUENCE challenges.numbers; GRANT USAGE ON SEQUENCE challenges.numbers TO tenantry_app";
    let mut examined = Examined::new().await;
    examined.expect_nothing(&Verifier::new(), drawn).await;
}

#[tokio::test]
async fn a_view_with_the_rights_of_the_caller_is_fine() {
    let view = "CREATE VIEW challenges.titles WITH (security_invoker = on) AS SELECT title FROM challenges.challenges;
        COMMENT ON VIEW challenges.titles IS 'Titles.'; GRANT SELECT ON challenges.titles TO tenantry_app";
    let mut examined = Examined::new().await;
    examined.expect_nothing(&Verifier::new(), view).await;
}

#[tokio::test]
async fn a_table_that_is_declared_global_may_be_read_and_not_written() {
    let declared = Verifier::new().global("challenges.skills");
    let mut examined = Examined::new().await;
    examined.expect_nothing(&declared, SKILLS).await;
    let fault = format!("{SKILLS} GRANT INSERT (id) ON challenges.skills TO tenantry_app");
    examined
        .expect(
            &declared,
            Rule::GlobalWritable,
            "challenges.skills.id",
            &fault,
        )
        .await;
}

#[tokio::test]
async fn a_declaration_that_nothing_needs_is_found() {
    let declared = Verifier::new().global("challenges.skills");
    let rule = Rule::UnneededExemption;
    let mut examined = Examined::new().await;
    examined
        .expect(&declared, rule, "no such table", "SELECT")
        .await;
    let revoked = format!("{SKILLS} REVOKE ALL ON challenges.skills FROM tenantry_app");
    examined
        .expect(&declared, rule, "no scope role", &revoked)
        .await;
    let scoped = format!(
        "{SKILLS} ALTER TABLE challenges.skills ADD COLUMN workspace_id uuid; \
         COMMENT ON COLUMN challenges.skills.workspace_id IS 'The workspace.'"
    );
    examined
        .expect(&declared, rule, "scope column", &scoped)
        .await;
}

#[tokio::test]
async fn maintenance_by_a_scope_role_is_found() {
    // The privilege exists since version 17; nothing is granted before.
    let fault = "DO $$ BEGIN IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON challenges.judges TO tenantry_app'; END IF; END $$";
    let report = Examined::new().await.report(&Verifier::new(), fault).await;
    assert!(
        report.findings.is_empty() || super::rules(&report) == [Rule::DangerousPrivilege],
        "{report}"
    );
}
