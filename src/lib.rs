#![doc = include_str!("../README.md")]

mod authority;
pub mod catalog;
mod claim;
mod connection;
mod context;
mod database;
mod entity;
mod error;
mod field;
mod id;
mod key;
mod page;
mod query;
mod read;
mod repository;
mod retry;
mod rows;
#[cfg(test)]
mod sample;
mod session;
mod stale;
mod transaction;
pub mod verify;
mod write;

pub use authority::{Authority, Identity};
pub use claim::SigningKey;
pub use context::{ActorKind, Role, TenantContext};
pub use database::{Database, DatabaseBuilder};
pub use entity::{Audited, Constraint, Global, NewRow, Scoped, SoftDelete, Versioned};
pub use error::{Error, ErrorKind, Result};
pub use field::{
    BelongsTo, Direction, Field, Filter, HasMany, Leakproof, LeakproofOrder, NotNull, Null, Sort,
    Unique,
};
pub use id::{Id, Keyed, Version};
pub use key::{ActorId, RowKey, WorkspaceId};
pub use page::{Cursor, Page};
pub use query::{List, Query};
pub use read::{Append, Count, Load, With};
pub use repository::{ReadRepository, Repository};
pub use rows::Rows;
pub use session::{Access, ReadOnly, ReadSession, ReadWrite, Session, Writes};
pub use stale::{OrStale, Seen, Stale, Updated};
pub use tenantry_macros::Scoped;
pub use transaction::{Isolation, Outcome, TransactionId};
pub use write::Deletion;

/// What most callers import.
pub mod prelude {
    pub use sea_orm::{ActiveValue::NotSet, Set};

    pub use crate::{OrStale as _, ReadRepository as _, Repository as _, Updated};
}
