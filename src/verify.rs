//! Holds a database against the rules that keep workspaces apart.
//!
//! It reads the catalogue and judges: walls, grants, roles, keys, functions, partitions, indexes, the audit log. Whatever
//! breaks a rule becomes a [`Finding`] that names the object, what is wrong and how to mend it. One family of rules, one file.

mod audit;
mod beside;
mod cascades;
mod claims;
mod comments;
mod creation;
mod declared;
mod distribution;
mod drift;
mod encrypted;
mod expression;
mod foreign_keys;
mod functions;
mod grants;
mod indexes;
mod kernel;
mod keys;
mod log_months;
mod names;
mod partitions;
mod policies;
mod purge;
mod recheck;
mod report;
mod roles;
mod row_security;
mod rule;
#[cfg(test)]
mod sample;
mod search;
mod sequences;
mod server;
mod subject;
mod surroundings;
mod touch;
mod triggers;

use sqlx::PgConnection;

use crate::{
    Scoped,
    catalog::{Catalog, Table},
    error::from_statement,
    policy::RowSecurity,
};

pub use claims::Claim;
pub use report::{Finding, Report, Severity};
pub use rule::Rule;

use claims::Facts;
use names::{KERNEL, qualified};
use report::Findings;
use subject::Subject;
use surroundings::Surroundings;

/// Holds a database against the rules.
///
/// # Examples
///
/// ```no_run
/// # async fn example(connection: &mut sqlx::PgConnection) -> tenantry::Result<()> {
/// use tenantry::verify::Verifier;
///
/// let report = Verifier::new()
///     .scope_columns(["workspace_id", "account_id"])
///     .global("jobs.skills")
///     .verify(connection)
///     .await?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a verifier does nothing until it is asked to verify"]
pub struct Verifier {
    schemas: Option<Vec<String>>,
    scope_columns: Vec<String>,
    scope_roles: Vec<String>,
    globals: Vec<String>,
    claims: Vec<Facts>,
    policies: Vec<RowSecurity>,
    distributed: bool,
}

impl Verifier {
    /// Starts with all schemas that are neither the system's nor an extension's, and the scope column `workspace_id`.
    pub fn new() -> Self {
        Self {
            schemas: None,
            scope_columns: vec!["workspace_id".into()],
            scope_roles: Vec::new(),
            globals: Vec::new(),
            claims: Vec::new(),
            policies: Vec::new(),
            distributed: false,
        }
    }

    /// Looks at these schemas only, and at the kernel.
    ///
    /// Name all that foreign keys reach: of a key that leads elsewhere nobody can tell whether its target has a wall.
    pub fn schemas<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.schemas = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names another column that says to which workspace a row belongs.
    ///
    /// A table with a wall needs no name: its column is read off the wall.
    pub fn scope_column(mut self, name: impl Into<String>) -> Self {
        self.scope_columns.push(name.into());
        self
    }

    /// Names the columns that say to which workspace a row belongs, in place of `workspace_id`.
    pub fn scope_columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.scope_columns = names.into_iter().map(Into::into).collect();
        self
    }

    /// Names a role of one's own behind the workspace wall, beside `tenantry_app` and `tenantry_reader`.
    pub fn scope_role(mut self, name: impl Into<String>) -> Self {
        self.scope_roles.push(name.into());
        self
    }

    /// Declares that a table, as `schema.table`, holds everybody's rows and scope roles may read it.
    ///
    /// It fails when it is no longer needed, so that it cannot hide the next mistake.
    pub fn global(mut self, table: impl Into<String>) -> Self {
        self.globals.push(table.into());
        self
    }

    /// Holds what [`Scoped`] says of an entity against the catalogue; [`claim`](Self::claim) takes the other facts too.
    pub fn claims<E: Scoped>(self) -> Self {
        self.claim(Claim::<E>::new())
    }

    /// As [`claims`](Self::claims), for an entity at hand.
    pub fn claim_for<E: Scoped>(self, _entity: E) -> Self {
        self.claims::<E>()
    }

    /// Holds a claim against the catalogue.
    pub fn claim<E: Scoped>(mut self, claim: Claim<E>) -> Self {
        self.claims.push(claim.into_facts());
        self
    }

    /// Holds what policies are declared against those that are there: one is missing, was altered by hand, or made from another
    /// declaration; one is there that nobody declared.
    ///
    /// Each is made once more on a temporary table, which nobody else sees and which is gone at the end, so that the same server tells
    /// both. Without declarations only marks are compared, which the policies of a table have in common.
    ///
    /// ```
    /// # use tenantry::{Result, Scoped, policy::Policy, verify::Verifier};
    /// # fn example<E: Scoped>(notes: &Policy<E>) -> Result<Verifier> {
    /// Ok(Verifier::new().policies([notes.row_security()?]))
    /// # }
    /// ```
    pub fn policies(mut self, declared: impl IntoIterator<Item = RowSecurity>) -> Self {
        self.policies.extend(declared);
        self
    }

    /// Also tells what would keep the schema from being distributed by Citus, as notices.
    pub fn distributed(mut self) -> Self {
        self.distributed = true;
        self
    }

    /// Reads the catalogue and tells what breaks a rule.
    ///
    /// Any login that may connect can ask, since the catalogue is everybody's; with declared [`policies`](Self::policies) one that may
    /// make temporary tables, as the runtime role may. Nothing is changed. Rows are not the catalogue's:
    /// whether entries lie in the default partition of the audit log is told to those who may read it, which nobody needs but a
    /// superuser; others get a notice if it takes space.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if a schema that was named does not exist,
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if policies are declared and this login may make no temporary table, or else
    /// as any statement.
    pub async fn verify(&self, connection: &mut PgConnection) -> crate::Result<Report> {
        let catalog = self.read(connection).await?;
        let mut surroundings = Surroundings::read(connection)
            .await
            .map_err(from_statement)?;
        surroundings.declared = declared::read(connection, &catalog, &self.policies).await?;
        Ok(self.judge(&catalog, &surroundings))
    }

    /// Checks every row of every foreign key by an anti-join.
    ///
    /// A key that was added while row security hid rows is marked valid all the same, and the catalogue cannot tell. This reads
    /// whole tables: run it when nobody waits, after a migration that did not use the kit.
    ///
    /// Under FORCE even the owner sees only what the wall lets through, so ask as a superuser, or as the owner with
    /// `NO FORCE ROW LEVEL SECURITY` on the tables, in a transaction that puts it back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if row security would hide rows of a table from this role, or it may
    /// not read one; nothing is checked then.
    pub async fn recheck_foreign_keys(
        &self,
        connection: &mut PgConnection,
    ) -> crate::Result<Report> {
        let catalog = self.read(connection).await?;
        recheck::run(connection, &catalog).await
    }

    async fn read(&self, connection: &mut PgConnection) -> crate::Result<Catalog> {
        let all = surroundings::schemas(connection)
            .await
            .map_err(from_statement)?;
        let schemas = match &self.schemas {
            None => all,
            Some(named) => {
                let kernel = all
                    .into_iter()
                    .filter(|schema| schema == KERNEL && !named.contains(schema));
                named.iter().cloned().chain(kernel).collect()
            }
        };
        let names: Vec<&str> = schemas.iter().map(String::as_str).collect();
        Catalog::read(connection, &names).await
    }

    fn judge(&self, catalog: &Catalog, surroundings: &Surroundings) -> Report {
        let subject = Subject::new(catalog, surroundings, self);
        let mut findings = Findings::default();
        server::check(&subject, &mut findings);
        kernel::check(&subject, &mut findings);
        roles::check(&subject, &mut findings);
        row_security::check(&subject, &mut findings);
        beside::check(&subject, &mut findings);
        policies::check(&subject, &mut findings);
        drift::check(&subject, &mut findings);
        keys::check(&subject, &mut findings);
        foreign_keys::check(&subject, &mut findings);
        cascades::check(&subject, &mut findings);
        grants::check(&subject, &mut findings);
        sequences::check(&subject, &mut findings);
        creation::check(&subject, &mut findings);
        functions::check(&subject, &mut findings);
        search::check(&subject, &mut findings);
        purge::check(&subject, &mut findings);
        partitions::check(&subject, &mut findings);
        indexes::check(&subject, &mut findings);
        audit::check(&subject, &mut findings);
        log_months::check(&subject, &mut findings);
        touch::check(&subject, &mut findings);
        encrypted::check(&subject, &mut findings);
        comments::check(&subject, &mut findings);
        claims::check(&subject, &mut findings);
        if self.distributed {
            distribution::check(&subject, &mut findings);
        }
        findings.into_report()
    }

    fn is_global(&self, table: &Table) -> bool {
        self.globals
            .iter()
            .any(|declared| self.is_declared(declared, table))
    }

    fn is_declared(&self, declared: &str, table: &Table) -> bool {
        declared == qualified(&table.schema, &table.name)
            || declared == format!("{}.{}", table.schema, table.name)
    }

    /// The columns that mark a row of the table as deleted: by convention, or as an entity says.
    fn soft_delete_columns<'t>(&'t self, table: &'t Table) -> impl Iterator<Item = &'t str> {
        self.fact_columns(table, "deleted_at", |facts| facts.deleted_at)
    }

    /// The columns that count the versions of a row: by convention, or as an entity says.
    fn version_columns<'t>(&'t self, table: &'t Table) -> impl Iterator<Item = &'t str> {
        self.fact_columns(table, "version", |facts| facts.version)
            .filter(|name| {
                table.column(name).is_some_and(|column| {
                    !column.nullable && matches!(column.column_type.name.as_str(), "int4" | "int8")
                })
            })
    }

    fn fact_columns<'t>(
        &'t self,
        table: &'t Table,
        convention: &'static str,
        fact: fn(&Facts) -> Option<&'static str>,
    ) -> impl Iterator<Item = &'t str> {
        let claimed = self
            .claims
            .iter()
            .find(|facts| facts.is_about(table))
            .and_then(fact);
        table
            .column(claimed.unwrap_or(convention))
            .map(|column| column.name.as_str())
            .into_iter()
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}
