//! Break-glass under attack: what its role reads with a grant that is committed, its own and open, and with any other.

use sqlx::PgConnection;
use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, BETA, Claim, OTHER_PERSON, PERSON, attempt, begin, enter, work},
    server::{Database, sql, try_sql, value},
    walls::seeded,
};

const GAMMA: &str = "33333333-3333-4333-8333-333333333333";
const READ: &str = "SELECT title FROM challenges.challenges";
const CLOSED: &str = "42501 no open break-glass";

/// Who breaks the glass, and by which grant they read, if by one.
fn glass(person: &str, grant: Option<&str>) -> String {
    let claim = Claim {
        kind: "glass",
        workspace: "-".into(),
        ..Claim::of(ALPHA, "glass")
    };
    let claim = claim.actor(&format!("u:{person}")).text();
    let Some(grant) = grant else { return claim };
    let attributes = format!(r#"{{"glass":"{grant}"}}"#);
    let hex: String = attributes
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}{hex}", claim.strip_suffix('-').unwrap())
}

/// Runs statements in a transaction of `claim`, and commits it unless they fail.
async fn under(connection: &mut PgConnection, claim: &str, statements: &str) -> Result<(), String> {
    sql(connection, &format!("BEGIN; {}", enter(claim, ""))).await;
    let outcome = try_sql(connection, statements).await;
    let end = ["ROLLBACK", "COMMIT"][usize::from(outcome.is_ok())];
    sql(connection, end).await;
    outcome
}

fn opening(workspaces: &str, reason: &str, minutes: &str) -> String {
    format!("tenantry.open_glass(ARRAY[{workspaces}]::uuid[], '{reason}', {minutes})")
}

/// A committed grant of `PERSON` for workspaces.
async fn opened(connection: &mut PgConnection, workspaces: &str) -> String {
    let open = opening(workspaces, "ticket 4711, lost data", "30");
    sql(
        connection,
        &format!("BEGIN; {}", enter(&glass(PERSON, None), "")),
    )
    .await;
    let grant = value(connection, &format!("SELECT g.grant_id FROM {open} AS g")).await;
    sql(connection, "COMMIT").await;
    grant.unwrap()
}

/// What a grant shows of the challenges: workspaces and titles.
async fn seen(connection: &mut PgConnection, person: &str, grant: &str) -> String {
    sql(
        connection,
        &format!(
            "BEGIN READ ONLY; {}",
            enter(&glass(person, Some(grant)), "")
        ),
    )
    .await;
    let seen = value(
        connection,
        "SELECT string_agg(workspace_id::text, ' ' ORDER BY workspace_id) FROM challenges.challenges",
    )
    .await;
    sql(connection, "COMMIT").await;
    seen.unwrap()
}

/// Three workspaces with a challenge each; challenges take part in break-glass.
async fn ground() -> (Database, PgConnection, PgConnection) {
    let (database, mut app) = seeded().await;
    let third = format!(
        "INSERT INTO accounts.workspaces (id, name) VALUES ('{GAMMA}', 'Third'); \
         INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{GAMMA}', 'Ship it')"
    );
    work(&mut app, &Claim::founder(GAMMA), &third).await;
    let glass = database.connect(roles::GLASS).await;
    (database, app, glass)
}

#[tokio::test]
async fn a_grant_shows_the_workspaces_it_names_and_no_other() {
    let (_database, _app, mut connection) = ground().await;
    let both = format!("'{ALPHA}', '{BETA}', '{ALPHA}'");
    let grant = opened(&mut connection, &both).await;
    assert_eq!(
        seen(&mut connection, PERSON, &grant).await,
        format!("{ALPHA} {BETA}")
    );
    let one = opened(&mut connection, &format!("'{GAMMA}'")).await;
    assert_eq!(seen(&mut connection, PERSON, &one).await, GAMMA);
}

#[tokio::test]
async fn a_workspace_reads_in_its_own_log_who_broke_its_glass_and_why() {
    let (_database, mut app, mut connection) = ground().await;
    let grant = opened(&mut connection, &format!("'{ALPHA}', '{BETA}'")).await;
    let reading = glass(PERSON, Some(&grant));
    under(&mut connection, &reading, "SELECT tenantry.close_glass()")
        .await
        .unwrap();
    let log = "SELECT string_agg(concat_ws(' ', action, actor_id, via, details ->> 'reason', details - 'reason' - 'until' - 'opened_at'), \
        E'\\n' ORDER BY action DESC) FROM tenantry.audit_log WHERE action ^@ 'security.'";
    for (workspace, entries) in [(ALPHA, true), (BETA, true), (GAMMA, false)] {
        begin(&mut app, &Claim::of(workspace, "owner")).await;
        let told = value(&mut app, log).await;
        sql(&mut app, "COMMIT").await;
        let expected = format!(
            "security.glass_open {PERSON} tenantry_glass ticket 4711, lost data {{}}\n\
             security.glass_close {PERSON} tenantry_glass {{}}"
        );
        assert_eq!(told, entries.then_some(expected), "{workspace}");
    }
}

#[tokio::test]
async fn without_a_grant_of_ones_own_nothing_is_read() {
    let (_database, _app, mut connection) = ground().await;
    let grant = opened(&mut connection, &format!("'{ALPHA}'")).await;
    let stranger = "99999999-9999-4999-8999-999999999999";
    for (claim, refusal) in [
        (glass(PERSON, None), CLOSED),
        (glass(PERSON, Some(stranger)), CLOSED),
        // The id of a grant is no key to it.
        (glass(OTHER_PERSON, Some(&grant)), CLOSED),
        (
            glass(PERSON, Some(&grant)).replacen("|glass|", "|person|", 1),
            "42501 no break-glass context",
        ),
        (
            Claim::of(ALPHA, "owner").text(),
            "42501 no break-glass context",
        ),
        (
            glass("x", Some(&grant)).replace("u:x", "t:78"),
            "42501 no break-glass context",
        ),
    ] {
        assert_eq!(
            under(&mut connection, &claim, READ).await.unwrap_err(),
            refusal,
            "{claim}"
        );
    }
    assert_eq!(
        try_sql(&mut connection, READ).await.unwrap_err(),
        "42501 no break-glass context"
    );
    let text = glass(PERSON, Some(&grant));
    for forged in [text.clone(), format!("{}|{text}", "0".repeat(64))] {
        let forge = format!("BEGIN; SET LOCAL tenantry.context = '{forged}'; {READ}");
        assert_eq!(
            try_sql(&mut connection, &forge).await.unwrap_err(),
            "42501 forged workspace context"
        );
        sql(&mut connection, "ROLLBACK").await;
    }
    assert_eq!(seen(&mut connection, PERSON, &grant).await, ALPHA);
}

#[tokio::test]
async fn a_grant_that_is_not_committed_shows_nothing() {
    let (_database, _app, mut connection) = ground().await;
    let open = opening(&format!("'{ALPHA}'"), "ticket 4711, lost data", "30");
    for savepoint in [["", ""], ["SAVEPOINT inside;", "RELEASE SAVEPOINT inside;"]] {
        let [save, release] = savepoint;
        sql(
            &mut connection,
            &format!("BEGIN; {} {save}", enter(&glass(PERSON, None), "")),
        )
        .await;
        let query = format!("SELECT g.grant_id FROM {open} AS g");
        let grant = value(&mut connection, &query).await.unwrap();
        // Emptying the setting is allowed; so the context of a reader can be entered after all.
        sql(
            &mut connection,
            &format!(
                "{release} SELECT set_config('tenantry.context', '', true); {}",
                enter(&glass(PERSON, Some(&grant)), "")
            ),
        )
        .await;
        assert_eq!(
            try_sql(&mut connection, READ).await.unwrap_err(),
            CLOSED,
            "{save}"
        );
        sql(&mut connection, "ROLLBACK").await;
    }
}

#[tokio::test]
async fn time_and_closing_end_a_grant_also_within_a_transaction() {
    let (database, _app, mut connection) = ground().await;
    let mut other = database.connect(roles::GLASS).await;
    let mut superuser = database.superuser().await;
    for isolation in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let expired = opened(&mut other, &format!("'{ALPHA}'")).await;
        let closed = opened(&mut other, &format!("'{ALPHA}'")).await;
        let expire = format!(
            "UPDATE tenantry.glass SET opened_at = now() - interval '1 hour', expires_at = now() WHERE id = '{expired}'"
        );
        for grant in [&expired, &closed] {
            let claim = enter(&glass(PERSON, Some(grant)), "");
            sql(
                &mut connection,
                &format!("BEGIN ISOLATION LEVEL {isolation}; {claim}"),
            )
            .await;
            if isolation == "READ COMMITTED" {
                sql(&mut connection, READ).await;
                if *grant == expired {
                    sql(&mut superuser, &expire).await;
                } else {
                    under(
                        &mut other,
                        &glass(PERSON, Some(grant)),
                        "SELECT tenantry.close_glass()",
                    )
                    .await
                    .unwrap();
                }
                assert_eq!(try_sql(&mut connection, READ).await.unwrap_err(), CLOSED);
            } else {
                // It would go on seeing an open grant.
                assert_eq!(
                    try_sql(&mut connection, READ).await.unwrap_err(),
                    "42501 break-glass reads in transactions that are READ COMMITTED"
                );
            }
            sql(&mut connection, "ROLLBACK").await;
        }
    }
}

#[tokio::test]
async fn a_grant_says_why_for_an_hour_at_most_and_for_workspaces_by_name() {
    let (_database, _app, mut connection) = ground().await;
    let (alpha, reason) = (format!("'{ALPHA}'"), "ticket 4711");
    let many = "gen_random_uuid(), ".repeat(100) + "gen_random_uuid()";
    for (statement, constraint) in [
        (opening(&alpha, "a ticket", "30"), "glass_reason_check"),
        (
            opening(&alpha, "  \t a ticket \n  ", "30"),
            "glass_reason_check",
        ),
        (
            opening(&alpha, &"x".repeat(1001), "30"),
            "glass_reason_check",
        ),
        (opening(&alpha, reason, "61"), "glass_expires_at_check"),
        (opening(&alpha, reason, "600"), "glass_expires_at_check"),
        (opening(&alpha, reason, "0"), "glass_expires_at_check"),
        (opening(&alpha, reason, "-5"), "glass_expires_at_check"),
        (opening("", reason, "30"), "glass_workspaces_check"),
        (opening("NULL", reason, "30"), "glass_workspaces_check"),
        (opening(&many, reason, "30"), "glass_workspaces_check"),
        (
            opening(&alpha, reason, "30").replace(&format!("ARRAY[{alpha}]"), "NULL"),
            "glass_workspaces_check",
        ),
        (opening(&alpha, reason, "NULL"), "\"expires_at\""),
        (
            opening(&alpha, reason, "30").replace("'ticket 4711'", "NULL"),
            "\"reason\"",
        ),
    ] {
        let (claim, call) = (glass(PERSON, None), format!("SELECT {statement}"));
        let refusal = under(&mut connection, &claim, &call).await.unwrap_err();
        assert!(refusal.contains(constraint), "{statement}: {refusal}");
    }
    // For a workspace that is not there it is as for one that is.
    let absent = "99999999-9999-4999-8999-999999999999";
    opened(&mut connection, &format!("'{absent}'")).await;
}

#[tokio::test]
async fn who_breaks_glass_writes_nothing_and_reads_what_a_policy_shows() {
    let (_database, _app, mut connection) = ground().await;
    let grant = opened(&mut connection, &format!("'{ALPHA}'")).await;
    for statement in [
        format!("INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'x')"),
        "UPDATE challenges.challenges SET title = 'x'".into(),
        "DELETE FROM challenges.challenges".into(),
        "SELECT title FROM challenges.challenges FOR UPDATE".into(),
        "LOCK TABLE challenges.challenges IN SHARE MODE".into(),
        "SELECT content FROM challenges.submissions".into(),
        "SELECT * FROM challenges.submissions".into(),
        "SELECT submissions FROM challenges.submissions".into(),
        "SELECT id FROM challenges.judges".into(),
        "SELECT name FROM accounts.members".into(),
        "SELECT email FROM accounts.users".into(),
        "SELECT details FROM tenantry.audit_log".into(),
        "SELECT workspaces FROM tenantry.glass".into(),
        "INSERT INTO tenantry.glass DEFAULT VALUES".into(),
        "UPDATE tenantry.glass SET expires_at = now()".into(),
        "SELECT tenantry.glass_context()".into(),
        "SELECT tenantry.workspace_id()".into(),
        "SELECT tenantry.record_event('a.b', NULL, NULL, NULL)".into(),
        "SET ROLE tenantry_app".into(),
        "SET ROLE tenantry_audit".into(),
        "SET LOCAL row_security = off; SELECT title FROM challenges.challenges".into(),
        "CREATE TEMPORARY TABLE mine ()".into(),
    ] {
        let claim = glass(PERSON, Some(&grant));
        let refusal = under(&mut connection, &claim, &statement).await;
        let refusal = refusal.unwrap_err();
        assert!(refusal.starts_with("42501"), "{statement}: {refusal}");
    }
}

#[tokio::test]
async fn nobody_else_breaks_glass_or_says_that_it_was_broken() {
    let (database, mut app, mut connection) = ground().await;
    let grant = opened(&mut connection, &format!("'{ALPHA}', '{BETA}'")).await;
    let open = opening(&format!("'{BETA}'"), "ticket 4711, lost data", "30");
    for function in [
        open.as_str(),
        "tenantry.close_glass()",
        "tenantry.glass_workspaces()",
        "tenantry.glass_context()",
        "tenantry.security_event('security.glass_open', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    ] {
        for role in roles::SCOPES {
            let mut scope = database.connect(role).await;
            let call = format!("SELECT {function}");
            let refusal = under(&mut scope, &glass(PERSON, Some(&grant)), &call).await;
            assert!(
                refusal.unwrap_err().starts_with("42501"),
                "{role} {function}"
            );
        }
    }
    // A grant opens nothing for the runtime role, which meets the wall of its own scope.
    assert_eq!(
        under(&mut app, &glass(PERSON, Some(&grant)), READ)
            .await
            .unwrap_err(),
        "42501 no workspace context"
    );
    // Nobody closes what another opened.
    let close = "DO $$ BEGIN ASSERT NOT tenantry.close_glass(); END $$";
    under(&mut connection, &glass(OTHER_PERSON, Some(&grant)), close)
        .await
        .unwrap();
    assert_eq!(
        seen(&mut connection, PERSON, &grant).await,
        format!("{ALPHA} {BETA}")
    );
    let stopped = "SELECT tenantry.record_event('security.glass_close', NULL, NULL, NULL)";
    let refusal = attempt(&mut app, &Claim::of(ALPHA, "owner"), stopped).await;
    assert!(refusal.unwrap_err().starts_with("42501"));
}
