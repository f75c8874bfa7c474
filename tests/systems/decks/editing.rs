//! Several who change one deck: what goes together is put together, what clashes is told, and nothing is lost.

use serde_json::{Value, json};
use tenantry::{ErrorKind, TenantContext};
use tenantry_entities::decks::{Decks as _, deck, slide};
use tenantry_repositories::decks::{
    Clash, CommentRepository as _, DeckContent, DeckEditing as _, DeckReading as _, Edited,
};

use super::{committed, headlines, numbered, saying, set};
use crate::world::World;

async fn edits(
    world: &World,
    context: &TenantContext,
    id: deck::Id,
    base: &DeckContent,
    mine: &DeckContent,
) -> Edited {
    let done = world.database.transaction(context, async move |session| {
        session.decks().edit(id, base, mine).await
    });
    done.await.unwrap()
}

async fn shows(world: &World, id: deck::Id) -> DeckContent {
    world.alpha().await.decks().content(id).await.unwrap()
}

fn clashed(edited: Edited) -> Vec<Clash> {
    match edited {
        Edited::Clashed(clashes) => clashes,
        Edited::Done(content) => panic!("it was put together: {content:?}"),
    }
}

#[tokio::test]
async fn what_two_changed_in_different_places_is_put_together() {
    let world = World::new().await;
    let (id, base) = committed(&world, 4).await;
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    theirs.title = "Theirs".into();
    set(&mut theirs, 0, "headline", json!("theirs"));
    theirs.slides.push(saying("also theirs"));
    set(&mut mine, 0, "body", json!("mine"));
    mine.slides.swap(1, 2);
    mine.slides.remove(3);
    mine.slides.insert(0, saying("mine"));

    let _ = edits(&world, &world.alpha, id, &base, &theirs).await;
    let done = edits(&world, &world.alpha, id, &base, &mine).await;
    let now = shows(&world, id).await;
    assert_eq!(done, Edited::Done(now.clone()));
    assert_eq!(now.title, "Theirs");
    assert_eq!(headlines(&now), ["mine", "theirs", "3", "also theirs", "2"]);
    assert_eq!(now.slides[1].content["body"], "mine");
}

#[tokio::test]
async fn what_both_changed_is_told_from_three_sides_and_nothing_is_changed() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    mine.title = "Mine".into();
    theirs.title = "Theirs".into();
    set(&mut mine, 0, "headline", json!("mine"));
    set(&mut theirs, 0, "headline", json!("theirs"));
    mine.slides[1].kind = slide::Kind::Ask;
    theirs.slides.remove(1);
    set(
        &mut mine,
        2,
        "body",
        json!("mine, and of no interest to them"),
    );

    let _ = edits(&world, &world.alpha, id, &base, &theirs).await;
    let clashes = clashed(edits(&world, &world.alpha, id, &base, &mine).await);
    assert_eq!(shows(&world, id).await, theirs);
    let told: Vec<_> = clashes
        .iter()
        .map(|clash| {
            (
                clash.slide,
                clash.field.as_str(),
                &clash.base,
                &clash.mine,
                &clash.theirs,
            )
        })
        .collect();
    let removed = json!(base.slides[1]);
    let changed = json!(mine.slides[1]);
    assert_eq!(
        told,
        [
            (
                None,
                "title",
                &json!("A deck"),
                &json!("Mine"),
                &json!("Theirs")
            ),
            (
                Some(base.slides[0].id),
                "content.headline",
                &json!("1"),
                &json!("mine"),
                &json!("theirs")
            ),
            (
                Some(base.slides[1].id),
                "slide",
                &removed,
                &changed,
                &Value::Null
            ),
        ]
    );
}

#[tokio::test]
async fn two_orders_clash_and_an_order_goes_with_everything_else() {
    let world = World::new().await;
    let (id, base) = committed(&world, 4).await;
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    theirs.slides.swap(0, 1);
    mine.slides.swap(2, 3);
    let _ = edits(&world, &world.alpha, id, &base, &theirs).await;
    let clashes = clashed(edits(&world, &world.alpha, id, &base, &mine).await);
    assert_eq!(clashes.len(), 1);
    assert_eq!(clashes[0].field, "order");
    // Based on what they made of it, it is no clash.
    let mut mine = theirs.clone();
    mine.slides.swap(2, 3);
    let _ = edits(&world, &world.alpha, id, &theirs, &mine).await;
    assert_eq!(headlines(&shows(&world, id).await), ["2", "1", "4", "3"]);
}

#[tokio::test]
async fn of_many_who_edit_at_once_none_is_lost() {
    let world = World::new().await;
    let (id, base) = committed(&world, 8).await;
    let edits = (0..8).map(|nth| {
        let (world, base) = (&world, &base);
        async move {
            let mut mine = base.clone();
            set(&mut mine, nth, "body", json!(format!("of {nth}")));
            mine.slides.push(saying(&format!("new {nth}")));
            edits(world, &world.alpha, id, base, &mine).await
        }
    });
    for edited in futures_util::future::join_all(edits).await {
        assert!(matches!(edited, Edited::Done(_)), "{edited:?}");
    }
    let now = shows(&world, id).await;
    assert_eq!(now.slides.len(), 16);
    for nth in 0..8 {
        assert_eq!(now.slides[nth].content["body"], format!("of {nth}"));
        assert!(headlines(&now).contains(&format!("new {nth}").as_str()));
    }
}

/// Under a lock that is forgotten both would read the same and one would write over the other.
#[tokio::test]
async fn of_two_who_change_the_same_at_once_one_is_told() {
    let world = World::new().await;
    let (id, base) = committed(&world, 1).await;
    for round in 0..10 {
        let base = shows(&world, id).await;
        let of = |who: &str| {
            let mut mine = base.clone();
            set(&mut mine, 0, "headline", json!(format!("{who} {round}")));
            mine
        };
        let (one, two) = (of("one"), of("two"));
        let (first, second) = tokio::join!(
            edits(&world, &world.alpha, id, &base, &one),
            edits(&world, &world.alpha, id, &base, &two),
        );
        let done = [&first, &second]
            .iter()
            .filter(|edited| matches!(edited, Edited::Done(_)))
            .count();
        assert_eq!(done, 1, "{first:?} {second:?}");
    }
    assert_ne!(shows(&world, id).await, base);
}

#[tokio::test]
async fn an_edit_takes_no_slide_of_another_deck() {
    let world = World::new().await;
    let (other, theirs) = committed(&world, 2).await;
    let (id, base) = committed(&world, 2).await;
    let mut mine = base.clone();
    mine.slides[0] = theirs.slides[0].clone();
    let session = world.alpha().await;
    let error = session.decks().edit(id, &base, &mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    session.roll_back().await;
    let mut mine = base.clone();
    mine.slides.push(mine.slides[0].clone());
    let session = world.alpha().await;
    let error = session.decks().edit(id, &base, &mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    session.roll_back().await;
    assert_eq!(shows(&world, id).await, base);
    assert_eq!(shows(&world, other).await, theirs);
}

#[tokio::test]
async fn slides_are_put_into_an_order_all_at_once() {
    let world = World::new().await;
    let (id, base) = committed(&world, 5).await;
    let ids: Vec<slide::Id> = base.slides.iter().map(|slide| slide.id).collect();
    let session = world.alpha().await;
    let turned: Vec<slide::Id> = ids.iter().rev().copied().collect();
    session.decks().reorder(id, &turned).await.unwrap();
    let now = session.decks().content(id).await.unwrap();
    assert_eq!(headlines(&now), ["5", "4", "3", "2", "1"]);
    for wrong in [
        &turned[1..],
        &[&turned[..4], &turned[..1]].concat(),
        &[&turned[..], &turned[..1]].concat(),
    ] {
        let error = session.decks().reorder(id, wrong).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.fields().next()),
            (ErrorKind::Invalid, Some("order"))
        );
    }
    assert_eq!(session.decks().content(id).await.unwrap(), now);
}

#[tokio::test]
async fn no_two_slides_stand_in_one_place() {
    let world = World::new().await;
    let (id, _) = committed(&world, 3).await;
    let session = world.alpha().await;
    let error = session
        .slides()
        .insert(numbered(id, 4).position(2))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(error.fields().collect::<Vec<_>>(), ["deck_id", "position"]);
}

/// Whoever inserts and whoever reorders may meet in whatever order; what comes of it is a deck with every slide once.
#[tokio::test]
async fn reordering_and_inserting_at_once_keep_every_slide_in_a_place_of_its_own() {
    let world = World::new().await;
    let (id, base) = committed(&world, 4).await;
    let ids: Vec<slide::Id> = base.slides.iter().map(|slide| slide.id).collect();
    let inserts = (0..6).map(|nth| {
        world
            .database
            .transaction(&world.alpha, async move |session| {
                session
                    .slides()
                    .insert(numbered(id, 10 + nth))
                    .await
                    .map(drop)
            })
    });
    let reorders = (0..6).map(|nth| {
        let mut order = ids.clone();
        order.rotate_left(nth % 4);
        world
            .database
            .transaction(&world.alpha, async move |session| {
                let known = session.decks().content(id).await?;
                let added = known
                    .slides
                    .iter()
                    .map(|slide| slide.id)
                    .filter(|id| !order.contains(id));
                let order: Vec<_> = order.iter().copied().chain(added).collect();
                match session.decks().reorder(id, &order).await {
                    Err(error) if error.kind() == ErrorKind::Invalid => Ok(()),
                    outcome => outcome,
                }
            })
    });
    let (inserted, reordered) = tokio::join!(
        futures_util::future::try_join_all(inserts),
        futures_util::future::try_join_all(reorders),
    );
    inserted.unwrap();
    reordered.unwrap();
    let slides = world
        .alpha()
        .await
        .slides()
        .list()
        .filter(slide::DECK_ID.eq(id))
        .sort(slide::BY_POSITION)
        .limit(100)
        .page()
        .await
        .unwrap()
        .items;
    let positions: Vec<i32> = slides.iter().map(|slide| slide.position).collect();
    assert_eq!(positions, (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_deck_goes_with_all_that_hangs_on_it_and_exactly_that_comes_back() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let session = world.alpha().await;
    let slides = session
        .slides()
        .list()
        .filter(slide::DECK_ID.eq(id))
        .sort(slide::BY_POSITION)
        .page()
        .await
        .unwrap()
        .items;
    let said = session
        .comments()
        .comment(&slides[0], "why?")
        .await
        .unwrap();
    session.comments().answer(&said, "because").await.unwrap();
    session
        .comments()
        .comment(&slides[2], "leaves before")
        .await
        .unwrap();
    // What left before stays away.
    session.slides().delete(slides[2].id).await.unwrap();
    let deletion = session.decks().delete(id).await.unwrap();
    assert_eq!(
        session.decks().content(id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(session.slides().list().count().await.unwrap(), 0);
    assert_eq!(session.comments().list().count().await.unwrap(), 0);
    session.decks().restore(&deletion).await.unwrap();
    let now = session.decks().content(id).await.unwrap();
    assert_eq!(now.slides, base.slides[..2]);
    let threads = session.comments().threads(slides[0].id).await.unwrap();
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0].answers[0].comment.body, "because");
    assert!(
        session
            .comments()
            .threads(slides[2].id)
            .await
            .unwrap()
            .is_empty()
    );
}
