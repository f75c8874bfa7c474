//! The migrations of the systems, as lists that a migrator puts together.

mod accounts;
mod challenges;
mod dealership;
mod decks;
mod delivery;
mod function;
mod startups;

use sea_orm_migration::MigrationTrait;

use crate::policies;

/// Returns the migrations of workspaces, people and membership.
#[must_use]
pub fn accounts() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(accounts::CreateAccounts);
    [tables].into_iter().chain(policies::accounts()).collect()
}

/// Returns the migrations of challenges, submissions and judges; they need [`accounts`].
#[must_use]
pub fn challenges() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(challenges::CreateChallenges);
    [tables].into_iter().chain(policies::challenges()).collect()
}

/// Returns the migrations of dealerships; they need [`accounts`].
#[must_use]
pub fn dealership() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(dealership::CreateDealership);
    [tables].into_iter().chain(policies::dealership()).collect()
}

/// Returns the migrations of the outbox and of what hands it on; they need [`accounts`].
#[must_use]
pub fn delivery() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(delivery::CreateDelivery);
    [tables].into_iter().chain(policies::delivery()).collect()
}

/// Returns the migrations of startups; they need [`accounts`].
#[must_use]
pub fn startups() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(startups::CreateStartups);
    [tables].into_iter().chain(policies::startups()).collect()
}

/// Returns the migrations of pitch decks; they need [`startups`].
#[must_use]
pub fn decks() -> Vec<Box<dyn MigrationTrait>> {
    let tables: Box<dyn MigrationTrait> = Box::new(decks::CreateDecks);
    [tables].into_iter().chain(policies::decks()).collect()
}
