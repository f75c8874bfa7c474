//! The matrix where every table has hooks: they change no answer, and hear of no row but one's own.

use std::sync::{Arc, Mutex};

use tenantry::{Change, Hook, Planned, Result, Scoped, Session, Verb};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{challenge, submission},
};
use uuid::Uuid;

use super::{
    Kinds,
    aim::{aim, verbs},
    answers_as_if_it_never_was, guards_without_row_security, matrix,
};
use crate::world::World;

/// Writes down whose row it is asked about and told of, and asks the session it is lent something.
#[derive(Clone, Default)]
struct Hears(Arc<Mutex<Vec<(Uuid, Verb)>>>);

impl Hears {
    fn hear<E: Scoped>(&self, session: &Session, verb: Verb, row: Option<&E::Model>)
    where
        E::Model: Owned,
    {
        let asking = session.context().workspace().as_uuid().unwrap();
        let of = row.map_or(asking, Owned::workspace);
        assert_eq!(of, asking, "a hook hears of another workspace's row");
        self.0.lock().unwrap().push((of, verb));
    }

    fn take(&self) -> Vec<(Uuid, Verb)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A row that says whose it is.
trait Owned {
    fn workspace(&self) -> Uuid;
}

impl Owned for challenge::Model {
    fn workspace(&self) -> Uuid {
        self.workspace_id
    }
}

impl Owned for submission::Model {
    fn workspace(&self) -> Uuid {
        self.workspace_id
    }
}

impl Owned for member::Model {
    fn workspace(&self) -> Uuid {
        self.workspace_id
    }
}

impl<E> Hook<E> for Hears
where
    E: Scoped<Model: Owned>,
{
    async fn before(&self, session: &Session, planned: &mut [Planned<E>]) -> Result<()> {
        session.members().list().count().await?;
        for row in planned {
            self.hear::<E>(session, row.verb(), row.old());
        }
        Ok(())
    }

    async fn after(&self, session: &Session, changes: &[Change<E>]) -> Result<()> {
        session.members().list().count().await?;
        for change in changes {
            self.hear::<E>(session, change.verb(), Some(change.row()));
        }
        Ok(())
    }
}

async fn hooked(hears: &Hears) -> World {
    World::with(|builder| {
        builder
            .hook(challenge::Entity, hears.clone())
            .hook(submission::Entity, hears.clone())
            .hook(member::Entity, hears.clone())
    })
    .await
}

#[tokio::test]
async fn hooks_change_no_answer_of_the_matrix() {
    let plain = World::new().await;
    let expected = matrix(&plain, &Kinds::of(&plain).await).await;
    let hears = Hears::default();
    let world = hooked(&hears).await;
    let kinds = Kinds::of(&world).await;
    hears.take();
    let met = matrix(&world, &kinds).await;
    assert!(hears.take().len() > 50, "the hooks were not asked");
    for (met, expected) in met.lines().zip(expected.lines()) {
        assert_eq!(met, expected);
    }
    assert_eq!(met.lines().count(), expected.lines().count());
}

/// H-20, H-21, H-18: neither the caller nor a hook can tell another workspace's row from none.
#[tokio::test]
async fn hooks_hear_of_another_workspaces_row_what_they_hear_of_none() {
    let hears = Hears::default();
    let world = hooked(&hears).await;
    let kinds = Kinds::of(&world).await;
    answers_as_if_it_never_was(&world, &kinds).await;
    hears.take();
    let mut heard = 0;
    for verb in verbs() {
        let mut calls = Vec::new();
        for row in [&kinds.other, &kinds.absent] {
            let row = challenge::Model {
                title: "a title of nobody".into(),
                ..row.clone()
            };
            let session = world.alpha().await;
            aim(verb, &session, &row).await;
            session.roll_back().await;
            calls.push(hears.take());
        }
        assert_eq!(calls[0], calls[1], "{verb}");
        heard += calls[0].len();
    }
    assert!(heard > 10, "inserts and upserts were not told");
}

/// The second guard by itself, in what hooks read and are given as well.
#[tokio::test]
async fn hooks_meet_their_workspace_alone_where_row_security_is_off() {
    let hears = Hears::default();
    let world = hooked(&hears).await;
    let kinds = Kinds::of(&world).await;
    guards_without_row_security(&world, &kinds).await;
}
