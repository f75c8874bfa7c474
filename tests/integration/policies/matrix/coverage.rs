//! Whether the matrix asks everything: tables from the catalogue, actions from the vocabulary, roles from the application.

use sqlx::PgPool;
use tenantry::policy::{Action, Policies};
use tenantry_repositories::{accounts, challenges};

use super::Answers;
use crate::world::World;

/// Why something cannot be asked; each is held against the database, which may have changed.
#[derive(Clone, Copy, Debug)]
enum Why {
    /// No function searches it.
    Unsearched,
    /// No function purges it.
    KeptForEver,
    /// Functions of the identity role make the rows.
    PutByFunctions,
    /// No column can be changed.
    Unchangeable,
    /// Rows are not deleted softly.
    NotDeleted,
}

/// What no role can be asked about.
const EXEMPT: [(&str, Action, Why); 20] = [
    ("accounts.workspaces", Action::Search, Why::Unsearched),
    ("accounts.workspaces", Action::Purge, Why::KeptForEver),
    ("accounts.members", Action::Search, Why::Unsearched),
    ("accounts.members", Action::Purge, Why::KeptForEver),
    ("accounts.invitations", Action::Insert, Why::PutByFunctions),
    ("accounts.invitations", Action::Update, Why::Unchangeable),
    ("accounts.invitations", Action::Search, Why::Unsearched),
    ("accounts.invitations", Action::Purge, Why::KeptForEver),
    ("accounts.api_keys", Action::Insert, Why::PutByFunctions),
    ("accounts.api_keys", Action::Search, Why::Unsearched),
    ("accounts.api_keys", Action::Purge, Why::KeptForEver),
    (
        "accounts.idempotency_keys",
        Action::Insert,
        Why::PutByFunctions,
    ),
    (
        "accounts.idempotency_keys",
        Action::Update,
        Why::Unchangeable,
    ),
    ("accounts.idempotency_keys", Action::Delete, Why::NotDeleted),
    (
        "accounts.idempotency_keys",
        Action::Restore,
        Why::NotDeleted,
    ),
    ("accounts.idempotency_keys", Action::Search, Why::Unsearched),
    ("accounts.idempotency_keys", Action::Purge, Why::KeptForEver),
    ("challenges.submissions", Action::Search, Why::Unsearched),
    ("challenges.judges", Action::Update, Why::Unchangeable),
    ("challenges.judges", Action::Search, Why::Unsearched),
];

impl Why {
    /// Whether it is still so.
    async fn holds(self, admin: &PgPool, table: &str) -> bool {
        let carries = |what: &str| {
            let name = table.split_once('.').unwrap().1;
            format!(
                "SELECT NOT EXISTS (SELECT FROM pg_proc WHERE strpos(prosrc, '/*policy of {name}: {what}*/') > 0) FROM (SELECT $1::text) AS named"
            )
        };
        let sql = match self {
            Self::Unsearched => carries("search"),
            Self::KeptForEver => carries("purge"),
            Self::PutByFunctions => "SELECT NOT has_any_column_privilege('tenantry_app', $1, 'INSERT')".to_owned(),
            Self::Unchangeable => "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
                 AND attname NOT IN ('deleted_at', 'delete_op') AND has_column_privilege('tenantry_app', attrelid, attnum, 'UPDATE'))"
                .to_owned(),
            Self::NotDeleted => "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'deleted_at')"
                .to_owned(),
        };
        let holds = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(table);
        holds.fetch_one(admin).await.unwrap()
    }
}

/// The tables that the runtime role may touch.
async fn tables(admin: &PgPool) -> Vec<String> {
    let sql = "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'tenantry'
         AND has_any_column_privilege('tenantry_app', c.oid, 'SELECT, INSERT, UPDATE') AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(admin).await.unwrap()
}

/// Fails on a table or an action that nobody was asked about, and on an exemption that is none any more.
pub(super) async fn check(world: &World, schema: &str, answers: &Answers) {
    let admin = world.test.admin();
    for table in tables(&admin).await {
        if !table.starts_with(&format!("{schema}.")) {
            continue;
        }
        for action in Action::ALL {
            let asked = answers
                .keys()
                .any(|(of, _, about)| (of, about) == (&table, &action));
            let exempt = EXEMPT
                .iter()
                .find(|(of, about, _)| (*of, *about) == (table.as_str(), action));
            match exempt {
                Some((.., why)) => {
                    assert!(!asked, "{table}, {action} is asked, and need not be exempt");
                    assert!(
                        why.holds(&admin, &table).await,
                        "{table}, {action}: {why:?} is not so"
                    );
                }
                None => assert!(asked, "{table}, {action} is asked by nobody"),
            }
        }
    }
    for (table, ..) in EXEMPT {
        assert!(
            tables(&admin).await.iter().any(|known| known == table),
            "there is no {table}"
        );
    }
}

/// What a person sees outside of any workspace is asked in `scopes`, of these tables alone.
const PERSONAL: [&str; 1] = ["challenges.submissions"];

#[tokio::test]
async fn a_person_outside_of_workspaces_holds_nothing_of_other_tables() {
    let world = World::new().await;
    let admin = world.test.admin();
    let mut personal = tables(&admin).await;
    let held = "SELECT name FROM unnest($1::text[]) AS name
         WHERE has_any_column_privilege('tenantry_person', name, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege('tenantry_person', name, 'DELETE')";
    personal = sqlx::query_scalar(held)
        .bind(personal)
        .fetch_all(&admin)
        .await
        .unwrap();
    assert_eq!(personal, PERSONAL);
}

/// A table that no policy governs fails here.
#[tokio::test]
async fn every_table_has_its_policy() {
    let world = World::new().await;
    let admin = world.test.admin();
    let declared = Policies::new()
        .and(accounts::policies::all())
        .and(challenges::policies::all());
    let declared = declared.row_security().unwrap();
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
