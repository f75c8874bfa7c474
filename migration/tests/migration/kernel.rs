//! The door into a workspace, and the readers of the context, under attack.

use sqlx::PgConnection;
use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, BETA, Claim, PERSON, REQUEST, begin, enter},
    server::{Database, sql, try_sql, value},
};

pub(crate) async fn refused(connection: &mut PgConnection, statement: &str, refusal: &str) {
    sql(connection, "SAVEPOINT before").await;
    assert_eq!(
        try_sql(connection, statement).await.unwrap_err(),
        format!("42501 {refusal}"),
        "{statement}"
    );
    sql(connection, "ROLLBACK TO SAVEPOINT before").await;
}

#[tokio::test]
async fn readers_tell_what_the_claim_says() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    let claim = Claim {
        attributes: "7b2272616e6b223a226c6561646572227d",
        ..Claim::of(ALPHA, "admin")
    };
    begin(&mut app, &claim).await;
    let context = "format('%s %s %s %s %s %s', tenantry.workspace_id(), tenantry.actor_id(), tenantry.actor_kind(), \
        tenantry.role(), tenantry.request_id(), tenantry.attribute('rank'))";
    assert_eq!(
        value(&mut app, context).await.unwrap(),
        format!("{ALPHA} {PERSON} user admin {REQUEST} leader")
    );
    assert_eq!(value(&mut app, "tenantry.attribute('other')").await, None);
    assert_eq!(value(&mut app, "tenantry.actor_bigint()").await, None);
    refused(
        &mut app,
        "SELECT tenantry.workspace_bigint()",
        "workspace context has another type",
    )
    .await;
    refused(
        &mut app,
        "SELECT tenantry.workspace_text()",
        "workspace context has another type",
    )
    .await;
}

#[tokio::test]
async fn workspaces_may_be_numbered_or_named() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    for (workspace, reader, expected) in [
        (
            "b:-9223372036854775808",
            "tenantry.workspace_bigint()",
            "-9223372036854775808",
        ),
        ("b:42", "tenantry.workspace_bigint()", "42"),
        ("t:c3a46c6c", "tenantry.workspace_text()", "äll"),
    ] {
        let claim = Claim {
            workspace: workspace.into(),
            actor: "t:6e696768746c79".into(),
            ..Claim::of(ALPHA, "member")
        };
        begin(&mut app, &claim).await;
        assert_eq!(value(&mut app, reader).await.unwrap(), expected);
        assert_eq!(
            value(&mut app, "tenantry.actor_text()").await.unwrap(),
            "nightly"
        );
        sql(&mut app, "ROLLBACK").await;
    }
}

#[tokio::test]
async fn without_a_context_the_workspace_raises_and_the_actor_is_null() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    // Fresh, and after a transaction, when the setting is empty rather than absent.
    for _ in 0..2 {
        sql(&mut app, "BEGIN").await;
        refused(
            &mut app,
            "SELECT tenantry.workspace_id()",
            "no workspace context",
        )
        .await;
        for reader in [
            "actor_id()",
            "role()",
            "actor_kind()",
            "request_id()",
            "attribute('rank')",
            "actor_id(ARRAY['member'])",
            "acts_as(ARRAY['member'], ARRAY['user'])",
        ] {
            assert_eq!(value(&mut app, &format!("tenantry.{reader}")).await, None);
        }
        sql(&mut app, "ROLLBACK").await;
        begin(&mut app, &Claim::of(ALPHA, "member")).await;
        sql(&mut app, "COMMIT").await;
    }
}

#[tokio::test]
async fn the_actor_is_told_to_the_roles_that_are_asked_for_alone() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    begin(&mut app, &Claim::of(ALPHA, "member")).await;
    for (asked, told) in [
        ("actor_id(ARRAY['admin', 'member'])", Some(PERSON)),
        ("actor_id(ARRAY['admin'])", None),
        ("actor_id(ARRAY[]::text[])", None),
        ("actor_id(ARRAY[NULL])", None),
        ("actor_bigint(ARRAY['member'])", None),
        ("actor_text(ARRAY['member'])", None),
        ("acts_as(ARRAY['member'], ARRAY['job'])", Some("true")),
        ("acts_as(ARRAY['admin'], ARRAY['user'])", Some("true")),
        ("acts_as(ARRAY['admin'], ARRAY['job'])", Some("false")),
    ] {
        let answer = value(&mut app, &format!("tenantry.{asked}")).await;
        assert_eq!(answer.as_deref(), told, "{asked}");
    }
}

#[tokio::test]
async fn a_person_has_no_workspace() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    let claim = Claim {
        kind: "person",
        workspace: "-".into(),
        ..Claim::of(ALPHA, "person")
    };
    begin(&mut app, &claim).await;
    assert_eq!(
        value(&mut app, "tenantry.actor_id()").await.unwrap(),
        PERSON
    );
    refused(
        &mut app,
        "SELECT tenantry.workspace_id()",
        "no workspace context",
    )
    .await;
}

#[tokio::test]
async fn a_forged_replayed_or_changed_setting_is_refused() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    begin(&mut app, &Claim::of(ALPHA, "member")).await;
    let genuine = value(&mut app, "current_setting('tenantry.context')")
        .await
        .unwrap();
    sql(&mut app, "COMMIT").await;
    let another_role = genuine.replace("|member|", "|owner|");
    let another_workspace = genuine.replace(ALPHA, BETA);
    for forged in [
        genuine,
        another_role,
        another_workspace,
        "x".into(),
        "|".repeat(80),
        "0".repeat(300),
        "\u{e4}".repeat(90),
    ] {
        for setting in ["SET LOCAL", "SET SESSION"] {
            sql(
                &mut app,
                &format!("BEGIN; {setting} tenantry.context = '{forged}'"),
            )
            .await;
            for reader in [
                "workspace_id()",
                "workspace_bigint()",
                "actor_id()",
                "actor_id(ARRAY['member'])",
                "acts_as(ARRAY['member'], ARRAY['user'])",
                "role()",
                "attribute('rank')",
                "request_id()",
            ] {
                refused(
                    &mut app,
                    &format!("SELECT tenantry.{reader}"),
                    "forged workspace context",
                )
                .await;
            }
            refused(
                &mut app,
                &enter(&Claim::of(ALPHA, "member").text(), ""),
                "context is sealed",
            )
            .await;
            sql(&mut app, "ROLLBACK").await;
        }
    }
}

#[tokio::test]
async fn a_transaction_serves_one_context() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    let claim = Claim::of(ALPHA, "member").text();
    sql(
        &mut app,
        &format!("BEGIN; {} {}", enter(&claim, ""), enter(&claim, "")),
    )
    .await;
    refused(
        &mut app,
        &enter(&Claim::of(ALPHA, "owner").text(), ""),
        "context is sealed",
    )
    .await;
    refused(
        &mut app,
        &enter(&Claim::of(BETA, "member").text(), ""),
        "context is sealed",
    )
    .await;
    let other_actor = Claim::of(ALPHA, "member").actor("-").text();
    refused(&mut app, &enter(&other_actor, ""), "context is sealed").await;
    sql(&mut app, "COMMIT").await;
    begin(&mut app, &Claim::of(BETA, "owner")).await;
    assert_eq!(
        value(&mut app, "tenantry.workspace_id()").await.unwrap(),
        BETA
    );
}

#[tokio::test]
async fn a_claim_of_another_shape_is_refused() {
    let database = Database::migrated().await;
    let mut app = database.connect(roles::APP).await;
    let good = Claim::of(ALPHA, "member");
    let with = |change: fn(&mut Claim)| {
        let mut claim = good.clone();
        change(&mut claim);
        claim.text()
    };
    let mut claims = vec![
        with(|claim| claim.seconds = -1),
        with(|claim| claim.seconds = 0),
        with(|claim| claim.kind = "WS"),
        with(|claim| claim.kind = "person"),
        with(|claim| claim.workspace = "-".into()),
        with(|claim| claim.workspace = ALPHA.into()),
        with(|claim| claim.workspace = format!("u:{}", ALPHA.replace('1', "G"))),
        with(|claim| claim.workspace = "b:9223372036854775808".into()),
        with(|claim| claim.workspace = "b:007".into()),
        with(|claim| claim.workspace = "t:".into()),
        with(|claim| claim.workspace = "t:ff".into()),
        with(|claim| claim.workspace = "t:00".into()),
        with(|claim| claim.actor = "b:99999999999999999999".into()),
        with(|claim| claim.actor = "b:-9223372036854775809".into()),
        with(|claim| claim.actor_kind = "root"),
        with(|claim| claim.role = "Owner"),
        with(|claim| claim.role = "owner|x"),
        with(|claim| claim.attributes = "5b5d"),
        with(|claim| claim.attributes = "7b"),
        with(|claim| claim.attributes = "zz"),
        good.text().replace(REQUEST, "-"),
        format!("{}|", good.text()),
        format!("{}\n", good.text()),
        String::new(),
    ];
    claims.push(good.text().replacen("0|", "00|", 1));
    sql(&mut app, "BEGIN").await;
    for claim in &claims {
        refused(&mut app, &enter(claim, ""), "context refused").await;
    }
    refused(
        &mut app,
        "CALL tenantry.enter(NULL, NULL)",
        "context refused",
    )
    .await;
    // A function's text must not mean something else under another setting of the caller.
    let mut app = database.connect(roles::APP).await;
    sql(
        &mut app,
        "SET standard_conforming_strings = off; SET escape_string_warning = off; BEGIN",
    )
    .await;
    for claim in &claims[1..] {
        refused(
            &mut app,
            &enter(&claim.replace('\n', "\\n"), ""),
            "context refused",
        )
        .await;
    }
    sql(&mut app, &enter(&good.text(), "")).await;
}

#[tokio::test]
async fn the_seal_and_the_keys_are_out_of_reach() {
    let database = Database::migrated().await;
    for role in roles::SCOPES.into_iter().chain(roles::BESIDE) {
        let mut connection = database.connect(role).await;
        for attack in [
            "SELECT * FROM tenantry.seal",
            "SELECT * FROM tenantry.key",
            "INSERT INTO tenantry.key VALUES (1, '', '')",
            "SELECT tenantry.register_key(1, '', '')",
            "SELECT tenantry.retire_key(1)",
            "SELECT tenantry.accept_unsigned_claims()",
            "SELECT tenantry.audit_context()",
            "SELECT tenantry.make_audit_partitions(1)",
            "SELECT tenantry.old_audit_partitions(30)",
            "SELECT tenantry.drop_audit_partition('audit_log_default', 30)",
            "SELECT tenantry.clear_audit_default(30)",
            "SELECT tenantry.sweep_audit_requests(now(), 1)",
            "SELECT tenantry.move_from_default('x', now(), now())",
            "CREATE TABLE tenantry.mine ()",
            "SELECT * FROM tenantry_partitions.audit_log_default",
            "SET ROLE tenantry_seal",
        ] {
            let refusal = try_sql(&mut connection, attack).await.unwrap_err();
            assert!(
                refusal.starts_with("42501") || refusal.starts_with("25006"),
                "{attack}: {refusal}"
            );
        }
    }
    let mut owner = database.connect(roles::MIGRATOR).await;
    assert!(
        try_sql(&mut owner, "SELECT * FROM tenantry.seal")
            .await
            .unwrap_err()
            .starts_with("42501")
    );
}

#[tokio::test]
async fn a_temporary_table_does_not_shadow_what_functions_read() {
    let mut app = Database::migrated().await.connect(roles::APP).await;
    sql(
        &mut app,
        "CREATE TEMPORARY TABLE seal (inner_key bytea, outer_key bytea); INSERT INTO seal VALUES ('', ''); \
         CREATE TEMPORARY TABLE key (id int, inner_block bytea, outer_block bytea, retired_at timestamptz); \
         SET search_path = pg_temp, public",
    )
    .await;
    // Functions of a temporary schema are never found by name, operators neither; tables are, without a pinned path.
    begin(&mut app, &Claim::of(ALPHA, "member")).await;
    assert_eq!(
        value(&mut app, "tenantry.workspace_id()").await.unwrap(),
        ALPHA
    );
    let forged = "encode(sha256(sha256(timestamptz_send(now()) || int4send(pg_backend_pid()) || convert_to('x', 'UTF8'))), 'hex') || '|x'";
    sql(
        &mut app,
        &format!("COMMIT; BEGIN; SELECT set_config('tenantry.context', {forged}, true)"),
    )
    .await;
    refused(
        &mut app,
        "SELECT tenantry.workspace_id()",
        "forged workspace context",
    )
    .await;
}

#[tokio::test]
async fn no_function_is_executable_by_everybody() {
    let mut connection = Database::migrated().await.superuser().await;
    let open = "SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
        WHERE n.nspname !~ '^(pg_|information_schema)' AND has_function_privilege('public', p.oid, 'EXECUTE')";
    assert_eq!(value(&mut connection, open).await, None);
    let unpinned = "SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
        WHERE n.nspname !~ '^(pg_|information_schema)' AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)";
    assert_eq!(value(&mut connection, unpinned).await, None);
}
