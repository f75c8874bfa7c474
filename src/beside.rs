//! Sessions beside the workspace: of a person, and of the catalogue.
//!
//! Each has a role, a pool and a wall of its own, and none can be made from another. They reach the tables whose policy says so.

mod catalogue;
mod list;
mod person;

pub use catalogue::{CatalogueSession, PublicRows};
pub use list::ListAcross;
pub use person::{OwnRows, PersonalSeen, PersonalSession};
