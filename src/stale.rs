//! Optimistic locking as values: what the caller saw, and what stood in its way.

use std::fmt;

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, ModelTrait};

use crate::{Id, Keyed, Result, Version, Versioned};

/// A row at the version that the caller saw.
///
/// Made from `&model`, or from `(id, version)` as a web form brings them.
pub struct Seen<E: Keyed> {
    pub(crate) id: Id<E>,
    pub(crate) version: Version,
}

impl<E: Keyed> Seen<E> {
    /// The id of the row.
    pub const fn id(&self) -> &Id<E> {
        &self.id
    }

    /// The version that the caller saw.
    pub const fn version(&self) -> Version {
        self.version
    }
}

impl<E: Versioned> From<&E::Model> for Seen<E>
where
    E::Model: ModelTrait<Entity = E>,
{
    fn from(row: &E::Model) -> Self {
        Self {
            id: E::id_of(row),
            version: E::version_of(row),
        }
    }
}

impl<E: Keyed> From<(Id<E>, Version)> for Seen<E> {
    fn from((id, version): (Id<E>, Version)) -> Self {
        Self { id, version }
    }
}

impl<E: Keyed> fmt::Debug for Seen<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at version {}", self.id, self.version)
    }
}

/// The row was changed by someone else first.
#[non_exhaustive]
pub struct Stale<E: Versioned> {
    /// The row as it is now.
    pub current: E::Model,
    /// The version that the caller had seen.
    pub seen: Version,
}

impl<E: Versioned> Stale<E> {
    /// Makes one, for fakes.
    pub const fn new(current: E::Model, seen: Version) -> Self {
        Self { current, seen }
    }

    /// The columns in which the current row differs from the one that the caller holds.
    #[must_use]
    pub fn changed_since(&self, base: &E::Model) -> Vec<&'static str> {
        E::Column::iter()
            .filter(|column| self.current.get(*column) != base.get(*column))
            .map(|column| column.as_str())
            .collect()
    }

    /// Holds the change that was refused against the one that came first.
    ///
    /// `base` is the row that the caller had seen. Where nothing [`clashes`](ThreeWay::clashes), the
    /// change can be applied to [`current`](Self::current) and takes nothing back.
    ///
    /// # Examples
    ///
    /// ```
    /// use sea_orm::Set;
    /// use tenantry::Stale;
    /// use tenantry_entities::challenges::challenge;
    ///
    /// # fn example(stale: &Stale<challenge::Entity>, base: &challenge::Model) {
    /// let mine = challenge::Update { title: Set("Ship it today".into()), ..Default::default() };
    /// let report = stale.three_way(base, mine);
    /// if report.clashes.is_empty() {
    ///     println!("both can stand: they changed {:?}, I change {:?}", report.theirs, report.mine);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn three_way(&self, base: &E::Model, change: E::Update) -> ThreeWay {
        let change = change.into();
        let mut report = ThreeWay {
            theirs: self.changed_since(base),
            mine: Vec::new(),
            clashes: Vec::new(),
        };
        let counted = E::VERSION.as_str();
        report.theirs.retain(|column| *column != counted);
        for column in E::Column::iter() {
            let (ActiveValue::Set(mine) | ActiveValue::Unchanged(mine)) = change.get(column) else {
                continue;
            };
            if mine == base.get(column) {
                continue;
            }
            let name = column.as_str();
            if report.theirs.contains(&name) && self.current.get(column) != mine {
                report.clashes.push(name);
            }
            report.mine.push(name);
        }
        report
    }
}

/// Who changed which columns of a row that both had seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreeWay {
    /// What the other one changed, without the version.
    pub theirs: Vec<&'static str>,
    /// What the refused change would have changed.
    pub mine: Vec<&'static str>,
    /// What both changed, to different values.
    pub clashes: Vec<&'static str>,
}

impl<E: Versioned> fmt::Debug for Stale<E> {
    /// Names the versions, no value of the row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = E::version_of(&self.current);
        write!(f, "Stale {{ seen: {}, current: {current} }}", self.seen)
    }
}

/// What became of a versioned write whose caller wants to hear of staleness as an answer.
#[must_use = "a stale update changed nothing"]
pub enum Updated<E: Versioned> {
    /// It was applied; this is the row now.
    Applied(E::Model),
    /// Someone was faster; nothing was changed.
    Stale(Box<Stale<E>>),
}

impl<E: Versioned> fmt::Debug for Updated<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied(row) => write!(f, "Applied(version {})", E::version_of(row)),
            Self::Stale(stale) => stale.fmt(f),
        }
    }
}

/// Turns "someone was faster" from an error into an answer.
pub trait OrStale<E: Versioned> {
    /// Makes a stale write an [`Updated::Stale`]; other errors stay errors.
    ///
    /// # Errors
    ///
    /// Every error but [`ErrorKind::Stale`](crate::ErrorKind::Stale).
    fn or_stale(self) -> Result<Updated<E>>;
}

impl<M: ModelTrait> OrStale<M::Entity> for Result<M>
where
    M::Entity: Versioned + EntityTrait<Model = M>,
{
    fn or_stale(self) -> Result<Updated<M::Entity>> {
        match self {
            Ok(row) => Ok(Updated::Applied(row)),
            Err(mut error) => match error.take_stale::<M::Entity>() {
                Some(stale) => Ok(Updated::Stale(stale)),
                None => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::sample;

    fn row(name: &str, code: &str, version: i64) -> sample::Model {
        sample::Model {
            workspace_id: Uuid::nil(),
            id: sample::Id::new(Uuid::nil()),
            parent_id: None,
            name: name.into(),
            code: code.into(),
            size: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            version: Version::from_i64(version),
            deleted_at: None,
            delete_op: None,
        }
    }

    fn report(current: sample::Model, change: sample::Update) -> ThreeWay {
        Stale::<sample::Entity>::new(current, Version::from_i64(1))
            .three_way(&row("lever", "a", 1), change)
    }

    fn named(name: &str) -> sample::Update {
        sample::Update {
            name: Set(name.into()),
            ..Default::default()
        }
    }

    #[test]
    fn changes_of_different_columns_do_not_clash() {
        let report = report(row("lever", "b", 2), named("crank"));
        assert_eq!((report.theirs, report.mine), (vec!["code"], vec!["name"]));
        assert!(report.clashes.is_empty());
    }

    #[test]
    fn changes_of_one_column_clash_unless_they_agree() {
        let clashing = report(row("wheel", "a", 2), named("crank"));
        assert_eq!(clashing.clashes, ["name"]);
        let agreeing = report(row("crank", "a", 2), named("crank"));
        assert_eq!(agreeing.mine, ["name"]);
        assert!(agreeing.clashes.is_empty());
    }

    #[test]
    fn what_is_set_to_what_it_was_is_no_change() {
        let report = report(row("wheel", "a", 2), named("lever"));
        assert_eq!((report.theirs, report.mine), (vec!["name"], vec![]));
        assert!(report.clashes.is_empty());
    }
}
