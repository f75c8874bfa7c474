//! Which types compare without leaking, and so keep their index under row security.

use sea_orm::prelude::{ChronoDate, ChronoDateTimeUtc, ChronoDateTimeWithTimeZone, ChronoTime};
use uuid::Uuid;

use crate::{Id, Keyed, Version};

/// A type whose `=` PostgreSQL knows to be leakproof.
///
/// Under row security the planner uses an index for a condition only if its operator is leakproof.
/// `numeric`, `jsonb`, `citext`, arrays and enum types are not: a filter on them would read the
/// whole workspace. The generator implements this for the enums it makes from `text` columns.
/// Source: PostgreSQL's `pg_proc.proleakproof`, the same in versions 13 to 18.
#[diagnostic::on_unimplemented(
    message = "comparing `{Self}` cannot use an index under row security",
    label = "its operators are not leakproof in PostgreSQL",
    note = "store what you search for in a text, uuid, integer, boolean or timestamp column, or search through a function"
)]
pub trait Leakproof {}

/// A [`Leakproof`] type whose `<` and `>` are leakproof too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order that can use an index under row security",
    label = "its `<` and `>` are not leakproof in PostgreSQL, or say nothing about its meaning",
    note = "compare a column that stores the rank as an integer"
)]
pub trait LeakproofOrder: Leakproof {}

macro_rules! leakproof {
    ($($type:ty),* $(,)?) => {
        $(impl Leakproof for $type {} impl LeakproofOrder for $type {})*
    };
}

leakproof!(
    Uuid,
    bool,
    i16,
    i32,
    i64,
    f32,
    f64,
    String,
    Vec<u8>,
    ChronoDate,
    ChronoTime,
    ChronoDateTimeUtc,
    ChronoDateTimeWithTimeZone,
    Version,
);

impl<E: Keyed> Leakproof for Id<E> {}
impl<E: Keyed> LeakproofOrder for Id<E> {}
