//! The policies of several tables, their types erased.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
};

use sea_orm::IdenStatic;

use super::{
    Exposure, Policy, RowSecurity,
    statement::{Intent, Text},
};
use crate::{Result, Scoped, TenantContext};

/// The policies of several tables, as a database is given them and a migration is made of them.
///
/// ```
/// use tenantry::{Scoped, policy::{Action, Policies, Policy, When}};
///
/// fn all<A: Scoped, B: Scoped>() -> Policies {
///     Policies::new()
///         .with(Policy::<A>::new().allow("everybody reads", Action::READS, When::always()))
///         .with(Policy::<B>::new().allow("everybody reads", Action::READS, When::always()))
/// }
/// ```
#[derive(Default)]
#[must_use = "policies do nothing until a database or a migration is given them"]
pub struct Policies(Vec<(TypeId, Box<dyn Ruled>)>);

/// A [`Policy`] behind a pointer.
pub(crate) trait Ruled: Any + Send + Sync + fmt::Debug {
    fn as_any(&self) -> &dyn Any;
    fn row_security(&self) -> Result<RowSecurity>;
    fn condition(&self, context: &TenantContext, intent: Intent, row: &str) -> Text;
    /// What a context sees of the columns of the table of this name, if the policy is about it.
    fn exposures(&self, context: &TenantContext, table: (&str, &str)) -> Option<Exposures>;
}

/// What a context sees of each column, by name.
pub(crate) type Exposures = HashMap<&'static str, Exposure>;

impl<E: Scoped> Ruled for Policy<E> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn row_security(&self) -> Result<RowSecurity> {
        self.row_security()
    }

    fn condition(&self, context: &TenantContext, intent: Intent, row: &str) -> Text {
        self.condition(context, intent, row)
    }

    fn exposures(
        &self,
        context: &TenantContext,
        (schema, table): (&str, &str),
    ) -> Option<Exposures> {
        let entity = E::default();
        let is_about =
            entity.schema_name().unwrap_or("public") == schema && entity.table_name() == table;
        let covers = is_about.then(|| self.covers(context))?;
        let columns = covers.columns().map(|(column, _)| column.as_str());
        Some(columns.map(|column| (column, covers.of(column))).collect())
    }
}

impl Policies {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The policy of one more table; a later one of the same table takes the place of an earlier one.
    pub fn with<E: Scoped>(self, policy: Policy<E>) -> Self {
        self.and(Self(vec![(TypeId::of::<E>(), Box::new(policy))]))
    }

    /// Those of another set as well.
    pub fn and(mut self, others: Self) -> Self {
        for (entity, policy) in others.0 {
            match self.0.iter_mut().find(|(known, _)| *known == entity) {
                Some(known) => known.1 = policy,
                None => self.0.push((entity, policy)),
            }
        }
        self
    }

    /// What row security says of each table, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// Those of [`Policy::row_security`].
    pub fn row_security(&self) -> Result<Vec<RowSecurity>> {
        self.0
            .iter()
            .map(|(_, policy)| policy.row_security())
            .collect()
    }

    pub(crate) fn of<E: Scoped>(&self) -> Option<&Policy<E>> {
        self.of_entity(TypeId::of::<E>())?.as_any().downcast_ref()
    }

    /// What a context sees of the columns of a table; nothing is said of columns that it sees whole.
    pub(crate) fn exposures(
        &self,
        context: &TenantContext,
        schema: &str,
        table: &str,
    ) -> Exposures {
        let mut policies = self.0.iter();
        let found = policies.find_map(|(_, policy)| policy.exposures(context, (schema, table)));
        found.unwrap_or_default()
    }

    pub(crate) fn of_entity(&self, entity: TypeId) -> Option<&dyn Ruled> {
        let known = self.0.iter().find(|(known, _)| *known == entity);
        known.map(|(_, policy)| policy.as_ref())
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = self.0.iter().map(|(_, policy)| policy);
        f.debug_list().entries(policies).finish()
    }
}
