//! Tables made by the kit, attacked as the runtime roles.

use sqlx::PgConnection;
use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, BETA, Claim, OTHER_PERSON, PERSON, attempt, begin, work},
    server::{Database, sql, try_sql, value},
};

pub(crate) const CHALLENGE: &str = "dddddddd-dddd-4ddd-8ddd-dddddddddddd";
const ABSENT: &str = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee";

/// Two workspaces, each with an owner and one challenge of the same title.
pub(crate) async fn seeded() -> (Database, PgConnection) {
    let database = Database::migrated().await;
    let mut app = database.connect(roles::APP).await;
    for (workspace, challenge) in [(ALPHA, CHALLENGE), (BETA, ABSENT)] {
        work(
            &mut app,
            &Claim::founder(workspace),
            &format!(
                "INSERT INTO accounts.workspaces (id, name) VALUES ('{workspace}', 'A workspace'); \
                 INSERT INTO accounts.members (workspace_id, user_id, role, name) VALUES ('{workspace}', '{PERSON}', 'owner', 'Ann'); \
                 INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ('{workspace}', '{challenge}', 'Ship it')"
            ),
        )
        .await;
    }
    // So far the second challenge belongs to BETA under an id that ALPHA does not have.
    (database, app)
}

fn owner() -> Claim {
    Claim::of(ALPHA, "owner")
}

#[tokio::test]
async fn a_session_sees_its_own_workspace_only() {
    let (database, mut app) = seeded().await;
    for role in roles::SCOPES {
        let mut connection = database.connect(role).await;
        begin(&mut connection, &owner()).await;
        for table in [
            "accounts.workspaces",
            "accounts.members",
            "challenges.challenges",
        ] {
            assert_eq!(
                value(&mut connection, &format!("SELECT count(*) FROM {table}"))
                    .await
                    .unwrap(),
                "1",
                "{table}"
            );
        }
        sql(&mut connection, "COMMIT").await;
        assert_eq!(
            try_sql(&mut connection, "SELECT * FROM challenges.challenges")
                .await
                .unwrap_err(),
            "42501 no workspace context"
        );
    }
    let injected =
        format!("SELECT * FROM challenges.challenges WHERE workspace_id = '{BETA}' OR true");
    begin(&mut app, &owner()).await;
    assert_eq!(
        value(&mut app, &format!("SELECT count(*) FROM ({injected}) x"))
            .await
            .unwrap(),
        "1"
    );
}

#[tokio::test]
async fn another_workspace_cannot_be_written() {
    let (_database, mut app) = seeded().await;
    let refused = [
        (format!("INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{BETA}', 'x')"), "new row violates"),
        (format!("INSERT INTO accounts.workspaces (id, name) VALUES ('{BETA}', 'x')"), "new row violates"),
        (format!("UPDATE challenges.challenges SET workspace_id = '{BETA}'"), "permission denied"),
        ("UPDATE challenges.challenges SET workspace_id = workspace_id".into(), "permission denied"),
        ("UPDATE challenges.challenges SET id = gen_random_uuid()".into(), "permission denied"),
        ("UPDATE challenges.challenges SET version = 9".into(), "permission denied"),
        ("UPDATE challenges.challenges SET created_at = now()".into(), "permission denied"),
        ("UPDATE challenges.challenges SET deleted_by = NULL".into(), "permission denied"),
        ("UPDATE challenges.submissions SET user_id = gen_random_uuid()".into(), "permission denied"),
        (format!("INSERT INTO challenges.challenges (workspace_id, title, version) VALUES ('{ALPHA}', 'x', 9)"), "permission denied"),
        (format!("INSERT INTO challenges.challenges (workspace_id, title, created_by) VALUES ('{ALPHA}', 'x', NULL)"), "permission denied"),
        ("DELETE FROM challenges.challenges".into(), "permission denied"),
        ("TRUNCATE challenges.challenges".into(), "permission denied"),
        ("LOCK TABLE challenges.challenges IN ACCESS EXCLUSIVE MODE".into(), "permission denied"),
        ("LOCK TABLE challenges.challenges IN SHARE MODE".into(), "permission denied"),
        ("CREATE TRIGGER mine BEFORE INSERT ON challenges.challenges EXECUTE FUNCTION challenges.challenges_audit()".into(), "permission denied"),
        ("ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY".into(), "must be owner"),
        ("SET LOCAL row_security = off; SELECT * FROM challenges.challenges".into(), "query would be affected"),
        ("SELECT * FROM accounts.users".into(), "permission denied"),
        ("SELECT * FROM accounts.workspace_names".into(), "permission denied"),
    ];
    for (statement, refusal) in refused {
        let error = attempt(&mut app, &owner(), &statement).await.unwrap_err();
        assert!(
            error.starts_with(&format!("42501 {refusal}")),
            "{statement}: {error}"
        );
    }
    begin(&mut app, &owner()).await;
    let other = format!(
        "WITH u AS (UPDATE challenges.challenges SET title = 'x' WHERE id = '{ABSENT}' RETURNING 1) SELECT count(*) FROM u"
    );
    let query = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(other))
        .fetch_one(&mut app)
        .await
        .unwrap();
    assert_eq!(query, 0);
}

#[tokio::test]
async fn a_reader_only_reads() {
    let (database, _app) = seeded().await;
    let mut reader = database.connect(roles::READER).await;
    sql(&mut reader, "SET default_transaction_read_only = off").await;
    for statement in [
        format!("INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'x')"),
        "UPDATE challenges.challenges SET title = 'x'".into(),
        "SELECT 1 FROM challenges.challenges FOR UPDATE".into(),
        "SELECT accounts.claim_name('slug', 'x')".into(),
        "SELECT tenantry.record_event('a.b', NULL, NULL, NULL)".into(),
    ] {
        assert!(
            attempt(&mut reader, &owner(), &statement)
                .await
                .unwrap_err()
                .starts_with("42501"),
            "{statement}"
        );
    }
}

#[tokio::test]
async fn a_reference_to_another_workspace_is_the_same_error_as_one_to_nothing() {
    let (_database, mut app) = seeded().await;
    let submit = |challenge: &str| {
        format!(
            "INSERT INTO challenges.submissions (workspace_id, challenge_id, user_id) VALUES ('{ALPHA}', '{challenge}', '{PERSON}')"
        )
    };
    // ABSENT is BETA's challenge; the other id is nobody's.
    let foreign = attempt(&mut app, &owner(), &submit(ABSENT))
        .await
        .unwrap_err();
    let random = attempt(&mut app, &owner(), &submit(OTHER_PERSON))
        .await
        .unwrap_err();
    assert!(foreign.starts_with("23503"), "{foreign}");
    assert_eq!(foreign, random);
    work(&mut app, &owner(), &submit(CHALLENGE)).await;
    assert!(
        attempt(&mut app, &owner(), &submit(CHALLENGE))
            .await
            .unwrap_err()
            .starts_with("23505")
    );
}

#[tokio::test]
async fn workspaces_do_not_clash() {
    let (_database, mut app) = seeded().await;
    // Both workspaces have the title; the same id in both is no clash either.
    work(&mut app, &owner(), &format!("INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ('{ALPHA}', '{ABSENT}', 'Again')")).await;
    let insert = format!(
        "INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'Ship it')"
    );
    assert!(
        attempt(&mut app, &owner(), &insert)
            .await
            .unwrap_err()
            .starts_with("23505")
    );
    let upsert = format!(
        "INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{BETA}', 'Ship it') \
         ON CONFLICT (workspace_id, title) WHERE deleted_at IS NULL DO UPDATE SET title = 'mine'"
    );
    assert!(
        attempt(&mut app, &owner(), &upsert)
            .await
            .unwrap_err()
            .starts_with("42501")
    );
    work(
        &mut app,
        &owner(),
        &format!(
            "UPDATE challenges.challenges SET deleted_at = now() WHERE title = 'Ship it'; {insert}"
        ),
    )
    .await;
}

#[tokio::test]
async fn managed_columns_keep_themselves() {
    let (_database, mut app) = seeded().await;
    let row = "SELECT format('%s %s %s %s %s', version, created_by, updated_by, deleted_at IS NOT NULL, deleted_by) \
        FROM challenges.challenges WHERE title = 'Ship it'";
    let other = owner().actor(&format!("u:{OTHER_PERSON}"));
    begin(&mut app, &other).await;
    assert_eq!(
        value(&mut app, row).await.unwrap(),
        format!("1 {PERSON} {PERSON} f ")
    );
    sql(
        &mut app,
        "UPDATE challenges.challenges SET status = 'published', delete_op = gen_random_uuid()",
    )
    .await;
    assert_eq!(
        value(&mut app, row).await.unwrap(),
        format!("2 {PERSON} {OTHER_PERSON} f ")
    );
    assert_eq!(
        value(
            &mut app,
            "SELECT format('%s %s', status_rank, delete_op) FROM challenges.challenges"
        )
        .await
        .unwrap(),
        "2 "
    );
    sql(
        &mut app,
        &format!(
            "UPDATE challenges.challenges SET deleted_at = '1999-01-01', delete_op = '{ABSENT}'"
        ),
    )
    .await;
    assert_eq!(
        value(&mut app, row).await.unwrap(),
        format!("3 {PERSON} {OTHER_PERSON} t {OTHER_PERSON}")
    );
    sql(
        &mut app,
        "UPDATE challenges.challenges SET deleted_at = '1999-01-01', delete_op = NULL",
    )
    .await;
    let kept = "SELECT format('%s %s', deleted_at = now(), delete_op) FROM challenges.challenges";
    assert_eq!(value(&mut app, kept).await.unwrap(), format!("t {ABSENT}"));
    sql(
        &mut app,
        "UPDATE challenges.challenges SET deleted_at = NULL",
    )
    .await;
    assert_eq!(
        value(&mut app, row).await.unwrap(),
        format!("5 {PERSON} {OTHER_PERSON} f ")
    );
}

#[tokio::test]
async fn a_founder_makes_the_workspace_of_the_context_and_no_other() {
    let (_database, mut app) = seeded().await;
    let new = "33333333-3333-4333-8333-333333333333";
    let found =
        |id: &str| format!("INSERT INTO accounts.workspaces (id, name) VALUES ('{id}', 'New')");
    assert!(
        attempt(&mut app, &Claim::founder(new), &found(ALPHA))
            .await
            .unwrap_err()
            .starts_with("42501 new row violates")
    );
    assert!(
        attempt(&mut app, &Claim::founder(new), &found(ABSENT))
            .await
            .unwrap_err()
            .starts_with("42501 new row violates")
    );
    work(&mut app, &Claim::founder(new), &found(new)).await;
}

#[tokio::test]
async fn a_role_is_known_before_a_workspace_and_tells_nothing_else() {
    let (_database, mut app) = seeded().await;
    let role =
        |workspace: &str, person: &str| format!("accounts.member_role('{workspace}', '{person}')");
    assert_eq!(
        value(&mut app, &role(ALPHA, PERSON)).await.as_deref(),
        Some("owner")
    );
    assert_eq!(value(&mut app, &role(ALPHA, OTHER_PERSON)).await, None);
    assert_eq!(value(&mut app, &role(ABSENT, PERSON)).await, None);
    let second = format!(
        "INSERT INTO accounts.members (workspace_id, user_id, role, name) VALUES ('{ALPHA}', '{OTHER_PERSON}', 'owner', 'x')"
    );
    work(&mut app, &owner(), &second).await;
    let leave =
        format!("UPDATE accounts.members SET deleted_at = now() WHERE user_id = '{PERSON}'");
    work(&mut app, &owner(), &leave).await;
    assert_eq!(value(&mut app, &role(ALPHA, PERSON)).await, None);
    work(&mut app, &owner(), "UPDATE accounts.members SET deleted_at = NULL; UPDATE accounts.workspaces SET deleted_at = now()").await;
    assert_eq!(value(&mut app, &role(ALPHA, PERSON)).await, None);
    assert_eq!(
        value(&mut app, &role(BETA, PERSON)).await.as_deref(),
        Some("owner")
    );
}

#[tokio::test]
async fn a_name_is_claimed_once() {
    let (_database, mut app) = seeded().await;
    let claim = "accounts.claim_name('slug', 'Acme')";
    begin(&mut app, &owner()).await;
    assert_eq!(value(&mut app, claim).await.unwrap(), "true");
    assert_eq!(value(&mut app, claim).await.unwrap(), "true");
    assert!(
        try_sql(
            &mut app,
            "SAVEPOINT s; SELECT accounts.claim_name('slug', 'two words')"
        )
        .await
        .unwrap_err()
        .starts_with("23514")
    );
    sql(&mut app, "ROLLBACK TO SAVEPOINT s; COMMIT").await;
    begin(&mut app, &Claim::of(BETA, "owner")).await;
    assert_eq!(value(&mut app, claim).await.unwrap(), "false");
    assert_eq!(
        value(&mut app, "accounts.claim_name('domain', 'acme.example')")
            .await
            .unwrap(),
        "true"
    );
    sql(&mut app, "COMMIT").await;
    assert_eq!(
        try_sql(&mut app, &format!("SELECT {claim}"))
            .await
            .unwrap_err(),
        "42501 no workspace context"
    );
}
