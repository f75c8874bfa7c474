//! Facts of entities that the catalogue does not bear out.

use tenantry::verify::{Claim, Rule, Verifier};
use tenantry_entities::{
    accounts::{member, workspace},
    challenges::{challenge, judge, submission},
};

/// Everything that the entities say.
fn verifier() -> Verifier {
    Verifier::new()
        .claim(Claim::<workspace::Entity>::new().versioned().soft_deletes().audited())
        .claim(Claim::<member::Entity>::new().versioned().soft_deletes().audited())
        .claim(Claim::<challenge::Entity>::new().versioned().soft_deletes().audited())
        .claim(Claim::<submission::Entity>::new().versioned().soft_deletes().audited())
        .claim(Claim::<judge::Entity>::new().versioned().soft_deletes().audited())
}

async fn expect(rule: Rule, object: &str, fault: &str) {
    super::expect_by(&verifier(), rule, object, fault).await;
}

#[tokio::test]
async fn the_generated_facts_are_true() {
    let report = super::planted(&verifier(), "SELECT").await;
    assert!(report.findings.is_empty(), "{report}");
    let plain = Verifier::new().claims::<judge::Entity>().claim_for(challenge::Entity);
    let report = super::planted(&plain, "SELECT").await;
    assert!(report.findings.is_empty(), "{report}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_found() {
    let fault = "ALTER TABLE challenges.judges RENAME TO referees";
    expect(Rule::ClaimTable, "challenges.judges", fault).await;
}

#[tokio::test]
async fn a_column_that_is_not_there_is_found() {
    let fault = "ALTER TABLE challenges.challenges RENAME COLUMN starts_at TO begins_at";
    expect(Rule::ClaimColumn, "challenges.challenges.starts_at", fault).await;
}

#[tokio::test]
async fn a_version_that_may_be_null_is_found() {
    let fault = "ALTER TABLE challenges.judges ALTER COLUMN version DROP NOT NULL";
    expect(Rule::ClaimColumn, "challenges.judges.version", fault).await;
}

#[tokio::test]
async fn a_mark_of_deletion_of_another_type_is_found() {
    let fault = "DROP INDEX challenges.judges_challenge_id_user_id_key;
        ALTER TABLE challenges.judges ALTER COLUMN deleted_at TYPE timestamp";
    let report = super::planted(&verifier(), fault).await;
    assert!(report.findings.iter().any(|finding| {
        finding.rule == Rule::ClaimColumn && finding.object == "challenges.judges.deleted_at"
    }), "{report}");
}

#[tokio::test]
async fn an_id_that_is_no_key_is_found() {
    let fault = "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey,
        ADD CONSTRAINT judges_pkey PRIMARY KEY (workspace_id, id, user_id)";
    expect(Rule::ClaimKey, "challenges.judges", fault).await;
}

#[tokio::test]
async fn an_order_without_its_index_is_found() {
    let gone = "DROP INDEX challenges.challenges_newest_idx";
    expect(Rule::ClaimSort, "does not exist", gone).await;
    let turned = "DROP INDEX challenges.challenges_newest_idx;
        CREATE INDEX challenges_newest_idx ON challenges.challenges (workspace_id, created_at, id DESC)";
    expect(Rule::ClaimSort, "other columns or directions", turned).await;
    let partial = "DROP INDEX challenges.challenges_newest_idx;
        CREATE INDEX challenges_newest_idx ON challenges.challenges (workspace_id, created_at DESC, id DESC) WHERE status = 'draft'";
    expect(Rule::ClaimSort, "leaves out rows", partial).await;
}

#[tokio::test]
async fn a_constraint_that_is_not_there_is_found() {
    let fault = "ALTER TABLE challenges.challenges DROP CONSTRAINT challenges_title_check";
    expect(Rule::ClaimConstraint, "challenges_title_check", fault).await;
}

#[tokio::test]
async fn an_audited_entity_whose_table_is_not_audited_is_found() {
    let fault = "DROP FUNCTION challenges.judges_audit() CASCADE";
    expect(Rule::AuditTrigger, "challenges.judges", fault).await;
}
