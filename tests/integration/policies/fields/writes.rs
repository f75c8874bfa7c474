//! What writes tell of a row, and what they refuse to change.

use std::sync::{Arc, Mutex};

use futures_util::stream;
use sea_orm::Set;
use sqlx::Row as _;
use tenantry::{
    Change, Database, Deletion, Error, ErrorKind, Hook, Result, Session, Updated, Version,
    policy::{Action, Policy, Roles as _, When},
    prelude::*,
};
use tenantry_testing::Everyone;

use super::{
    drivers::{Rank, World, clerks, driver, drivers, hired},
    reveals, told,
};
use crate::traces::Listener;

fn rename() -> driver::Update {
    driver::Update {
        name: Set("Ada L.".into()),
        ..Default::default()
    }
}

fn repaint() -> driver::Update {
    driver::Update {
        plate: Set("M-AD 2".into()),
        ..rename()
    }
}

/// What a verb that writes tells of a row, and of one that was changed since.
async fn written(verb: &str, session: &Session, row: &driver::Model) -> String {
    let rows = session.rows(driver::Entity);
    let eve = || hired("ada.secret.eve@example.com", "M-EV 1");
    let before = (row.id, Version::from_i64(row.version.as_i64() + 7));
    match verb {
        "insert" => told(rows.insert(eve()).await),
        "insert_many" => told(rows.insert_many([eve()]).await),
        "insert_many_reporting" => told(rows.insert_many_reporting([eve()], |_| ()).await),
        "insert_each" => told(rows.insert_each([eve()]).await),
        "load" => told(rows.load([eve()]).await),
        "load_stream" => {
            let rows_to_come = stream::iter([Ok::<_, Error>(eve())]);
            told(rows.load_stream(rows_to_come, |_| ()).await)
        }
        "update" => {
            let stale = rows.update(before, rename()).await;
            let stale = match stale.or_stale() {
                Ok(Updated::Stale(stale)) => format!("{stale:?} {:?}", stale.current),
                other => panic!("{}", other.is_ok()),
            };
            let nothing = told(rows.update(row, driver::Update::default()).await);
            stale + &nothing + &told(rows.update(row, rename()).await)
        }
        "update_many" => {
            let stale = rows.update_many([(before, rename())]).await;
            let stale = match stale.map(|mut rows| rows.remove(0)).or_stale() {
                Ok(Updated::Stale(stale)) => format!("{:?}", stale.current),
                other => panic!("{}", other.is_ok()),
            };
            stale + &told(rows.update_many([(row, rename())]).await)
        }
        "update_each" => {
            let mut outcomes = rows.update_each([(before, rename())]).await.unwrap();
            let stale = match outcomes.remove(0).or_stale() {
                Ok(Updated::Stale(stale)) => format!("{:?}", stale.current),
                other => panic!("{}", other.is_ok()),
            };
            stale + &told(rows.update_each([(row, rename())]).await)
        }
        "upsert" => told(rows.upsert(eve(), driver::PLATE_KEY).await),
        "upsert_many" => told(rows.upsert_many([eve()], driver::PLATE_KEY).await),
        "upsert_each" => told(rows.upsert_each([eve()], driver::PLATE_KEY).await),
        "delete" => told(rows.delete(row.id).await),
        "delete_many" => told(rows.delete_many(&[row.id]).await),
        "delete_each" => told(rows.delete_each(&[row.id]).await),
        "restore" | "restore_many" | "restore_each" => {
            let taken: Deletion = rows.delete(row.id).await.unwrap();
            match verb {
                "restore" => told(rows.restore(&taken).await),
                "restore_many" => told(rows.restore_many(&[taken]).await),
                _ => told(rows.restore_each(&[taken]).await),
            }
        }
        other => panic!("the test does not know {other}"),
    }
}

/// The verbs that write, and those of them that show rows to a clerk.
pub(super) const WRITES: [(&str, bool); 18] = [
    ("insert", true),
    ("insert_many", true),
    ("insert_many_reporting", true),
    ("insert_each", true),
    ("load", false),
    ("load_stream", false),
    ("update", true),
    ("update_many", true),
    ("update_each", true),
    // Addresses are masked, and so not changed.
    ("upsert", false),
    ("upsert_many", false),
    ("upsert_each", false),
    ("delete", false),
    ("delete_many", false),
    ("delete_each", false),
    ("restore", false),
    ("restore_many", false),
    ("restore_each", false),
];

/// Writes down what it is shown.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<String>>);

impl Hook<driver::Entity> for Watch {
    async fn after(&self, _: &Session, changes: &[Change<driver::Entity>]) -> Result<()> {
        for change in changes {
            self.0
                .lock()
                .unwrap()
                .push_str(&format!("{:?}", change.new()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn no_verb_that_writes_tells_what_is_covered_with_hooks_and_without_nor_does_a_trace() {
    let world = World::new().await;
    let watch = Watch::default();
    let watched = Database::builder(world.test.app_url())
        .policy(drivers())
        .hook(driver::Entity, watch.clone())
        .connect(Everyone(Rank::Clerk.role()))
        .await
        .unwrap();
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let mut failures = Vec::new();
    for (verb, shows) in WRITES {
        for (way, database) in [("plainly", &world.clerks), ("with hooks", &watched)] {
            let session = database.begin(&world.clerk).await.unwrap();
            let told = written(verb, &session, &world.ada).await;
            session.roll_back().await;
            if reveals(verb, &told) || (shows && !told.contains("a****@example.com")) {
                failures.push(format!("{verb} {way}: {told}"));
            }
        }
    }
    drop(listening);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(!reveals("a trace", &listener.heard()));
    // Hooks are part of the program, and stand inside.
    assert!(watch.0.lock().unwrap().contains("ada.secret"));
}

#[tokio::test]
async fn what_is_frozen_or_covered_is_not_changed_and_the_rule_says_so() {
    let world = World::new().await;
    let session = world.as_clerk().await;
    let rows = session.rows(driver::Entity);
    let refused = |error: Error, told: &str| {
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        assert_eq!(error.to_string(), told);
        assert!(error.sqlstate().is_none() && error.fields().count() == 1);
    };
    let plate = "plate cannot be changed: admins change plates";
    refused(rows.update(&world.ada, repaint()).await.unwrap_err(), plate);
    // Not even to what it was: whoever read a mask would write it.
    let same = driver::Update {
        email: Set("a****@example.com".into()),
        ..Default::default()
    };
    let email = "email cannot be changed: admins see addresses";
    refused(rows.update(&world.ada, same).await.unwrap_err(), email);
    let raise = driver::Update {
        salary: Set(None),
        ..Default::default()
    };
    let salary = "salary cannot be changed: admins see salaries";
    refused(rows.update(&world.ada, raise).await.unwrap_err(), salary);
    refused(
        rows.update_many([(&world.ada, repaint())])
            .await
            .unwrap_err(),
        plate,
    );

    let eve = rows
        .insert(hired("eve@example.com", "M-EV 1"))
        .await
        .unwrap();
    let mut each = rows
        .update_each([(&world.ada, repaint()), (&eve, rename())])
        .await
        .unwrap();
    assert_eq!(each.pop().unwrap().unwrap().name, "Ada L.");
    refused(each.pop().unwrap().unwrap_err(), plate);
    let twice = rows
        .update_each([(&world.ada, repaint()), (&world.ada, rename())])
        .await;
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::Invalid);

    let again = || hired("eve.two@example.com", "M-EV 1");
    refused(
        rows.upsert(again(), driver::PLATE_KEY).await.unwrap_err(),
        email,
    );
    refused(
        rows.upsert_many([again()], driver::PLATE_KEY)
            .await
            .unwrap_err(),
        email,
    );
    let mut each = rows
        .upsert_each([again()], driver::PLATE_KEY)
        .await
        .unwrap();
    refused(each.remove(0).unwrap_err(), email);
    let key = "email cannot be asked for: admins see addresses";
    refused(
        rows.upsert(again(), driver::EMAIL_KEY).await.unwrap_err(),
        key,
    );
    refused(
        rows.upsert_many([again()], driver::EMAIL_KEY)
            .await
            .unwrap_err(),
        key,
    );
    refused(
        rows.upsert_each([again()], driver::EMAIL_KEY)
            .await
            .unwrap()
            .remove(0)
            .unwrap_err(),
        key,
    );
    session.commit().await.unwrap();

    let session = world.as_admin().await;
    let rows = session.rows(driver::Entity);
    let ada = rows.update(&world.ada, repaint()).await.unwrap();
    assert_eq!(ada.plate, "M-AD 2");
    rows.upsert(again(), driver::PLATE_KEY).await.unwrap();
}

#[tokio::test]
async fn an_upsert_shows_what_is_left_of_the_row_that_was_there() {
    let policy = Policy::new()
        .allow("everybody works with drivers", Action::ALL, When::always())
        .hide("admins see salaries", driver::SALARY, clerks());
    let world = World::under(policy).await;
    let session = world.as_clerk().await;
    let rows = session.rows(driver::Entity);
    let again = || driver::New {
        name: "Ada L.".into(),
        email: "ada@example.com".into(),
        plate: "M-AD 1".into(),
    };
    let one = rows.upsert(again(), driver::PLATE_KEY).await.unwrap();
    let many = rows
        .upsert_many([again()], driver::PLATE_KEY)
        .await
        .unwrap();
    let each = rows
        .upsert_each([again()], driver::PLATE_KEY)
        .await
        .unwrap();
    let each: Vec<_> = each.into_iter().map(Result::unwrap).collect();
    for row in [one].into_iter().chain(many).chain(each) {
        assert_eq!((row.id, row.salary), (world.ada.id, None));
        assert_eq!(row.email, "ada@example.com");
    }
    session.commit().await.unwrap();
    let session = world.as_admin().await;
    let kept = session
        .rows(driver::Entity)
        .get(world.ada.id)
        .await
        .unwrap();
    assert_eq!(kept.salary, Some(987_654));
}

/// Rows leave by raw SQL as they are; but for changes the database holds the same rule.
#[tokio::test]
async fn raw_sql_is_the_limit_for_reading_and_none_for_writing() {
    let world = World::new().await;
    let raw = async |sql: &'static str| {
        let session = world.as_clerk().await;
        session
            .raw_sql_without_workspace_guard("a test", sql, Default::default())
            .await
    };
    let seen = raw("SELECT email FROM fleet.drivers").await.unwrap();
    assert_eq!(seen[0].get::<String, _>(0), "ada.secret@example.com");
    for change in [
        "UPDATE fleet.drivers SET plate = 'X'",
        "UPDATE fleet.drivers SET email = 'x@example.com'",
        "UPDATE fleet.drivers SET salary = NULL",
        "UPDATE fleet.drivers SET phone = phone || '0'",
    ] {
        let error = raw(change).await.expect_err(change);
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{change}: {error}");
        assert!(!reveals(change, &told::<()>(Err(error))));
    }
    raw("UPDATE fleet.drivers SET name = 'x'").await.unwrap();
}
