//! The events of a deck are the deck: now, after each of them, and at every moment.

use chrono::{DateTime, Utc};
use sea_orm::Set;
use serde_json::json;
use tenantry::{Deletion, ErrorKind, Result, Session};
use tenantry_entities::decks::{Decks as _, deck, deck_event, slide};
use tenantry_repositories::decks::{
    DeckContent, DeckEditing as _, DeckHistory as _, DeckReading as _, DeckVersioning as _,
    Replayed, Until,
};

use super::{committed, headlines, numbered, saying};
use crate::{
    random::{Case, cases},
    world::World,
};

/// What was seen of a deck: nothing where it was deleted.
type Seen = Option<(DeckContent, bool)>;

async fn seen(session: &Session, id: deck::Id) -> Seen {
    let content = match session.decks().content(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        content => content.unwrap(),
    };
    let published = session.decks().get(id).await.unwrap().published;
    Some((content, published))
}

fn replayed(deck: &Replayed) -> Seen {
    (!deck.deleted).then(|| (deck.content().unwrap(), deck.published))
}

async fn clock(world: &World) -> DateTime<Utc> {
    let clock = sqlx::query_scalar("SELECT clock_timestamp()");
    clock.fetch_one(&world.test.admin()).await.unwrap()
}

/// What can be brought back.
#[derive(Default)]
struct Gone {
    deck: Option<Deletion>,
    slides: Vec<Deletion>,
}

/// Does something to a deck, by a verb or by an operation; what is refused leaves it as it was.
async fn something(
    case: &mut Case,
    session: &Session,
    id: deck::Id,
    gone: &mut Gone,
) -> Result<()> {
    if let Some(deletion) = gone.deck.take() {
        return session.decks().restore(&deletion).await.map(drop);
    }
    let slides = session
        .slides()
        .list()
        .filter(slide::DECK_ID.eq(id))
        .sort(slide::BY_POSITION);
    let slides = slides.page().await?.items;
    let any = (!slides.is_empty()).then(|| case.one_of(&slides).clone());
    let content = session.decks().content(id).await?;
    match (case.below(11), any) {
        (0, _) => {
            let new = [0, 1].map(|_| numbered(id, case.below(100)));
            session.slides().insert_many(new).await?;
        }
        (1, Some(slide)) => {
            let change = slide::Update {
                content: Set(json!({ "headline": case.below(9).to_string() })),
                kind: Set(*case.one_of(&[slide::Kind::Ask, slide::Kind::Team])),
                ..Default::default()
            };
            session.slides().update(&slide, change).await?;
        }
        (2, Some(slide)) => gone.slides.push(session.slides().delete(slide.id).await?),
        (3, _) => {
            if let Some(deletion) = gone.slides.pop() {
                session.slides().restore(&deletion).await?;
            }
        }
        (4, _) => {
            let mut order: Vec<_> = slides.iter().map(|slide| slide.id).collect();
            case.shuffle(&mut order);
            session.decks().reorder(id, &order).await?;
        }
        (5, _) => {
            let mut mine = content.clone();
            case.shuffle(&mut mine.slides);
            mine.slides.truncate(4);
            mine.slides.insert(0, saying("edited"));
            let _ = session.decks().edit(id, &content, &mine).await?;
        }
        (6, _) => {
            let change = deck::Update {
                title: Set(format!("title {}", case.below(3))),
                published: Set(case.one_in(2)),
            };
            let deck = session.decks().get(id).await?;
            session.decks().update(&deck, change).await?;
        }
        (7, _) => drop(session.decks().keep(id, "kept").await?),
        (8, _) => {
            let number = i32::try_from(1 + case.below(3)).unwrap();
            session.decks().bring_back(id, number).await?;
        }
        (9, _) => gone.deck = Some(session.decks().delete(id).await?),
        (_, Some(slide)) => {
            // By raw SQL as well, which no operation can watch.
            let sql = "UPDATE decks.slides SET metadata = '{\"raw\": true}' WHERE id = (SELECT id FROM decks.slides \
                WHERE deleted_at IS NULL ORDER BY position DESC LIMIT 1)";
            let _ = slide;
            session
                .raw_sql_without_workspace_guard("a test", sql, Default::default())
                .await?;
        }
        _ => {}
    }
    Ok(())
}

#[tokio::test]
async fn after_random_programmes_the_events_are_the_deck_at_every_moment() {
    let world = World::new().await;
    for mut case in cases(6) {
        let (id, _) = committed(&world, 2).await;
        let mut gone = Gone::default();
        let mut moments = Vec::new();
        for _ in 0..40 {
            let session = world.alpha().await;
            match something(&mut case, &session, id, &mut gone).await {
                Ok(()) if !case.one_in(8) || gone.deck.is_some() => session.commit().await.unwrap(),
                // What is taken back has never happened.
                Ok(()) => {
                    gone.slides.clear();
                    session.roll_back().await;
                }
                Err(error) => {
                    let expected = [ErrorKind::NotFound, ErrorKind::AlreadyExists];
                    assert!(expected.contains(&error.kind()), "{error}");
                    session.roll_back().await;
                }
            }
            let session = world.alpha().await;
            moments.push((clock(&world).await, seen(&session, id).await));
        }
        let session = world.alpha().await;
        let decks = session.decks();
        let now = decks.replay(id, Until::Now).await.unwrap();
        assert_eq!(replayed(&now), seen(&session, id).await);
        for (moment, seen) in &moments {
            let then = decks.replay(id, Until::Moment(*moment)).await.unwrap();
            assert_eq!(&replayed(&then), seen);
            assert_eq!(
                decks.replay(id, Until::Event(then.sequence)).await.unwrap(),
                then
            );
        }
        let events = session
            .deck_events()
            .list()
            .filter(deck_event::DECK_ID.eq(id));
        assert_eq!(events.count().await.unwrap(), now.sequence.unsigned_abs());
    }
}

#[tokio::test]
async fn before_the_first_event_there_is_no_deck() {
    let world = World::new().await;
    let before = clock(&world).await;
    let (id, base) = committed(&world, 2).await;
    let session = world.alpha().await;
    let early = session
        .decks()
        .replay(id, Until::Moment(before))
        .await
        .unwrap_err();
    assert_eq!(early.kind(), ErrorKind::NotFound);
    let created = session.decks().replay(id, Until::Event(1)).await.unwrap();
    assert_eq!(created.content().unwrap().slides, []);
    assert_eq!(
        session
            .decks()
            .replay(id, Until::Event(3))
            .await
            .unwrap()
            .content()
            .unwrap(),
        base
    );
    drop(session);
    // Of another workspace there is nothing to replay.
    let theirs = world
        .beta()
        .await
        .decks()
        .replay(id, Until::Now)
        .await
        .unwrap_err();
    assert_eq!(theirs.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn events_of_many_who_work_at_once_are_numbered_without_gaps() {
    let world = World::new().await;
    let (id, _) = committed(&world, 3).await;
    let work = (0..20).map(|nth| {
        world
            .database
            .transaction(&world.alpha, async move |session| {
                session.slides().insert(numbered(id, 100 + nth)).await?;
                if nth % 4 == 0 {
                    return Err(tenantry::Error::new(ErrorKind::Aborted, "not after all"));
                }
                Ok(())
            })
    });
    futures_util::future::join_all(work).await;
    let session = world.alpha().await;
    let now = session.decks().replay(id, Until::Now).await.unwrap();
    let content = session.decks().content(id).await.unwrap();
    assert_eq!(now.content().unwrap(), content);
    assert_eq!(headlines(&content).len(), 18);
    assert_eq!(now.sequence, 1 + 3 + 15);
}
