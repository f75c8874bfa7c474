//! Policies that `cargo xtask policies` wrote: each change of a declaration is one more file, and one more migration.

mod accounts;
mod challenges;
mod dealership;
mod decks;
mod delivery;
mod startups;

use sea_orm_migration::MigrationTrait;

use crate::kit::Tables;

/// The policies of `accounts`, in their order.
pub(crate) fn accounts() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(accounts::ALL)
}

/// The policies of `challenges`, in their order.
pub(crate) fn challenges() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(challenges::ALL)
}

/// The policies of `dealership`, in their order.
pub(crate) fn dealership() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(dealership::ALL)
}

/// The policies of `delivery`, in their order.
pub(crate) fn delivery() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(delivery::ALL)
}

/// The policies of `startups`, in their order.
pub(crate) fn startups() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(startups::ALL)
}

/// The policies of `decks`, in their order.
pub(crate) fn decks() -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    all(decks::ALL)
}

fn all(
    files: &'static [(&'static str, &'static str)],
) -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    let migration =
        |&(name, sql)| -> Box<dyn MigrationTrait> { Box::new(Tables::new(name).policy(sql)) };
    files.iter().map(migration)
}
