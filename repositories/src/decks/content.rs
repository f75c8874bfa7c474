//! What a deck shows: a title, and slides in their order.

use sea_orm::prelude::Json;
use serde::{Deserialize, Serialize};
use tenantry_entities::decks::slide::{self, Kind};

/// What a deck shows, now or in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeckContent {
    /// What people see in lists.
    pub title: String,
    /// The slides in their order.
    pub slides: Vec<SlideContent>,
}

/// What a slide shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideContent {
    /// The slide, which keeps its id from version to version.
    pub id: slide::Id,
    /// What it is about.
    pub kind: Kind,
    /// What it shows, as a document.
    pub content: Json,
    /// What is said about it.
    pub metadata: Json,
}

impl DeckContent {
    /// The slide of this id, if the deck has it.
    #[must_use]
    pub fn slide(&self, id: slide::Id) -> Option<&SlideContent> {
        self.slides.iter().find(|slide| slide.id == id)
    }

    /// The slide of this id to be changed, if the deck has it.
    pub fn slide_mut(&mut self, id: slide::Id) -> Option<&mut SlideContent> {
        self.slides.iter_mut().find(|slide| slide.id == id)
    }
}

impl SlideContent {
    /// A new slide, without metadata.
    #[must_use]
    pub fn new(kind: Kind, content: Json) -> Self {
        Self {
            id: slide::Id::random(),
            kind,
            content,
            metadata: Json::Object(serde_json::Map::new()),
        }
    }

    /// Its parts by their names, as differences and clashes call them.
    pub(super) fn fields(&self) -> [(&'static str, Json); 3] {
        [
            ("kind", serde_json::json!(self.kind)),
            ("content", self.content.clone()),
            ("metadata", self.metadata.clone()),
        ]
    }
}

impl From<slide::Model> for SlideContent {
    fn from(row: slide::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            content: row.content,
            metadata: row.metadata,
        }
    }
}
