//! Typed columns, filters, orders, unique keys and relations: the words of a query.
//!
//! All of them are constants that the generator writes. A filter offers only operators that can
//! use an index under row security; a sort exists only where an index does.

use std::{cmp::Ordering, fmt, marker::PhantomData};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IdenStatic, ModelTrait, Value,
    sea_query::{BinOper, Expr, ExprTrait, ValueType},
};

mod among;
mod leakproof;
mod literal;
mod sort;

pub(crate) use among::{Among, call, texts};
pub use leakproof::{Leakproof, LeakproofOrder};
pub(crate) use literal::Reach;
pub use sort::{BelongsTo, Direction, HasMany, PersonalSort, PublicSort, Sort, Unique};

/// A column with its Rust type.
///
/// `N` is [`NotNull`] or [`Null`]; only a nullable field can be asked [`is_null`](Field::is_null).
pub struct Field<E: EntityTrait, T, N = NotNull>(E::Column, PhantomData<fn() -> (T, N)>);

/// Marks a field whose column is `NOT NULL`.
#[derive(Debug)]
pub enum NotNull {}
/// Marks a field whose column may be null.
#[derive(Debug)]
pub enum Null {}

impl<E: EntityTrait, T, N> Clone for Field<E, T, N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: EntityTrait, T, N> Copy for Field<E, T, N> {}
impl<E: EntityTrait, T, N> fmt::Debug for Field<E, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.0.as_str())
    }
}

impl<E: EntityTrait, T, N> Field<E, T, N> {
    /// Names a column and its type.
    #[must_use]
    pub const fn new(column: E::Column) -> Self {
        Self(column, PhantomData)
    }

    /// The name of the column.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.as_str()
    }

    pub(crate) const fn column(&self) -> E::Column {
        self.0
    }
}

type Compare = fn(&Value, &Value) -> Option<Ordering>;

impl<E: EntityTrait, T: Into<Value> + ValueType, N> Field<E, T, N> {
    /// Equal to a value.
    pub fn eq(self, value: impl Into<T>) -> Filter<E>
    where
        T: Leakproof,
    {
        self.compare(BinOper::Equal, value.into(), |a, b| {
            (a == b).then_some(Ordering::Equal)
        })
    }

    /// Equal to one of several values; to none of an empty list.
    pub fn one_of<V: Into<T>>(self, values: impl IntoIterator<Item = V>) -> Filter<E>
    where
        T: Leakproof,
    {
        let values = values.into_iter().map(|value| value.into().into());
        Filter(Node::OneOf(self.0, values.collect()))
    }

    fn compare(self, operator: BinOper, value: T, compare: Compare) -> Filter<E> {
        Filter(Node::Compare(self.0, operator, value.into(), compare))
    }
}

impl<E: EntityTrait, T: Into<Value> + ValueType + PartialOrd, N> Field<E, T, N> {
    /// Less than a value.
    pub fn lt(self, value: impl Into<T>) -> Filter<E>
    where
        T: LeakproofOrder,
    {
        self.compare(BinOper::SmallerThan, value.into(), order::<T>)
    }

    /// At most a value.
    pub fn lte(self, value: impl Into<T>) -> Filter<E>
    where
        T: LeakproofOrder,
    {
        self.compare(BinOper::SmallerThanOrEqual, value.into(), order::<T>)
    }

    /// Greater than a value.
    pub fn gt(self, value: impl Into<T>) -> Filter<E>
    where
        T: LeakproofOrder,
    {
        self.compare(BinOper::GreaterThan, value.into(), order::<T>)
    }

    /// At least a value.
    pub fn gte(self, value: impl Into<T>) -> Filter<E>
    where
        T: LeakproofOrder,
    {
        self.compare(BinOper::GreaterThanOrEqual, value.into(), order::<T>)
    }

    /// From one value to another, both included.
    pub fn between(self, low: impl Into<T>, high: impl Into<T>) -> Filter<E>
    where
        T: LeakproofOrder,
    {
        self.gte(low).and(self.lte(high))
    }
}

impl<E: EntityTrait, N> Field<E, String, N> {
    /// Begins with a text, by `^@`, which an index serves under row security where `LIKE` does not.
    pub fn starts_with(self, prefix: impl Into<String>) -> Filter<E> {
        Filter(Node::Prefix(self.0, prefix.into()))
    }
}

impl<E: EntityTrait, T> Field<E, T, Null> {
    /// Is null.
    pub fn is_null(self) -> Filter<E> {
        Filter(Node::IsNull(self.0))
    }
}

fn order<T: ValueType + PartialOrd>(a: &Value, b: &Value) -> Option<Ordering> {
    let (a, b) = (T::try_from(a.clone()).ok()?, T::try_from(b.clone()).ok()?);
    a.partial_cmp(&b)
}

/// A condition on rows of `E`; one on another table's column does not fit.
///
/// It follows SQL's three values: a comparison with null holds for no row, and neither does its
/// negation.
#[must_use = "a filter does nothing until a query takes it"]
pub struct Filter<E: EntityTrait>(Node<E>);

enum Node<E: EntityTrait> {
    Compare(E::Column, BinOper, Value, Compare),
    OneOf(E::Column, Vec<Value>),
    Prefix(E::Column, String),
    IsNull(E::Column),
    Past(E::Column),
    All(Vec<Filter<E>>),
    Any(Vec<Filter<E>>),
    Not(Box<Filter<E>>),
    Among(Among<E>),
    Expression(Expr),
}

impl<E: EntityTrait> Clone for Filter<E> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Node::Compare(column, operator, value, compare) => {
                Node::Compare(*column, *operator, value.clone(), *compare)
            }
            Node::OneOf(column, values) => Node::OneOf(*column, values.clone()),
            Node::Prefix(column, prefix) => Node::Prefix(*column, prefix.clone()),
            Node::IsNull(column) => Node::IsNull(*column),
            Node::Past(column) => Node::Past(*column),
            Node::All(filters) => Node::All(filters.clone()),
            Node::Any(filters) => Node::Any(filters.clone()),
            Node::Not(filter) => Node::Not(filter.clone()),
            Node::Among(among) => Node::Among(among.clone()),
            Node::Expression(expression) => Node::Expression(expression.clone()),
        })
    }
}

impl<E: EntityTrait> fmt::Debug for Filter<E> {
    /// Names the columns, never the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Node::Compare(column, operator, ..) => {
                write!(f, "{} {operator:?} ?", column.as_str())
            }
            Node::OneOf(column, _) => write!(f, "{} OneOf ?", column.as_str()),
            Node::Prefix(column, _) => write!(f, "{} StartsWith ?", column.as_str()),
            Node::IsNull(column) => write!(f, "{} IsNull", column.as_str()),
            Node::Past(column) => write!(f, "{} Past", column.as_str()),
            Node::All(filters) => f.debug_tuple("All").field(filters).finish(),
            Node::Any(filters) => f.debug_tuple("Any").field(filters).finish(),
            Node::Not(filter) => f.debug_tuple("Not").field(filter).finish(),
            Node::Among(among) => among.fmt(f),
            Node::Expression(_) => f.write_str("Expression"),
        }
    }
}

impl<E: EntityTrait> Filter<E> {
    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(Node::All(vec![self, other]))
    }

    /// At least one holds.
    pub fn or(self, other: Self) -> Self {
        Self(Node::Any(vec![self, other]))
    }

    /// Takes any SeaORM expression. Tables named inside it are guarded by row security alone.
    pub fn expression_guarded_by_row_security_alone(expression: Expr) -> Self {
        Self(Node::Expression(expression))
    }

    pub(crate) const fn among(among: Among<E>) -> Self {
        Self(Node::Among(among))
    }

    /// The column that this filter pins to one value, if that is all it does.
    pub(crate) fn pinned(&self) -> Option<&'static str> {
        match &self.0 {
            Node::Compare(column, BinOper::Equal, ..) => Some(column.as_str()),
            _ => None,
        }
    }

    pub(crate) fn into_condition(self) -> Condition {
        let one = |expression: Expr| Condition::all().add(expression);
        match self.0 {
            Node::Compare(column, operator, value, _) => {
                one(qualified(column).binary(operator, column.save_as(Expr::val(value))))
            }
            Node::OneOf(_, values) if values.is_empty() => one(Expr::cust("FALSE")),
            Node::OneOf(column, values) => {
                let values = values.into_iter().map(|v| column.save_as(Expr::val(v)));
                one(qualified(column).is_in(values))
            }
            Node::Prefix(column, prefix) => {
                one(qualified(column).binary(BinOper::Custom("^@"), Expr::val(prefix)))
            }
            Node::IsNull(column) => one(qualified(column).is_null()),
            Node::Past(column) => one(qualified(column).lte(Expr::current_timestamp())),
            Node::All(filters) => filters
                .into_iter()
                .fold(Condition::all(), |all, f| all.add(f.into_condition())),
            Node::Any(filters) => filters
                .into_iter()
                .fold(Condition::any(), |any, f| any.add(f.into_condition())),
            Node::Not(filter) => filter.into_condition().not(),
            Node::Among(among) => among.into_condition(),
            Node::Expression(expression) => one(expression),
        }
    }

    /// Answers for a row in memory, for fakes; `None` if only PostgreSQL can tell.
    ///
    /// As in SQL, a row for which the condition is neither true nor false does not match.
    #[must_use]
    pub fn matches(&self, row: &E::Model) -> Option<bool> {
        self.truth(&|column| Some(row.get(column)))
            .map(|truth| truth == Some(true))
    }

    /// Three-valued, for a row of which `held` knows some values: `Some(None)` is SQL's unknown, `None` is "ask PostgreSQL".
    pub(crate) fn truth(&self, held: &Held<'_, E>) -> Option<Option<bool>> {
        Some(match &self.0 {
            // `NULL` is in no empty set, and PostgreSQL is not even asked.
            Node::OneOf(_, values) if values.is_empty() => Some(false),
            Node::Compare(column, ..) | Node::OneOf(column, _) | Node::Prefix(column, _)
                if is_null(&held(*column)?) =>
            {
                None
            }
            Node::Compare(column, operator, value, compare) => {
                let ordering = compare(&stored(held(*column)?), &stored(value.clone()));
                Some(match operator {
                    BinOper::Equal => ordering == Some(Ordering::Equal),
                    BinOper::SmallerThan => ordering == Some(Ordering::Less),
                    BinOper::SmallerThanOrEqual => ordering.is_some_and(Ordering::is_le),
                    BinOper::GreaterThan => ordering == Some(Ordering::Greater),
                    BinOper::GreaterThanOrEqual => ordering.is_some_and(Ordering::is_ge),
                    _ => return None,
                })
            }
            Node::OneOf(column, values) => {
                let value = stored(held(*column)?);
                Some(values.iter().any(|one| stored(one.clone()) == value))
            }
            Node::Prefix(column, prefix) => match held(*column)? {
                Value::String(Some(text)) => Some(text.starts_with(prefix.as_str())),
                _ => return None,
            },
            Node::IsNull(column) => Some(is_null(&held(*column)?)),
            Node::All(filters) => decided(filters.iter().map(|one| one.truth(held)), false)?,
            Node::Any(filters) => decided(filters.iter().map(|one| one.truth(held)), true)?,
            Node::Not(filter) => filter.truth(held)?.map(|truth| !truth),
            Node::Among(among) => among.truth(held)?,
            // Only the transaction knows its time.
            Node::Past(_) | Node::Expression(_) => return None,
        })
    }
}

/// A column that holds a value.
pub(crate) fn compare<E: EntityTrait>(column: E::Column, value: Value) -> Filter<E> {
    let same: Compare = |a, b| (a == b).then_some(Ordering::Equal);
    Filter(Node::Compare(column, BinOper::Equal, value, same))
}

/// A column that holds one of several values.
pub(crate) fn one_of<E: EntityTrait, V: Into<Value>>(
    column: E::Column,
    values: impl IntoIterator<Item = V>,
) -> Filter<E> {
    let values = values.into_iter().map(Into::into);
    Filter(Node::OneOf(column, values.collect()))
}

/// A time that has come.
pub(crate) fn past<E: EntityTrait>(column: E::Column) -> Filter<E> {
    Filter(Node::Past(column))
}

/// All of them hold.
pub(crate) fn all<E: EntityTrait>(filters: Vec<Filter<E>>) -> Filter<E> {
    Filter(Node::All(filters))
}

/// At least one of them holds.
pub(crate) fn any<E: EntityTrait>(filters: Vec<Filter<E>>) -> Filter<E> {
    Filter(Node::Any(filters))
}

/// A value as PostgreSQL keeps it: a time without what lies between two microseconds.
fn stored(value: Value) -> Value {
    fn whole<Tz: TimeZone>(at: DateTime<Tz>) -> DateTime<Tz> {
        // Counted from 2000, as the driver does.
        let since = at.clone().signed_duration_since(EPOCH);
        let rest = since - TimeDelta::microseconds(since.num_microseconds().unwrap_or_default());
        at.clone().checked_sub_signed(rest).unwrap_or(at)
    }
    const EPOCH: DateTime<Utc> = DateTime::from_timestamp(946_684_800, 0).expect("a constant");
    match value {
        Value::ChronoDateTimeUtc(Some(at)) => whole(at).into(),
        Value::ChronoDateTimeWithTimeZone(Some(at)) => whole(at).into(),
        other => other,
    }
}

/// What is known of a row: the value of a column, or `None` where only PostgreSQL knows it.
pub(crate) type Held<'r, E> = dyn Fn(<E as EntityTrait>::Column) -> Option<Value> + 'r;

fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

/// `AND`, which a false decides, or `OR`, which a true decides, over SQL's three values and "ask PostgreSQL".
pub(crate) fn decided(
    parts: impl Iterator<Item = Option<Option<bool>>>,
    decisive: bool,
) -> Option<Option<bool>> {
    let (mut unknown, mut unasked) = (false, false);
    for part in parts {
        match part {
            Some(Some(truth)) if truth == decisive => return Some(Some(decisive)),
            Some(Some(_)) => {}
            Some(None) => unknown = true,
            None => unasked = true,
        }
    }
    match (unasked, unknown) {
        (true, _) => None,
        (false, true) => Some(None),
        (false, false) => Some(Some(!decisive)),
    }
}

impl<E: EntityTrait> std::ops::Not for Filter<E> {
    type Output = Self;

    fn not(self) -> Self {
        Self(Node::Not(Box::new(self)))
    }
}

/// `"table"."column"`.
pub(crate) fn qualified<C: ColumnTrait>(column: C) -> Expr {
    Expr::col(column.as_column_ref())
}
