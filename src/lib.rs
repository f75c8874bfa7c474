//! Tenant-safe data access.

mod entity;
mod field;
mod id;
mod key;

pub use entity::{Audited, Constraint, Global, NewRow, Scoped, SoftDelete, Versioned};
pub use field::{
    Direction, Field, Filter, HasMany, Leakproof, LeakproofOrder, NotNull, Null, Sort, Unique,
};
pub use id::{Id, Keyed, Version};
pub use key::{ActorId, RowKey, WorkspaceId};
