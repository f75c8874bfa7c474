//! Runs migrations, one migrator at a time.

mod lock;

use std::marker::PhantomData;

use sea_orm_migration::{
    IntoSchemaManagerConnection, MigrationTrait, MigratorTrait, SchemaManagerConnection,
    async_trait,
    sea_orm::{ConnectOptions, Database, DbErr, DynIden},
};

use crate::{Error, Kernel, systems};

/// The kernel and all systems.
///
/// `sea-orm-cli migrate` drives it as any other migrator; [`run`] does so from a program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Migrator;

impl Migrator {
    fn all() -> Vec<Box<dyn MigrationTrait>> {
        let kernel: Box<dyn MigrationTrait> = Box::new(Kernel::new());
        [kernel]
            .into_iter()
            .chain(systems::accounts())
            .chain(systems::challenges())
            .chain(systems::dealership())
            .chain(systems::delivery())
            .chain(systems::startups())
            .chain(systems::decks())
            .collect()
    }
}

/// Runs a migrator's migrations under a lock, so that two at once are safe, also while an index is built concurrently.
///
/// Wrap the migrator of an application in it for `run_cli`; [`run`] does so itself.
///
/// # Examples
///
/// ```no_run
/// use tenantry_migration::{Kernel, Locked, MigrationTrait, MigratorTrait};
///
/// struct Notes;
///
/// impl MigratorTrait for Notes {
///     fn migrations() -> Vec<Box<dyn MigrationTrait>> {
///         vec![Box::new(Kernel::new())]
///     }
/// }
///
/// # async fn example() -> Result<(), tenantry_migration::Error> {
/// tenantry_migration::run::<Notes>("postgres://tenantry_migrator@localhost/notes").await?;
/// # Ok(())
/// # }
/// let for_the_command_line = Locked::<Notes>::default();
/// ```
pub struct Locked<M>(PhantomData<fn() -> M>);

impl<M> Default for Locked<M> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<M> std::fmt::Debug for Locked<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Locked")
    }
}

/// Applies what is pending, as the login of the URL, which should be [`MIGRATOR`](crate::roles::MIGRATOR).
///
/// # Errors
///
/// If the database cannot be reached or refuses a migration; the migrations before it stay applied.
pub async fn run<M: MigratorTrait>(url: &str) -> Result<(), Error> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    let database = Database::connect(options).await?;
    let outcome = Locked::<M>::up(&database, None).await;
    database.close().await?;
    Ok(outcome?)
}

/// The same migrations with the stock behaviour of sea-orm-migration.
struct Unlocked<M>(PhantomData<fn() -> M>);

#[async_trait::async_trait]
impl<M: MigratorTrait> MigratorTrait for Unlocked<M> {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        M::migrations()
    }

    fn migration_table_name() -> DynIden {
        M::migration_table_name()
    }
}

fn no_fresh() -> DbErr {
    DbErr::Migration(
        "`fresh` would leave schemas, roles and functions behind; create a new database instead"
            .into(),
    )
}

#[async_trait::async_trait]
impl<M: MigratorTrait> MigratorTrait for Locked<M> {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        M::migrations()
    }

    fn migration_table_name() -> DynIden {
        M::migration_table_name()
    }

    async fn up<'c, C: IntoSchemaManagerConnection<'c>>(
        db: C,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        let db = db.into_database_executor();
        let lock = lock::acquire(&db).await?;
        let outcome = match &db {
            SchemaManagerConnection::Connection(connection) => {
                Unlocked::<M>::up(*connection, steps).await
            }
            SchemaManagerConnection::Transaction(transaction) => {
                Unlocked::<M>::up(*transaction, steps).await
            }
            SchemaManagerConnection::OwnedTransaction(transaction) => {
                Unlocked::<M>::up(transaction, steps).await
            }
        };
        lock.release().await;
        outcome
    }

    async fn down<'c, C: IntoSchemaManagerConnection<'c>>(
        db: C,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        let db = db.into_database_executor();
        let lock = lock::acquire(&db).await?;
        let outcome = match &db {
            SchemaManagerConnection::Connection(connection) => {
                Unlocked::<M>::down(*connection, steps).await
            }
            SchemaManagerConnection::Transaction(transaction) => {
                Unlocked::<M>::down(*transaction, steps).await
            }
            SchemaManagerConnection::OwnedTransaction(transaction) => {
                Unlocked::<M>::down(transaction, steps).await
            }
        };
        lock.release().await;
        outcome
    }

    async fn fresh<'c, C: IntoSchemaManagerConnection<'c>>(_db: C) -> Result<(), DbErr> {
        Err(no_fresh())
    }

    async fn refresh<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<(), DbErr> {
        let db = db.into_database_executor();
        Self::down(reborrow(&db), None).await?;
        Self::up(reborrow(&db), None).await
    }

    async fn reset<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<(), DbErr> {
        let db = db.into_database_executor();
        Self::down(reborrow(&db), None).await?;
        Unlocked::<M>::uninstall(reborrow(&db)).await
    }
}

fn reborrow<'a>(db: &'a SchemaManagerConnection<'_>) -> SchemaManagerConnection<'a> {
    match db {
        SchemaManagerConnection::Connection(connection) => {
            SchemaManagerConnection::Connection(connection)
        }
        SchemaManagerConnection::Transaction(transaction) => {
            SchemaManagerConnection::Transaction(transaction)
        }
        SchemaManagerConnection::OwnedTransaction(transaction) => {
            SchemaManagerConnection::Transaction(transaction)
        }
    }
}

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Self::all()
    }

    async fn up<'c, C: IntoSchemaManagerConnection<'c>>(
        db: C,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        Locked::<Self>::up(db, steps).await
    }

    async fn down<'c, C: IntoSchemaManagerConnection<'c>>(
        db: C,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        Locked::<Self>::down(db, steps).await
    }

    async fn fresh<'c, C: IntoSchemaManagerConnection<'c>>(_db: C) -> Result<(), DbErr> {
        Err(no_fresh())
    }

    async fn refresh<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<(), DbErr> {
        Locked::<Self>::refresh(db).await
    }

    async fn reset<'c, C: IntoSchemaManagerConnection<'c>>(db: C) -> Result<(), DbErr> {
        Locked::<Self>::reset(db).await
    }
}
