//! A SeaORM project of one's own, made safe step by step: `cargo run --example adopt_existing`.
//!
//! It begins with a table that grew without us, rows of two customers in it, and a handler that
//! forgot a predicate. Nothing of the table is thrown away.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use sea_orm::{ConnectionTrait as _, DbErr, EntityTrait as _};
use sqlx::Connection as _;
use tenantry::{
    ActorId, Authority, Database, Error, Id, Identity, Role, WorkspaceId,
    verify::{Severity, Verifier},
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Kit, Table},
    sea_orm_migration::{
        self, SchemaManager,
        prelude::{DeriveMigrationName, async_trait},
    },
};
use tenantry_testing::TestDatabase;
use uuid::{Uuid, uuid};

const ACME: Uuid = uuid!("0193f000-0000-7000-8000-00000000000a");
const GLOBEX: Uuid = uuid!("0193f000-0000-7000-8000-00000000000b");

/// The project's own entity. Adopting it adds `tenantry::Scoped`, the line below that, and `NEWEST`.
mod ticket {
    use sea_orm::entity::prelude::*;
    use tenantry::{Direction, Sort};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "desk", table_name = "tickets")]
    #[scoped(workspace = "customer_id", audited, sorts(NEWEST))]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i64,
        pub(crate) customer_id: Uuid,
        pub(crate) subject: String,
        #[scoped(managed)]
        pub(crate) version: i64,
    }

    /// The order that the index of step 2 serves.
    pub(crate) const NEWEST: Sort<Entity> =
        Sort::by_index("tickets_newest_idx", &[(Column::Id, Direction::Descending)]);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The project's schema, as it was found.
const FOUND: &str = "
CREATE SCHEMA desk;
CREATE TABLE desk.tickets (
  id bigserial PRIMARY KEY,
  customer_id uuid NOT NULL,
  subject varchar(200) NOT NULL,
  version bigint NOT NULL DEFAULT 1
);
INSERT INTO desk.tickets (customer_id, subject) VALUES
  ('0193f000-0000-7000-8000-00000000000a', 'Invoice is wrong'),
  ('0193f000-0000-7000-8000-00000000000b', 'Password of the vault');
";

/// The handler that forgot: it takes an id from the address and asks for nothing else.
#[expect(clippy::disallowed_methods, reason = "this is how it was")]
async fn show_ticket(database: &sea_orm::DatabaseConnection, id: i64) -> Result<String, DbErr> {
    let ticket = ticket::Entity::find_by_id(id).one(database).await?;
    Ok(ticket.map_or_else(|| "no such ticket".to_owned(), |ticket| ticket.subject))
}

/// Step 2, as one migration: what rows of two customers must not share, then the walls.
struct Adoption;

impl MigratorTrait for Adoption {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Kernel::new()), Box::new(PutWalls)]
    }
}

#[derive(DeriveMigrationName)]
struct PutWalls;

#[expect(elided_lifetimes_in_paths, reason = "as the trait has it")]
#[async_trait::async_trait]
impl MigrationTrait for PutWalls {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("desk", "What customers ask.").await?;
        kit.execute(
            "ALTER TABLE desk.tickets
               ALTER COLUMN subject TYPE text,
               ADD CONSTRAINT tickets_customer_id_id_key UNIQUE (customer_id, id)",
        )
        .await?;
        let tickets = Table::new("desk", "tickets", "What a customer asks.")
            .scope("customer_id", KeyType::Uuid)
            .legacy_key("id", KeyType::BigInt)
            .column(Column::text("subject", "In a few words."))
            .versioned()
            .audited()
            .index("newest", ["id DESC"]);
        kit.create_table(&tickets).await?;
        kit.finish().await
    }
}

/// Who may enter which customer's data. A project asks its own tables here.
struct Staff;

impl Authority for Staff {
    async fn role(
        &self,
        _identity: &Identity<'_>,
        actor: &ActorId,
        customer: &WorkspaceId,
    ) -> Result<Option<Role>, Error> {
        let works_here = *actor == ActorId::from("ann") && *customer == ACME.into();
        Ok(works_here.then(|| Role::from_static("agent")))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::empty().await?;
    let found = sea_orm::Database::connect(test.admin_url()).await?;
    found.execute_unprepared(FOUND).await?;

    println!(
        "0. As it was found: whoever asks for ticket 2 reads {:?}",
        show_ticket(&found, 2).await?
    );

    println!("\n1. What is missing, before anything is changed");
    judge(&test).await?;

    println!(
        "\n2. The tables get an owner that is nobody's login, and one migration puts the walls up"
    );
    found
        .execute_unprepared(
            "ALTER SCHEMA desk OWNER TO tenantry_owner; ALTER TABLE desk.tickets OWNER TO tenantry_owner",
        )
        .await?;
    tenantry_migration::run::<Adoption>(test.migrator_url()).await?;
    judge(&test).await?;

    println!("\n3. The forgetful handler, unchanged, under the service's new login");
    let service = sea_orm::Database::connect(test.app_url()).await?;
    match show_ticket(&service, 2).await {
        Ok(_) => return Err("the leak is still there".into()),
        Err(_) => println!("   refused by PostgreSQL: there is no context"),
    }

    println!(
        "\n4. The handler made safe: the context says which customer, no statement can forget it"
    );
    let database = Database::builder(test.app_url()).connect(Staff).await?;
    let context = database.authorize("ann".into(), ACME.into()).await?;
    let session = database.begin(&context).await?;
    let tickets = session.rows(ticket::Entity);
    for row in tickets.list().sort(ticket::NEWEST).page().await?.items {
        println!("   Acme's ticket {}: {:?}", row.id, row.subject);
    }
    let theirs = tickets.get(Id::new(2)).await;
    println!(
        "   ticket 2: {}",
        theirs.err().ok_or("the leak is still there")?
    );
    let new = ticket::New {
        subject: "Invoice is right".into(),
    };
    println!(
        "   a new one, version {}",
        tickets.insert(new).await?.version
    );
    session.commit().await?;
    let globex = database.authorize("ann".into(), GLOBEX.into()).await;
    println!(
        "   Ann asks for Globex: {}",
        globex.err().ok_or("a stranger was let in")?
    );
    Ok(())
}

/// Holds the database and the entity against the rules, and tells the worst of what was found.
async fn judge(test: &TestDatabase) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = sqlx::PgConnection::connect(test.admin_url()).await?;
    let verifier = Verifier::new()
        .scope_columns(["customer_id"])
        .claims::<ticket::Entity>();
    let report = verifier.verify(&mut connection).await?;
    println!(
        "   {} errors, {} warnings",
        report.count(Severity::Error),
        report.count(Severity::Warning)
    );
    let desk = report
        .findings
        .iter()
        .filter(|finding| finding.object.contains("desk"));
    for finding in desk.take(4) {
        println!(
            "   {}: {} [{}]",
            finding.severity, finding.message, finding.object
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
