//! Hooks: who is called when, with what, and what is kept when one fails.

mod batches;
mod failure;
mod images;
mod nesting;
mod together;

use std::sync::{Arc, Mutex};

use insta::assert_snapshot;
use sea_orm::{ActiveValue, Set};
use tenantry::{
    Change, Deletion, ErrorKind, Hook, Planned, Result, Session, Updated, Verb, Version, prelude::*,
};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::{World, titled};

type Challenge = challenge::Entity;

/// Writes down every call of a hook.
#[derive(Clone, Default)]
pub(super) struct Watch {
    name: &'static str,
    told: Arc<Mutex<Vec<String>>>,
}

impl Watch {
    fn named(&self, name: &'static str) -> Self {
        Self {
            name,
            told: Arc::clone(&self.told),
        }
    }

    fn tell(&self, call: &str, rows: impl Iterator<Item = String>) {
        let rows = rows.collect::<Vec<_>>().join(", ");
        let line = format!("{}{call} [{rows}]", self.name);
        self.told.lock().unwrap().push(line);
    }

    /// What was written down since the last time.
    fn take(&self) -> String {
        std::mem::take(&mut *self.told.lock().unwrap()).join("\n")
    }
}

fn shown(row: Option<&challenge::Model>) -> String {
    row.map_or("–".to_owned(), |row| {
        let deleted = if row.deleted_at.is_some() {
            " deleted"
        } else {
            ""
        };
        format!("{} v{}{deleted}", row.title, row.version)
    })
}

impl Hook<Challenge> for Watch {
    async fn before(&self, _: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        let rows = planned.iter().map(|row| {
            let title = match &row.values().title {
                ActiveValue::Set(title) => title.as_str(),
                _ => "unset",
            };
            let id = if row.id().is_some() { "id" } else { "no id" };
            format!(
                "{} of {id}, {}, title {title}",
                row.verb(),
                shown(row.old())
            )
        });
        self.tell("before", rows);
        Ok(())
    }

    async fn after(&self, _: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        let rows = changes.iter().map(|change| {
            let (old, new) = (shown(change.old()), shown(change.new()));
            format!("{}: {old} → {new}", change.verb())
        });
        self.tell("after", rows);
        Ok(())
    }
}

/// A world whose challenges have this hook.
pub(super) async fn hooked(hook: impl Hook<Challenge> + Clone) -> World {
    World::with(|builder| builder.hook(challenge::Entity, hook.clone())).await
}

pub(super) fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

#[tokio::test]
async fn each_verb_asks_and_tells_its_hooks() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let row = rows.insert(titled("a")).await.unwrap();
    let row = rows.update(&row, rename("b")).await.unwrap();
    let described = titled("b").status(challenge::Status::Published);
    rows.upsert(described, challenge::TITLE_KEY).await.unwrap();
    rows.upsert(titled("c"), challenge::TITLE_KEY)
        .await
        .unwrap();
    let deletion = rows.delete(row.id).await.unwrap();
    assert_eq!(rows.restore(&deletion).await.unwrap(), 1);
    session.commit().await.unwrap();
    assert_snapshot!(watch.take(), @"
    before [insert of id, –, title a]
    after [insert: – → a v1]
    before [update of id, a v1, title b]
    after [update: a v1 → b v2]
    before [upsert of id, b v2, title b]
    after [update: b v2 → b v3]
    before [upsert of no id, –, title c]
    after [insert: – → c v1]
    before [delete of id, b v3, title unset]
    after [delete: b v3 → b v4 deleted]
    before [restore of id, b v4 deleted, title unset]
    after [restore: b v4 deleted → b v5]
    ");
}

/// H-18: a hook with side effects must not run for what is refused.
#[tokio::test]
async fn nobody_is_called_for_what_is_not_done() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    let mine = world.challenge(&world.alpha, "mine").await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let there = world.beta().await.challenges().get(theirs.id).await;
    assert_eq!(there.unwrap().title, "theirs");
    watch.take();

    let session = world.alpha().await;
    let rows = session.challenges();
    let one = Version::from_i64(1);
    for id in [theirs.id, challenge::Id::random()] {
        let refused = rows.update((id, one), rename("x")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
        let refused = rows.delete(id).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
        let refused = rows.restore(&Deletion::of_operation(*id.as_key())).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    }
    let stale = rows
        .update((mine.id, Version::from_i64(7)), rename("x"))
        .await;
    assert!(matches!(stale.or_stale().unwrap(), Updated::Stale(_)));
    // What changes nothing is no change.
    rows.update(&mine, challenge::Update::default())
        .await
        .unwrap();
    rows.upsert(titled("mine"), challenge::TITLE_KEY)
        .await
        .unwrap();
    assert_eq!(watch.take(), "");
    // None of it has spoilt the session.
    rows.update(&mine, rename("x")).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(watch.take().lines().count(), 2);
}

#[tokio::test]
async fn hooks_of_a_table_run_in_the_order_of_their_registration() {
    let watch = Watch::default();
    let world = World::with(|builder| {
        builder
            .hook(challenge::Entity, watch.named("first "))
            .hook(challenge::Entity, Trimmed)
            .hook(challenge::Entity, watch.named("last "))
    })
    .await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled(" a ")).await.unwrap();
    assert_eq!(row.title, "a");
    assert_snapshot!(watch.take(), @"
    first before [insert of id, –, title  a ]
    last before [insert of id, –, title a]
    first after [insert: – → a v1]
    last after [insert: – → a v1]
    ");
}

#[tokio::test]
async fn raw_sql_calls_no_hook() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    world.challenge(&world.alpha, "a").await;
    watch.take();
    let session = world.alpha().await;
    let change = "UPDATE challenges.challenges SET title = 'b' RETURNING 1";
    let raw = session.raw_sql_without_workspace_guard("a test", change, Default::default());
    assert_eq!(raw.await.unwrap().len(), 1);
    assert_eq!(watch.take(), "");
}

/// Takes blanks off titles.
#[derive(Clone)]
struct Trimmed;

impl Hook<Challenge> for Trimmed {
    async fn before(&self, _: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            if let ActiveValue::Set(title) = &row.values().title {
                let title = title.trim().to_owned();
                row.change(rename(&title))?;
            }
        }
        Ok(())
    }
}

/// A new row written by hand, which may name what callers do not set.
struct Foreign(challenge::ActiveModel);

impl tenantry::NewRow<Challenge> for Foreign {
    fn into_active_model(self) -> challenge::ActiveModel {
        self.0
    }
}

/// Replaces what is planned.
#[derive(Clone)]
struct Replaces(challenge::ActiveModel);

impl Hook<Challenge> for Replaces {
    async fn before(&self, _: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        let writes = [Verb::Insert, Verb::Upsert];
        for row in planned {
            // Nothing but a new row is replaced.
            let replaced = row.replace(Foreign(self.0.clone()));
            if writes.contains(&row.verb()) {
                replaced?;
            } else {
                assert_eq!(replaced.unwrap_err().kind(), ErrorKind::Invalid);
            }
            if row.verb() == Verb::Delete {
                assert_eq!(
                    row.change(rename("x")).unwrap_err().kind(),
                    ErrorKind::Invalid
                );
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_hook_replaces_a_new_row_and_no_other() {
    let world = hooked(Replaces(challenge::ActiveModel {
        title: Set("replaced".into()),
        ..Default::default()
    }))
    .await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let new = titled("given").status(challenge::Status::Published);
    let row = rows.insert(new).await.unwrap();
    assert_eq!(row.title, "replaced");
    assert_eq!(row.status, challenge::Status::Published, "left as planned");
    let row = rows.update(&row, rename("renamed")).await.unwrap();
    assert_eq!(row.title, "renamed");
    rows.delete(row.id).await.unwrap();
}

#[tokio::test]
async fn a_hook_sets_neither_workspace_nor_id() {
    let empty = challenge::ActiveModel::default;
    let workspace = challenge::ActiveModel {
        workspace_id: Set(uuid::Uuid::now_v7()),
        ..empty()
    };
    let id = challenge::ActiveModel {
        id: Set(challenge::Id::random()),
        ..empty()
    };
    for (values, field) in [(workspace, "workspace_id"), (id, "id")] {
        let world = hooked(Replaces(values)).await;
        let session = world.alpha().await;
        let refused = session.challenges().insert(titled("a")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.fields().collect::<Vec<_>>(), [field]);
    }
}

/// What a hook has set is held to the walls and checks like everything else.
#[tokio::test]
async fn the_database_checks_what_a_hook_has_set() {
    let long = challenge::ActiveModel {
        title: Set("x".repeat(1_000)),
        ..Default::default()
    };
    let world = hooked(Replaces(long)).await;
    let session = world.alpha().await;
    let refused = session.challenges().insert(titled("a")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert_eq!(refused.constraint(), Some("challenges_title_check"));
    // Columns that the role may not write are none that a hook may.
    let stamped = challenge::ActiveModel {
        title: Set("b".into()),
        version: Set(Version::from_i64(9)),
        ..Default::default()
    };
    let world = hooked(Replaces(stamped)).await;
    let session = world.alpha().await;
    let refused = session.challenges().insert(titled("a")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
}
