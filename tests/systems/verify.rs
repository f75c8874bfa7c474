//! The whole schema as the verifier sees it, with every claim of every entity.

#[path = "../integration/verify/every.rs"]
pub(crate) mod every;

use sqlx::{Connection as _, PgConnection};
use tenantry::verify::{Rule, Verifier};

/// Finds nothing, as anybody who may look. Whichever server the tests run on may have holes of its own.
pub(crate) async fn expect_nothing(verifier: Verifier, url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut report = verifier.verify(&mut connection).await.unwrap();
    report
        .findings
        .retain(|finding| finding.rule != Rule::ServerUnpatched);
    assert!(report.findings.is_empty(), "{report}");
}
