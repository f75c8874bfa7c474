//! Rows that a foreign key never met.

use sqlx::{Connection as _, PgConnection};
use tenantry::{
    ErrorKind,
    verify::{Rule, Verifier},
};
use tenantry_testing::TestDatabase;

use crate::world::AccountsAndChallenges;

/// A member of a workspace that does not exist.
const DANGLING: &str = "SET LOCAL session_replication_role = replica;
    INSERT INTO accounts.members (workspace_id, user_id, role, name)
      VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'member', 'Nobody')";

#[tokio::test]
async fn a_row_without_a_target_is_found() {
    let database = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let mut connection = PgConnection::connect(database.admin_url()).await.unwrap();
    let verifier = Verifier::new();
    let report = verifier
        .recheck_foreign_keys(&mut connection)
        .await
        .unwrap();
    assert!(report.findings.is_empty(), "{report}");

    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql(DANGLING)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let report = super::verified(&verifier, &mut transaction).await;
    assert!(
        report.findings.is_empty(),
        "the catalogue cannot tell:\n{report}"
    );
    let report = verifier
        .recheck_foreign_keys(&mut transaction)
        .await
        .unwrap();
    assert_eq!(super::rules(&report), [Rule::DanglingRows], "{report}");
    assert_eq!(
        report.findings[0].object,
        "accounts.members.members_workspace_id_fkey"
    );
}

#[tokio::test]
async fn an_owner_behind_the_wall_is_refused() {
    let database = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let mut owner = PgConnection::connect(database.migrator_url())
        .await
        .unwrap();
    let error = Verifier::new()
        .recheck_foreign_keys(&mut owner)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(
        error.to_string().contains("row security hides rows"),
        "{error}"
    );
}

#[tokio::test]
async fn an_owner_without_force_sees_all_rows() {
    let database = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let mut connection = PgConnection::connect(database.admin_url()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql(DANGLING)
        .execute(&mut *transaction)
        .await
        .unwrap();
    sqlx::raw_sql(
        "SET LOCAL ROLE tenantry_owner;
         DO $$ DECLARE path regclass; BEGIN
           FOR path IN SELECT oid FROM pg_class WHERE relforcerowsecurity LOOP
             EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', path);
           END LOOP;
         END $$",
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    let report = Verifier::new()
        .recheck_foreign_keys(&mut transaction)
        .await
        .unwrap();
    assert_eq!(super::rules(&report), [Rule::DanglingRows], "{report}");
}
