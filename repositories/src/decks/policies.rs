//! Who may do what with decks: members with all of them, collaborators with those that are open to them, nobody else with any.
//!
//! `cargo xtask policies` makes a migration of these when they change.

use tenantry::{
    ActorKind, Field, Scoped,
    policy::{Action, Glass, Policies, Policy, When},
};
use tenantry_entities::decks::{
    collaborator, comment, deck, deck_event, deck_version, export, slide, template, view,
};

use crate::accounts::{
    Rank,
    policies::{EXPORT, export},
};

/// What is put there and changed, but not taken away.
const EDITS: [Action; 2] = [Action::Insert, Action::Update];
/// What is taken away and brought back.
const REMOVALS: [Action; 2] = [Action::Delete, Action::Restore];

fn member<E: Scoped>() -> When<E> {
    When::at_least(Rank::Member)
}

/// The deck is open to whoever asks.
fn open<E: Scoped>(deck: Field<E, deck::Id>) -> When<E> {
    When::one_of_mine(deck, "decks")
}

/// Whoever asks edits the deck.
fn edits<E: Scoped>(deck: Field<E, deck::Id>) -> When<E> {
    When::one_of_mine(deck, "deck_editor")
}

/// Whoever asks may say something to the deck.
fn says<E: Scoped>(deck: Field<E, deck::Id>) -> When<E> {
    edits(deck).or(When::one_of_mine(deck, "deck_commenter"))
}

const OPEN: &str = "collaborators read what is open to them";

/// Members make decks and work on them; they take away what they made, owners and admins whatever there is.
#[must_use]
pub fn decks() -> Policy<deck::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members edit", EDITS, member())
        .allow(OPEN, Action::READS, open(deck::ID))
        .allow("editors rename", Action::Update, edits(deck::ID))
        .allow(
            "members take away what they made",
            REMOVALS,
            member().and(When::mine(deck::CREATED_BY)),
        )
        .allow(
            "owners and admins take away all",
            REMOVALS,
            When::at_least(Rank::Admin),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .break_glass(Glass::all("operators see which decks there are"))
}

/// Members work on slides.
#[must_use]
pub fn slides() -> Policy<slide::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members write", Action::WRITES, member())
        .allow(OPEN, Action::READS, open(slide::DECK_ID))
        .allow("editors write", Action::WRITES, edits(slide::DECK_ID))
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .break_glass(
            Glass::all("operators see slides, not what is on them")
                .hides(slide::CONTENT)
                .hides(slide::METADATA),
        )
}

/// Everybody sees what a deck may begin with; members make templates.
#[must_use]
pub fn templates() -> Policy<template::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("everybody reads", Action::READS, When::always())
        .allow("members write", Action::WRITES, member())
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
}

/// Triggers write them.
#[must_use]
pub fn deck_events() -> Policy<deck_event::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow(OPEN, Action::READS, open(deck_event::DECK_ID))
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
}

/// Whoever edits a deck keeps versions of it.
#[must_use]
pub fn deck_versions() -> Policy<deck_version::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members keep versions", Action::Insert, member())
        .allow(OPEN, Action::READS, open(deck_version::DECK_ID))
        .allow(
            "editors keep versions",
            Action::Insert,
            edits(deck_version::DECK_ID),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
        .allow(
            "jobs keep versions",
            Action::Insert,
            When::kind(ActorKind::Job),
        )
}

/// Members open decks to others; everybody sees which are open to them.
#[must_use]
pub fn collaborators() -> Policy<collaborator::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow(OPEN, Action::READS, open(collaborator::DECK_ID))
        .allow(
            "everybody reads what is open to them",
            Action::READS,
            When::mine(collaborator::USER_ID),
        )
        .allow("members write", Action::WRITES, member())
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
}

/// Members comment; what somebody said only they change, and whether something is left to do every member says.
///
/// Whoever takes a slide away takes away what was said of it, so members take away whatever was said.
#[must_use]
pub fn comments() -> Policy<comment::Entity> {
    let mine = || When::mine(comment::AUTHOR_ID);
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members comment", Action::Insert, member())
        .allow(OPEN, Action::READS, open(comment::DECK_ID))
        .allow(
            "editors and commenters comment",
            Action::Insert,
            says(comment::DECK_ID),
        )
        .allow(
            "editors and commenters change what they said",
            Action::Update,
            says(comment::DECK_ID).and(mine()),
        )
        .allow(
            "editors resolve",
            Action::Update,
            edits(comment::DECK_ID).and(When::unchanged(comment::BODY)),
        )
        .allow("editors take away", REMOVALS, edits(comment::DECK_ID))
        .allow(
            "commenters take back what they said",
            REMOVALS,
            says(comment::DECK_ID).and(mine()),
        )
        .allow(
            "members change what they said",
            Action::Update,
            member().and(mine()),
        )
        .allow(
            "members resolve",
            Action::Update,
            member().and(When::unchanged(comment::BODY)),
        )
        .allow("members take away", REMOVALS, member())
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
        .allow("jobs take away", REMOVALS, When::kind(ActorKind::Job))
}

/// Members take decks along, and see who did.
#[must_use]
pub fn exports() -> Policy<export::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members take decks along", Action::Insert, member())
        .allow(
            "collaborators take along what is open to them",
            Action::Insert,
            open(export::DECK_ID),
        )
        .allow(
            "everybody reads what they took along",
            Action::READS,
            When::mine(export::EXPORTED_BY),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
}

/// Members look at slides, and see how long others did.
#[must_use]
pub fn views() -> Policy<view::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("members read", Action::READS, member())
        .allow("members look", Action::Insert, member())
        .allow(
            "collaborators look at what is open to them",
            Action::Insert,
            open(view::DECK_ID),
        )
        .allow(
            "everybody reads when they looked",
            Action::READS,
            When::mine(view::VIEWED_BY),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new()
        .with(decks())
        .with(slides())
        .with(templates())
        .with(deck_events())
        .with(deck_versions())
        .with(collaborators())
        .with(comments())
        .with(exports())
        .with(views())
}
