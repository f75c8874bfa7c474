#![doc = include_str!("../README.md")]

mod advisory;
mod audit;
mod authority;
mod beside;
mod bulk;
mod call;
pub mod catalog;
mod cipher;
mod claim;
mod connection;
mod context;
mod database;
mod entity;
mod error;
mod field;
mod glass;
mod hook;
mod id;
mod key;
mod limit;
mod obstacle;
mod page;
mod person;
pub mod policy;
mod query;
mod read;
mod repository;
mod retry;
mod rows;
#[cfg(test)]
mod sample;
mod search;
mod session;
mod sight;
mod stale;
mod standing;
mod token;
mod transaction;
pub mod verify;
mod write;

pub use audit::{
    Action, Audit, Entries, Entry, Event, FieldChange, History, Image, Operation, Request,
    SecurityEvent,
};
pub use authority::{Authority, Identity, KeyGrant, PresentedKey};
pub use beside::{
    CatalogueSession, ListAcross, OwnRows, PersonalSeen, PersonalSession, PublicRows,
};
pub use bulk::Progress;
pub use cipher::{
    Blind, Cipher, Encrypted, EncryptedColumn, KeyProvider, Keys, Presence, Rotated, Rotation,
    Sealed, SealingKey, Seals, Secret,
};
pub use claim::SigningKey;
pub use context::{ActorKind, Role, TenantContext};
pub use database::{Database, DatabaseBuilder, Functions, Purged};
pub use entity::{
    Audited, BehindGlass, Catalogued, Child, Constraint, Global, Link, NewRow, Parent, Personal,
    PersonalUpdate, Scoped, SoftDelete, Versioned, WhollyBehindGlass,
};
pub use error::{Error, ErrorKind, Result};
pub use field::{
    BelongsTo, Direction, Field, Filter, HasMany, Leakproof, LeakproofOrder, NotNull, Null,
    PersonalSort, PublicSort, Sort, Unique,
};
pub use glass::{BreakGlass, GlassRows, GlassSession, Glimpse, Opening};
pub use hook::{Change, Hook, Planned, Verb};
pub use id::{Id, Keyed, Version};
pub use key::{ActorId, RowKey, WorkspaceId};
pub use limit::{Lease, Limit};
pub use obstacle::{Obstacle, ObstacleReason};
pub use page::{Cursor, Page};
pub use person::Person;
pub use query::{List, Query};
pub use read::{Append, Count, Found, Load, With};
pub use repository::{ReadRepository, Repository};
pub use rows::Rows;
pub use search::{
    DocumentSearch, Highlight, Hit, Passage, Search, SearchList, SearchQuery, Segment, TagSearch,
};
pub use session::{Access, ReadOnly, ReadSession, ReadWrite, Session, Writes};
pub use stale::{OrStale, Seen, Stale, ThreeWay, Updated};
pub use standing::{Attribute, Standing};
pub use tenantry_macros::Scoped;
pub use token::{Minted, Mints, Presented, Token, TokenKey, TokenKeys};
pub use transaction::{Isolation, Outcome, TransactionId};
pub use write::Deletion;

/// What most callers import.
pub mod prelude {
    pub use sea_orm::{ActiveValue::NotSet, Set};

    pub use crate::{OrStale as _, ReadRepository as _, Repository as _, Seals as _, Updated};
}
