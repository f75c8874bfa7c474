//! People who are no more than guests of the workspace, to whom some decks are open.

use serde_json::json;
use tenantry::{ErrorKind, TenantContext};
use tenantry_entities::{
    accounts::member,
    decks::{Decks as _, collaborator, deck, slide},
};
use tenantry_repositories::decks::{
    CommentRepository as _, DeckEditing as _, DeckHistory as _, DeckReading as _,
    DeckVersioning as _, Edited, Until,
};
use uuid::Uuid;

use super::{committed, saying, set};
use crate::world::World;

/// Opens a deck to a new guest, who is then let in.
async fn guest(
    world: &World,
    deck_id: deck::Id,
    role: collaborator::Role,
) -> (Uuid, TenantContext) {
    let user_id = world.joins(member::Role::Viewer).await;
    let session = world.alpha().await;
    let new = collaborator::New { deck_id, user_id };
    session
        .collaborators()
        .insert(new.role(role))
        .await
        .unwrap();
    session.commit().await.unwrap();
    (user_id, world.as_person(user_id).await)
}

#[tokio::test]
async fn a_guest_reaches_the_decks_that_are_open_to_them_and_no_other() {
    let world = World::new().await;
    let (other, theirs) = committed(&world, 2).await;
    let (id, base) = committed(&world, 2).await;
    let (_, editor) = guest(&world, id, collaborator::Role::Editor).await;
    let session = world.database.begin(&editor).await.unwrap();
    let decks = session.decks();
    assert_eq!(decks.list().page().await.unwrap().items.len(), 1);
    assert_eq!(session.slides().list().count().await.unwrap(), 2);
    assert_eq!(decks.content(id).await.unwrap(), base);
    assert_eq!(
        decks.content(other).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        decks.replay(other, Until::Now).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let ids: Vec<slide::Id> = theirs.slides.iter().rev().map(|slide| slide.id).collect();
    assert_eq!(
        decks.reorder(other, &ids).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        decks.keep(other, "n").await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    let seen = "SELECT count(*) FROM decks.slides WHERE deck_id IN (SELECT deck_id FROM decks.deck_events)";
    let rows = session
        .raw_sql_without_workspace_guard("an attack", seen, Default::default())
        .await
        .unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&rows[0], 0), 2);
    // A slide of a deck that is not open is met by its id alone, and not taken.
    let mut mine = base.clone();
    mine.slides[0] = theirs.slides[0].clone();
    let error = decks.edit(id, &base, &mine).await.unwrap_err();
    assert!(
        [ErrorKind::Forbidden, ErrorKind::Invalid].contains(&error.kind()),
        "{error}"
    );
    session.roll_back().await;
    assert_eq!(
        world.alpha().await.decks().content(other).await.unwrap(),
        theirs
    );
}

#[tokio::test]
async fn an_editor_does_with_a_deck_what_members_do() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let (_, editor) = guest(&world, id, collaborator::Role::Editor).await;
    let session = world.database.begin(&editor).await.unwrap();
    let decks = session.decks();
    decks.keep(id, "before").await.unwrap();
    let slide = session.slides().get(base.slides[0].id).await.unwrap();
    let said = session.comments().comment(&slide, "no").await.unwrap();
    session.comments().resolve(&said).await.unwrap();
    let mut mine = base.clone();
    mine.title = "Another".into();
    mine.slides.remove(0);
    mine.slides.push(saying("new"));
    set(&mut mine, 0, "headline", json!("changed"));
    assert_eq!(
        decks.edit(id, &base, &mine).await.unwrap(),
        Edited::Done(mine)
    );
    decks.bring_back(id, 1).await.unwrap();
    assert_eq!(decks.content(id).await.unwrap(), base);
    let ids: Vec<slide::Id> = base.slides.iter().rev().map(|slide| slide.id).collect();
    decks.reorder(id, &ids).await.unwrap();
    // The deck itself is not theirs to take away, nor to be opened to others.
    assert_eq!(
        decks.delete(id).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    session.commit().await.unwrap();
}

#[tokio::test]
async fn who_may_only_look_or_speak_does_no_more_and_does_not_make_themselves_more() {
    let world = World::new().await;
    let (id, base) = committed(&world, 2).await;
    for role in [collaborator::Role::Viewer, collaborator::Role::Commenter] {
        let (user_id, guest) = guest(&world, id, role).await;
        let begin = async || world.database.begin(&guest).await.unwrap();
        let session = begin().await;
        let slide = session.slides().get(base.slides[0].id).await.unwrap();
        let said = session.comments().comment(&slide, "I think …").await;
        assert_eq!(said.is_ok(), role == collaborator::Role::Commenter);
        let session = begin().await;
        let mut mine = base.clone();
        mine.title = "Mine".into();
        let refused = session.decks().edit(id, &base, &mine).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        let own = session
            .collaborators()
            .list()
            .filter(collaborator::USER_ID.eq(user_id))
            .first()
            .await
            .unwrap()
            .unwrap();
        let change = collaborator::Update {
            role: sea_orm::Set(collaborator::Role::Editor),
        };
        assert_eq!(
            session
                .collaborators()
                .update(&own, change)
                .await
                .unwrap_err()
                .kind(),
            ErrorKind::Forbidden
        );
        for attack in [
            "UPDATE decks.collaborators SET role = 'editor'",
            "UPDATE decks.slides SET content = '{}'",
            "UPDATE decks.decks SET title = 'mine'",
        ] {
            let session = begin().await;
            let changed = session
                .raw_sql_without_workspace_guard("an attack", attack, Default::default())
                .await;
            assert!(changed.is_ok_and(|rows| rows.is_empty()), "{attack}");
            session.commit().await.unwrap();
        }
    }
    let session = world.alpha().await;
    assert_eq!(session.decks().content(id).await.unwrap(), base);
    let editors = session
        .collaborators()
        .list()
        .filter(collaborator::ROLE.eq(collaborator::Role::Editor));
    assert_eq!(editors.count().await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_taken_from_a_guest_is_gone_when_they_are_let_in_again() {
    let world = World::new().await;
    let (id, _) = committed(&world, 1).await;
    let (user_id, editor) = guest(&world, id, collaborator::Role::Editor).await;
    assert!(
        world
            .database
            .begin(&editor)
            .await
            .unwrap()
            .decks()
            .get(id)
            .await
            .is_ok()
    );
    let session = world.alpha().await;
    let row = session
        .collaborators()
        .list()
        .filter(collaborator::USER_ID.eq(user_id))
        .first()
        .await
        .unwrap()
        .unwrap();
    session.collaborators().delete(row.id).await.unwrap();
    session.commit().await.unwrap();
    let again = world.as_person(user_id).await;
    let session = world.database.begin(&again).await.unwrap();
    assert_eq!(
        session.decks().get(id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
