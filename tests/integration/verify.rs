//! Each rule of the verifier finds the fault that it is for, and names it.
//!
//! A fault is planted by an administrator in a transaction that is rolled back, so nobody else on the server ever sees it,
//! the roles that it creates included.

mod claims;
mod functions;
mod grants;
mod keys;
mod log;
mod recheck;
mod roles;
mod walls;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::verify::{Report, Rule, Verifier};
use tenantry_migration::Migrator;
use tenantry_testing::TestDatabase;

/// One test for each line: its name, the rule that must speak, what it must name, and the SQL of the fault.
macro_rules! faults {
    ($($name:ident: $rule:ident names $object:literal, $sql:expr;)*) => { $(
        #[tokio::test]
        async fn $name() {
            super::expect(tenantry::verify::Rule::$rule, $object, $sql).await;
        }
    )* };
}
use faults;

#[tokio::test]
async fn a_migrated_database_is_clean() {
    let database = TestDatabase::new::<Migrator>().await.unwrap();
    let mut connection = PgConnection::connect(database.app_url()).await.unwrap();
    let report = Verifier::new().verify(&mut connection).await.unwrap();
    assert!(report.findings.is_empty(), "{report}");
    assert!(report.is_clean());
}

#[tokio::test]
async fn a_database_without_the_kernel_is_told_so() {
    let database = TestDatabase::empty().await.unwrap();
    let mut connection = PgConnection::connect(database.app_url()).await.unwrap();
    let report = Verifier::new().verify(&mut connection).await.unwrap();
    assert_eq!(rules(&report), [Rule::KernelMissing], "{report}");
}

#[tokio::test]
async fn a_schema_that_does_not_exist_is_an_error() {
    let database = TestDatabase::empty().await.unwrap();
    let mut connection = PgConnection::connect(database.app_url()).await.unwrap();
    let error = Verifier::new()
        .schemas(["nowhere"])
        .verify(&mut connection)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), tenantry::ErrorKind::Invalid);
}

/// Plants a fault and expects one rule, and no other, to name it.
async fn expect(rule: Rule, object: &str, fault: &str) {
    expect_by(&Verifier::new(), rule, object, fault).await;
}

/// As [`expect`], by a verifier with options.
async fn expect_by(verifier: &Verifier, rule: Rule, object: &str, fault: &str) {
    let report = planted(verifier, fault).await;
    assert_eq!(rules(&report), [rule], "{report}");
    let named = |text: &str| text.contains(object);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| named(&finding.object) || named(&finding.message)),
        "\"{object}\" is not named:\n{report}"
    );
}

/// What is found beside a fault.
async fn planted(verifier: &Verifier, fault: &str) -> Report {
    let database = TestDatabase::new::<Migrator>().await.unwrap();
    let mut connection = PgConnection::connect(database.admin_url()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(fault))
        .execute(&mut *transaction)
        .await
        .unwrap();
    let report = verifier.verify(&mut transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    report
}

/// The rules that are broken, each once.
fn rules(report: &Report) -> Vec<Rule> {
    let mut rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}
