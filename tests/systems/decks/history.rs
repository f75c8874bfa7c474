//! Versions: kept, compared, brought back; and that nobody changes them.

use serde_json::json;
use tenantry::ErrorKind;
use tenantry_entities::decks::{Decks as _, deck_version, slide};
use tenantry_repositories::decks::{
    DeckEditing as _, DeckHistory as _, DeckReading as _, DeckVersioning as _, Difference,
    SlideDifference,
};

use super::{committed, headlines, saying, set};
use crate::world::World;

#[tokio::test]
async fn versions_are_compared_slide_by_slide() {
    let world = World::new().await;
    let (id, base) = committed(&world, 5).await;
    let session = world.alpha().await;
    let decks = session.decks();
    assert_eq!(decks.keep(id, "first").await.unwrap().number, 1);
    let mut mine = base.clone();
    mine.title = "Another".into();
    mine.slides.remove(0);
    set(&mut mine, 0, "headline", json!("two"));
    mine.slides[0].kind = slide::Kind::Team;
    mine.slides.swap(2, 3);
    let new = saying("new");
    mine.slides.insert(0, new.clone());
    let _ = decks.edit(id, &base, &mine).await.unwrap();
    assert_eq!(decks.keep(id, "second").await.unwrap().number, 2);

    let difference = decks.compare(id, 1, 2).await.unwrap();
    assert_eq!(difference.title, Some(("A deck".into(), "Another".into())));
    let mut told = Vec::new();
    for slide in &difference.slides {
        told.push(match slide {
            SlideDifference::Added { slide, position } => {
                format!("added {} at {position}", slide.content["headline"])
            }
            SlideDifference::Removed { slide, position } => {
                format!("removed {} from {position}", slide.content["headline"])
            }
            SlideDifference::Moved { id, from, to } => {
                format!(
                    "moved {} from {from} to {to}",
                    base.slide(*id).unwrap().content["headline"]
                )
            }
            SlideDifference::Changed { id, fields } => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|f| format!("{}: {} -> {}", f.path, f.before, f.after))
                    .collect();
                format!(
                    "changed {}: {}",
                    base.slide(*id).unwrap().content["headline"],
                    fields.join(", ")
                )
            }
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(
        told,
        [
            r#"removed "1" from 1"#,
            r#"added "new" at 1"#,
            r#"changed "2": kind: "other" -> "team", content.headline: "2" -> "two""#,
            r#"moved "5" from 5 to 4"#,
        ]
    );
    assert!(decks.compare(id, 2, 2).await.unwrap().is_empty());
    assert_eq!(
        decks.compare(id, 1, 3).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_version_comes_back_as_a_new_one() {
    let world = World::new().await;
    let (id, base) = committed(&world, 4).await;
    let session = world.alpha().await;
    let decks = session.decks();
    decks.keep(id, "as it was").await.unwrap();
    let mut mine = base.clone();
    mine.slides.remove(1);
    mine.slides.push(saying("new"));
    mine.slides.reverse();
    mine.title = "Another".into();
    let _ = decks.edit(id, &base, &mine).await.unwrap();
    decks.keep(id, "otherwise").await.unwrap();

    let back = decks.bring_back(id, 1).await.unwrap();
    assert_eq!((back.number, back.restored_from), (3, Some(1)));
    assert_eq!(decks.content(id).await.unwrap(), base);
    assert_eq!(decks.version(id, 3).await.unwrap(), base);
    assert_eq!(decks.version(id, 2).await.unwrap(), mine);
    assert_eq!(
        decks.compare(id, 1, 3).await.unwrap(),
        Difference::default()
    );
    assert_eq!(headlines(&decks.version(id, 2).await.unwrap())[0], "new");
}

#[tokio::test]
async fn versions_that_are_kept_at_once_are_all_kept_and_numbered_without_gaps() {
    let world = World::new().await;
    let (id, _) = committed(&world, 2).await;
    let keeps = (0..20).map(|nth| {
        world
            .database
            .transaction(&world.alpha, async move |session| {
                let kept = session.decks().keep(id, "at once").await?;
                // One in three changes its mind.
                if nth % 3 == 0 {
                    return Err(tenantry::Error::new(ErrorKind::Aborted, "not after all"));
                }
                Ok(kept.number)
            })
    });
    let kept = futures_util::future::join_all(keeps).await;
    let mut numbers: Vec<i32> = kept.into_iter().filter_map(Result::ok).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_two_who_bring_versions_back_at_once_the_last_is_what_the_deck_shows() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let session = world.alpha().await;
    session.decks().keep(id, "one").await.unwrap();
    let mut other = base.clone();
    other.slides.reverse();
    other.slides.push(saying("four"));
    let _ = session.decks().edit(id, &base, &other).await.unwrap();
    session.decks().keep(id, "two").await.unwrap();
    session.commit().await.unwrap();
    for _ in 0..5 {
        let back = [1, 2].map(|number| {
            world
                .database
                .transaction(&world.alpha, async move |session| {
                    session.decks().bring_back(id, number).await
                })
        });
        let [one, two] = back;
        let (one, two) = tokio::join!(one, two);
        let (one, two) = (one.unwrap(), two.unwrap());
        let last = if one.number > two.number { &one } else { &two };
        assert_eq!(one.number.abs_diff(two.number), 1);
        let session = world.alpha().await;
        let shown = session.decks().content(id).await.unwrap();
        assert_eq!(serde_json::to_value(&shown).unwrap(), last.content);
        assert_eq!(
            shown,
            if last.restored_from == Some(1) {
                base.clone()
            } else {
                other.clone()
            }
        );
    }
}

#[tokio::test]
async fn a_version_says_what_the_deck_shows_whatever_the_caller_would_like() {
    let world = World::new().await;
    let (id, base) = committed(&world, 2).await;
    let session = world.alpha().await;
    let kept = session.decks().keep(id, "true").await.unwrap();
    assert_eq!(kept.content, json!(base));
    assert_eq!(
        kept.author_id,
        session
            .context()
            .actor()
            .and_then(tenantry::ActorId::as_uuid)
    );
    let missing = deck_version::New {
        deck_id: tenantry_entities::decks::deck::Id::random(),
    };
    let error = session.deck_versions().insert(missing).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.fields().next()),
        (ErrorKind::Reference, Some("deck_id"))
    );
}
