//! When a rule applies: conditions over the context and the row.

use std::{borrow::Cow, fmt};

use sea_orm::{EntityTrait, IdenStatic, Value};
use uuid::Uuid;

use super::roles::{Ordered, Roles};
use crate::{ActorKind, Attribute, Field, Filter, Id, Keyed, field::Leakproof};

/// When a rule applies: a condition over the context that asks and the row it asks about.
///
/// ```
/// use tenantry::{Field, Scoped, policy::When};
/// use uuid::Uuid;
///
/// tenantry::roles! { pub enum Rank { Member = "member", Admin = "admin" } }
///
/// fn mine_or_admin<E: Scoped>(created_by: Field<E, Uuid>) -> When<E> {
///     When::mine(created_by).or(When::at_least(Rank::Admin))
/// }
/// ```
///
/// It follows SQL's three values: a comparison with null is unknown, and so is its negation. What is unknown permits nothing: an
/// `allow` must be true, a `forbid` must be false.
#[must_use = "a condition does nothing until a rule takes it"]
pub struct When<E: EntityTrait>(pub(super) Tree<Leaf<E>>);

/// A formula over leaves.
#[derive(Clone)]
pub(super) enum Tree<L> {
    Leaf(L),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// Which row a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Image {
    /// Whichever there is; of an update the rule is asked for both.
    Row,
    Before,
    After,
}

pub(super) enum Leaf<E: EntityTrait> {
    Role(Vec<Cow<'static, str>>),
    Kind(ActorKind),
    /// An API key that has the scope; also whoever is no API key.
    Scope(&'static str),
    /// The attribute has one of these values, by their texts; unknown where there is no such attribute.
    Attribute(&'static str, Vec<String>),
    Row(Image, Filter<E>),
    Mine(Image, E::Column, ActorType),
    /// The column is one of the ids that the attribute lists; unknown where there is no such list.
    Listed(Image, E::Column, &'static str),
    /// The time in the column is not in the future.
    Past(Image, E::Column),
    Unchanged(E::Column),
}

/// The types that an actor's id may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActorType {
    Uuid,
    BigInt,
    Text,
}

/// A column that can hold the id of an actor: `Uuid`, `i64` or `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold the id of an actor",
    label = "actors are known by `Uuid`, `i64` or `String`"
)]
pub trait ActorColumn: sealed::Typed {}

mod sealed {
    use super::ActorType;

    pub trait Typed {
        #[expect(private_interfaces, reason = "the trait cannot be named outside")]
        const TYPE: ActorType;
    }
}

pub(super) const fn actor_type<T: ActorColumn>() -> ActorType {
    <T as sealed::Typed>::TYPE
}

macro_rules! actor_columns {
    ($($type:ty => $kind:ident),*) => {$(
        impl sealed::Typed for $type {
            #[expect(private_interfaces, reason = "the trait cannot be named outside")]
            const TYPE: ActorType = ActorType::$kind;
        }
        impl ActorColumn for $type {}
    )*};
}
actor_columns!(Uuid => Uuid, i64 => BigInt, String => Text);

impl<E: Keyed> sealed::Typed for Id<E>
where
    E::Key: sealed::Typed,
{
    #[expect(private_interfaces, reason = "the trait cannot be named outside")]
    const TYPE: ActorType = <E::Key as sealed::Typed>::TYPE;
}
impl<E: Keyed> ActorColumn for Id<E> where E::Key: ActorColumn {}

impl<E: EntityTrait> When<E> {
    /// Whoever asks, whatever the row.
    pub fn always() -> Self {
        Self(Tree::All(Vec::new()))
    }

    /// Nobody, never.
    pub fn never() -> Self {
        Self(Tree::Any(Vec::new()))
    }

    /// The context has one of these roles.
    pub fn role<R: Roles>(roles: impl IntoIterator<Item = R>) -> Self {
        let names = roles.into_iter().map(|role| role.name().into()).collect();
        Self(Tree::Leaf(Leaf::Role(names)))
    }

    /// The context has this role or a greater one.
    pub fn at_least<R: Roles>(role: R) -> Self {
        Self::role(role.and_above().iter().copied())
    }

    /// The context is that of the named system job.
    pub fn job(name: &'static str) -> Self {
        Self::kind(ActorKind::Job).and(Self(Tree::Leaf(Leaf::Role(vec![name.into()]))))
    }

    /// The context stands for an actor of this kind.
    pub fn kind(kind: ActorKind) -> Self {
        Self(Tree::Leaf(Leaf::Kind(kind)))
    }

    /// The context is no API key, or one that was issued for this scope.
    pub fn scope(scope: &'static str) -> Self {
        Self(Tree::Leaf(Leaf::Scope(scope)))
    }

    /// The context has this [attribute](crate::Authority::standing), and it is one of these values. Unknown without it, as for API
    /// keys and jobs.
    ///
    /// Values are compared by their texts: `5` and `"5"` are the same.
    pub fn attribute<A: Into<Attribute>>(
        name: &'static str,
        values: impl IntoIterator<Item = A>,
    ) -> Self {
        let texts: Vec<String> = values
            .into_iter()
            .map(|value| value.into().to_string())
            .collect();
        if texts.is_empty() {
            return Self::never();
        }
        Self(Tree::Leaf(Leaf::Attribute(name, texts)))
    }

    /// The context has this attribute, and it is this word or a greater one.
    pub fn attribute_at_least<O: Ordered>(name: &'static str, least: O) -> Self {
        Self::attribute(name, least.and_above().iter().map(|word| word.name()))
    }

    /// The column names one of the rows that this [attribute](crate::Authority::standing) lists: where somebody is more than elsewhere
    /// in their workspace, such as the teams that they lead. Unknown without it, as for API keys and jobs.
    ///
    /// The list is part of the context, as the role is: no other table is asked, and an index of the column serves it.
    ///
    /// ```
    /// use tenantry::{Field, Scoped, policy::{Action, Policy, When}};
    /// use uuid::Uuid;
    ///
    /// fn tasks<E: Scoped>(team: Field<E, Uuid>, author: Field<E, Uuid>) -> Policy<E> {
    ///     Policy::new()
    ///         .allow("leaders write all of their teams", Action::WRITES, When::one_of_mine(team, "leads"))
    ///         .allow("others of a team their own", Action::WRITES, When::one_of_mine(team, "works_in").and(When::mine(author)))
    /// }
    /// ```
    pub fn one_of_mine<T: UuidColumn, N>(field: Field<E, T, N>, attribute: &'static str) -> Self {
        Self(Tree::Leaf(Leaf::Listed(
            Image::Row,
            field.column(),
            attribute,
        )))
    }

    /// The row stands on a rung of a ladder that the context reaches: rungs from the lowest, each a value of the column and who
    /// reaches it. Whoever reaches a rung reaches those below.
    ///
    /// ```
    /// use tenantry::{Field, Scoped, policy::When};
    ///
    /// tenantry::roles! { pub enum Rank { Guest = "guest", Member = "member" } }
    /// tenantry::ordered! { pub enum Level { Novice = "novice", Leader = "leader" } }
    ///
    /// fn visible<E: Scoped>(visibility: Field<E, String>) -> When<E> {
    ///     When::ladder(visibility, [
    ///         ("public".to_owned(), When::always()),
    ///         ("members".to_owned(), When::at_least(Rank::Member)),
    ///         ("leaders".to_owned(), When::attribute_at_least("level", Level::Leader)),
    ///     ])
    /// }
    /// ```
    pub fn ladder<T, N>(field: Field<E, T, N>, rungs: impl IntoIterator<Item = (T, Self)>) -> Self
    where
        T: Into<Value> + sea_orm::sea_query::ValueType + Leakproof + Clone,
    {
        let mut below = Vec::new();
        rungs
            .into_iter()
            .fold(Self::never(), |reached, (value, who)| {
                below.push(value);
                reached.or(who.and(Self::row(field.one_of(below.iter().cloned()))))
            })
    }

    /// The row matches. Of an update both the row before and the row after are asked.
    pub fn row(filter: Filter<E>) -> Self {
        Self(Tree::Leaf(Leaf::Row(Image::Row, filter)))
    }

    /// The row as it is before an update matches.
    pub fn before(filter: Filter<E>) -> Self {
        Self(Tree::Leaf(Leaf::Row(Image::Before, filter)))
    }

    /// The row as it is after an update matches.
    pub fn after(filter: Filter<E>) -> Self {
        Self(Tree::Leaf(Leaf::Row(Image::After, filter)))
    }

    /// The column names the actor, as `created_by` does.
    pub fn mine<T: ActorColumn, N>(field: Field<E, T, N>) -> Self {
        let leaf = Leaf::Mine(Image::Row, field.column(), <T as sealed::Typed>::TYPE);
        Self(Tree::Leaf(leaf))
    }

    /// The time in the column has come, by the clock of the transaction.
    pub fn past<T: Moment, N>(field: Field<E, T, N>) -> Self {
        Self(Tree::Leaf(Leaf::Past(Image::Row, field.column())))
    }

    /// The time in the column is still to come, by the clock of the transaction.
    pub fn future<T: Moment, N>(field: Field<E, T, N>) -> Self {
        !Self::past(field)
    }

    /// An update leaves the column as it was.
    pub fn unchanged<T, N>(field: Field<E, T, N>) -> Self {
        Self(Tree::Leaf(Leaf::Unchanged(field.column())))
    }

    /// An update takes the column from one value to another as listed, or leaves it as it was.
    pub fn steps<T, N>(field: Field<E, T, N>, steps: impl IntoIterator<Item = (T, T)>) -> Self
    where
        T: Into<Value> + sea_orm::sea_query::ValueType + Leakproof,
    {
        let step = |(from, to): (T, T)| Self::before(field.eq(from)).and(Self::after(field.eq(to)));
        steps
            .into_iter()
            .map(step)
            .fold(Self::unchanged(field), Self::or)
    }

    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(Tree::All(vec![self.0, other.0]))
    }

    /// At least one holds.
    pub fn or(self, other: Self) -> Self {
        Self(Tree::Any(vec![self.0, other.0]))
    }
}

/// A column that names a row by its UUID: `Uuid`, or the `Id` of such a row.
pub trait UuidColumn {}
impl UuidColumn for Uuid {}
impl<E: Keyed<Key = Uuid>> UuidColumn for Id<E> {}

/// A column that holds a moment.
pub trait Moment {}
impl Moment for sea_orm::prelude::ChronoDateTimeUtc {}
impl Moment for sea_orm::prelude::ChronoDateTimeWithTimeZone {}

impl<E: EntityTrait> std::ops::Not for When<E> {
    type Output = Self;

    fn not(self) -> Self {
        Self(Tree::Not(Box::new(self.0)))
    }
}

impl<E: EntityTrait> Clone for Leaf<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Role(names) => Self::Role(names.clone()),
            Self::Kind(kind) => Self::Kind(*kind),
            Self::Scope(scope) => Self::Scope(scope),
            Self::Attribute(name, values) => Self::Attribute(name, values.clone()),
            Self::Row(image, filter) => Self::Row(*image, filter.clone()),
            Self::Mine(image, column, kind) => Self::Mine(*image, *column, *kind),
            Self::Listed(image, column, name) => Self::Listed(*image, *column, name),
            Self::Past(image, column) => Self::Past(*image, *column),
            Self::Unchanged(column) => Self::Unchanged(*column),
        }
    }
}

impl<E: EntityTrait> Clone for When<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E: EntityTrait> fmt::Debug for When<E> {
    /// Names columns and roles, never the values of rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<L: fmt::Debug> fmt::Debug for Tree<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(leaf) => leaf.fmt(f),
            Self::All(parts) if parts.is_empty() => f.write_str("Always"),
            Self::Any(parts) if parts.is_empty() => f.write_str("Never"),
            Self::All(parts) => f.debug_tuple("All").field(parts).finish(),
            Self::Any(parts) => f.debug_tuple("Any").field(parts).finish(),
            Self::Not(part) => f.debug_tuple("Not").field(part).finish(),
        }
    }
}

impl<E: EntityTrait> fmt::Debug for Leaf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(names) => write!(f, "Role({})", names.join(", ")),
            Self::Kind(kind) => kind.fmt(f),
            Self::Scope(scope) => write!(f, "Scope({scope})"),
            Self::Attribute(name, values) => write!(f, "Attribute({name} of {})", values.len()),
            Self::Row(image, filter) => write!(f, "{image:?}({filter:?})"),
            Self::Mine(image, column, _) => write!(f, "{image:?}({} is mine)", column.as_str()),
            Self::Listed(image, column, name) => {
                write!(f, "{image:?}({} in {name})", column.as_str())
            }
            Self::Past(image, column) => write!(f, "{image:?}({} is past)", column.as_str()),
            Self::Unchanged(column) => write!(f, "Unchanged({})", column.as_str()),
        }
    }
}
