//! Columns that are hidden, masked or frozen: what a context may not see leaves by no verb, and cannot be asked for.

mod drivers;
mod writes;

use futures_util::TryStreamExt;
use sea_orm::Set;
use tenantry::{
    ErrorKind, Filter, Query, Result, SearchQuery, Session,
    policy::{Mask, Policy},
};

use drivers::{SECRETS, World, clerks, driver, drivers};

#[derive(Debug, sea_orm::DerivePartialModel)]
#[sea_orm(entity = "driver::Entity")]
struct Called {
    #[expect(dead_code, reason = "it is shown")]
    name: String,
}

#[derive(Debug, sea_orm::DerivePartialModel)]
#[sea_orm(entity = "driver::Entity")]
struct Paid {
    #[expect(dead_code, reason = "it is not reached")]
    salary: Option<i64>,
}

/// All that an answer or an error tells anybody.
fn told<T: std::fmt::Debug>(answer: Result<T>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("{error}: {error:?}"),
    }
}

/// What a verb that reads tells of a row.
async fn read(verb: &str, session: &Session, row: &driver::Model) -> String {
    let rows = session.rows(driver::Entity);
    match verb {
        "find" => told(rows.find(row.id).await),
        "find_with_deleted" => told(rows.find_with_deleted(row.id).await),
        "get" => told(rows.get(row.id).await),
        "get_for_update" => told(rows.get_for_update(row.id).await),
        "find_many" => told(rows.find_many(&[row.id]).await),
        "page" => told(rows.page(Query::new()).await),
        "with" => {
            let list = rows.list().with(driver::REPORTS).with(driver::BOSS);
            told(list.with_count(driver::REPORTS).page().await)
        }
        "search_page" => told(
            rows.search_page(SearchQuery::new(driver::SEARCH, "ada"))
                .await,
        ),
        "page_as" => told(rows.list().page_as::<Called>().await),
        "first" => told(rows.list().first().await),
        "count" => told(rows.list().count().await),
        "exists" => told(rows.list().exists().await),
        "stream" => {
            let all = async { rows.list().stream().await?.try_collect::<Vec<_>>().await };
            told(all.await)
        }
        "export" => {
            let all = async { rows.list().export().await?.try_collect::<Vec<_>>().await };
            told(all.await)
        }
        "entries" => {
            let day = chrono::Utc::now() - chrono::TimeDelta::days(1)
                ..chrono::DateTime::<chrono::Utc>::MAX_UTC;
            told(session.audit().entries(day).page().await)
        }
        "history" => told(rows.history(row.id).page().await),
        "as_of" => told(rows.as_of(row.id, tenantry::Version::from_i64(1)).await),
        "as_of_time" => told(rows.as_of_time(row.id, chrono::Utc::now()).await),
        "image_of" => told(rows.image_of(row.id, tenantry::Version::from_i64(1)).await),
        other => panic!("the test does not know {other}"),
    }
}

/// The verbs that read, and those of them that show rows.
const READS: [(&str, bool); 19] = [
    ("find", true),
    ("find_with_deleted", true),
    ("get", true),
    ("get_for_update", true),
    ("find_many", true),
    ("page", true),
    ("with", true),
    ("search_page", true),
    ("page_as", false),
    ("first", true),
    ("count", false),
    ("exists", false),
    ("stream", true),
    ("export", true),
    ("entries", true),
    ("history", true),
    ("as_of", true),
    ("as_of_time", true),
    ("image_of", true),
];

fn reveals(verb: &str, told: &str) -> bool {
    let found: Vec<_> = SECRETS
        .iter()
        .filter(|secret| told.contains(*secret))
        .collect();
    if !found.is_empty() {
        eprintln!("{verb} told {found:?}: {told}");
    }
    !found.is_empty()
}

#[tokio::test]
async fn no_verb_that_reads_shows_what_is_covered() {
    let world = World::new().await;
    // A history of every column, and a report of Ada's.
    let session = world.as_admin().await;
    let rows = session.rows(driver::Entity);
    let change = driver::Update {
        email: Set("ada.secret@example.org".into()),
        phone: Set(Some("089 1234567".into())),
        salary: Set(Some(1_987_654)),
        name: Set("Ada L.".into()),
        ..Default::default()
    };
    let row = rows.update(&world.ada, change).await.unwrap();
    let bob = drivers::hired("ada.secret.bob@example.com", "M-BO 1").boss_id(row.id);
    rows.insert(bob).await.unwrap();
    session.commit().await.unwrap();

    let mut failures = Vec::new();
    for (verb, shows) in READS {
        let session = world.as_clerk().await;
        let told = read(verb, &session, &row).await;
        session.roll_back().await;
        if reveals(verb, &told) || (shows && !told.contains("a****@example.")) {
            failures.push(format!("{verb}: {told}"));
        }
        let session = world.as_admin().await;
        let all = read(verb, &session, &row).await;
        assert!(
            !shows || all.contains("ada.secret"),
            "{verb} shows an admin nothing: {all}"
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn what_is_covered_is_not_asked_for_and_nothing_is_sent() {
    let world = World::new().await;
    let session = world.as_clerk().await;
    let rows = session.rows(driver::Entity);
    let list = || rows.list();
    let by = |filter: Filter<driver::Entity>| filter;
    let email = || by(driver::EMAIL.eq("ada.secret@example.com"));
    let refused = |outcome: Result<()>, field: &str, rule: &str| {
        let error = outcome.expect_err("what is covered is asked for");
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        assert_eq!(error.fields().collect::<Vec<_>>(), [field]);
        assert_eq!(
            error.to_string(),
            format!("{field} cannot be asked for: {rule}")
        );
        assert!(error.sqlstate().is_none());
    };
    let address = "admins see addresses";
    refused(
        list().filter(email()).page().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(!email()).page().await.map(drop),
        "email",
        address,
    );
    let either = driver::NAME.eq("x").or(driver::EMAIL.starts_with("a"));
    refused(
        list().filter(either).first().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(email()).count().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(email()).exists().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(email()).stream().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(email()).export().await.map(drop),
        "email",
        address,
    );
    refused(
        list().filter(email()).page_as::<Called>().await.map(drop),
        "email",
        address,
    );
    refused(
        list().sort(driver::BY_EMAIL).page().await.map(drop),
        "email",
        address,
    );
    let with = list().filter(email()).with_count(driver::REPORTS);
    refused(with.page().await.map(drop), "email", address);
    let words = rows.search(driver::SEARCH, "ada");
    refused(
        words.filter(email()).page().await.map(drop),
        "email",
        address,
    );
    let words = rows.search(driver::SEARCH, "ada");
    refused(
        words.highlight(driver::EMAIL).page().await.map(drop),
        "email",
        address,
    );

    let salary = "admins see salaries";
    refused(
        list()
            .filter(driver::SALARY.is_null())
            .count()
            .await
            .map(drop),
        "salary",
        salary,
    );
    refused(list().page_as::<Paid>().await.map(drop), "salary", salary);
    // Nobody can tell what an expression asks.
    let any = Filter::expression_guarded_by_row_security_alone(sea_orm::sea_query::Expr::cust(
        "salary > 1",
    ));
    refused(list().filter(any).count().await.map(drop), "email", address);

    // Another context's cursor is no way around.
    let admin = world.as_admin().await;
    let sorted = || {
        admin
            .rows(driver::Entity)
            .list()
            .sort(driver::BY_EMAIL)
            .limit(1)
    };
    admin
        .rows(driver::Entity)
        .insert(drivers::hired("z@example.com", "Z"))
        .await
        .unwrap();
    let cursor = sorted().page().await.unwrap().next.expect("a second page");
    let sorted = list().sort(driver::BY_EMAIL).limit(1).after(cursor);
    refused(sorted.page().await.map(drop), "email", address);

    // The session goes on, and what is frozen is no secret.
    assert_eq!(
        list()
            .filter(driver::PLATE.eq("M-AD 1"))
            .count()
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        rows.search(driver::SEARCH, "ada")
            .page()
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

#[tokio::test]
async fn the_log_tells_what_of_an_export_left_masked_and_that_what_is_hidden_did_not_leave() {
    let world = World::new().await;
    let session = world.as_clerk().await;
    read("export", &session, &world.ada).await;
    session.commit().await.unwrap();
    let told = "SELECT details FROM tenantry.audit_log WHERE action = 'data.export'";
    let told: serde_json::Value = sqlx::query_scalar(told)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    let whole = told["columns"].to_string();
    assert!(whole.contains("name") && whole.contains("plate"), "{told}");
    assert_eq!(told["masked"], serde_json::json!(["email", "phone"]));
    assert!(!told.to_string().contains("salary"), "{told}");
}

#[tokio::test]
async fn a_relation_by_a_hidden_column_is_not_followed() {
    let policy = drivers().hide("admins see bosses", driver::BOSS_ID, clerks());
    let world = World::under(policy).await;
    let session = world.as_clerk().await;
    let list = || session.rows(driver::Entity).list();
    for refused in [
        list().with(driver::BOSS).page().await.map(drop),
        list().with(driver::REPORTS).page().await.map(drop),
        list().with_count(driver::REPORTS).page().await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(
            error.to_string(),
            "boss_id cannot be asked for: admins see bosses"
        );
    }
}

#[tokio::test]
async fn words_of_a_covered_column_are_searched_neither_by_the_library_nor_in_the_database() {
    let named = |policy: Policy<driver::Entity>| {
        policy.mask("admins see names", driver::NAME, Mask::last(1), clerks())
    };
    let world = World::under(named(drivers())).await;
    let session = world.as_clerk().await;
    let rows = session.rows(driver::Entity);
    for refused in [
        rows.search(driver::SEARCH, "ada").page().await.map(drop),
        rows.list()
            .filter(driver::SEARCH.matches("ada"))
            .count()
            .await
            .map(drop),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        assert_eq!(
            error.to_string(),
            "name cannot be asked for: admins see names"
        );
    }
    let admin = world.as_admin().await;
    for (who, found) in [(&session, 0), (&admin, 1)] {
        let sql = "SELECT id FROM fleet.drivers_search('ada')";
        let rows = who.raw_sql_without_workspace_guard("a test", sql, Default::default());
        assert_eq!(rows.await.unwrap().len(), found);
    }
    let found = admin.rows(driver::Entity).search(driver::SEARCH, "ada");
    assert_eq!(found.page().await.unwrap().items.len(), 1);
}

#[test]
fn every_verb_is_held_to_it() {
    let apart = [
        "with",
        "entries",
        "history",
        "as_of",
        "as_of_time",
        "image_of",
    ];
    let covered = READS.iter().chain(&writes::WRITES).map(|(verb, _)| *verb);
    crate::verbs::assert_covered(covered.filter(|verb| !apart.contains(verb)));
}
