//! Nothing is tied to our names or to UUIDs: databases of others, with entities written by hand.
//!
//! Each has a migrator of its own, made of the kernel and the kit, and an authority of its own.

mod legacy;
mod numbers;
mod past;
mod searched;
mod texts;

use sqlx::{Connection as _, PgConnection, Row, postgres::PgArguments};
use tenantry::{
    ActorId, Authority, Cursor, Database, Identity, Query, Result, Role, Scoped, Session,
    TenantContext, WorkspaceId,
    verify::{Report, Verifier},
};
use tenantry_migration::{
    KeyType, MigrationTrait, MigratorTrait,
    kit::Kit,
    roles::{APP, IDENTITY},
    sea_orm_migration::{MigrationName, SchemaManager, async_trait, sea_orm::DbErr},
};
use tenantry_testing::TestDatabase;

use crate::verify::verified;

/// The role of whoever runs things.
const OWNER: Role = Role::from_static("owner");
/// The job that sets up tenants.
const SIGN_UP: Role = Role::from_static("sign_up");

/// Asks a function of the database by its name.
struct Members(&'static str);

impl Authority for Members {
    async fn role(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        identity.role(self.0, workspace, actor).await
    }
}

/// The migration that makes the function which [`Members`] asks.
struct MemberRole {
    schema: &'static str,
    scope: &'static str,
    person: &'static str,
    key: KeyType,
}

impl MigrationName for MemberRole {
    fn name(&self) -> &'static str {
        "m20260101_000003_member_role"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for MemberRole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let Self {
            schema,
            scope,
            person,
            key,
        } = self;
        let key = key.sql();
        let definition = format!(
            "member_role(tenant {key}, person {key}) RETURNS text
             LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
               SELECT m.role FROM {schema}.members m WHERE m.{scope} = tenant AND m.{person} = person
             $function$"
        );
        let kit = Kit::begin(manager).await?;
        kit.create_function(
            IDENTITY,
            schema,
            &format!("member_role({key}, {key})"),
            &definition,
            "The role of a person in a tenant; null where there is none.",
            &[APP],
        )
        .await?;
        kit.finish().await
    }
}

/// A database of others, and the contexts of two of its tenants.
struct World {
    database: Database,
    acme: TenantContext,
    globex: TenantContext,
    test: TestDatabase,
}

impl World {
    /// A migrated database behind an authority; the startup check accepts it.
    async fn connected<M: MigratorTrait>(authority: impl Authority) -> (TestDatabase, Database) {
        let test = TestDatabase::new::<M>().await.unwrap();
        let builder = Database::builder(test.app_url());
        let database = builder.connect(authority).await.unwrap();
        (test, database)
    }

    async fn acme(&self) -> Session {
        self.database.begin(&self.acme).await.unwrap()
    }

    /// The database held against the rules.
    async fn verified(&self, verifier: Verifier) -> Report {
        let url = self.test.reader_url();
        let mut connection = PgConnection::connect(url).await.unwrap();
        verified(&verifier, &mut connection).await
    }
}

/// The log of a table as its tenant sees it: operation, tenant, row, version, actor.
async fn log(session: &Session, table: &'static str) -> Vec<String> {
    const LOG: &str = "SELECT concat_ws(' ', operation, workspace_id, coalesce(record_id, record_ids[1]), \
         'v' || version, coalesce(actor_name, actor_id::text)) \
         FROM tenantry.audit_log WHERE table_name = $1 ORDER BY at, version NULLS FIRST, record_ids";
    let mut arguments = PgArguments::default();
    sqlx::Arguments::add(&mut arguments, table).unwrap();
    let rows = session
        .raw_sql_without_workspace_guard("a test", LOG, arguments)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Every row of a query by pages of three, each asked for with the cursor of the one before.
async fn paged<E: Scoped>(session: &Session, table: E, query: Query<E>) -> Vec<E::Model> {
    let rows = session.rows(table);
    let mut found = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let query = query.clone().limit(3).after(after);
        let page = rows.page(query).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}
