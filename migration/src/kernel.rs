//! The schema `tenantry`: the seal, the door into a workspace, the readers of the context, and the audit log.

mod readers;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::Kit,
    quote::literal,
    roles::{AUDIT, SEAL},
};

/// The migration that makes the schema `tenantry`.
///
/// # Examples
///
/// ```
/// use tenantry_migration::{Kernel, KeyType};
///
/// let kernel = Kernel::new().workspace_key(KeyType::BigInt).actor_key(KeyType::BigInt).audit_readers(["owner", "auditor"]);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a kernel is a migration: put it first into the list of your migrator"]
pub struct Kernel {
    workspace: KeyType,
    actor: KeyType,
    audit_readers: Vec<String>,
}

impl Kernel {
    /// Starts with uuid keys and a log that owners and admins read.
    pub fn new() -> Self {
        Self {
            workspace: KeyType::Uuid,
            actor: KeyType::Uuid,
            audit_readers: vec!["owner".into(), "admin".into()],
        }
    }

    /// Sets the type of workspace keys in the audit log.
    pub fn workspace_key(mut self, key: KeyType) -> Self {
        self.workspace = key.widened();
        self
    }

    /// Sets the type of actor keys in the audit log and in the stamps of tables.
    pub fn actor_key(mut self, key: KeyType) -> Self {
        self.actor = key.widened();
        self
    }

    /// Sets the roles of a workspace that read its audit log.
    pub fn audit_readers<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.audit_readers = roles.into_iter().map(Into::into).collect();
        self
    }

    fn fill(&self, template: &str) -> String {
        let readers = self
            .audit_readers
            .iter()
            .map(|role| literal(role))
            .collect::<Vec<_>>()
            .join(", ");
        template
            .replace("{{mac}}", readers::MAC)
            .replace("{{workspace_type}}", self.workspace.sql())
            .replace("{{workspace_reader}}", self.workspace.workspace_reader())
            .replace("{{actor_type}}", self.actor.sql())
            .replace("{{audit_readers}}", &readers)
    }

    /// Makes or repairs the schema.
    async fn create(&self, kit: &Kit<'_>) -> Result<(), DbErr> {
        kit.run(SCHEMA).await?;
        let sealed = [
            include_str!("kernel/seal.sql"),
            include_str!("kernel/enter.sql"),
        ]
        .map(|text| self.fill(text));
        kit.run_as(
            SEAL,
            "tenantry",
            &[sealed.concat(), readers::sql(self.actor)].concat(),
        )
        .await?;
        kit.run(&self.fill(include_str!("kernel/audit.sql")))
            .await?;
        kit.run(include_str!("kernel/govern.sql")).await?;
        kit.run(include_str!("kernel/partitions.sql")).await?;
        kit.run(include_str!("kernel/retention.sql")).await?;
        kit.run(include_str!("kernel/maintenance.sql")).await?;
        kit.run(&self.fill(include_str!("kernel/requests.sql")))
            .await?;
        let written = [
            include_str!("kernel/event.sql"),
            include_str!("kernel/security.sql"),
            include_str!("kernel/glass.sql"),
        ]
        .map(|text| self.fill(text));
        kit.run_as(AUDIT, "tenantry", &written.concat()).await
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::new()
    }
}

impl MigrationName for Kernel {
    fn name(&self) -> &'static str {
        "m20260101_000001_tenantry_kernel"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Kernel {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        self.create(&kit).await?;
        kit.finish().await
    }
}

/// Functions of these roles are nobody's but by grant, also those that come later.
const SCHEMA: &str = "
CREATE SCHEMA IF NOT EXISTS tenantry;
COMMENT ON SCHEMA tenantry IS 'Contexts, their seal, and the audit log.';
REVOKE ALL ON SCHEMA tenantry FROM PUBLIC;
GRANT USAGE ON SCHEMA tenantry
  TO tenantry_app, tenantry_reader, tenantry_person, tenantry_glass,
    tenantry_seal, tenantry_audit, tenantry_identity, tenantry_search, tenantry_purge, tenantry_delivery, tenantry_maintenance;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
";
