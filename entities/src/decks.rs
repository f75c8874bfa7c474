//! Pitch decks, who works on them, and all that they ever were.
//!
//! Generated from schema `decks` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod collaborator;
pub mod comment;
pub mod deck;
pub mod deck_event;
pub mod deck_version;
pub mod export;
pub mod slide;
pub mod template;
pub mod view;

use tenantry::{Access, Rows, Session};

/// The tables of `decks`, on a session.
pub trait Decks<A: Access> {
    /// A member whom a deck is open to.
    fn collaborators(&self) -> Rows<'_, collaborator::Entity, A>;
    /// What somebody says to a slide.
    fn comments(&self) -> Rows<'_, comment::Entity, A>;
    /// A change of a deck or of one of its slides; all of them in their order are the deck.
    fn deck_events(&self) -> Rows<'_, deck_event::Entity, A>;
    /// A deck as it was when somebody kept it.
    fn deck_versions(&self) -> Rows<'_, deck_version::Entity, A>;
    /// A pitch deck.
    fn decks(&self) -> Rows<'_, deck::Entity, A>;
    /// That somebody took a deck along as a file.
    fn exports(&self) -> Rows<'_, export::Entity, A>;
    /// A slide of a deck.
    fn slides(&self) -> Rows<'_, slide::Entity, A>;
    /// What a new deck may begin with.
    fn templates(&self) -> Rows<'_, template::Entity, A>;
    /// That somebody looked at a slide.
    fn views(&self) -> Rows<'_, view::Entity, A>;
}

impl<A: Access> Decks<A> for Session<A> {
    fn collaborators(&self) -> Rows<'_, collaborator::Entity, A> {
        self.rows(collaborator::Entity)
    }

    fn comments(&self) -> Rows<'_, comment::Entity, A> {
        self.rows(comment::Entity)
    }

    fn deck_events(&self) -> Rows<'_, deck_event::Entity, A> {
        self.rows(deck_event::Entity)
    }

    fn deck_versions(&self) -> Rows<'_, deck_version::Entity, A> {
        self.rows(deck_version::Entity)
    }

    fn decks(&self) -> Rows<'_, deck::Entity, A> {
        self.rows(deck::Entity)
    }

    fn exports(&self) -> Rows<'_, export::Entity, A> {
        self.rows(export::Entity)
    }

    fn slides(&self) -> Rows<'_, slide::Entity, A> {
        self.rows(slide::Entity)
    }

    fn templates(&self) -> Rows<'_, template::Entity, A> {
        self.rows(template::Entity)
    }

    fn views(&self) -> Rows<'_, view::Entity, A> {
        self.rows(view::Entity)
    }
}
