//! Whoever has the password of the service and tries to rewrite what happened, or to reach from one deck into another.

use sqlx::{Connection as _, PgConnection};
use tenantry::ErrorKind;
use tenantry_entities::decks::{Decks as _, comment, slide, view};
use tenantry_repositories::decks::{CommentRepository as _, DeckReading as _, DeckVersioning as _};

use super::{committed, first_slide};
use crate::world::{World, attempt};

const LOGS: [&str; 4] = ["deck_events", "deck_versions", "exports", "views"];

/// Something in every log of `alpha`, committed.
async fn logged(world: &World) {
    let session = world.alpha().await;
    let slide = first_slide(&session).await.unwrap();
    session.decks().keep(slide.deck_id, "n").await.unwrap();
    let new = tenantry_entities::decks::export::New {
        deck_id: slide.deck_id,
        format: tenantry_entities::decks::export::Format::Pptx,
    };
    session.exports().insert(new).await.unwrap();
    let new = view::New {
        deck_id: slide.deck_id,
        slide_id: slide.id,
        seconds: 4,
    };
    session.views().insert(new).await.unwrap();
    session.commit().await.unwrap();
}

#[tokio::test]
async fn nobody_changes_what_happened() {
    let world = World::new().await;
    logged(&world).await;
    for table in LOGS {
        for attack in [
            format!("UPDATE decks.{table} SET deck_id = deck_id"),
            format!("DELETE FROM decks.{table}"),
            format!("TRUNCATE decks.{table}"),
        ] {
            let session = world.alpha().await;
            let sql: &'static str = String::leak(attack.clone());
            let refused = session
                .raw_sql_without_workspace_guard("an attack", sql, Default::default())
                .await;
            assert_eq!(
                refused.unwrap_err().kind(),
                ErrorKind::Forbidden,
                "{attack}"
            );
            // Neither does whoever meets no privilege: there is something to be changed, and a trigger in the way.
            let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(attack.clone()))
                .execute(&world.test.admin())
                .await;
            let refused = refused.unwrap_err();
            assert_eq!(
                refused.as_database_error().unwrap().code().unwrap(),
                "42501",
                "{attack}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_writes_events_numbers_or_contents_by_hand() {
    let world = World::new().await;
    let (id, _) = committed(&world, 1).await;
    let (workspace, deck) = (world.alpha.workspace(), id);
    for attack in [
        format!("INSERT INTO decks.deck_events (workspace_id, deck_id, sequence, kind) VALUES ('{workspace}', '{deck}', 99, 'deck_deleted')"),
        format!("INSERT INTO decks.deck_versions (workspace_id, deck_id, number) VALUES ('{workspace}', '{deck}', 99)"),
        format!("INSERT INTO decks.deck_versions (workspace_id, deck_id, content) VALUES ('{workspace}', '{deck}', '{{}}')"),
        format!("INSERT INTO decks.views (workspace_id, deck_id, slide_id, seconds, viewed_by) VALUES ('{workspace}', '{deck}', '{deck}', 1, '{deck}')"),
        "UPDATE decks.decks SET last_event = 0".to_owned(),
        "UPDATE decks.decks SET last_version = 0".to_owned(),
        format!("SELECT decks.append_events('{workspace}', '{deck}', '[]')"),
        "SELECT decks.slides_record()".to_owned(),
        "SELECT decks.deck_versions_fill()".to_owned(),
        "CREATE TEMPORARY TABLE slides (LIKE decks.slides); CREATE TRIGGER t AFTER INSERT ON slides FOR EACH STATEMENT EXECUTE FUNCTION decks.slides_record()".to_owned(),
    ] {
        let mut login = PgConnection::connect(world.test.app_url()).await.unwrap();
        assert_eq!(attempt(&mut login, &attack).await, Err("42501".into()), "{attack}");
    }
    assert!(world.alpha().await.decks().content(id).await.is_ok());
}

/// A trigger acts with more rights than whoever sets it off, before row security looks at the row.
#[tokio::test]
async fn a_slide_or_version_of_another_workspace_locks_numbers_and_tells_nothing() {
    let world = World::new().await;
    let (id, _) = committed(&world, 1).await;
    // Held, so that whoever would look at it would wait.
    let held = world.alpha().await;
    held.decks().get_for_update(id).await.unwrap();
    for workspace in [world.alpha.workspace(), world.beta.workspace()] {
        for attack in [
            format!(
                "INSERT INTO decks.slides (workspace_id, deck_id) VALUES ('{workspace}', '{id}')"
            ),
            format!(
                "INSERT INTO decks.deck_versions (workspace_id, deck_id) VALUES ('{workspace}', '{id}')"
            ),
        ] {
            let session = world.beta().await;
            let work = session.raw_sql_without_workspace_guard(
                "an attack",
                String::leak(attack.clone()),
                Default::default(),
            );
            let refused = tokio::time::timeout(std::time::Duration::from_secs(3), work).await;
            let kind = refused.expect("it does not wait").unwrap_err().kind();
            assert!(
                [ErrorKind::Forbidden, ErrorKind::Reference].contains(&kind),
                "{attack}: {kind:?}"
            );
        }
    }
    held.roll_back().await;
    assert_eq!(
        world
            .alpha()
            .await
            .decks()
            .keep(id, "first")
            .await
            .unwrap()
            .number,
        1
    );
}

#[tokio::test]
async fn what_is_said_and_seen_of_a_slide_names_the_deck_that_it_is_of() {
    let world = World::new().await;
    let session = world.alpha().await;
    let (one, other) = (
        first_slide(&session).await.unwrap(),
        first_slide(&session).await.unwrap(),
    );
    session.commit().await.unwrap();
    let reference = async |field: &str, error: tenantry::Error| {
        assert_eq!(error.kind(), ErrorKind::Reference);
        assert!(error.fields().any(|named| named == field), "{error:?}");
    };
    let session = world.alpha().await;
    let new = comment::New {
        deck_id: one.deck_id,
        slide_id: other.id,
        body: "b".into(),
    };
    reference("deck_id", session.comments().insert(new).await.unwrap_err()).await;
    let session = world.alpha().await;
    let new = view::New {
        deck_id: one.deck_id,
        slide_id: other.id,
        seconds: 1,
    };
    reference("deck_id", session.views().insert(new).await.unwrap_err()).await;
    let session = world.alpha().await;
    let said = session.comments().comment(&one, "a").await.unwrap();
    let new = comment::New {
        deck_id: other.deck_id,
        slide_id: other.id,
        body: "b".into(),
    };
    reference(
        "slide_id",
        session
            .comments()
            .insert(new.parent_id(said.id))
            .await
            .unwrap_err(),
    )
    .await;
}

#[tokio::test]
async fn a_slide_does_not_live_on_without_its_deck_nor_a_comment_without_its_slide() {
    let world = World::new().await;
    let session = world.alpha().await;
    let slide = first_slide(&session).await.unwrap();
    session.comments().comment(&slide, "a").await.unwrap();
    session.commit().await.unwrap();
    for attack in [
        "UPDATE decks.decks SET deleted_at = now(), delete_op = gen_random_uuid()",
        "UPDATE decks.slides SET deleted_at = now(), delete_op = gen_random_uuid()",
    ] {
        let session = world.alpha().await;
        let refused = session
            .raw_sql_without_workspace_guard("an attack", attack, Default::default())
            .await;
        assert_eq!(
            refused.unwrap_err().kind(),
            ErrorKind::Reference,
            "{attack}"
        );
    }
    let session = world.alpha().await;
    session.decks().delete(slide.deck_id).await.unwrap();
    let orphan = session
        .slides()
        .insert(slide::New {
            deck_id: slide.deck_id,
        })
        .await
        .unwrap_err();
    assert_eq!(orphan.kind(), ErrorKind::Reference);
}
