//! What hooks write calls hooks in its turn.

use insta::assert_snapshot;
use tenantry::{Change, ErrorKind, Hook, Planned, Result, Session, Verb};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge, submission},
};

use super::{Challenge, Watch, hooked, rename, shown};
use crate::world::{World, member, titled};

/// Inserts a challenge with one letter less, as long as there is one.
#[derive(Clone)]
struct Shorter;

impl Hook<Challenge> for Shorter {
    async fn after(&self, session: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        for change in changes {
            let title = &change.row().title;
            if title.len() > 1 {
                session.challenges().insert(titled(&title[1..])).await?;
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn hooks_call_each_other_eight_deep_and_no_deeper() {
    let world = hooked(Shorter).await;
    let session = world.alpha().await;
    session
        .challenges()
        .insert(titled("abcdefgh"))
        .await
        .unwrap();
    assert_eq!(session.challenges().list().count().await.unwrap(), 8);
    let endless = session.challenges().insert(titled("123456789")).await;
    let endless = endless.unwrap_err();
    assert_eq!(endless.kind(), ErrorKind::Internal);
    assert_eq!(endless.to_string(), "hooks of challenges call each other");
    let refused = session.commit().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Aborted);
}

/// Puts the newest score into the title of the challenge.
struct Scored;

impl Hook<submission::Entity> for Scored {
    async fn after(&self, session: &Session, changes: &[Change<submission::Entity>]) -> Result<()> {
        for change in changes {
            let challenges = session.challenges();
            let challenge = challenges.get_for_update(change.row().challenge_id).await?;
            challenges.update(&challenge, rename("scored")).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_hook_of_one_table_calls_those_of_another() {
    let watch = Watch::default();
    let world = World::with(|builder| {
        builder
            .hook(submission::Entity, Scored)
            .hook(challenge::Entity, watch.clone())
    })
    .await;
    let session = world.alpha().await;
    let challenge = session.challenges().insert(titled("a")).await.unwrap();
    let user_id = session.members().insert(member("m")).await.unwrap().user_id;
    watch.take();
    let new = submission::New {
        challenge_id: challenge.id,
        user_id,
    };
    session.submissions().insert(new).await.unwrap();
    assert_snapshot!(watch.take(), @"
    before [update of id, a v1, title scored]
    after [update: a v1 → scored v2]
    ");
}

/// Renames a row before anything else happens to it.
#[derive(Clone)]
struct Meddles;

impl Hook<Challenge> for Meddles {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            let title = row.values().title.try_as_ref().map(String::as_str);
            if let Some(old) = row.old().filter(|_| title != Some("meddled")) {
                session.challenges().update(old, rename("meddled")).await?;
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_row_that_a_hook_changes_itself_is_stale_for_the_update() {
    let world = hooked(Meddles).await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("calm")).await.unwrap();
    let stale = session.challenges().update(&row, rename("x")).await;
    assert_eq!(stale.unwrap_err().kind(), ErrorKind::Stale);
    // Swallowed, it would keep half of it.
    let refused = session.commit().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Aborted);
}

/// Renames a row before it is deleted.
#[derive(Clone)]
struct Epitaph;

impl Hook<Challenge> for Epitaph {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        for row in planned {
            if let Some(old) = row.old().filter(|_| row.verb() == Verb::Delete) {
                session.challenges().update(old, rename("late")).await?;
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_old_image_of_a_delete_is_what_the_delete_found() {
    let watch = Watch::default();
    let world = World::with(|builder| {
        builder
            .hook(challenge::Entity, Epitaph)
            .hook(challenge::Entity, watch.clone())
    })
    .await;
    let session = world.alpha().await;
    let row = session.challenges().insert(titled("a")).await.unwrap();
    watch.take();
    session.challenges().delete(row.id).await.unwrap();
    assert_snapshot!(watch.take(), @"
    before [update of id, a v1, title late]
    after [update: a v1 → late v2]
    before [delete of id, a v1, title unset]
    after [delete: late v2 → late v3 deleted]
    ");
    let gone = session
        .challenges()
        .find_with_deleted(row.id)
        .await
        .unwrap();
    assert_eq!(shown(gone.as_ref()), "late v3 deleted");
}
