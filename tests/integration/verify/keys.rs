//! Faults of keys and indexes, of comments and names.

use tenantry::verify::{Rule, Verifier};

use super::Examined;

super::faults! {
    faults_of_keys_are_found:

    a_primary_key_across_workspaces_is_found: PrimaryKey names "judges_pkey",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey, ADD CONSTRAINT judges_pkey PRIMARY KEY (id)";
    a_primary_key_in_the_wrong_order_is_found: PrimaryKey names "does not begin",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey, ADD CONSTRAINT judges_pkey PRIMARY KEY (id, workspace_id)";
    a_missing_primary_key_is_found: PrimaryKey names "challenges.judges",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey";
    a_unique_index_across_workspaces_is_found: UniqueKey names "judges_of_all",
        "CREATE UNIQUE INDEX judges_of_all ON challenges.judges (user_id)";
    a_unique_constraint_across_workspaces_is_found: UniqueKey names "workspaces_slug_key",
        "ALTER TABLE accounts.workspaces ADD CONSTRAINT workspaces_slug_key UNIQUE (slug)";
    an_exclusion_across_workspaces_is_found: UniqueKey names "judges_user_excl",
        "ALTER TABLE challenges.judges ADD CONSTRAINT judges_user_excl EXCLUDE USING btree (user_id WITH =)";

    a_foreign_key_into_another_workspace_is_found: ForeignKeyScope names "judges_created_by_fkey",
        "CREATE INDEX judges_created_by_idx ON challenges.judges (created_by);
         ALTER TABLE challenges.judges ADD CONSTRAINT judges_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts.workspaces (id)";
    a_foreign_key_in_the_wrong_order_is_found: ForeignKeyScope names "does not begin",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_user_id_fkey, ADD CONSTRAINT judges_user_id_fkey
           FOREIGN KEY (user_id, workspace_id) REFERENCES accounts.members (user_id, workspace_id)";
    a_cascade_past_a_soft_delete_is_found: ForeignKeyAction names "judges_challenge_id_fkey",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_challenge_id_fkey, ADD CONSTRAINT judges_challenge_id_fkey
           FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.challenges (workspace_id, id) ON DELETE CASCADE";
    a_foreign_key_that_empties_the_scope_is_found: ForeignKeyAction names "empties the scope column",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_challenge_id_fkey, ADD CONSTRAINT judges_challenge_id_fkey
           FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.challenges (workspace_id, id) ON DELETE SET NULL";
    a_cascade_from_a_global_table_is_found: ForeignKeyAction names "every workspace",
        "CREATE INDEX judges_users_idx ON challenges.judges (user_id);
         ALTER TABLE challenges.judges ADD CONSTRAINT judges_users_fkey FOREIGN KEY (user_id) REFERENCES accounts.users (id) ON DELETE CASCADE";
    a_cascade_to_rows_that_cannot_be_restored_is_found: CascadeSoftDelete names "challenges.judges does not soft-delete",
        "DROP FUNCTION challenges.judges_purge;
         REVOKE ALL ON challenges.judges FROM tenantry_purge;
         ALTER TABLE challenges.judges DROP COLUMN deleted_at CASCADE";
    a_circle_of_cascades_is_found: CascadeCircle names "challenges.judges",
        "ALTER TABLE challenges.challenges ADD COLUMN judge_id uuid,
           ADD CONSTRAINT challenges_judge_id_fkey FOREIGN KEY (workspace_id, judge_id) REFERENCES challenges.judges (workspace_id, id);
         COMMENT ON COLUMN challenges.challenges.judge_id IS 'The first judge.';
         CREATE INDEX challenges_judge_id_idx ON challenges.challenges (workspace_id, judge_id);
         COMMENT ON CONSTRAINT challenges_judge_id_fkey ON challenges.challenges IS '@deleted_with_parent'";
    a_liveness_key_without_a_cascade_is_found: LivenessKey names "submissions_challenge_id_live_fkey",
        "COMMENT ON CONSTRAINT submissions_challenge_id_fkey ON challenges.submissions IS NULL";
    a_match_that_refuses_rows_without_a_parent_is_found: ForeignKeyMatch names "judges_created_by_fkey",
        "CREATE INDEX judges_created_by_idx ON challenges.judges (workspace_id, created_by);
         ALTER TABLE challenges.judges ADD CONSTRAINT judges_created_by_fkey
           FOREIGN KEY (workspace_id, created_by) REFERENCES accounts.members (workspace_id, user_id) MATCH FULL";
    a_foreign_key_that_was_never_validated_is_found: ConstraintNotValidated names "judges_user_id_fkey",
        "ALTER TABLE challenges.judges DROP CONSTRAINT judges_user_id_fkey, ADD CONSTRAINT judges_user_id_fkey
           FOREIGN KEY (workspace_id, user_id) REFERENCES accounts.members (workspace_id, user_id) NOT VALID";
    a_check_that_was_never_validated_is_found: ConstraintNotValidated names "judges_user_id_check",
        "ALTER TABLE challenges.judges ADD CONSTRAINT judges_user_id_check CHECK (user_id <> id) NOT VALID";
    a_foreign_key_without_an_index_is_found: ForeignKeyIndex names "submissions_challenge_id_fkey",
        "DROP INDEX challenges.submissions_challenge_id_idx";

    an_index_on_an_expression_is_found: IndexNotLeakproof names "lower(title)",
        "CREATE INDEX challenges_lower_idx ON challenges.challenges (workspace_id, lower(title))";
    an_index_on_a_number_of_any_size_is_found: IndexNotLeakproof names "numeric",
        "ALTER TABLE challenges.challenges ADD COLUMN prize numeric(14,2);
         COMMENT ON COLUMN challenges.challenges.prize IS 'What the winner gets.';
         CREATE INDEX challenges_prize_idx ON challenges.challenges (workspace_id, prize)";
    an_index_on_an_enum_is_found: IndexNotLeakproof names "challenges.mood",
        "CREATE TYPE challenges.mood AS ENUM ('good', 'bad');
         ALTER TABLE challenges.challenges ADD COLUMN mood challenges.mood;
         COMMENT ON COLUMN challenges.challenges.mood IS 'How it feels.';
         CREATE INDEX challenges_mood_idx ON challenges.challenges (workspace_id, mood)";
    an_index_on_a_document_is_found: IndexNotLeakproof names "jsonb",
        "CREATE INDEX challenges_description_idx ON challenges.challenges (workspace_id, description)";
    an_invalid_index_is_found: IndexInvalid names "challenges_period_idx",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'challenges.challenges_period_idx'::regclass";

    a_table_without_a_comment_is_worth_knowing: CommentMissing names "challenges.judges",
        "COMMENT ON TABLE challenges.judges IS NULL";
    a_column_without_a_comment_is_worth_knowing: CommentMissing names "user_id",
        "COMMENT ON COLUMN challenges.judges.user_id IS NULL";
    a_long_name_is_worth_knowing: NameLength names "a_name_that_is_much_too_long",
        "CREATE INDEX a_name_that_is_much_too_long_for_a_shard_of_a_distributed_table ON challenges.judges (workspace_id, user_id)";
}

#[tokio::test]
async fn a_scope_column_that_may_be_null_is_found() {
    let fault = "ALTER TABLE challenges.judges DROP CONSTRAINT judges_pkey, ALTER COLUMN workspace_id DROP NOT NULL, \
        ADD CONSTRAINT judges_pkey PRIMARY KEY (id)";
    let report = Examined::new().await.report(&Verifier::new(), fault).await;
    assert_eq!(
        super::rules(&report),
        [Rule::ScopeColumn, Rule::PrimaryKey],
        "{report}"
    );
    assert_eq!(report.findings[0].object, "challenges.judges.workspace_id");
}

#[tokio::test]
async fn a_copy_of_a_table_is_found() {
    let fault =
        "SET ROLE tenantry_owner; CREATE TABLE challenges.judges_backup (LIKE challenges.judges)";
    let report = Examined::new().await.report(&Verifier::new(), fault).await;
    let found = report.findings.iter().any(|finding| {
        finding.rule == Rule::RowSecurityDisabled && finding.object == "challenges.judges_backup"
    });
    assert!(found, "{report}");
}

#[tokio::test]
async fn what_a_distributed_database_refuses_is_told_when_asked() {
    let fault = "CREATE INDEX judges_2 ON challenges.judges (workspace_id, user_id)";
    let mut examined = Examined::new().await;
    examined.expect_nothing(&Verifier::new(), fault).await;
    let verifier = Verifier::new().distributed();
    examined
        .expect(&verifier, Rule::Distribution, "judges_2", fault)
        .await;
}
