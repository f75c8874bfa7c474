//! The images that hooks are given are those of the rows, also where others write meanwhile.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use tenantry::{Change, Error, Hook, Result, Session, Updated, Verb, prelude::*};
use tenantry_entities::challenges::{Challenges, challenge};

use super::{Challenge, hooked, rename};
use crate::world::titled;

type Image = (i64, String);
type Told = (Verb, Option<Image>, Option<Image>);

/// Collects what was done to rows.
#[derive(Clone, Default)]
struct Collects(Arc<Mutex<Vec<Told>>>);

fn image(row: Option<&challenge::Model>) -> Option<Image> {
    row.map(|row| {
        let text = format!("{} {:?} {:?}", row.title, row.status, row.deleted_at);
        (row.version.as_i64(), text)
    })
}

impl Hook<Challenge> for Collects {
    async fn after(&self, _: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        let changes = changes
            .iter()
            .map(|change| (change.verb(), image(change.old()), image(change.new())));
        self.0.lock().unwrap().extend(changes);
        Ok(())
    }
}

impl Collects {
    /// The changes by the version that they made, each from what the one before has left.
    fn chain(&self) -> Vec<Verb> {
        let mut changes = self.0.lock().unwrap().clone();
        changes.sort_by_key(|(_, _, new)| new.as_ref().map(|(version, _)| *version));
        let mut last = None;
        for (_, old, new) in &changes {
            assert_eq!(*old, last);
            last.clone_from(new);
        }
        changes.into_iter().map(|(verb, ..)| verb).collect()
    }
}

/// Racing writers of one row, each reading what it changes at its own time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_updates_leave_an_unbroken_chain_of_images() {
    let collects = Collects::default();
    let world = hooked(collects.clone()).await;
    let row = world.challenge(&world.alpha, "0").await;
    let writers = (1..=24).map(|number: u32| {
        let (database, context) = (world.database.clone(), world.alpha.clone());
        tokio::spawn(async move {
            loop {
                let session = database.begin(&context).await.unwrap();
                let rows = session.challenges();
                let seen = rows.get(row.id).await.unwrap();
                let change = rename(&number.to_string());
                let updated = rows.update(&seen, change).await.or_stale().unwrap();
                if matches!(updated, Updated::Applied(_)) {
                    return session.commit().await.unwrap();
                }
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let chain = collects.chain();
    assert_eq!(chain.len(), 25);
    assert_eq!(chain[0], Verb::Insert);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_upserts_tell_one_insert_and_an_unbroken_chain_of_updates() {
    let collects = Collects::default();
    let world = hooked(collects.clone()).await;
    let writers = (0..24_usize).map(|number| {
        let (database, context) = (world.database.clone(), world.alpha.clone());
        tokio::spawn(async move {
            let number = serde_json::json!({ "n": number });
            let new = titled("contended").description(number);
            database
                .transaction(&context, async |session| {
                    let rows = session.challenges();
                    rows.upsert(new, challenge::TITLE_KEY).await?;
                    Ok::<_, Error>(())
                })
                .await
                .unwrap();
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let chain = collects.chain();
    assert_eq!(chain.len(), 24);
    assert_eq!(chain[0], Verb::Insert);
    assert!(chain[1..].iter().all(|next| *next == Verb::Update));
}

/// Many deletes of one row at once: one takes it, and one hook hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_deletes_are_told_once() {
    let collects = Collects::default();
    let world = hooked(collects.clone()).await;
    let row = world.challenge(&world.alpha, "a").await;
    let deletes = (0..8).map(|_| {
        let (database, context) = (world.database.clone(), world.alpha.clone());
        tokio::spawn(async move {
            let session = database.begin(&context).await.unwrap();
            let deleted = session.challenges().delete(row.id).await.is_ok();
            session.commit().await.unwrap();
            deleted
        })
    });
    let deleted = join_all(deletes).await;
    assert_eq!(
        deleted
            .into_iter()
            .filter(|done| *done.as_ref().unwrap())
            .count(),
        1
    );
    assert_eq!(collects.chain(), [Verb::Insert, Verb::Delete]);
}
