//! Migrators of applications: locked, repeatable, and on filled databases.

use sea_orm_migration::{MigrationName, SchemaManager, async_trait, sea_orm::DbErr};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, Migrator, MigratorTrait,
    kit::{Column, ConcurrentIndex, Table, Tables},
    roles, systems,
};

use crate::{
    claims::{ALPHA, BETA, Claim, begin, work},
    server::{Database, sql, try_sql, value},
    walls::seeded,
};

/// Everything that a catalogue says about our schemas, as sorted text. Grants stand in the order in which they were last made: sorted too.
const CATALOGUE: &str = "SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)')
  SELECT format('schema %s %s %s', nspname, nspowner::regrole, (SELECT array_agg(g ORDER BY g::text) FROM unnest(nspacl) AS g)) AS line FROM pg_namespace WHERE oid IN (SELECT oid FROM ours)
  UNION ALL SELECT format('relation %s %s %s %s %s %s %s', oid::regclass, relkind, relowner::regrole, (SELECT array_agg(g ORDER BY g::text) FROM unnest(relacl) AS g), relrowsecurity, relforcerowsecurity,
    obj_description(oid, 'pg_class')) FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
  UNION ALL SELECT format('column %s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, (SELECT array_agg(g ORDER BY g::text) FROM unnest(attacl) AS g),
    col_description(attrelid, attnum)) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace IN (SELECT oid FROM ours) AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT format('default %s %s', adrelid::regclass, pg_get_expr(adbin, adrelid)) FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid
    WHERE relnamespace IN (SELECT oid FROM ours)
  UNION ALL SELECT format('constraint %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
    FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
  UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM pg_index i JOIN pg_class c ON c.oid = indrelid
    WHERE relnamespace IN (SELECT oid FROM ours)
  UNION ALL SELECT format('policy %s %s %s %s %s %s %s', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[],
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
  UNION ALL SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE relnamespace IN (SELECT oid FROM ours) AND NOT tgisinternal
  UNION ALL SELECT format('function %s %s %s %s', proowner::regrole, (SELECT array_agg(g ORDER BY g::text) FROM unnest(proacl) AS g), obj_description(oid, 'pg_proc'), pg_get_functiondef(oid))
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
) AS lines";

/// A migration made of a few tables.
fn tables(tables: impl IntoIterator<Item = Table>) -> Tables {
    let begun = Tables::new("m1").schema("notes", "Notes.");
    tables.into_iter().fold(begun, Tables::table)
}

/// A migration that builds an index beside writers.
struct Indexed;

impl MigrationName for Indexed {
    fn name(&self) -> &'static str {
        "m20260102_000001_index"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Indexed {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ConcurrentIndex::new("challenges", "challenges", "by_end")
            .columns("workspace_id", ["ends_at DESC", "id"])
            .live()
            .create(manager)
            .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }
}

struct WithIndex;

impl MigratorTrait for WithIndex {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let index: Box<dyn MigrationTrait> = Box::new(Indexed);
        Migrator::migrations().into_iter().chain([index]).collect()
    }
}

#[tokio::test]
async fn two_migrators_at_once_are_safe_beside_a_concurrent_index() {
    let database = Database::prepared().await;
    let url = database.url(roles::MIGRATOR);
    let (first, second, third) = tokio::join!(
        tenantry_migration::run::<WithIndex>(&url),
        tenantry_migration::run::<WithIndex>(&url),
        tenantry_migration::run::<WithIndex>(&url)
    );
    first.unwrap();
    second.unwrap();
    third.unwrap();
    let mut superuser = database.superuser().await;
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'challenges.challenges_by_end_idx'::regclass";
    assert_eq!(value(&mut superuser, valid).await.unwrap(), "true");
}

#[tokio::test]
async fn an_index_that_was_left_invalid_is_built_again() {
    let database = Database::migrated().await;
    let mut superuser = database.superuser().await;
    sql(
        &mut superuser,
        "CREATE INDEX challenges_by_end_idx ON challenges.challenges (title); \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'challenges.challenges_by_end_idx'::regclass",
    )
    .await;
    tenantry_migration::run::<WithIndex>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let index = "SELECT format('%s %s', indisvalid, pg_get_indexdef(indexrelid)) FROM pg_index \
        WHERE indexrelid = 'challenges.challenges_by_end_idx'::regclass";
    assert_eq!(
        value(&mut superuser, index).await.unwrap(),
        "t CREATE INDEX challenges_by_end_idx ON challenges.challenges USING btree (workspace_id, ends_at DESC, id) WHERE (deleted_at IS NULL)"
    );
}

/// H-32: a migration that runs again leaves every wall as it stood.
#[tokio::test]
async fn migrating_again_changes_nothing_also_when_every_step_runs_again() {
    let (database, mut app) = seeded().await;
    let mut superuser = database.superuser().await;
    let before = value(&mut superuser, CATALOGUE).await.unwrap();
    tenantry_migration::run::<Migrator>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    sql(&mut superuser, "DELETE FROM public.seaql_migrations").await;
    tenantry_migration::run::<Migrator>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let after = value(&mut superuser, CATALOGUE).await.unwrap();
    let changed: Vec<&str> = after
        .lines()
        .filter(|line| !before.contains(line))
        .collect();
    assert!(before == after, "{changed:#?}");
    // The seal was not made anew either, and rows are where they were.
    begin(&mut app, &Claim::of(ALPHA, "owner")).await;
    assert_eq!(
        value(&mut app, "SELECT count(*) FROM challenges.challenges")
            .await
            .unwrap(),
        "1"
    );
}

#[tokio::test]
async fn a_superuser_migrates_to_the_same_catalogue() {
    let by_migrator = value(&mut Database::migrated().await.superuser().await, CATALOGUE)
        .await
        .unwrap();
    let database = Database::prepared().await;
    tenantry_migration::run::<Migrator>(&database.superuser_url())
        .await
        .unwrap();
    let by_superuser = value(&mut database.superuser().await, CATALOGUE)
        .await
        .unwrap();
    let differs = |line: &&str| !line.contains("seaql_migrations") && !by_migrator.contains(*line);
    assert_eq!(
        by_superuser.lines().filter(differs).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

#[tokio::test]
async fn every_table_column_and_function_has_a_comment() {
    let mut superuser = Database::migrated().await.superuser().await;
    let silent = "SELECT string_agg(name, ', ') FROM (
        SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind IN ('r', 'p') AND obj_description(oid, 'pg_class') IS NULL
          AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)')
        UNION ALL SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
          WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
          AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)')
        UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE obj_description(oid, 'pg_proc') IS NULL
          AND pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)')
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)' AND obj_description(oid, 'pg_namespace') IS NULL
        ) AS nameless";
    assert_eq!(value(&mut superuser, silent).await, None);
    let long = "SELECT string_agg(name, ', ') FROM (SELECT relname AS name FROM pg_class UNION ALL SELECT conname FROM pg_constraint \
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal) x WHERE octet_length(name) > 54 AND name !~ '^(pg_|audit_log_default|audit_log_y)'";
    assert_eq!(value(&mut superuser, long).await, None);
}

#[tokio::test]
async fn every_key_of_a_workspace_table_leads_with_its_scope_and_every_reference_has_an_index() {
    let mut superuser = Database::migrated().await.superuser().await;
    // The column on which the wall of workspaces stands is the first word of its expression.
    let unscoped = "SELECT string_agg(x.name, ', ') FROM (
        SELECT c.conname AS name, c.conrelid AS relation, c.conkey[1] AS lead FROM pg_constraint c WHERE c.contype IN ('p', 'u', 'f')
        UNION ALL SELECT i.indexrelid::regclass::text, i.indrelid, i.indkey[0] FROM pg_index i WHERE i.indisunique) x
        JOIN pg_policy p ON p.polrelid = x.relation AND NOT p.polpermissive AND 'tenantry_owner'::regrole = ANY (p.polroles)
        JOIN pg_attribute a ON a.attrelid = x.relation AND a.attnum = x.lead
        WHERE pg_get_expr(p.polqual, p.polrelid) !~ ('^[(]+' || a.attname || ' = ')";
    assert_eq!(value(&mut superuser, unscoped).await, None);
    // A key that begins with that of its target and says one column more again is found by the target's key alone.
    let unindexed = "SELECT string_agg(c.conname, ', ') FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace \
        LEFT JOIN pg_constraint t ON t.conrelid = c.confrelid AND t.contype = 'p' AND c.conname !~ '_live_fkey$' \
          AND c.confkey[1:cardinality(t.conkey)] = t.conkey \
        WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i, LATERAL (SELECT cardinality(coalesce(t.conkey, c.conkey)) AS columns) AS needed \
          WHERE i.indrelid = c.conrelid AND i.indpred IS NULL \
          AND (i.indkey::int2[])[0:needed.columns - 1] = c.conkey[1:needed.columns])";
    assert_eq!(value(&mut superuser, unindexed).await, None);
}

struct Numbered;

impl MigratorTrait for Numbered {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel = Kernel::new()
            .workspace_key(KeyType::BigInt)
            .actor_key(KeyType::Text)
            .audit_readers(["boss"]);
        let notes = Table::new("notes", "notes", "A note.")
            .scope("account_id", KeyType::Integer)
            .legacy_key("number", KeyType::BigInt)
            .column(Column::text("title", "The title.").sensitive())
            .column(
                Column::text("hash", "Nobody's business.")
                    .hidden()
                    .nullable(),
            )
            .column(Column::text("origin", "Where from.").immutable().nullable())
            .column(Column::text("shout", "Louder.").generated("upper(title)"))
            .stamped()
            .audited();
        let lines = Table::new("notes", "lines", "A line of a note.")
            .scope("account_id", KeyType::Integer)
            .key("place", KeyType::Text)
            .column(Column::bigint("note", "The note.").nullable())
            .references_column("note", "notes", "notes", "number");
        vec![Box::new(kernel), Box::new(tables([notes, lines]))]
    }
}

#[tokio::test]
async fn an_older_schema_has_its_own_names_and_types() {
    let database = Database::prepared().await;
    tenantry_migration::run::<Numbered>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let mut app = database.connect(roles::APP).await;
    let claim = Claim {
        workspace: "b:7".into(),
        actor: "t:616e6e".into(),
        ..Claim::of(ALPHA, "boss")
    };
    work(
        &mut app,
        &claim,
        "INSERT INTO notes.notes (account_id, title) VALUES (7, 'secret')",
    )
    .await;
    work(
        &mut app,
        &claim,
        "INSERT INTO notes.lines (account_id, place, note) VALUES (7, 'a', 1), (7, 'b', NULL)",
    )
    .await;
    work(
        &mut app,
        &claim,
        "UPDATE notes.notes SET title = 'secret still'",
    )
    .await;
    begin(&mut app, &claim).await;
    assert_eq!(
        value(
            &mut app,
            "SELECT format('%s %s %s', number, created_by, shout) FROM notes.notes"
        )
        .await
        .unwrap(),
        "1 ann SECRET STILL"
    );
    let entries = "SELECT string_agg(concat_ws(' ', operation, workspace_id, actor_id, record_id, old_data, record_ids), '; ' ORDER BY operation) FROM tenantry.audit_log";
    assert_eq!(
        value(&mut app, entries).await.unwrap(),
        r#"insert 7 ann {1}; update 7 ann 1 {"title": "[redacted]"}"#
    );
    for refused in [
        "SELECT hash FROM notes.notes",
        "UPDATE notes.notes SET origin = 'x'",
        "SELECT * FROM notes.notes",
    ] {
        assert!(
            try_sql(&mut app, &format!("SAVEPOINT s; {refused}"))
                .await
                .unwrap_err()
                .starts_with("42501"),
            "{refused}"
        );
        sql(&mut app, "ROLLBACK TO SAVEPOINT s").await;
    }
    sql(&mut app, "COMMIT").await;
    let other = Claim {
        workspace: "b:8".into(),
        ..claim.clone()
    };
    begin(&mut app, &other).await;
    assert_eq!(
        value(&mut app, "SELECT count(*) FROM notes.lines")
            .await
            .unwrap(),
        "0"
    );
    sql(&mut app, "COMMIT").await;
    let of_another_type = Claim::of(BETA, "boss");
    begin(&mut app, &of_another_type).await;
    assert_eq!(
        try_sql(&mut app, "SELECT place FROM notes.lines")
            .await
            .unwrap_err(),
        "42501 workspace context has another type"
    );
}

struct OfAnotherType;

impl MigratorTrait for OfAnotherType {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let table = Table::new("notes", "notes", "A note.")
            .scope("account", KeyType::Text)
            .audited();
        vec![Box::new(Kernel::new()), Box::new(tables([table]))]
    }
}

#[tokio::test]
async fn a_table_that_the_log_cannot_hold_is_refused() {
    let database = Database::prepared().await;
    let error = tenantry_migration::run::<OfAnotherType>(&database.url(roles::MIGRATOR))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the audit log holds workspaces of type uuid"),
        "{error}"
    );
}

struct AccountsFirst;

impl MigratorTrait for AccountsFirst {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel: Box<dyn MigrationTrait> = Box::new(Kernel::new());
        [kernel].into_iter().chain(systems::accounts()).collect()
    }
}

#[tokio::test]
async fn a_filled_database_is_migrated_onwards() {
    let database = Database::prepared().await;
    tenantry_migration::run::<AccountsFirst>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let mut app = database.connect(roles::APP).await;
    for workspace in [ALPHA, BETA] {
        let found =
            format!("INSERT INTO accounts.workspaces (id, name) VALUES ('{workspace}', 'A')");
        work(&mut app, &Claim::founder(workspace), &found).await;
    }
    tenantry_migration::run::<WithIndex>(&database.url(roles::MIGRATOR))
        .await
        .unwrap();
    let insert = format!(
        "INSERT INTO challenges.challenges (workspace_id, title) VALUES ('{ALPHA}', 'Ship it')"
    );
    work(&mut app, &Claim::of(ALPHA, "owner"), &insert).await;
}

#[tokio::test]
async fn going_down_and_fresh_are_refused() {
    let database = Database::migrated().await;
    let connection = sea_orm_migration::sea_orm::Database::connect(database.url(roles::MIGRATOR))
        .await
        .unwrap();
    assert!(Migrator::fresh(&connection).await.is_err());
    assert!(Migrator::down(&connection, Some(1)).await.is_err());
    Migrator::up(&connection, None).await.unwrap();
}
