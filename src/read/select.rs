//! The one place where a `SELECT` on a workspace table begins.

use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    Statement, Value,
    sea_query::{
        Asterisk, Expr, ExprTrait, Func, LockType, ValueType, extension::postgres::PgFunc,
    },
};

use super::keyset::{Key, keys};
use crate::{
    Id, Keyed, Query, Result, Scoped, WorkspaceId, field::qualified, page::codec::Binding,
    query::Visibility,
};

/// `SELECT … WHERE workspace = $1`, and living rows only unless asked otherwise.
pub(crate) fn scoped<E: Scoped>(workspace: &WorkspaceId, visibility: Visibility) -> Select<E> {
    #[expect(clippy::disallowed_methods, reason = "the one place where reads begin")]
    let select = E::find();
    select.filter(within::<E>(workspace, visibility))
}

/// The condition that every level of every statement carries.
pub(crate) fn within<E: Scoped>(workspace: &WorkspaceId, visibility: Visibility) -> Condition {
    // RLS would hide the rows anyway; naming the workspace lets the planner use the index, and
    // fails closed where RLS is off.
    let mine = Condition::all().add(qualified(E::WORKSPACE).eq(workspace.0.to_value()));
    match (E::DELETED_AT, visibility) {
        (Some(column), Visibility::Live) => mine.add(qualified(column).is_null()),
        (Some(column), Visibility::Deleted) => mine.add(qualified(column).is_not_null()),
        _ => mine,
    }
}

/// The condition that names one row of the workspace, living or not.
pub(crate) fn this_row<E: Scoped>(workspace: &WorkspaceId, id: &Id<E>) -> Condition {
    within::<E>(workspace, Visibility::All).add(qualified(E::ID).eq(id.clone()))
}

pub(crate) fn build<E: EntityTrait>(select: Select<E>) -> Statement {
    DbBackend::Postgres.build(&select.into_query())
}

/// One row by its id.
pub(crate) fn by_id<E: Scoped>(
    workspace: &WorkspaceId,
    id: &Id<E>,
    visibility: Visibility,
) -> Select<E> {
    scoped::<E>(workspace, visibility).filter(qualified(E::ID).eq(id.clone()))
}

/// Living rows by their ids.
pub(crate) fn by_ids<E: Scoped>(workspace: &WorkspaceId, ids: &[Id<E>]) -> Select<E> {
    scoped::<E>(workspace, Visibility::Live).filter(any_of(E::ID, ids))
}

/// `column = ANY ($n)`: one bind and one statement text, however many ids.
pub(crate) fn any_of<C: ColumnTrait, E: Keyed>(column: C, ids: &[Id<E>]) -> Expr {
    let keys = ids.iter().map(|id| id.clone().into()).collect();
    let array = Value::Array(E::Key::array_type(), Some(Box::new(keys)));
    qualified(column).eq(PgFunc::any(Expr::val(array)))
}

/// A query without order, position and page size.
pub(crate) fn filtered<E: Scoped>(workspace: &WorkspaceId, query: &Query<E>) -> Select<E> {
    query.filters.iter().cloned().fold(
        scoped::<E>(workspace, query.visibility),
        |select, filter| select.filter(filter.into_condition()),
    )
}

pub(crate) fn count<E: Scoped>(workspace: &WorkspaceId, query: &Query<E>) -> Statement {
    let mut select = filtered(workspace, query).select_only().into_query();
    select.expr(Func::count(Expr::col(Asterisk)));
    DbBackend::Postgres.build(&select)
}

pub(crate) fn exists<E: Scoped>(workspace: &WorkspaceId, query: &Query<E>) -> Statement {
    let mut select = filtered(workspace, query).select_only().into_query();
    select.expr(Expr::val(1)).limit(1);
    DbBackend::Postgres.build(&select)
}

/// A page under construction: its select, what it is sorted by, what its cursors are bound to.
pub(crate) struct Plan<'q, E: Scoped> {
    pub(crate) select: Select<E>,
    pub(crate) keys: Vec<Key<E>>,
    pub(crate) binding: Binding<'q>,
}

/// Filters, position and order of a page, without its size.
pub(crate) fn ordered<'q, E: Scoped>(
    workspace: &WorkspaceId,
    query: &Query<E>,
    cursor_key: &'q [u8; 32],
) -> Result<Plan<'q, E>> {
    let keys = keys(query);
    let select = super::keyset::order(filtered(workspace, query), &keys);
    let bound = build(select.clone());
    let binding = Binding {
        key: cursor_key,
        shape: format!("{}{:?}", bound.sql, bound.values),
    };
    let select = match &query.after {
        Some(cursor) => select.filter(super::keyset::beyond(&keys, binding.decode(cursor)?)?),
        None => select,
    };
    let select = if query.lock {
        select.lock(LockType::NoKeyUpdate)
    } else {
        select
    };
    Ok(Plan {
        select,
        keys,
        binding,
    })
}
