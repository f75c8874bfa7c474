//! The statements of an upsert: the one that writes, and the one that finds what was left as it is.

use sea_orm::{
    ColumnTrait, EntityTrait, IdenStatic, Iterable,
    sea_query::{
        Alias, CommonTableExpression, Expr, ExprTrait, JoinType, Order, Query, ReturningClause,
        SelectStatement, TableRef, UnionType, WithClause,
    },
};

use super::{POSITION, key};
use crate::{
    Result, Scoped, Unique,
    bulk::{
        batch::{Part, workspace},
        insert::part_insert,
    },
    connection::TRANSACTION_COLUMN,
    field::qualified,
    sight::Sight,
    write::{
        POSTGRES,
        insert::{changed, on_conflict},
        transaction,
    },
};

pub(super) fn statement<E: Scoped>(
    sight: &Sight<'_, E>,
    parts: &[Part<'_, E>],
    target: &Unique<E>,
) -> Result<String> {
    let mut first = 2;
    let mut with = WithClause::new();
    let mut answer: Option<SelectStatement> = None;
    for (number, part) in parts.iter().enumerate() {
        with.cte(part.given.table(first));
        first += part.given.parameters();
        let name = format!("done_{number}");
        let changed = changed::<E>(part.columns, target);
        let mut insert = part_insert(part, |rows| {
            if part.positions.len() > 1 {
                for column in key(target) {
                    rows.order_by_expr(part.given.value(column), Order::Asc);
                }
            }
        })?;
        insert
            .on_conflict(on_conflict(sight, workspace::<E>(), &changed, target))
            .returning(raw::<E>());
        let mut done = CommonTableExpression::new();
        with.cte(done.table_name(Alias::new(&name)).query(insert).to_owned());
        let told = told(part, &name, target);
        match &mut answer {
            None => answer = Some(told),
            Some(answer) => {
                answer.union(UnionType::All, told);
            }
        }
    }
    Ok(POSTGRES.build(&answer.unwrap_or_default().with(with)).sql)
}

/// The rows of a part as they now are, each with the position of the one that was given.
fn told<E: Scoped>(part: &Part<'_, E>, done: &str, target: &Unique<E>) -> SelectStatement {
    let done = Alias::new(done);
    let mut select = Query::select();
    for column in E::Column::iter() {
        let value = column.select_as(Expr::col((done.clone(), column)));
        select.expr_as(value, Alias::new(column.as_str()));
    }
    select
        .expr(Expr::col((done.clone(), TRANSACTION_COLUMN)))
        .expr_as(part.given.named(POSITION), Alias::new(POSITION))
        .from(done.clone());
    let mut same = Expr::cust("TRUE");
    // One row given is one row told, whatever its key.
    if part.positions.len() > 1 {
        for column in key(target) {
            same = same.and(Expr::col((done.clone(), column)).eq(part.given.value(column)));
        }
    }
    select.join(JoinType::InnerJoin, part.given.name(), same);
    select
}

pub(super) fn holder<E: Scoped>(
    sight: &Sight<'_, E>,
    part: &Part<'_, E>,
    target: &Unique<E>,
) -> String {
    let mut select = Query::select();
    for column in E::Column::iter() {
        select.expr_as(
            column.select_as(qualified(column)),
            Alias::new(column.as_str()),
        );
    }
    let mut same = qualified(E::WORKSPACE).eq(workspace::<E>());
    for column in key(target) {
        same = same.and(qualified(column).eq(part.given.value(column)));
    }
    if let (true, Some(deleted_at)) = (target.live_only, E::DELETED_AT) {
        same = same.and(qualified(deleted_at).is_null());
    }
    if let Some(readable) = sight.readable() {
        same = same.and(readable);
    }
    let given: TableRef = part.given.name().into();
    select
        .expr_as(part.given.named(POSITION), Alias::new(POSITION))
        .from(given)
        .join(JoinType::InnerJoin, E::default().table_ref(), same);
    let mut with = WithClause::new();
    with.cte(part.given.table(2));
    POSTGRES.build(&select.with(with)).sql
}

/// Columns as they are stored, to be compared with what was given.
fn raw<E: EntityTrait>() -> ReturningClause {
    let columns = E::Column::iter().map(|column| Expr::col((E::default(), column)));
    Query::returning().exprs(columns.chain([transaction()]))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use sea_orm::{DatabaseBackend, Set, Statement};
    use uuid::Uuid;

    use super::*;
    use crate::bulk::batch::Batch;
    use crate::sample::{self, CODE_KEY, readable};

    fn row(code: &str) -> sample::ActiveModel {
        sample::ActiveModel {
            name: Set("a".into()),
            code: Set(code.into()),
            ..sample::ActiveModel::default()
        }
    }

    fn shown(sql: String) -> String {
        readable(&Statement::from_string(DatabaseBackend::Postgres, sql))
    }

    /// H-14: at every level, by the key as its column compares it.
    #[test]
    fn rows_are_written_and_found_again_by_their_key() {
        let workspace = Uuid::nil().into();
        let rows = [row("a"), row("b")];
        let batch =
            Batch::<sample::Entity>::of(&workspace, Sight::of_workspace(&workspace), rows).unwrap();
        let mut parts = batch.parts(0..2).unwrap();
        let positions = [0.into(), 1.into()];
        parts[0].given.push_named(POSITION, positions).unwrap();
        assert_snapshot!(format!(
            "{}\n\n{}",
            shown(statement(batch.sight(), &parts, &CODE_KEY).unwrap()),
            shown(holder(batch.sight(), &parts[0], &CODE_KEY))
        ));
    }
}
