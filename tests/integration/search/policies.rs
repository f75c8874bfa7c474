//! Searches ask the policy of their table: what may not be read or found shows in no answer, no count and no rank.

use std::time::Duration;

use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool, Row};
use tenantry::{
    Database, Error, ErrorKind, Role, Session, TenantContext,
    policy::{Action, Policy, When},
};
use tenantry_migration::{
    Kernel, MigrationTrait, MigratorTrait,
    kit::{Purge, Tables},
};
use tenantry_testing::{Everyone, TestDatabase};
use uuid::Uuid;

use super::notes::{
    context,
    note::{self, BODY_SEARCH, SEARCH, TAGS_SEARCH, TITLE},
    notes,
};

tenantry::roles! { enum Rank { Member = "member", Admin = "admin" } }

/// Everybody reads what is no secret and finds what is open; admins read and find all, write, and purge what is no secret.
fn members_find_what_is_open() -> Policy<note::Entity> {
    members_find("open")
}

/// Beside what everybody reads, members find titles that begin so.
pub(super) fn members_find(beginning: &'static str) -> Policy<note::Entity> {
    reads().allow(
        "members find what begins so",
        Action::Search,
        When::at_least(Rank::Member).and(When::row(TITLE.starts_with(beginning))),
    )
}

fn reads() -> Policy<note::Entity> {
    let admins = || When::at_least(Rank::Admin);
    Policy::new()
        .allow(
            "everybody reads what is no secret",
            Action::Read,
            !When::row(TITLE.starts_with("secret")),
        )
        .allow("admins read", Action::READS, admins())
        .allow("admins write", Action::WRITES, admins())
        .allow(
            "admins purge what is no secret",
            Action::Purge,
            admins().and(!When::row(TITLE.starts_with("secret"))),
        )
}

/// Puts a policy there, as a migration would.
pub(super) async fn govern(test: &TestDatabase, policy: &Policy<note::Entity>) {
    let owner = PgPool::connect(test.migrator_url()).await.unwrap();
    let sql = policy.row_security().unwrap().sql();
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&owner)
        .await
        .unwrap();
    owner.close().await;
}

/// The library of a team that leaves its notes to a policy.
struct Governed;

fn governed() -> Tables {
    let notes = notes().governed().purged_by(Purge::after(Duration::ZERO));
    Tables::new("m20260101_000002_library")
        .schema("library", "Notes.")
        .table(notes)
}

impl MigratorTrait for Governed {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Kernel::new()), Box::new(governed())]
    }
}

/// One who completes the table once more, without the word that it is governed.
struct Again;

impl MigratorTrait for Again {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let notes = notes().purged_by(Purge::after(Duration::ZERO).by(["member"]));
        let again = Tables::new("m20260101_000003_again").table(notes);
        vec![
            Box::new(Kernel::new()),
            Box::new(governed()),
            Box::new(again),
        ]
    }
}

struct Place {
    test: TestDatabase,
    member: (Database, TenantContext),
    admin: (Database, TenantContext),
}

/// Ten secrets and ten drafts, all with the word more often than the two that are open; a third of each is deleted.
async fn place() -> Place {
    let test = TestDatabase::new::<Governed>().await.unwrap();
    let within = async |role| {
        let database = Database::builder(test.app_url());
        let database = database.connect(Everyone(role)).await.unwrap();
        let context = context(&database, 1).await;
        (database, context)
    };
    let member = within(Role::from_static("member")).await;
    let admin = within(Role::from_static("admin")).await;
    let sql = "INSERT INTO library.notes (workspace_id, title, body, tags, deleted_at)
        SELECT $1, kind || ' bridge ' || nth, jsonb_build_object('text', words, 'kind', 'stone'), '{river}',
               CASE WHEN is_deleted THEN now() - interval '1 day' END
          FROM (VALUES ('secret', 10, 'bridge bridge bridge'), ('draft', 10, 'bridge bridge'), ('open', 2, '')) AS kinds (kind, most, words),
               generate_series(1, most) AS nth, (VALUES (true), (false)) AS deletion (is_deleted)";
    let planted = sqlx::query(sql)
        .bind(Uuid::from_u128(1))
        .execute(&test.admin())
        .await
        .unwrap();
    assert_eq!(planted.rows_affected(), 44);
    Place {
        test,
        member,
        admin,
    }
}

/// How many rows are read, listed by words, document and tags, and ranked, and what raw SQL finds with a cap of two.
async fn seen(who: &(Database, TenantContext)) -> [usize; 6] {
    let session = who.0.begin(&who.1).await.unwrap();
    let rows = session.rows(note::Entity);
    let count = async |list: tenantry::Filter<note::Entity>| {
        let count = rows.list().filter(list).count().await.unwrap();
        usize::try_from(count).unwrap()
    };
    let read = usize::try_from(rows.list().count().await.unwrap()).unwrap();
    let by_words = count(SEARCH.matches("bridge")).await;
    let by_document = count(BODY_SEARCH.contains(json!({ "kind": "stone" }))).await;
    let by_tags = count(TAGS_SEARCH.has_any(["river"])).await;
    // Two on a page: what may not be found takes no place on it.
    let page = rows.search(SEARCH, "bridge").limit(2).page().await.unwrap();
    let ranked = page.items.len();
    let sql = "SELECT n.title FROM library.notes_search('bridge', 2) AS found JOIN library.notes AS n USING (id)
        UNION ALL SELECT 'hidden' FROM library.notes_search('bridge') AS found
        WHERE NOT EXISTS (SELECT FROM library.notes AS n WHERE n.id = found.id)";
    let raw = raw(&session, sql).await.unwrap();
    assert!(!raw.iter().any(|title| title == "hidden"), "{raw:?}");
    [read, by_words, by_document, by_tags, ranked, raw.len()]
}

async fn raw(session: &Session, sql: &'static str) -> Result<Vec<String>, Error> {
    let rows = session.raw_sql_without_workspace_guard("a test", sql, Default::default());
    Ok(rows.await?.iter().map(|row| row.get(0)).collect())
}

#[tokio::test]
async fn what_may_not_be_found_is_neither_found_nor_counted_and_takes_no_place() {
    let place = place().await;
    // Its policy is still to come: nobody sees anything, nor puts anything there.
    assert_eq!(seen(&place.member).await, [0; 6]);
    assert_eq!(seen(&place.admin).await, [0; 6]);
    let purged = place
        .admin
        .0
        .purge::<note::Entity>(&place.admin.1, Duration::from_secs(60));
    assert_eq!(purged.await.unwrap_err().kind(), ErrorKind::Forbidden);
    let session = place.admin.0.begin(&place.admin.1).await.unwrap();
    let insert = "INSERT INTO library.notes (workspace_id, title) SELECT tenantry.workspace_id(), 'x' RETURNING title";
    assert_eq!(
        raw(&session, insert).await.unwrap_err().sqlstate(),
        Some("42501")
    );
    session.roll_back().await;

    govern(&place.test, &members_find_what_is_open()).await;
    assert_eq!(seen(&place.member).await, [12, 2, 2, 2, 2, 2]);
    assert_eq!(seen(&place.admin).await, [22, 22, 22, 22, 2, 2]);

    // Another declaration, another migration, another search.
    let all = reads().allow(
        "everybody finds what they read",
        Action::Search,
        When::always(),
    );
    govern(&place.test, &all).await;
    assert_eq!(seen(&place.member).await, [12, 12, 12, 12, 2, 2]);
    let none = reads();
    govern(&place.test, &none).await;
    assert_eq!(seen(&place.member).await, [12, 0, 0, 0, 0, 0]);
    assert_eq!(seen(&place.admin).await, [22, 22, 22, 22, 2, 2]);
}

#[tokio::test]
async fn completing_a_table_takes_nothing_back_that_its_policy_says() {
    let place = place().await;
    govern(&place.test, &members_find_what_is_open()).await;
    tenantry_migration::run::<Again>(place.test.migrator_url())
        .await
        .unwrap();
    assert_eq!(seen(&place.member).await, [12, 2, 2, 2, 2, 2]);
    purges_what_is_no_secret(&place).await;
}

#[tokio::test]
async fn a_policy_says_who_purges_and_which_rows() {
    let place = place().await;
    govern(&place.test, &members_find_what_is_open()).await;
    purges_what_is_no_secret(&place).await;
}

async fn purges_what_is_no_secret(place: &Place) {
    let minute = Duration::from_secs(60);
    let (database, member) = &place.member;
    let refused = database.purge::<note::Entity>(member, minute).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Forbidden);
    let (database, admin) = &place.admin;
    let purged = database.purge::<note::Entity>(admin, minute).await.unwrap();
    assert_eq!((purged.rows, purged.kept), (12, 0));
    let left =
        "SELECT DISTINCT split_part(title, ' ', 1) FROM library.notes WHERE deleted_at IS NOT NULL";
    let left: Vec<String> = sqlx::query_scalar(left)
        .fetch_all(&place.test.admin())
        .await
        .unwrap();
    assert_eq!(left, ["secret"]);
}
