//! Facts of entities that the catalogue does not bear out.

use tenantry::verify::{Rule, Verifier};
use tenantry_entities::{
    accounts::{api_key, idempotency_key, invitation, member, workspace},
    challenges::{challenge, judge, submission},
};

use super::{
    Examined,
    every::{self, every},
};

every! {
    workspace: versioned soft_deletes audited;
    member: versioned soft_deletes audited;
    invitation: versioned soft_deletes audited;
    api_key: versioned soft_deletes audited;
    idempotency_key:;
    challenge: versioned soft_deletes audited;
    submission: versioned soft_deletes audited;
    judge: versioned soft_deletes audited;
}

/// No entity is left out, and no fact: what has a wall in the database is claimed above, with what the catalogue shows.
#[tokio::test]
async fn every_walled_table_is_claimed_with_its_facts() {
    let mut examined = Examined::new().await;
    assert_eq!(claimed(), every::walled(&mut examined.administrator).await);
}

#[tokio::test]
async fn the_generated_facts_are_true() {
    let mut examined = Examined::new().await;
    examined.expect_nothing(&verifier(), "SELECT").await;
    let plain = Verifier::new()
        .claims::<judge::Entity>()
        .claim_for(challenge::Entity);
    examined.expect_nothing(&plain, "SELECT").await;
}

#[tokio::test]
async fn facts_that_are_not_true_are_found() {
    let mut examined = Examined::new().await;
    let faults = [
        (
            Rule::ClaimTable,
            "challenges.judges",
            "DROP TABLE challenges.judges CASCADE",
        ),
        (
            Rule::ClaimColumn,
            "challenges.challenges.starts_at",
            "ALTER TABLE challenges.challenges RENAME COLUMN starts_at TO begins_at",
        ),
        (
            Rule::ClaimColumn,
            "challenges.judges.version",
            "ALTER TABLE challenges.judges ALTER COLUMN version DROP NOT NULL",
        ),
        (
            Rule::ClaimColumn,
            "challenges.judges.delete_op",
            "ALTER TABLE challenges.judges ALTER COLUMN delete_op TYPE text",
        ),
        (
            Rule::ClaimKey,
            "challenges.judges",
            "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey,
               ADD CONSTRAINT judges_pkey PRIMARY KEY (workspace_id, id, user_id)",
        ),
        (
            Rule::ClaimSort,
            "does not exist",
            "DROP INDEX challenges.challenges_newest_idx",
        ),
        (
            Rule::ClaimSort,
            "other columns or directions",
            "DROP INDEX challenges.challenges_newest_idx;
             CREATE INDEX challenges_newest_idx ON challenges.challenges (workspace_id, created_at, id DESC)",
        ),
        (
            Rule::ClaimSort,
            "leaves out rows",
            "DROP INDEX challenges.challenges_newest_idx;
             CREATE INDEX challenges_newest_idx ON challenges.challenges (workspace_id, created_at DESC, id DESC)
               WHERE status = 'draft'",
        ),
        (
            Rule::ClaimConstraint,
            "challenges_title_check",
            "ALTER TABLE challenges.challenges DROP CONSTRAINT challenges_title_check",
        ),
        (
            Rule::ClaimRelation,
            "no foreign key leads from there",
            "ALTER TABLE challenges.judges DROP CONSTRAINT judges_challenge_id_fkey, ADD CONSTRAINT judges_challenge_id_fkey
               FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.submissions (workspace_id, id)",
        ),
        (
            Rule::ClaimRelation,
            "but the entity leaves them behind",
            "COMMENT ON CONSTRAINT submissions_user_id_fkey ON challenges.submissions IS 'They go too: @deleted_with_parent.'",
        ),
        (
            Rule::ClaimRelation,
            "but the entity would restore them without",
            "COMMENT ON CONSTRAINT judges_user_id_fkey ON challenges.judges IS '@deleted_with_parent'",
        ),
        (
            Rule::AuditTrigger,
            "challenges.judges",
            "DROP FUNCTION challenges.judges_audit() CASCADE",
        ),
    ];
    for (rule, object, fault) in faults {
        examined.expect(&verifier(), rule, object, fault).await;
    }
}
