//! A deck as its events make it, up to any of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use tenantry::{Error, ErrorKind, Result};
use tenantry_entities::decks::{
    deck_event::{self, Kind},
    slide,
};

use super::{DeckContent, SlideContent};

/// Up to which event a deck is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Until {
    /// The newest.
    Now,
    /// The event of this number.
    Event(i64),
    /// What had happened at a moment, by the clock of the database.
    Moment(DateTime<Utc>),
}

/// A deck as a part of its events makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// The number of the last event; 0 before the first.
    pub sequence: i64,
    /// The title.
    pub title: String,
    /// Whether it was ready to be shown.
    pub published: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    slides: BTreeMap<slide::Id, Json>,
}

impl Replayed {
    /// Takes one event more, which must be the next.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if an event is missing before it, or its data are not of their types.
    pub fn apply(&mut self, event: &deck_event::Model) -> Result<()> {
        if event.sequence != self.sequence + 1 {
            return Err(Error::new(
                ErrorKind::Internal,
                "an event of the deck is missing",
            ));
        }
        match event.kind {
            Kind::DeckCreated | Kind::DeckChanged | Kind::DeckRestored => {
                self.deck(&event.data)?;
                self.deleted = false;
            }
            Kind::DeckDeleted => self.deleted = true,
            Kind::SlideAdded | Kind::SlideChanged | Kind::SlideRestored => {
                let known = self.slides.entry(of(event)?).or_default();
                let (Some(data), Ok(known)) = (event.data.as_object(), object(known)) else {
                    return Err(mistyped());
                };
                known.extend(data.clone());
            }
            Kind::SlideRemoved => {
                self.slides.remove(&of(event)?);
            }
        }
        self.sequence = event.sequence;
        Ok(())
    }

    fn deck(&mut self, data: &Json) -> Result<()> {
        if let Some(title) = data.get("title") {
            title
                .as_str()
                .ok_or_else(mistyped)?
                .clone_into(&mut self.title);
        }
        if let Some(published) = data.get("published") {
            self.published = published.as_bool().ok_or_else(mistyped)?;
        }
        Ok(())
    }

    /// What the deck showed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if the data of an event are not of their types.
    pub fn content(&self) -> Result<DeckContent> {
        let mut slides = Vec::with_capacity(self.slides.len());
        for (id, slide) in &self.slides {
            let part = |name: &str| slide.get(name).cloned().ok_or_else(mistyped);
            let position = part("position")?.as_i64().ok_or_else(mistyped)?;
            let content = SlideContent {
                id: *id,
                kind: serde_json::from_value(part("kind")?).map_err(|_| mistyped())?,
                content: part("content")?,
                metadata: part("metadata")?,
            };
            slides.push((position, content));
        }
        slides.sort_by_key(|(position, _)| *position);
        Ok(DeckContent {
            title: self.title.clone(),
            slides: slides.into_iter().map(|(_, slide)| slide).collect(),
        })
    }
}

fn of(event: &deck_event::Model) -> Result<slide::Id> {
    event.slide_id.map(slide::Id::new).ok_or_else(mistyped)
}

/// The object that a slide is, from nothing on.
fn object(slide: &mut Json) -> Result<&mut serde_json::Map<String, Json>> {
    if slide.is_null() {
        *slide = Json::Object(serde_json::Map::new());
    }
    slide.as_object_mut().ok_or_else(mistyped)
}

fn mistyped() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the events of the deck are not of their types",
    )
}
