//! Faults of grants, and of what is granted.

use tenantry::verify::{Rule, Verifier};

super::faults! {
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
    temporary_tables_of_everybody_are_worth_knowing: TemporaryToPublic names "database",
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$";

    a_table_that_says_not_whose_its_rows_are_is_found: UndeclaredTable names "challenges.skills", SKILLS;
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
async fn a_view_with_the_rights_of_the_caller_is_fine() {
    let fault = "CREATE VIEW challenges.titles WITH (security_invoker = on) AS SELECT title FROM challenges.challenges;
        COMMENT ON VIEW challenges.titles IS 'Titles.'; GRANT SELECT ON challenges.titles TO tenantry_app";
    let report = super::planted(&Verifier::new(), fault).await;
    assert!(report.findings.is_empty(), "{report}");
}

#[tokio::test]
async fn a_table_that_is_declared_global_may_be_read() {
    let declared = Verifier::new().global("challenges.skills");
    let report = super::planted(&declared, SKILLS).await;
    assert!(report.findings.is_empty(), "{report}");
}

#[tokio::test]
async fn a_global_table_that_can_be_written_is_found() {
    let declared = Verifier::new().global("challenges.skills");
    let fault = format!("{SKILLS} GRANT INSERT (id) ON challenges.skills TO tenantry_app");
    super::expect_by(&declared, Rule::GlobalWritable, "challenges.skills.id", &fault).await;
}

#[tokio::test]
async fn a_declaration_that_nothing_needs_is_found() {
    let declared = Verifier::new().global("challenges.skills");
    super::expect_by(&declared, Rule::UnneededExemption, "no such table", "SELECT").await;
    let revoked = format!("{SKILLS} REVOKE ALL ON challenges.skills FROM tenantry_app");
    super::expect_by(&declared, Rule::UnneededExemption, "no scope role", &revoked).await;
    let scoped = format!(
        "{SKILLS} ALTER TABLE challenges.skills ADD COLUMN workspace_id uuid; \
         COMMENT ON COLUMN challenges.skills.workspace_id IS 'The workspace.'"
    );
    super::expect_by(&declared, Rule::UnneededExemption, "scope column", &scoped).await;
}

#[tokio::test]
async fn maintenance_by_a_scope_role_is_found() {
    // The privilege exists since version 17; nothing is granted before.
    let fault = "DO $$ BEGIN IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON challenges.judges TO tenantry_app'; END IF; END $$";
    let report = super::planted(&Verifier::new(), fault).await;
    assert!(
        report.findings.is_empty() || super::rules(&report) == [Rule::DangerousPrivilege],
        "{report}"
    );
}
