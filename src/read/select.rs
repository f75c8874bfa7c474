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
    Filter, Id, Keyed, Query, Result, Scoped, field::qualified, page::codec::Binding,
    query::Visibility, sight::Sight,
};

/// `SELECT … WHERE workspace = $1`, living rows only unless asked otherwise, and those that may be read.
pub(crate) fn scoped<E: Scoped>(sight: &Sight<'_, E>, visibility: Visibility) -> Select<E> {
    #[expect(clippy::disallowed_methods, reason = "the one place where reads begin")]
    let select = E::find();
    select.filter(sight.within(visibility))
}

/// The condition that names one row of the workspace, living or not.
pub(crate) fn this_row<E: Scoped>(sight: &Sight<'_, E>, id: &Id<E>) -> Condition {
    sight
        .within(Visibility::All)
        .add(qualified(E::ID).eq(id.clone()))
}

pub(crate) fn build<E: EntityTrait>(select: Select<E>) -> Statement {
    DbBackend::Postgres.build(&select.into_query())
}

/// One row by its id.
pub(crate) fn by_id<E: Scoped>(
    sight: &Sight<'_, E>,
    id: &Id<E>,
    visibility: Visibility,
) -> Select<E> {
    scoped(sight, visibility).filter(qualified(E::ID).eq(id.clone()))
}

/// Living rows by their ids.
pub(crate) fn by_ids<E: Scoped>(sight: &Sight<'_, E>, ids: &[Id<E>]) -> Select<E> {
    scoped(sight, Visibility::Live).filter(any_of(E::ID, ids))
}

/// `column = ANY ($n)`: one bind and one statement text, however many ids.
pub(crate) fn any_of<C: ColumnTrait, E: Keyed>(column: C, ids: &[Id<E>]) -> Expr {
    let keys = ids.iter().map(|id| id.clone().into()).collect();
    let array = Value::Array(E::Key::array_type(), Some(Box::new(keys)));
    qualified(column).eq(PgFunc::any(Expr::val(array)))
}

/// A query without order, position and page size. What the session does not see is not asked for.
pub(crate) fn filtered<E: Scoped>(sight: &Sight<'_, E>, query: &Query<E>) -> Result<Select<E>> {
    sight.refuse_query(query)?;
    let filters = query.filters.iter().cloned();
    Ok(filters.fold(scoped(sight, query.visibility), with_filter))
}

pub(crate) fn with_filter<E: Scoped>(select: Select<E>, filter: Filter<E>) -> Select<E> {
    select.filter(filter.into_condition())
}

pub(crate) fn count<E: Scoped>(sight: &Sight<'_, E>, query: &Query<E>) -> Result<Statement> {
    let mut select = filtered(sight, query)?.select_only().into_query();
    select.expr(Func::count(Expr::col(Asterisk)));
    Ok(DbBackend::Postgres.build(&select))
}

pub(crate) fn exists<E: Scoped>(sight: &Sight<'_, E>, query: &Query<E>) -> Result<Statement> {
    let mut select = filtered(sight, query)?.select_only().into_query();
    select.expr(Expr::cust("1")).limit(1);
    Ok(DbBackend::Postgres.build(&select))
}

/// A page under construction: its select, what it is sorted by, what its cursors are bound to.
pub(crate) struct Plan<'q, E: Scoped> {
    pub(crate) select: Select<E>,
    pub(crate) keys: Vec<Key<E>>,
    pub(crate) binding: Binding<'q>,
}

/// Filters, position and order of a page, without its size.
pub(crate) fn ordered<'q, E: Scoped>(
    sight: &Sight<'_, E>,
    query: &Query<E>,
    cursor_key: &'q [u8; 32],
) -> Result<Plan<'q, E>> {
    let mut keys = keys(query);
    if sight.spans_workspaces() {
        super::keyset::tell_workspaces_apart(&mut keys);
    }
    let select = super::keyset::order(filtered(sight, query)?, &keys);
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

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use uuid::Uuid;

    use super::*;
    use crate::{
        Cursor, ErrorKind, Page,
        sample::{self, BY_NAME, NAME, NEWEST, SIZE, readable},
    };

    type Widgets = Query<sample::Entity>;
    const KEY: &[u8; 32] = &[7; 32];

    fn sight() -> Sight<'static, sample::Entity> {
        Sight::of_workspace(&Uuid::from_u128(1).into())
    }

    fn listed(query: &Widgets) -> String {
        let plan = ordered(&sight(), query, KEY).unwrap();
        let statement = build(plan.select.select_only().column(sample::Column::Name));
        readable(&statement)
    }

    fn cursor(query: &Widgets) -> Cursor {
        let at = chrono::DateTime::from_timestamp(1, 0).unwrap();
        let row = sample::Model {
            workspace_id: Uuid::from_u128(1),
            id: Id::new(Uuid::from_u128(2)),
            parent_id: None,
            name: "a".into(),
            code: "a".into(),
            size: None,
            created_at: at,
            version: crate::Version::from_i64(1),
            deleted_at: None,
            delete_op: None,
        };
        let plan = ordered(&sight(), query, KEY).unwrap();
        plan.binding
            .encode(&super::super::keyset::position(&plan.keys, &row))
            .unwrap()
    }

    #[test]
    fn a_row_is_found_by_workspace_and_id() {
        let select = by_id::<sample::Entity>(&sight(), &Id::new(Uuid::nil()), Visibility::Live);
        assert_snapshot!(readable(&build(select)));
    }

    #[test]
    fn rows_are_found_by_one_array() {
        let ids = [Id::new(Uuid::nil()), Id::new(Uuid::nil())];
        let select = by_ids::<sample::Entity>(&sight(), &ids).select_only();
        let statement = build(select.column(sample::Column::Name));
        assert_snapshot!(readable(&statement), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.id = ANY($2)
        ");
        assert_eq!(statement.values.unwrap().0.len(), 2);
    }

    #[test]
    fn a_list_names_workspace_and_liveness_whatever_the_filters() {
        let either = NAME.eq("a").or(!SIZE.is_null()).or(NAME.starts_with("b"));
        assert_snapshot!(listed(&Widgets::new().filter(either).filter(SIZE.between(1, 2))), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND (widgets.name = $2 OR (NOT widgets.size IS NULL) OR (widgets.name ^@ $3)) AND widgets.size >= $4 AND widgets.size <= $5
        ORDER BY widgets.id ASC
        ");
    }

    #[test]
    fn deleted_rows_are_seen_only_when_asked_for() {
        assert_snapshot!(listed(&Widgets::new().with_deleted()), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1
        ORDER BY widgets.id ASC
        ");
        assert_snapshot!(listed(&Widgets::new().only_deleted()), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NOT NULL
        ORDER BY widgets.id ASC
        ");
    }

    #[test]
    fn a_page_continues_by_row_comparison() {
        let query = Widgets::new().sort(NEWEST);
        let next = cursor(&query);
        assert_snapshot!(listed(&query.after(next)), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND (widgets.created_at, widgets.id) < ($2, $3)
        ORDER BY widgets.created_at DESC, widgets.id DESC
        ");
    }

    #[test]
    fn a_pinned_column_leaves_the_order() {
        let query = Widgets::new().sort(BY_NAME).filter(NAME.eq("a"));
        let next = cursor(&query);
        assert_snapshot!(listed(&query.after(next)), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.name = $2 AND (widgets.created_at, widgets.id) < ($3, $4)
        ORDER BY widgets.created_at DESC, widgets.id DESC
        ");
    }

    #[test]
    fn mixed_directions_keep_a_bound_that_an_index_serves() {
        let query = Widgets::new().sort(BY_NAME);
        let next = cursor(&query);
        assert_snapshot!(listed(&query.after(next)), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.name >= $2 AND (widgets.name > $3 OR (widgets.name = $4 AND (widgets.created_at < $5 OR (widgets.created_at = $6 AND widgets.id < $7))))
        ORDER BY widgets.name ASC, widgets.created_at DESC, widgets.id DESC
        ");
    }

    #[test]
    fn a_locking_read_does_not_block_children() {
        assert_snapshot!(listed(&Widgets { lock: true, ..Widgets::new() }), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL
        ORDER BY widgets.id ASC
        FOR NO KEY UPDATE
        ");
    }

    #[test]
    fn counting_names_the_workspace() {
        assert_snapshot!(readable(&count(&sight(), &Widgets::new().filter(NAME.eq("a"))).unwrap()), @"
        SELECT COUNT(*)
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.name = $2
        ");
        assert_snapshot!(readable(&exists(&sight(), &Widgets::new().filter(NAME.eq("a"))).unwrap()), @"
        SELECT 1
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND widgets.name = $2
        LIMIT $3
        ");
    }

    #[test]
    fn no_row_is_in_an_empty_set() {
        let none: [String; 0] = [];
        assert_snapshot!(listed(&Widgets::new().filter(NAME.one_of(none))), @"
        SELECT widgets.name
        FROM app.widgets
        WHERE widgets.workspace_id = $1 AND widgets.deleted_at IS NULL AND (FALSE)
        ORDER BY widgets.id ASC
        ");
    }

    #[test]
    fn a_cursor_serves_only_its_own_query() {
        let query = Widgets::new().sort(NEWEST);
        let next = cursor(&query);
        let others = [
            Widgets::new().sort(NEWEST).filter(NAME.eq("a")),
            Widgets::new().sort(BY_NAME),
            Widgets::new().sort(NEWEST).with_deleted(),
        ];
        for other in others {
            let refused = ordered(&sight(), &other.after(next.clone()), KEY).map(drop);
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
        }
        let elsewhere = ordered(
            &Sight::of_workspace(&Uuid::from_u128(9).into()),
            &query.clone().after(next.clone()),
            KEY,
        );
        assert!(elsewhere.is_err(), "another workspace");
        assert!(
            ordered(&sight(), &query.after(next), &[8; 32]).is_err(),
            "another key"
        );
    }

    /// H-38: a cursor that somebody wrote, who knows the key because there is none.
    #[test]
    fn a_cursor_with_values_of_other_types_is_refused() {
        let query = Widgets::new().sort(NEWEST);
        let plan = ordered(&sight(), &query, KEY).unwrap();
        let id = || Value::from(Uuid::nil());
        for values in [
            vec!["'; --".into(), id()],
            vec![id(), id()],
            vec![1.5.into(), id()],
            vec![id()],
            vec![],
        ] {
            let forged = plan.binding.encode(&values).unwrap();
            let refused = ordered(&sight(), &query.clone().after(forged), KEY).map(drop);
            assert_eq!(
                refused.unwrap_err().kind(),
                ErrorKind::Invalid,
                "{values:?}"
            );
        }
    }

    #[test]
    fn a_fake_pages_as_the_database_does() {
        let row = |n: u64| sample::Model {
            workspace_id: Uuid::from_u128(1),
            id: Id::new(Uuid::from_u128(n.into())),
            parent_id: None,
            name: format!("name {}", n % 3),
            code: String::new(),
            size: None,
            created_at: chrono::DateTime::UNIX_EPOCH + std::time::Duration::from_secs(n / 2),
            version: crate::Version::from_i64(1),
            deleted_at: None,
            delete_op: None,
        };
        let all: Vec<_> = (0..25).map(row).collect();
        let query = Widgets::new().sort(BY_NAME).limit(4);
        let mut seen = Vec::new();
        let mut page: Page<_> = query.answer(all.clone()).unwrap();
        loop {
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            page = query.clone().after(next).answer(all.clone()).unwrap();
        }
        assert_eq!(seen.len(), 25);
        let order = |row: &sample::Model| {
            (
                row.name.clone(),
                std::cmp::Reverse((row.created_at, row.id)),
            )
        };
        assert!(seen.is_sorted_by_key(order));
    }
}
