//! Keyset paging by row comparison.
//!
//! `(a, b) < (x, y)` is one index condition. SeaORM's own cursor expands it to `a < x OR (a = x AND
//! b < y)`, which PostgreSQL answers by reading everything before the page.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IdenStatic, ModelTrait, Order, QueryOrder, Select, Value,
    sea_query::{BinOper, ColumnType, Expr, ExprTrait},
};

use crate::{Direction, Query, Result, Scoped, field::qualified, page::codec};

/// A column that a page is sorted by.
pub(crate) struct Key<E: EntityTrait> {
    pub(crate) column: E::Column,
    pub(crate) direction: Direction,
}

/// The columns that decide the order: those of the sort that no filter pins to one value, and the
/// id, which makes the order total.
pub(crate) fn keys<E: Scoped>(query: &Query<E>) -> Vec<Key<E>> {
    let pinned: Vec<_> = query
        .filters
        .iter()
        .filter_map(|filter| filter.pinned())
        .collect();
    let sorted = query.sort.map_or(&[][..], |sort| sort.keys);
    let mut keys: Vec<Key<E>> = sorted
        .iter()
        .filter(|(column, _)| !pinned.contains(&column.as_str()))
        .map(|&(column, direction)| Key { column, direction })
        .collect();
    if keys
        .last()
        .is_none_or(|key| key.column.as_str() != E::ID.as_str())
    {
        let direction = keys
            .last()
            .map_or(Direction::Ascending, |key| key.direction);
        keys.push(Key {
            column: E::ID,
            direction,
        });
    }
    keys
}

/// Makes the order total where rows of several workspaces are read: ids are unique within one.
pub(crate) fn tell_workspaces_apart<E: Scoped>(keys: &mut Vec<Key<E>>) {
    let is_workspace = |key: &Key<E>| key.column.as_str() == E::WORKSPACE.as_str();
    if let Some(last) = keys.last().filter(|last| !is_workspace(last)) {
        let direction = last.direction;
        keys.push(Key {
            column: E::WORKSPACE,
            direction,
        });
    }
}

pub(crate) fn order<E: EntityTrait>(select: Select<E>, keys: &[Key<E>]) -> Select<E> {
    keys.iter().fold(select, |select, key| {
        let order = match key.direction {
            Direction::Ascending => Order::Asc,
            Direction::Descending => Order::Desc,
        };
        select.order_by(key.column, order)
    })
}

/// The position of a row, as a cursor holds it.
pub(crate) fn position<E: EntityTrait>(keys: &[Key<E>], row: &E::Model) -> Vec<Value> {
    keys.iter().map(|key| row.get(key.column)).collect()
}

/// The rows beyond a position.
pub(crate) fn beyond<E: EntityTrait>(keys: &[Key<E>], values: Vec<Value>) -> Result<Condition> {
    // Without a signing key anybody can write a cursor; PostgreSQL would refuse a value of another
    // type, and abort the transaction.
    let fits = |(key, value): (&Key<E>, &Value)| fits(key.column.def().get_column_type(), value);
    if values.len() != keys.len() || !keys.iter().zip(&values).all(fits) {
        return Err(codec::refused());
    }
    let values: Vec<Expr> = keys
        .iter()
        .zip(values)
        .map(|(key, value)| key.column.save_as(Expr::val(value)))
        .collect();
    let first = &keys[0];
    if keys.iter().all(|key| key.direction == first.direction) {
        let operator = strictly(first.direction);
        let compared = match &*values {
            [value] => qualified(first.column).binary(operator, value.clone()),
            _ => Expr::tuple(keys.iter().map(|key| qualified(key.column)))
                .binary(operator, Expr::tuple(values)),
        };
        return Ok(Condition::all().add(compared));
    }
    // Mixed directions have no row comparison. The first bound is redundant, but an index condition.
    let bound = qualified(first.column).binary(at_or(first.direction), values[0].clone());
    Ok(Condition::all()
        .add(bound)
        .add(lexicographic(keys, &values)))
}

pub(crate) fn fits(column: &ColumnType, value: &Value) -> bool {
    match column {
        ColumnType::Boolean => matches!(value, Value::Bool(_)),
        ColumnType::SmallInteger => matches!(value, Value::SmallInt(_)),
        ColumnType::Integer => matches!(value, Value::Int(_)),
        ColumnType::BigInteger => matches!(value, Value::BigInt(_)),
        ColumnType::Double => matches!(value, Value::Double(_)),
        ColumnType::Uuid => matches!(value, Value::Uuid(_)),
        ColumnType::Date => matches!(value, Value::ChronoDate(_)),
        ColumnType::TimestampWithTimeZone => matches!(value, Value::ChronoDateTimeUtc(_)),
        ColumnType::Text | ColumnType::String(_) | ColumnType::Char(_) => {
            matches!(value, Value::String(_))
        }
        _ => true,
    }
}

fn lexicographic<E: EntityTrait>(keys: &[Key<E>], values: &[Expr]) -> Condition {
    let (Some(key), Some(value)) = (keys.first(), values.first()) else {
        return Condition::any();
    };
    let past = qualified(key.column).binary(strictly(key.direction), value.clone());
    let tied = Condition::all()
        .add(qualified(key.column).eq(value.clone()))
        .add(lexicographic(&keys[1..], &values[1..]));
    let either = Condition::any().add(past);
    if keys.len() == 1 {
        either
    } else {
        either.add(tied)
    }
}

const fn strictly(direction: Direction) -> BinOper {
    match direction {
        Direction::Ascending => BinOper::GreaterThan,
        Direction::Descending => BinOper::SmallerThan,
    }
}

const fn at_or(direction: Direction) -> BinOper {
    match direction {
        Direction::Ascending => BinOper::GreaterThanOrEqual,
        Direction::Descending => BinOper::SmallerThanOrEqual,
    }
}
