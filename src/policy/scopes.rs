//! What a policy says beside the workspace: which rows are a person's own, and which are published.

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic};

use super::{
    ActorColumn, MANAGED, Policy,
    when::{ActorType, actor_type},
};
use crate::{Error, ErrorKind, Field, Filter, Result, Scoped};

/// Which rows of a table are a person's own, in whatever workspace they are, and the few columns that the person may change.
///
/// ```
/// use tenantry::{Field, Filter, Scoped, policy::{Own, Policy}};
/// use uuid::Uuid;
///
/// fn letters<E: Scoped>(author: Field<E, Uuid>, text: Field<E, String>, is_draft: Filter<E>) -> Policy<E> {
///     Policy::new().personal(
///         Own::of("people see what is theirs, and work on it while it is a draft", author)
///             .changes(text)
///             .before(is_draft.clone())
///             .after(is_draft),
///     )
/// }
/// ```
///
/// Deleted rows are nobody's own.
#[must_use = "a rule does nothing until a policy takes it"]
pub struct Own<E: EntityTrait> {
    pub(super) name: &'static str,
    pub(super) person: E::Column,
    pub(super) kind: ActorType,
    pub(super) only: Option<Filter<E>>,
    pub(super) changes: Vec<E::Column>,
    pub(super) before: Option<Filter<E>>,
    pub(super) after: Option<Filter<E>>,
}

impl<E: EntityTrait> Own<E> {
    /// Those whose column names the person. The name says the rule in a few words.
    pub fn of<T: ActorColumn, N>(name: &'static str, person: Field<E, T, N>) -> Self {
        Self {
            name,
            person: person.column(),
            kind: actor_type::<T>(),
            only: None,
            changes: Vec::new(),
            before: None,
            after: None,
        }
    }

    /// Of these only rows that match.
    pub fn only(mut self, filter: Filter<E>) -> Self {
        self.only = Some(filter);
        self
    }

    /// The person may change this column.
    pub fn changes<T, N>(mut self, field: Field<E, T, N>) -> Self {
        self.changes.push(field.column());
        self
    }

    /// The person may change rows that match before.
    pub fn before(mut self, filter: Filter<E>) -> Self {
        self.before = Some(filter);
        self
    }

    /// The person may change rows that match afterwards.
    pub fn after(mut self, filter: Filter<E>) -> Self {
        self.after = Some(filter);
        self
    }
}

/// Which rows of a table a workspace has published, and the columns of them that everybody sees.
///
/// ```
/// use tenantry::{Field, Filter, Scoped, policy::{Policy, Published}};
///
/// fn letters<E: Scoped>(title: Field<E, String>, is_open: Filter<E>) -> Policy<E> {
///     Policy::new().catalogue(Published::of("open letters are for everybody", is_open).shows(title))
/// }
/// ```
///
/// The columns that name a row, and its workspace, are always among them. Deleted rows are not published.
#[must_use = "a rule does nothing until a policy takes it"]
pub struct Published<E: EntityTrait> {
    pub(super) name: &'static str,
    pub(super) filter: Filter<E>,
    pub(super) columns: Vec<E::Column>,
}

impl<E: EntityTrait> Published<E> {
    /// Rows that match. The name says the rule in a few words.
    pub fn of(name: &'static str, filter: Filter<E>) -> Self {
        Self {
            name,
            filter,
            columns: Vec::new(),
        }
    }

    /// Everybody sees this column.
    pub fn shows<T, N>(mut self, field: Field<E, T, N>) -> Self {
        self.columns.push(field.column());
        self
    }
}

impl<E: Scoped> Policy<E> {
    /// Says which rows are a person's own, whatever workspace they are in: [`Database::personal`](crate::Database::personal) reaches them.
    #[must_use]
    pub fn personal(mut self, rule: Own<E>) -> Self {
        self.personal.push(rule);
        self
    }

    /// Says what is published: [`Database::catalogue`](crate::Database::catalogue) shows it to everybody.
    #[must_use]
    pub fn catalogue(mut self, rule: Published<E>) -> Self {
        self.catalogue.push(rule);
        self
    }

    /// Which rows are published.
    pub(crate) fn published(&self) -> Option<&Filter<E>> {
        self.catalogue.first().map(|rule| &rule.filter)
    }

    /// Refuses what no scope could hold to.
    pub(super) fn check_scopes(&self) -> Result<()> {
        let names = self.personal.iter().map(|rule| rule.name);
        let names: Vec<_> = names
            .chain(self.catalogue.iter().map(|rule| rule.name))
            .collect();
        for (at, name) in names.iter().enumerate() {
            let mut others = self.rules.iter().map(|rule| rule.name);
            if name.trim().is_empty() {
                return refused(name, "it has no name");
            }
            if names[..at].contains(name) || others.any(|other| other == *name) {
                return refused(name, "another has the same name");
            }
        }
        if let [_, second, ..] = self.personal.as_slice() {
            return refused(second.name, "the table has a personal rule already");
        }
        if let [_, second, ..] = self.catalogue.as_slice() {
            return refused(
                second.name,
                "the table has a rule of what is published already",
            );
        }
        self.check_veils()?;
        self.personal.iter().try_for_each(check_personal)?;
        self.catalogue.iter().try_for_each(check_published)
    }
}

impl<E: Scoped> Policy<E> {
    /// No role is known beside the workspace, so what a column shows to some roles alone is shown to none there.
    fn check_veils(&self) -> Result<()> {
        for veil in &self.veils {
            let is_veiled = |column: &E::Column| column.as_str() == veil.column.as_str();
            for rule in &self.personal {
                if veil.is_opaque() {
                    return refused(
                        rule.name,
                        "a person would see what the policy hides or masks",
                    );
                }
                if rule.changes.iter().any(is_veiled) {
                    return refused(rule.name, "a person would change what the policy freezes");
                }
            }
            for rule in &self.catalogue {
                if veil.is_opaque() && rule.columns.iter().any(is_veiled) {
                    return refused(rule.name, "it shows what the policy hides or masks");
                }
            }
        }
        Ok(())
    }
}

fn check_personal<E: Scoped>(rule: &Own<E>) -> Result<()> {
    let said = rule.name;
    let is_kept = |column: &str| {
        MANAGED.contains(&column)
            || KEPT.contains(&column)
            || [E::WORKSPACE, E::ID]
                .map(|key| key.as_str())
                .contains(&column)
    };
    let person = rule.person.as_str();
    if person == E::WORKSPACE.as_str() || MANAGED.contains(&person) {
        return refused(
            said,
            "the column of the person is one that says something else",
        );
    }
    for column in rule.changes.iter().map(IdenStatic::as_str) {
        if is_kept(column) {
            return refused(
                said,
                "a column that names the row, or that the database keeps, is changed by nobody",
            );
        }
        if column == person {
            return refused(said, "a person cannot give a row away");
        }
    }
    if rule.changes.is_empty() && (rule.before.is_some() || rule.after.is_some()) {
        return refused(
            said,
            "it says when a row may be changed, and no column that may",
        );
    }
    for filter in [&rule.only, &rule.before, &rule.after]
        .into_iter()
        .flatten()
    {
        check_filter(said, filter)?;
    }
    Ok(())
}

fn check_published<E: Scoped>(rule: &Published<E>) -> Result<()> {
    if rule.columns.is_empty() {
        return refused(rule.name, "it shows no column");
    }
    check_filter(rule.name, &rule.filter)
}

fn check_filter<E: EntityTrait>(said: &str, filter: &Filter<E>) -> Result<()> {
    if filter.literal("r").is_none() {
        return refused(
            said,
            "it has a filter that is not evaluated everywhere alike",
        );
    }
    if filter
        .columns()
        .iter()
        .any(|column| MANAGED.contains(column))
    {
        return refused(said, "it asks for a column that the database keeps");
    }
    Ok(())
}

fn refused<T>(rule: &str, why: &str) -> Result<T> {
    let told = format!("rule {rule:?}: {why}");
    Err(Error::new(ErrorKind::Invalid, told).with_field("policy"))
}

/// The columns that are written once, beside those that a change changes.
const KEPT: [&str; 2] = ["created_at", "created_by"];

impl<E: EntityTrait> Clone for Own<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            person: self.person,
            kind: self.kind,
            only: self.only.clone(),
            changes: self.changes.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}

impl<E: EntityTrait> Clone for Published<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            filter: self.filter.clone(),
            columns: self.columns.clone(),
        }
    }
}

fn columns<E: EntityTrait>(columns: &[E::Column]) -> String {
    let names: Vec<&str> = columns.iter().map(IdenStatic::as_str).collect();
    names.join(", ")
}

impl<E: EntityTrait> fmt::Debug for Own<E> {
    /// Names columns, never the values that they are compared with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Own {}", self.person.as_str())?;
        if let Some(only) = &self.only {
            write!(f, " only {only:?}")?;
        }
        if !self.changes.is_empty() {
            write!(f, ", changes {}", columns::<E>(&self.changes))?;
        }
        for (word, filter) in [("before", &self.before), ("after", &self.after)] {
            if let Some(filter) = filter {
                write!(f, " {word} {filter:?}")?;
            }
        }
        write!(f, ": {}", self.name)
    }
}

impl<E: EntityTrait> fmt::Debug for Published<E> {
    /// Names columns, never the values that they are compared with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = columns::<E>(&self.columns);
        write!(
            f,
            "Published {:?} shows {shown}: {}",
            self.filter, self.name
        )
    }
}
