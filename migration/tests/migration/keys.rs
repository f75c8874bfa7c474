//! Signing keys: with one of them, a login alone enters nothing.

use tenantry_migration::{keys, roles};

use crate::{
    claims::{ALPHA, BETA, Claim, begin, enter, signature},
    kernel::refused,
    server::{Database, sql, try_sql, value},
};

const SECRET: &[u8] = b"a secret of the service, 32 bytes long or more";

#[tokio::test]
async fn a_registered_key_demands_its_signature() {
    let database = Database::migrated().await;
    let mut migrator = database.connect(roles::MIGRATOR).await;
    let mut app = database.connect(roles::APP).await;
    let long_secret = [7_u8; 200];
    keys::register(&mut migrator, 1, SECRET).await.unwrap();
    keys::register(&mut migrator, 1, SECRET).await.unwrap();
    keys::register(&mut migrator, 2, &long_secret)
        .await
        .unwrap();
    let claim = |key| Claim {
        key,
        ..Claim::of(ALPHA, "member")
    };

    sql(&mut app, "BEGIN").await;
    for (key, forged) in [(0, ""), (0, "00"), (1, ""), (1, "00"), (3, "")] {
        refused(
            &mut app,
            &enter(&claim(key).text(), forged),
            "context refused",
        )
        .await;
    }
    let text = claim(1).text();
    refused(
        &mut app,
        &enter(&text, &signature(&long_secret, &text)),
        "context refused",
    )
    .await;
    refused(
        &mut app,
        &enter(&text.replace("member", "owner"), &signature(SECRET, &text)),
        "context refused",
    )
    .await;
    refused(
        &mut app,
        &enter(&text.replace(ALPHA, BETA), &signature(SECRET, &text)),
        "context refused",
    )
    .await;
    refused(
        &mut app,
        &enter(&text, &signature(SECRET, &text).to_uppercase()),
        "context refused",
    )
    .await;
    refused(
        &mut app,
        &format!("CALL tenantry.enter('{text}', NULL)"),
        "context refused",
    )
    .await;
    let expired = Claim {
        seconds: -1,
        ..claim(1)
    }
    .text();
    refused(
        &mut app,
        &enter(&expired, &signature(SECRET, &expired)),
        "context refused",
    )
    .await;
    sql(&mut app, &enter(&text, &signature(SECRET, &text))).await;
    assert_eq!(value(&mut app, "tenantry.role()").await.unwrap(), "member");
    sql(&mut app, "COMMIT; BEGIN").await;
    let text = claim(2).text();
    sql(&mut app, &enter(&text, &signature(&long_secret, &text))).await;
    sql(&mut app, "COMMIT").await;

    keys::retire(&mut migrator, 2).await.unwrap();
    assert_eq!(
        keys::retire(&mut migrator, 1)
            .await
            .unwrap_err()
            .to_string(),
        "the last signing key cannot be retired"
    );
    assert_eq!(
        keys::register(&mut migrator, 2, &long_secret)
            .await
            .unwrap_err()
            .code(),
        Some("23505")
    );
    assert_eq!(
        keys::register(&mut migrator, 1, &[9; 32])
            .await
            .unwrap_err()
            .code(),
        Some("23505")
    );
    assert!(keys::register(&mut migrator, 4, b"short").await.is_err());
    sql(&mut app, "BEGIN").await;
    refused(
        &mut app,
        &enter(&text, &signature(&long_secret, &text)),
        "context refused",
    )
    .await;
    sql(&mut app, "ROLLBACK").await;
    keys::retire_all_and_accept_unsigned_claims(&mut migrator)
        .await
        .unwrap();
    begin(&mut app, &claim(0)).await;
}

/// An injected expression may empty the setting, but it cannot enter again: `enter` is a procedure.
#[tokio::test]
async fn an_injected_expression_cannot_enter() {
    let database = Database::migrated().await;
    let other = Claim::of(BETA, "owner").text();
    for injected in [
        format!("SELECT set_config('tenantry.context', '', true), tenantry.enter('{other}', '')"),
        format!("SELECT query_to_xml($$CALL tenantry.enter('{other}', '')$$, true, true, '')"),
    ] {
        let mut app = database.connect(roles::APP).await;
        begin(&mut app, &Claim::of(ALPHA, "member")).await;
        try_sql(&mut app, &injected).await.unwrap_err();
        sql(&mut app, "ROLLBACK").await;
    }
}

/// Whole statements can be stacked where text reaches the simple protocol: only a signature stops those.
#[tokio::test]
async fn a_signature_stands_against_stacked_statements() {
    let database = Database::migrated().await;
    let mut app = database.connect(roles::APP).await;
    let other = Claim::of(BETA, "owner").text();
    let stacked = format!("SET LOCAL tenantry.context = ''; {}", enter(&other, ""));
    begin(&mut app, &Claim::of(ALPHA, "member")).await;
    sql(&mut app, &stacked).await;
    assert_eq!(
        value(&mut app, "tenantry.workspace_id()").await.unwrap(),
        BETA
    );
    sql(&mut app, "ROLLBACK").await;

    let mut migrator = database.connect(roles::MIGRATOR).await;
    keys::register(&mut migrator, 1, SECRET).await.unwrap();
    let own = Claim {
        key: 1,
        ..Claim::of(ALPHA, "member")
    }
    .text();
    let begin = format!("BEGIN; {}", enter(&own, &signature(SECRET, &own)));
    sql(&mut app, &begin).await;
    refused(&mut app, &stacked, "context refused").await;
    sql(&mut app, "ROLLBACK").await;
    sql(&mut app, &begin).await;
    let raised = own.replace("member", "owner");
    let stacked = format!(
        "SET LOCAL tenantry.context = ''; {}",
        enter(&raised, &signature(SECRET, &own))
    );
    refused(&mut app, &stacked, "context refused").await;
}

/// Services sign first, the key is registered afterwards, and nobody is refused in between.
#[tokio::test]
async fn a_first_key_is_introduced_without_a_pause() {
    let database = Database::migrated().await;
    let mut app = database.connect(roles::APP).await;
    let signed = Claim {
        key: 1,
        ..Claim::of(ALPHA, "member")
    }
    .text();
    let unit = format!(
        "BEGIN; {} COMMIT",
        enter(&signed, &signature(SECRET, &signed))
    );
    sql(&mut app, &unit).await;
    let mut migrator = database.connect(roles::MIGRATOR).await;
    keys::register(&mut migrator, 1, SECRET).await.unwrap();
    sql(&mut app, &unit).await;
}
