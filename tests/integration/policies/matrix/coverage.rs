//! Whether the matrix asks everything: tables from the catalogue, actions from the vocabulary, roles from the application.

use sqlx::PgPool;
use tenantry::policy::{Action, Policies};
use tenantry_repositories::{accounts, challenges};

use super::Answers;
use crate::world::World;

/// Why something cannot be asked; each is held against the database, which may have changed.
#[derive(Clone, Copy, Debug)]
enum Why {
    NoSearch,
    NoPurge,
    /// Functions of the identity role put rows there.
    NoInsert,
    /// No column can be changed.
    NoColumn,
    /// Rows are not deleted softly.
    NoDeletion,
}

/// What no role can be asked about.
const EXEMPT: [(&str, Action, Why); 20] = [
    ("accounts.workspaces", Action::Search, Why::NoSearch),
    ("accounts.workspaces", Action::Purge, Why::NoPurge),
    ("accounts.members", Action::Search, Why::NoSearch),
    ("accounts.members", Action::Purge, Why::NoPurge),
    ("accounts.invitations", Action::Insert, Why::NoInsert),
    ("accounts.invitations", Action::Update, Why::NoColumn),
    ("accounts.invitations", Action::Search, Why::NoSearch),
    ("accounts.invitations", Action::Purge, Why::NoPurge),
    ("accounts.api_keys", Action::Insert, Why::NoInsert),
    ("accounts.api_keys", Action::Search, Why::NoSearch),
    ("accounts.api_keys", Action::Purge, Why::NoPurge),
    ("accounts.idempotency_keys", Action::Insert, Why::NoInsert),
    ("accounts.idempotency_keys", Action::Update, Why::NoColumn),
    ("accounts.idempotency_keys", Action::Delete, Why::NoDeletion),
    (
        "accounts.idempotency_keys",
        Action::Restore,
        Why::NoDeletion,
    ),
    ("accounts.idempotency_keys", Action::Search, Why::NoSearch),
    ("accounts.idempotency_keys", Action::Purge, Why::NoPurge),
    ("challenges.submissions", Action::Search, Why::NoSearch),
    ("challenges.judges", Action::Update, Why::NoColumn),
    ("challenges.judges", Action::Search, Why::NoSearch),
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
            Self::NoSearch => carries("search"),
            Self::NoPurge => carries("purge"),
            Self::NoInsert => "SELECT NOT has_any_column_privilege('tenantry_app', $1, 'INSERT')".to_owned(),
            Self::NoColumn => "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
                 AND attname NOT IN ('deleted_at', 'delete_op') AND has_column_privilege('tenantry_app', attrelid, attnum, 'UPDATE'))"
                .to_owned(),
            Self::NoDeletion => "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'deleted_at')"
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
