//! Pitch decks.

mod attacks;
mod editing;
mod guests;
mod history;
mod isolation;
mod matrix;
mod plans;
mod replay;

pub(crate) use isolation::attack;
pub(crate) use matrix::ask;

use serde_json::{Value, json};
use tenantry::{Result, Session};
use tenantry_entities::{
    decks::{
        Decks as _, collaborator, comment, deck, deck_event, deck_version, export, slide,
        slide::Kind, template, view,
    },
    startups::{Startups as _, startup},
};
use tenantry_repositories::decks::{DeckContent, DeckReading as _, SlideContent};

use crate::{verify::every::every, world::World};

every! {
    deck: versioned soft_deletes audited;
    slide: versioned soft_deletes audited;
    template: versioned soft_deletes audited;
    deck_event: ;
    deck_version: audited;
    collaborator: versioned soft_deletes audited;
    comment: versioned soft_deletes audited;
    export: audited;
    view: ;
}

/// The startup of the session's workspace.
pub(crate) async fn startup(session: &Session) -> Result<startup::Id> {
    if let Some(startup) = session.startups().list().first().await? {
        return Ok(startup.id);
    }
    let new = startup::New {
        name: "A startup".into(),
    };
    Ok(session.startups().insert(new).await?.id)
}

/// A new deck of so many slides, each of which says its number.
pub(crate) async fn deck(session: &Session, slides: usize) -> Result<deck::Model> {
    let new = deck::New {
        startup_id: startup(session).await?,
        title: "A deck".into(),
    };
    let deck = session.decks().insert(new).await?;
    let slides = (1..=slides).map(|nth| numbered(deck.id, nth));
    let slides: Vec<_> = slides.collect();
    session.slides().insert_many(slides).await?;
    Ok(deck)
}

/// The slide of a new deck.
async fn first_slide(session: &Session) -> Result<slide::Model> {
    let deck = deck(session, 1).await?;
    let slides = session.slides().list().filter(slide::DECK_ID.eq(deck.id));
    Ok(slides.first().await?.unwrap())
}

fn numbered(deck_id: deck::Id, nth: usize) -> slide::Insert {
    slide::New { deck_id }
        .kind(Kind::Other)
        .content(json!({ "headline": nth.to_string(), "body": "…" }))
}

/// A committed deck of the owner of `alpha`, and what it shows.
pub(crate) async fn committed(world: &World, slides: usize) -> (deck::Id, DeckContent) {
    let session = world.alpha().await;
    let deck = deck(&session, slides).await.unwrap();
    let content = session.decks().content(deck.id).await.unwrap();
    session.commit().await.unwrap();
    (deck.id, content)
}

/// The headlines of a deck, in its order.
pub(crate) fn headlines(content: &DeckContent) -> Vec<&str> {
    let slides = content.slides.iter();
    slides
        .map(|slide| slide.content["headline"].as_str().unwrap())
        .collect()
}

fn saying(headline: &str) -> SlideContent {
    SlideContent::new(Kind::Other, json!({ "headline": headline }))
}

/// Sets a part of what a slide shows.
fn set(content: &mut DeckContent, nth: usize, field: &str, value: Value) {
    content.slides[nth].content[field] = value;
}
