//! Each rule of the verifier finds the fault that it is for, and names it.
//!
//! A fault is planted by an administrator in a transaction that is rolled back, so nobody else on the server ever sees it,
//! the roles that it creates included.

mod beside;
mod claims;
mod drift;
mod every;
mod functions;
mod grants;
mod keys;
mod kit;
mod log;
mod recheck;
mod roles;
mod server;
mod walls;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::verify::{Finding, Report, Rule, Verifier};
use tenantry_testing::TestDatabase;

use crate::world::AccountsAndChallenges;

/// One test for a family: each line is a fault, the rule that must speak, what it must name, and the SQL.
macro_rules! faults {
    ($family:ident: $($fault:ident: $rule:ident names $object:literal, $sql:expr;)*) => {
        #[tokio::test]
        async fn $family() {
            let mut examined = super::Examined::new().await;
            let mut failures = Vec::new();
            $(
                let rule = tenantry::verify::Rule::$rule;
                let found = examined.find(&tenantry::verify::Verifier::new(), rule, $object, $sql).await;
                failures.extend(found.err().map(|why| format!("{}: {why}", stringify!($fault))));
            )*
            assert!(failures.is_empty(), "{}", failures.join("\n\n"));
        }
    };
}
use faults;

#[tokio::test]
async fn a_migrated_database_is_clean() {
    let database = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let mut connection = PgConnection::connect(database.app_url()).await.unwrap();
    let report = verified(&Verifier::new(), &mut connection).await;
    assert!(report.findings.is_empty(), "{report}");
    assert!(report.is_clean());
}

#[tokio::test]
async fn a_database_without_the_kernel_is_told_so() {
    let database = TestDatabase::empty().await.unwrap();
    let mut connection = PgConnection::connect(database.app_url()).await.unwrap();
    let report = verified(&Verifier::new(), &mut connection).await;
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

/// What is found, but for holes of the server that the tests happen to run on.
pub(crate) async fn verified(verifier: &Verifier, connection: &mut PgConnection) -> Report {
    let mut report = verifier.verify(connection).await.unwrap();
    report
        .findings
        .retain(|finding| finding.rule != Rule::ServerUnpatched);
    report
}

/// A migrated database, and an administrator who plants faults in it.
struct Examined {
    administrator: PgConnection,
    /// Holes of the server that the tests happen to run on.
    before: Vec<Finding>,
    _database: TestDatabase,
}

impl Examined {
    async fn new() -> Self {
        let database = TestDatabase::new::<AccountsAndChallenges>()
            .await
            .expect("a migrated database");
        let mut administrator = PgConnection::connect(database.admin_url())
            .await
            .expect("an administrator");
        let mut before = Verifier::new()
            .verify(&mut administrator)
            .await
            .expect("a report")
            .findings;
        before.retain(|finding| finding.rule == Rule::ServerUnpatched);
        Self {
            administrator,
            before,
            _database: database,
        }
    }

    /// What is found beside a fault.
    async fn report(&mut self, verifier: &Verifier, fault: &str) -> Report {
        self.try_report(verifier, fault)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{fault}"))
    }

    async fn try_report(
        &mut self,
        verifier: &Verifier,
        fault: &str,
    ) -> Result<Report, Box<dyn std::error::Error>> {
        let mut transaction = self.administrator.begin().await?;
        sqlx::raw_sql(AssertSqlSafe(fault))
            .execute(&mut *transaction)
            .await?;
        let mut report = verifier.verify(&mut transaction).await?;
        transaction.rollback().await?;
        report
            .findings
            .retain(|finding| !self.before.contains(finding));
        Ok(report)
    }

    /// Whether exactly this rule speaks, and names the object.
    async fn find(
        &mut self,
        verifier: &Verifier,
        rule: Rule,
        object: &str,
        fault: &str,
    ) -> Result<(), String> {
        let report = self.report(verifier, fault).await;
        let named = report
            .findings
            .iter()
            .any(|finding| finding.object.contains(object) || finding.message.contains(object));
        if rules(&report) == [rule] && named {
            Ok(())
        } else {
            Err(format!("{rule} should name \"{object}\"\n{report}"))
        }
    }

    /// As [`find`](Self::find), or the test fails.
    async fn expect(&mut self, verifier: &Verifier, rule: Rule, object: &str, fault: &str) {
        if let Err(why) = self.find(verifier, rule, object, fault).await {
            panic!("{why}");
        }
    }

    async fn expect_nothing(&mut self, verifier: &Verifier, fault: &str) {
        let report = self.report(verifier, fault).await;
        assert!(report.findings.is_empty(), "{report}");
    }
}

/// The rules that are broken, each once.
fn rules(report: &Report) -> Vec<Rule> {
    let mut rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}
