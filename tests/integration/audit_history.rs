//! The history of a row, and the row as it was.

mod changes;
mod plans;
mod vault;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::Set;
use serde_json::{Value, json};
use sqlx::postgres::PgArguments;
use tenantry::{Entry, ErrorKind, Operation, Session, TenantContext, Version};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge},
};

use crate::world::{World, member};

type Change = challenge::Update;

/// A row, and every state that it was seen in, from version 1.
struct Story {
    world: World,
    seen: Vec<challenge::Model>,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let first = world.challenge(&world.alpha, "first").await;
        Self {
            world,
            seen: vec![first],
        }
    }

    fn last(&self) -> &challenge::Model {
        self.seen.last().unwrap()
    }

    fn id(&self) -> challenge::Id {
        self.last().id
    }

    /// Does something in a transaction of its own, and notes what the row is since.
    async fn then(&mut self, work: impl AsyncFnOnce(&Session, &challenge::Model)) {
        let session = self.world.alpha().await;
        work(&session, self.last()).await;
        let row = session.challenges().find_with_deleted(self.id()).await;
        self.seen.push(row.unwrap().unwrap());
        session.commit().await.unwrap();
    }

    async fn update(&mut self, change: Change) {
        self.then(async |session, row| {
            session.challenges().update(row, change).await.unwrap();
        })
        .await;
    }

    /// Insert, changes of a text, a null, a document and what a generated column follows, delete, restore.
    async fn told() -> Self {
        let mut story = Self::new().await;
        let date = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        for change in [
            Change {
                title: Set("späte".into()),
                starts_at: Set(Some(date)),
                ..Default::default()
            },
            Change {
                starts_at: Set(None),
                ..Default::default()
            },
            Change {
                description: Set(json!({"content": "a", "deep": [1, null, {"b": 2.50}]})),
                ..Default::default()
            },
            Change {
                description: Set(Value::Null),
                status: Set(challenge::Status::Published),
                ..Default::default()
            },
        ] {
            story.update(change).await;
        }
        story
            .then(async |session, row| {
                session.challenges().delete(row.id).await.unwrap();
            })
            .await;
        story
            .then(async |session, row| {
                let deletion = tenantry::Deletion::of_operation(row.delete_op.unwrap());
                session.challenges().restore(&deletion).await.unwrap();
            })
            .await;
        let versions: Vec<_> = story.seen.iter().map(|row| row.version.as_i64()).collect();
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7]);
        story.world.stands(story.last()).await;
        story
    }

    async fn assert_rebuilt(&self) {
        let session = self.world.alpha().await;
        for row in &self.seen {
            let rows = session.challenges();
            let rebuilt = rows.as_of(row.id, row.version).await.unwrap();
            assert_eq!(&rebuilt, row, "version {}", row.version);
            let then = rows.as_of_time(row.id, row.updated_at).await.unwrap();
            assert_eq!(&then, row, "at version {}", row.version);
        }
    }

    async fn as_administrator(&self, sql: &'static str) {
        let pool = self.world.test.admin();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    }
}

async fn history(session: &Session, id: challenge::Id) -> Vec<Entry> {
    session.challenges().history(id).page().await.unwrap().items
}

fn operations(entries: &[Entry]) -> Vec<(Operation, Option<i64>)> {
    let told = |entry: &Entry| (entry.operation, entry.version.map(Version::as_i64));
    entries.iter().map(told).collect()
}

async fn raw(session: &Session, sql: &'static str) {
    session
        .raw_sql_without_workspace_guard("a test", sql, PgArguments::default())
        .await
        .unwrap();
}

/// A member of alpha, who may read its rows and not its log.
async fn reader(world: &World) -> TenantContext {
    let session = world.alpha().await;
    let new = member("reader");
    let user = new.user_id.into();
    session.members().insert(new).await.unwrap();
    session.commit().await.unwrap();
    let workspace = world.alpha.workspace().clone();
    world.database.authorize(user, workspace).await.unwrap()
}

#[tokio::test]
async fn every_version_is_rebuilt_as_it_was_seen() {
    let story = Story::told().await;
    story.assert_rebuilt().await;
    let (session, id) = (story.world.alpha().await, story.id());
    let rows = session.challenges();
    for missing in [0, 8, -1, i64::MAX] {
        let refused = rows.as_of(id, Version::from_i64(missing)).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    }
    let before = story.seen[0].created_at - TimeDelta::microseconds(1);
    let refused = rows.as_of_time(id, before).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    let image = rows.image_of(id, Version::from_i64(2)).await.unwrap();
    assert_eq!(image.fields["title"], "späte");
    assert!(!image.fields.contains_key("status_rank"), "it follows");
    assert!(image.redacted.is_empty() && image.unknown.is_empty());
}

#[tokio::test]
async fn a_history_has_old_and_new_of_every_change() {
    let story = Story::told().await;
    let session = story.world.alpha().await;
    let entries = history(&session, story.id()).await;
    use Operation::{Delete, Insert, Restore, Update};
    let updates = [5, 4, 3, 2].map(|version| (Update, Some(version)));
    let expected = [
        &[(Restore, Some(7)), (Delete, Some(6))],
        &updates[..],
        &[(Insert, None)],
    ];
    assert_eq!(operations(&entries), expected.concat());
    let seen: Vec<Value> = story.seen.iter().map(|row| json!(row)).collect();
    let mut changes = 0;
    for entry in &entries {
        assert_eq!(entry.rows, [story.id().to_string()]);
        assert_eq!(entry.actor.as_ref(), story.world.alpha.actor());
        let Some(version) = entry.version else {
            continue;
        };
        let version = usize::try_from(version.as_i64()).unwrap();
        for change in &entry.changes {
            // Two spellings of one time.
            let same = |value: &Value| match value.as_str().map(DateTime::parse_from_rfc3339) {
                Some(Ok(time)) => json!(time.with_timezone(&Utc)),
                _ => value.clone(),
            };
            assert_eq!(same(&change.old), seen[version - 2][&change.field]);
            let new = change.new.as_ref().unwrap();
            assert_eq!(same(new), seen[version - 1][&change.field]);
            changes += 1;
        }
    }
    assert_eq!(changes, 12);

    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let question = session
            .challenges()
            .history(story.id())
            .limit(2)
            .after(after);
        let page = question.page().await.unwrap();
        paged.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, entries);
    let cursor = session.challenges().history(story.id()).limit(1).page();
    let other = story.world.challenge(&story.world.alpha, "other").await;
    let stolen = session
        .challenges()
        .history(other.id)
        .after(cursor.await.unwrap().next);
    assert_eq!(stolen.page().await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_purged_row_is_rebuilt_and_its_next_life_is_another() {
    let story = Story::told().await;
    story
        .as_administrator("DELETE FROM challenges.challenges")
        .await;
    story.assert_rebuilt().await;
    let (session, id) = (story.world.alpha().await, story.id());
    let rows = session.challenges();
    assert!(rows.find_with_deleted(id).await.unwrap().is_none());
    let gone = rows.as_of_time(id, Utc::now()).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    let entries = history(&session, id).await;
    assert_eq!(
        operations(&entries)[..2],
        [(Operation::Purge, Some(7)), (Operation::Restore, Some(7))]
    );
    assert_eq!(entries.len(), 8);
    let page = rows.history(id).limit(1).page().await.unwrap();
    let rest = rows.history(id).after(page.next).page().await.unwrap();
    assert_eq!([page.items, rest.items].concat(), entries);

    let again = "INSERT INTO challenges.challenges (workspace_id, id, title) \
         SELECT workspace_id, record_id::uuid, 'again' FROM tenantry.audit_log WHERE operation = 'purge'";
    raw(&session, again).await;
    let first = rows.as_of(id, Version::from_i64(1)).await.unwrap();
    assert_eq!(first, rows.get(id).await.unwrap());
    assert_eq!(
        operations(&history(&session, id).await),
        [(Operation::Insert, None)]
    );
    let older = rows.as_of(id, Version::from_i64(2)).await.unwrap_err();
    assert_eq!(older.kind(), ErrorKind::NotFound);
}

/// H-45, H-20: another workspace's row answers like none, to each question.
#[tokio::test]
async fn the_history_of_another_workspace_is_that_of_nothing() {
    let story = Story::told().await;
    // The row is there for whom it belongs to.
    assert_eq!(
        history(&story.world.alpha().await, story.id()).await.len(),
        7
    );
    let session = story.world.beta().await;
    let rows = session.challenges();
    let mut told = Vec::new();
    for id in [story.id(), challenge::Id::random()] {
        let first = Version::from_i64(1);
        for refused in [
            rows.history(id).page().await.map(drop),
            rows.as_of(id, first).await.map(drop),
            rows.image_of(id, first).await.map(drop),
            rows.as_of_time(id, Utc::now()).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            told.push(format!(
                "{:?} {refused} {:?}",
                refused.kind(),
                refused.hint()
            ));
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

/// H-45: who may read rows and not the log learns what the rows say, and no more.
#[tokio::test]
async fn who_may_not_read_the_log_learns_nothing_of_the_past() {
    let story = Story::told().await;
    let context = reader(&story.world).await;
    let session = story.world.database.read(&context).await.unwrap();
    let (rows, id) = (session.challenges(), story.id());
    let now = rows.as_of(id, story.last().version).await.unwrap();
    assert_eq!(&now, story.last());
    for row in &story.seen[..6] {
        let refused = rows.as_of(id, row.version).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
        let refused = rows.as_of_time(id, row.updated_at).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }
    assert!(rows.history(id).page().await.unwrap().items.is_empty());
    story
        .as_administrator("DELETE FROM challenges.challenges")
        .await;
    let refused = rows.history(id).page().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
}

/// What retention has dropped is refused, and not guessed from what is left.
#[tokio::test]
async fn a_gap_in_the_log_ends_the_history() {
    let story = Story::told().await;
    story
        .as_administrator(
            "ALTER TABLE tenantry.audit_log DISABLE TRIGGER audit_log_append_only; \
             DELETE FROM tenantry.audit_log WHERE version = 4",
        )
        .await;
    let session = story.world.alpha().await;
    for row in &story.seen {
        let rebuilt = session.challenges().as_of(row.id, row.version).await;
        if row.version.as_i64() > 4 {
            assert_eq!(&rebuilt.unwrap(), row);
        } else {
            assert_eq!(rebuilt.unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
    let left = operations(&history(&session, story.id()).await);
    assert_eq!(left.last(), Some(&(Operation::Update, Some(5))));
    assert_eq!(left.len(), 3);
}
