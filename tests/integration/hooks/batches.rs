//! Many rows at once, and rows that go along with others.

use insta::assert_snapshot;
use tenantry::{Change, ErrorKind, Hook, Planned, Result, Session};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge, submission},
};

use super::{Challenge, Watch, hooked, rename};
use crate::world::{World, member, titled};

#[tokio::test]
async fn a_batch_is_one_call_before_and_one_after() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let inserted = rows.insert_many(["a", "b", "c"].map(titled)).await.unwrap();
    assert_eq!(inserted.len(), 3);
    assert_snapshot!(watch.take(), @"
    before [insert of id, –, title a, insert of id, –, title b, insert of id, –, title c]
    after [insert: – → a v1, insert: – → b v1, insert: – → c v1]
    ");
    let none: [challenge::New; 0] = [];
    rows.insert_many(none).await.unwrap();
    assert_eq!(watch.take(), "");
    let deletion = rows
        .delete_many(&[inserted[0].id, inserted[1].id])
        .await
        .unwrap();
    assert_snapshot!(watch.take(), @"
    before [delete of id, a v1, title unset, delete of id, b v1, title unset]
    after [delete: a v1 → a v2 deleted, delete: b v1 → b v2 deleted]
    ");
    rows.restore(&deletion).await.unwrap();
    assert_snapshot!(watch.take(), @"
    before [restore of id, a v2 deleted, title unset, restore of id, b v2 deleted, title unset]
    after [restore: a v2 deleted → a v3, restore: b v2 deleted → b v3]
    ");
    session.commit().await.unwrap();
}

/// Writes a companion, and refuses what is called so.
#[derive(Clone)]
struct Refuses;

impl Hook<Challenge> for Refuses {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            let title = row.values().title.try_as_ref().cloned().unwrap_or_default();
            if !title.starts_with("with ") {
                let companion = titled(&format!("with {title}"));
                session.challenges().insert(companion).await?;
            }
        }
        Ok(())
    }

    async fn after(&self, _: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        let refused = changes.iter().any(|change| change.row().title == "refused");
        if refused {
            return Err(tenantry::Error::new(ErrorKind::LimitReached, "no more"));
        }
        Ok(())
    }
}

/// H-16: many rows are as one after the other, and nothing of a refused one is kept.
#[tokio::test]
async fn each_row_has_its_own_outcome_and_its_own_hooks() {
    let world = hooked(Refuses).await;
    world.challenge(&world.alpha, "taken").await;
    let session = world.alpha().await;
    let rows = ["a", "refused", "taken", "b"].map(titled);
    let outcomes = session.challenges().insert_each(rows).await.unwrap();
    let told: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.map(|row| row.title).map_err(|error| error.kind()))
        .collect();
    let expected = [
        Ok("a".to_owned()),
        Err(ErrorKind::LimitReached),
        Err(ErrorKind::AlreadyExists),
        Ok("b".to_owned()),
    ];
    assert_eq!(told, expected);
    session.commit().await.unwrap();
    let session = world.alpha().await;
    let mut titles: Vec<_> = session.challenges().list().page().await.unwrap().items;
    titles.sort_by(|a, b| a.title.cmp(&b.title));
    let titles: Vec<_> = titles.into_iter().map(|row| row.title).collect();
    assert_eq!(
        titles,
        ["a", "b", "taken", "with a", "with b", "with taken"]
    );
}

/// H-16, H-18: a batch of updates asks about all of them once they are locked and fit, or about none.
#[tokio::test]
async fn updates_of_many_rows_ask_and_tell_once_or_not_at_all() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    let mine = world.challenge(&world.alpha, "a").await;
    let other = world.challenge(&world.alpha, "b").await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let there = world.beta().await.challenges().get(theirs.id).await;
    assert_eq!(there.unwrap().title, "theirs");
    watch.take();

    let session = world.alpha().await;
    let rows = session.challenges();
    let refused = rows.update_many([(&mine, rename("x")), (&theirs, rename("y"))]);
    assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(watch.take(), "");
    let nothing = challenge::Update::default;
    let changes = [(&other, rename("b2")), (&mine, nothing())];
    let updated = rows.update_many(changes).await.unwrap();
    assert_eq!(updated[0].title, "b2");
    assert_eq!(updated[1], mine);
    assert_snapshot!(watch.take(), @"
    before [update of id, b v1, title b2]
    after [update: b v1 → b2 v2]
    ");
    // Stale, applied, another's: hooks hear of what is applied.
    let changes = [
        (&other, rename("stale")),
        (&mine, rename("a2")),
        (&theirs, rename("y")),
    ];
    let outcomes = rows.update_each(changes).await.unwrap();
    let told: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.map(|row| row.title).map_err(|error| error.kind()))
        .collect();
    let expected = [
        Err(ErrorKind::Stale),
        Ok("a2".to_owned()),
        Err(ErrorKind::NotFound),
    ];
    assert_eq!(told, expected);
    assert_snapshot!(watch.take(), @"
    before [update of id, a v1, title a2]
    after [update: a v1 → a2 v2]
    ");
    session.commit().await.unwrap();
}

/// Counts what is told of submissions.
#[derive(Clone)]
struct Submissions(Watch);

impl Hook<submission::Entity> for Submissions {
    async fn before(&self, _: &Session, planned: &mut [Planned<submission::Entity>]) -> Result<()> {
        let rows = planned.iter().map(|row| {
            let old = row.old().map(|old| old.version.as_i64());
            format!("{} of {old:?}", row.verb())
        });
        self.0.tell("before submissions", rows);
        Ok(())
    }

    async fn after(&self, _: &Session, changes: &[Change<submission::Entity>]) -> Result<()> {
        let rows = changes.iter().map(|change| {
            let shown = |row: Option<&submission::Model>| {
                row.map(|row| (row.version.as_i64(), row.deleted_at.is_some()))
            };
            let (old, new) = (shown(change.old()), shown(change.new()));
            format!("{} {old:?} {new:?}", change.verb())
        });
        self.0.tell("after submissions", rows);
        Ok(())
    }
}

#[tokio::test]
async fn hooks_of_children_hear_of_what_goes_along() {
    let watch = Watch::default();
    let world = World::with(|builder| {
        builder
            .hook(challenge::Entity, watch.clone())
            .hook(submission::Entity, Submissions(watch.clone()))
    })
    .await;
    let session = world.alpha().await;
    let kept = session.challenges().insert(titled("kept")).await.unwrap();
    let gone = session.challenges().insert(titled("gone")).await.unwrap();
    for challenge_id in [kept.id, gone.id, gone.id] {
        let user_id = session.members().insert(member("m")).await.unwrap().user_id;
        let new = submission::New {
            challenge_id,
            user_id,
        };
        session.submissions().insert(new).await.unwrap();
    }
    watch.take();
    let deletion = session.challenges().delete(gone.id).await.unwrap();
    assert_eq!(deletion.rows, 3);
    assert_snapshot!(watch.take(), @"
    before [delete of id, gone v1, title unset]
    before submissions [delete of Some(1), delete of Some(1)]
    after [delete: gone v1 → gone v2 deleted]
    after submissions [delete Some((1, false)) Some((2, true)), delete Some((1, false)) Some((2, true))]
    ");
    session.challenges().restore(&deletion).await.unwrap();
    assert_snapshot!(watch.take(), @"
    before [restore of id, gone v2 deleted, title unset]
    before submissions [restore of Some(2), restore of Some(2)]
    after [restore: gone v2 deleted → gone v3]
    after submissions [restore Some((2, true)) Some((3, false)), restore Some((2, true)) Some((3, false))]
    ");
    session.commit().await.unwrap();
}

/// H-16: no way to write many rows passes the hooks by.
#[tokio::test]
async fn upserts_and_loads_call_hooks_as_well() {
    let watch = Watch::default();
    let world = hooked(watch.clone()).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    rows.insert(titled("a")).await.unwrap();
    watch.take();
    let published = |title| titled(title).status(challenge::Status::Published);
    let upserted = rows.upsert_many(["a", "b"].map(published), challenge::TITLE_KEY);
    assert_eq!(upserted.await.unwrap().len(), 2);
    assert_snapshot!(watch.take(), @"
    before [upsert of id, a v1, title a]
    after [update: a v1 → a v2]
    before [upsert of no id, –, title b]
    after [insert: – → b v1]
    ");
    let upserted = rows.upsert_each(["b", "c"].map(published), challenge::TITLE_KEY);
    assert!(upserted.await.unwrap().iter().all(Result::is_ok));
    assert_snapshot!(watch.take(), @"
    before [upsert of id, b v1, title b]
    after [update: b v1 → b v2]
    before [upsert of no id, –, title c]
    after [insert: – → c v1]
    ");
    assert_eq!(rows.load(["d", "e"].map(titled)).await.unwrap(), 2);
    assert_snapshot!(watch.take(), @"
    before [insert of id, –, title d, insert of id, –, title e]
    after [insert: – → d v1, insert: – → e v1]
    ");
    session.commit().await.unwrap();
}
