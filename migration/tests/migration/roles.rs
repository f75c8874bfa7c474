//! The cluster roles.

use sqlx::Connection as _;
use tenantry_migration::roles;

use crate::server::{Database, sql, try_sql, value};

const SHAPE: &str = "SELECT string_agg(format('%s %s %s', rolname, rolcanlogin, rolinherit), ', ' ORDER BY rolname) \
    FROM pg_roles WHERE rolname ~ '^tenantry_' AND rolname !~ '^tenantry_test_' AND rolname <> 'tenantry_search' AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)";

#[tokio::test]
async fn roles_are_installed_by_many_databases_at_once() {
    let mut tasks = Vec::new();
    for _ in 0..6 {
        tasks.push(tokio::spawn(async { Database::prepared().await }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut connection = Database::prepared().await.superuser().await;
    assert_eq!(
        value(&mut connection, SHAPE).await.unwrap(),
        "tenantry_app t t, tenantry_audit f t, tenantry_catalogue t t, tenantry_delivery f t, tenantry_glass t t, tenantry_identity f t, \
         tenantry_maintenance t t, tenantry_migrator t f, tenantry_owner f t, tenantry_person t t, tenantry_purge f t, tenantry_reader t t, \
         tenantry_relay t t, tenantry_seal f t"
    );
}

#[tokio::test]
async fn a_migrator_starts_as_the_owner_and_inherits_nothing() {
    let database = Database::prepared().await;
    let mut connection = database.connect(roles::MIGRATOR).await;
    assert_eq!(
        value(&mut connection, "current_user").await.unwrap(),
        "tenantry_owner"
    );
    for role in roles::MIGRATED_AS {
        sql(&mut connection, &format!("SET ROLE {role}")).await;
    }
    sql(&mut connection, "SET ROLE tenantry_migrator").await;
    assert_eq!(
        value(
            &mut connection,
            "pg_has_role('tenantry_migrator', 'tenantry_owner', 'USAGE')"
        )
        .await
        .unwrap(),
        "false"
    );
    assert!(
        try_sql(&mut connection, "SET ROLE tenantry_app")
            .await
            .unwrap_err()
            .starts_with("42501")
    );
}

#[tokio::test]
async fn scope_roles_connect_but_create_nothing() {
    let database = Database::prepared().await;
    for role in roles::SCOPES
        .into_iter()
        .chain(roles::BESIDE)
        .chain(roles::JOBS)
    {
        let mut connection = database.connect(role).await;
        for attack in [
            "CREATE SCHEMA mine",
            "CREATE TABLE public.mine ()",
            "SELECT lo_create(0)",
            "SET ROLE tenantry_owner",
        ] {
            let refusal = try_sql(&mut connection, attack).await.unwrap_err();
            assert!(
                refusal.starts_with("42501") || refusal.starts_with("25006"),
                "{role} {attack}: {refusal}"
            );
        }
    }
    let mut app = database.connect(roles::APP).await;
    sql(&mut app, "CREATE TEMPORARY TABLE staging (id bigint)").await;
    for role in [
        roles::READER,
        roles::PERSON,
        roles::CATALOGUE,
        roles::RELAY,
        roles::MAINTENANCE,
    ] {
        let mut other = database.connect(role).await;
        sql(&mut other, "SET default_transaction_read_only = off").await;
        assert!(
            try_sql(&mut other, "CREATE TEMPORARY TABLE staging ()")
                .await
                .unwrap_err()
                .starts_with("42501"),
            "{role}"
        );
    }
}

#[tokio::test]
async fn an_administrator_without_superuser_can_prepare_a_database() {
    let database = Database::prepared().await;
    let mut superuser = database.superuser().await;
    // On 16 and later an administrator manages the roles it was given; until 15 every role that is no superuser.
    let mut administration = String::from(
        "DO $$ BEGIN CREATE ROLE administrator LOGIN CREATEROLE; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    );
    let version: i32 = value(&mut superuser, "current_setting('server_version_num')")
        .await
        .unwrap()
        .parse()
        .unwrap();
    if version >= 160_000 {
        for role in roles::ALL {
            administration.push_str(&format!("GRANT {role} TO administrator WITH ADMIN TRUE;"));
        }
    }
    administration.push_str(&format!(
        "ALTER DATABASE {} OWNER TO administrator;",
        database.name
    ));
    sql(&mut superuser, &administration).await;
    let mut administrator = database.connect("administrator").await;
    roles::install(&mut administrator).await.unwrap();
    roles::prepare_database(&mut administrator).await.unwrap();
    administrator.close().await.unwrap();
}

#[tokio::test]
async fn a_role_that_went_astray_is_repaired() {
    let database = Database::prepared().await;
    let mut connection = database.superuser().await;
    // A role of its own name space would be kinder; the search role is used by no other test here.
    sql(
        &mut connection,
        "ALTER ROLE tenantry_search LOGIN CREATEDB; GRANT tenantry_seal TO tenantry_search",
    )
    .await;
    roles::install(&mut connection).await.unwrap();
    assert_eq!(
        value(
            &mut connection,
            "SELECT format('%s %s %s', rolcanlogin, rolcreatedb, pg_has_role(oid, 'tenantry_seal', 'MEMBER')) \
             FROM pg_roles WHERE rolname = 'tenantry_search'"
        )
        .await
        .unwrap(),
        "f f f"
    );
}
