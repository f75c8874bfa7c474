//! Whether the matrix asks everything: tables from the catalogue, actions from the vocabulary, roles from the application.

use sqlx::PgPool;
use tenantry::policy::Action;

use super::Answers;
use crate::world::World;

/// Why nobody can do something with a table, whatever the policy says; `None` where somebody can.
async fn why_nobody(admin: &PgPool, table: &str, action: Action) -> Option<&'static str> {
    let carries = |what: &str| {
        let name = table.split_once('.').unwrap().1;
        format!(
            "SELECT NOT EXISTS (SELECT FROM pg_proc WHERE strpos(prosrc, '/*policy of {name}: {what}*/') > 0) FROM (SELECT $1::text) AS named"
        )
    };
    let (why, sql) = match action {
        Action::Search => ("no function searches it", carries("search")),
        Action::Purge => ("no function purges it", carries("purge")),
        Action::Insert => (
            "rows are put there by functions",
            "SELECT NOT has_any_column_privilege('tenantry_app', $1, 'INSERT')".to_owned(),
        ),
        Action::Update => (
            "no column can be changed",
            "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
             AND attname NOT IN ('deleted_at', 'delete_op') AND has_column_privilege('tenantry_app', attrelid, attnum, 'UPDATE'))"
                .to_owned(),
        ),
        Action::Delete | Action::Restore => (
            "rows are not deleted softly",
            "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'deleted_at')".to_owned(),
        ),
        _ => return None,
    };
    let so = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(table);
    let so: bool = so.fetch_one(admin).await.unwrap();
    so.then_some(why)
}

/// The tables that the runtime role may touch.
pub(crate) async fn tables(admin: &PgPool) -> Vec<String> {
    let sql = "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'tenantry'
         AND has_any_column_privilege('tenantry_app', c.oid, 'SELECT, INSERT, UPDATE') AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(admin).await.unwrap()
}

/// Fails on a table or an action of a schema that nobody was asked about; tells what nobody can be asked, and why.
pub(crate) async fn check(world: &World, schema: &str, answers: &Answers) -> Vec<String> {
    let admin = world.test.admin();
    let mut unasked = Vec::new();
    for table in tables(&admin).await {
        if !table.starts_with(&format!("{schema}.")) {
            continue;
        }
        for action in Action::ALL {
            let asked = answers
                .keys()
                .any(|(of, _, about)| (of, about) == (&table, &action));
            match why_nobody(&admin, &table, action).await {
                Some(why) => {
                    assert!(!asked, "{table}, {action} is asked, but {why}");
                    unasked.push(format!("{table}: {action} by nobody, {why}"));
                }
                None => assert!(asked, "{table}, {action} is asked by nobody"),
            }
        }
    }
    unasked
}

#[tokio::test]
async fn a_person_outside_of_workspaces_holds_nothing_of_other_tables() {
    let world = World::new().await;
    let admin = world.test.admin();
    let held = "SELECT name FROM unnest($1::text[]) AS name
         WHERE has_any_column_privilege('tenantry_person', name, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege('tenantry_person', name, 'DELETE')";
    let held: Vec<String> = sqlx::query_scalar(held)
        .bind(tables(&admin).await)
        .fetch_all(&admin)
        .await
        .unwrap();
    assert_eq!(held, World::PERSONAL);
}

/// A table that no policy governs fails here.
#[tokio::test]
async fn every_table_has_its_policy() {
    let world = World::new().await;
    let admin = world.test.admin();
    let declared = World::policies().row_security().unwrap();
    for table in tables(&admin).await {
        let governed = declared
            .iter()
            .find(|one| one.table().replace('"', "") == table);
        let governed = governed.unwrap_or_else(|| panic!("{table} has no policy"));
        let marks: Vec<Option<String>> = sqlx::query_scalar(
            "SELECT obj_description(p.oid, 'pg_policy') FROM pg_policy p
             WHERE p.polrelid = $1::text::regclass
             AND p.polname IN ('app_read', 'reader_read', 'app_insert', 'app_update')",
        )
        .bind(&table)
        .fetch_all(&admin)
        .await
        .unwrap();
        let mark = Some(governed.mark());
        assert_eq!(
            marks,
            vec![mark; 4],
            "{table} has other policies than declared"
        );
    }
}
