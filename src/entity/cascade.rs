//! Deletes that go on along relations: what hangs on a row, and what it hangs on.

use std::{any::TypeId, fmt};

use sea_orm::IdenStatic;

use crate::{BelongsTo, Constraint, HasMany, Scoped, SoftDelete};

/// A relation to rows that are deleted with a row of `E`; see [`SoftDelete::CHILDREN`].
///
/// It is a [`HasMany`] to a table that soft-deletes.
#[diagnostic::on_unimplemented(
    message = "the rows of `{Self}` cannot be deleted with a row of `{E}`",
    label = "expected a `HasMany` from `{E}` to a table that soft-deletes",
    note = "implement `tenantry::SoftDelete` for the table that points here, or leave the relation out of `CHILDREN`"
)]
pub trait Child<E>: fmt::Debug + Send + Sync {
    /// The relation without its types.
    fn link(&self) -> Link;
}

/// A relation to the row with which a row of `E` is deleted; see [`SoftDelete::PARENTS`].
///
/// It is a [`BelongsTo`] to a table that soft-deletes.
#[diagnostic::on_unimplemented(
    message = "a row of `{E}` cannot be deleted with the row of `{Self}`",
    label = "expected a `BelongsTo` from `{E}` to a table that soft-deletes",
    note = "implement `tenantry::SoftDelete` for the table that is pointed at, or leave the relation out of `PARENTS`"
)]
pub trait Parent<E>: fmt::Debug + Send + Sync {
    /// The relation without its types.
    fn link(&self) -> Link;
}

impl<E: SoftDelete, C: SoftDelete> Child<E> for HasMany<E, C> {
    fn link(&self) -> Link {
        Link {
            column: self.parent.as_str(),
            table: Table::of::<C>(),
        }
    }
}

impl<E: SoftDelete, P: SoftDelete> Parent<E> for BelongsTo<E, P> {
    fn link(&self) -> Link {
        Link {
            column: self.column.as_str(),
            table: Table::of::<P>(),
        }
    }
}

/// One end of a relation, with the type of its table erased.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Link {
    /// The column of the child that holds the id of the parent.
    pub(crate) column: &'static str,
    /// The table at the other end.
    pub(crate) table: Table,
}

/// What a cascade knows of a table.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// The entity, so that those of one entity can be told from those of another.
    pub(crate) entity: TypeId,
    schema: fn() -> Option<String>,
    pub(crate) name: &'static str,
    pub(crate) workspace: &'static str,
    pub(crate) id: &'static str,
    pub(crate) deleted_at: &'static str,
    pub(crate) delete_op: &'static str,
    children: fn() -> Vec<Link>,
    parents: fn() -> Vec<Link>,
    uniques: fn() -> Vec<Key>,
    constraints: &'static [Constraint],
}

/// A unique key, with the type of its table erased.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) among_living: bool,
}

impl Table {
    pub(crate) fn of<E: SoftDelete>() -> Self {
        let deleted_at = const {
            match E::DELETED_AT {
                Some(column) => column,
                None => panic!("a table that soft-deletes names `Scoped::DELETED_AT`"),
            }
        };
        Self {
            entity: TypeId::of::<E>(),
            schema: || E::default().schema_name().map(str::to_owned),
            name: E::default().table_name(),
            workspace: E::WORKSPACE.as_str(),
            id: E::ID.as_str(),
            deleted_at: deleted_at.as_str(),
            delete_op: E::DELETE_OP.as_str(),
            children: || E::CHILDREN.iter().map(|child| child.link()).collect(),
            parents: || E::PARENTS.iter().map(|parent| parent.link()).collect(),
            uniques: keys::<E>,
            constraints: E::CONSTRAINTS,
        }
    }

    /// Whether both are about the same table, by whichever entities.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.entity == other.entity || (self.name == other.name && self.schema() == other.schema())
    }

    pub(crate) fn schema(&self) -> Option<String> {
        (self.schema)()
    }

    pub(crate) fn children(&self) -> Vec<Link> {
        (self.children)()
    }

    pub(crate) fn parents(&self) -> Vec<Link> {
        (self.parents)()
    }

    pub(crate) fn constraints(&self) -> &'static [Constraint] {
        self.constraints
    }

    pub(crate) fn uniques(&self) -> Vec<Key> {
        (self.uniques)()
    }
}

fn keys<E: Scoped>() -> Vec<Key> {
    E::UNIQUES
        .iter()
        .map(|unique| Key {
            name: unique.name(),
            columns: unique.columns().collect(),
            among_living: unique.live_only,
        })
        .collect()
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({})", self.name)
    }
}
