//! What the catalogue says of encrypted columns, and what `verify` says of the catalogue.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::verify::{Report, Rule, Severity, Verifier};

use super::ground::{World, shop, stall};

async fn judged(connection: &mut PgConnection, fault: &str) -> Report {
    let mut transaction = connection.begin().await.unwrap();
    let planted = sqlx::raw_sql(AssertSqlSafe(fault.to_owned()));
    planted.execute(&mut *transaction).await.unwrap();
    let verifier = Verifier::new()
        .schemas(["creators"])
        .claims::<shop::Entity>()
        .claims::<stall::Entity>();
    let mut report = verifier.verify(&mut transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    report
        .findings
        .retain(|finding| finding.rule != Rule::ServerUnpatched);
    report
}

#[tokio::test]
async fn a_column_that_says_it_is_encrypted_takes_nothing_else() {
    let world = World::new().await;
    let mut admin = PgConnection::connect(world.test.admin_url()).await.unwrap();
    let report = judged(&mut admin, "SELECT").await;
    assert!(report.findings.is_empty(), "{report}");
    let drop = "ALTER TABLE creators.shops DROP CONSTRAINT";
    for (fault, object) in [
        (format!("{drop} shops_access_token_check"), "access_token"),
        (
            format!("{drop} shops_customer_index_check"),
            "customer_index",
        ),
        (
            format!(
                "{drop} shops_customer_check; \
                 ALTER TABLE creators.shops ADD CONSTRAINT shops_customer_check CHECK (octet_length(customer) >= 45)"
            ),
            "customer",
        ),
    ] {
        let report = judged(&mut admin, &fault).await;
        let [finding] = report.findings.as_slice() else {
            panic!("{report}");
        };
        assert_eq!(
            (finding.rule, finding.severity),
            (Rule::EncryptedColumn, Severity::Error)
        );
        assert!(
            finding.object.ends_with(&format!("shops.{object}")),
            "{report}"
        );
    }
    let comment = "COMMENT ON COLUMN creators";
    for fault in [
        format!("{comment}.stalls.access_token IS 'In the clear.'"),
        format!("{comment}.shops.name IS 'Sealed. @encrypted'"),
    ] {
        let report = judged(&mut admin, &fault).await;
        let rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
        assert!(rules.contains(&Rule::ClaimColumn), "{report}");
    }
}
