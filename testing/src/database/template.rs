//! The migrated template of each migrator, made once for all processes, and its copies.

use std::{
    any::type_name,
    env, fs,
    pin::Pin,
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use sea_orm::{ConnectOptions, Database, DbErr};
use sea_orm_migration::MigratorTrait;
use sqlx::Connection as _;
use tenantry_migration::roles;

use super::{
    address::Address,
    error::DatabaseError,
    logins,
    maintenance::Maintenance,
    removal::{self, drop_database, seconds_now},
};

pub(super) const PREFIX: &str = "tenantry_template_";
const COMMENT: &str = "tenantry-testing ";

/// What a template holds: nothing, or what a migrator makes.
pub(super) struct Recipe<'migrator> {
    migrator: &'static str,
    template: String,
    migrate: Option<Migrate<'migrator>>,
}

type Migrate<'migrator> =
    fn(String) -> Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'migrator>>;

impl<'migrator> Recipe<'migrator> {
    pub(super) fn empty() -> Self {
        Self {
            migrator: "no migrator",
            template: template_name("", &[]),
            migrate: None,
        }
    }

    pub(super) fn of<M: MigratorTrait + 'migrator>() -> Self {
        let migrations = M::migrations();
        let names: Vec<&str> = migrations
            .iter()
            .map(|migration| migration.name())
            .collect();
        Self {
            migrator: type_name::<M>(),
            template: template_name(type_name::<M>(), &names),
            migrate: Some(|url| Box::pin(migrate::<M>(url))),
        }
    }
}

/// Makes a database from the recipe's template, and that first if there is none. Returns its name.
pub(super) async fn copy(server: &Address, recipe: &Recipe<'_>) -> Result<String, DatabaseError> {
    let mut maintenance = Maintenance::open(server).await?;
    let name = copy_name();
    ensure(&mut maintenance, server, recipe).await?;
    let mut copied = create_from(&mut maintenance, &name, &recipe.template).await;
    if copied.as_ref().is_err_and(is_undefined_database) {
        // Somebody has swept it in between, because it was a day old.
        ensure(&mut maintenance, server, recipe).await?;
        copied = create_from(&mut maintenance, &name, &recipe.template).await;
    }
    copied.map_err(DatabaseError::sql("copy the template"))?;
    maintenance.close().await;
    Ok(name)
}

/// Removes a template, finished or not.
pub(super) async fn drop_template(
    maintenance: &mut Maintenance,
    name: &str,
) -> Result<(), DatabaseError> {
    maintenance
        .run(format!("ALTER DATABASE \"{name}\" IS_TEMPLATE false"))
        .await
        .map_err(DatabaseError::sql("open a template"))?;
    drop_database(maintenance, name).await
}

/// When the template was begun, as its comment says.
pub(super) fn made_at(comment: Option<&str>) -> Option<u64> {
    comment?.strip_prefix(COMMENT)?.parse().ok()
}

/// What the server knows of a template.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    /// Somebody is making it, or has crashed while doing so.
    Unfinished,
    Finished,
}

async fn state(maintenance: &mut Maintenance, name: &str) -> Result<State, DatabaseError> {
    let finished: Option<bool> =
        sqlx::query_scalar("SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = $1")
            .bind(name)
            .fetch_optional(maintenance.connection())
            .await
            .map_err(DatabaseError::sql("look for the template"))?;
    Ok(match finished {
        None => State::Missing,
        Some(false) => State::Unfinished,
        Some(true) => State::Finished,
    })
}

async fn ensure(
    maintenance: &mut Maintenance,
    server: &Address,
    recipe: &Recipe<'_>,
) -> Result<(), DatabaseError> {
    if !logins::are_ready(maintenance, server).await? {
        logins::install(maintenance, server).await?;
    }
    if state(maintenance, &recipe.template).await? == State::Finished {
        return Ok(());
    }
    maintenance.lock(&recipe.template).await?;
    let made = make(maintenance, server, recipe).await;
    maintenance.unlock(&recipe.template).await?;
    made
}

/// Makes the template unless another process was faster; runs under its lock.
async fn make(
    maintenance: &mut Maintenance,
    server: &Address,
    recipe: &Recipe<'_>,
) -> Result<(), DatabaseError> {
    let name = &recipe.template;
    match state(maintenance, name).await? {
        State::Finished => return Ok(()),
        // We hold the lock, so whoever began it is gone.
        State::Unfinished => drop_database(maintenance, name).await?,
        State::Missing => {}
    }
    removal::sweep(maintenance).await?;
    logins::install(maintenance, server).await?;
    let create = DatabaseError::sql("create the template");
    maintenance
        .run(format!(
            "CREATE DATABASE \"{name}\" TEMPLATE template0 STRATEGY file_copy"
        ))
        .await
        .map_err(create)?;
    let comment = format!(
        "COMMENT ON DATABASE \"{name}\" IS '{COMMENT}{}'",
        seconds_now()
    );
    maintenance
        .run(comment)
        .await
        .map_err(DatabaseError::sql("mark the template"))?;
    prepare(maintenance, server, name).await?;
    if let Some(migrate) = &recipe.migrate {
        let url = server
            .with_login(&logins::MIGRATOR)
            .with_database(name)
            .to_string();
        migrate(url)
            .await
            .map_err(|error| DatabaseError::Migration {
                migrator: recipe.migrator,
                source: Box::new(error),
            })?;
    }
    // Last of all, and in one statement: a template is either finished or not one.
    let finish = format!("ALTER DATABASE \"{name}\" IS_TEMPLATE true ALLOW_CONNECTIONS false");
    maintenance
        .run(finish)
        .await
        .map_err(DatabaseError::sql("finish the template"))
}

/// Grants what the first migration needs.
async fn prepare(
    maintenance: &mut Maintenance,
    server: &Address,
    name: &str,
) -> Result<(), DatabaseError> {
    let mut connection = server.with_database(name).connect().await?;
    let prepared = roles::prepare_database(&mut connection).await;
    let _ = connection.close().await;
    prepared.map_err(DatabaseError::sql("prepare the template"))?;
    // The login of the tests inherits nothing, so the grant to tenantry_migrator does not reach it.
    let grant = format!(
        "GRANT CONNECT ON DATABASE \"{name}\" TO {}",
        logins::MIGRATOR.name
    );
    maintenance
        .run(grant)
        .await
        .map_err(DatabaseError::sql("let the migrator in"))
}

async fn migrate<M: MigratorTrait>(url: String) -> Result<(), DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let migrated = M::up(&connection, None).await;
    connection.close().await?;
    migrated
}

/// Copies a template, and what `CREATE DATABASE` leaves behind: its grants and settings, which belong to the cluster.
async fn create_from(
    maintenance: &mut Maintenance,
    name: &str,
    template: &str,
) -> Result<(), sqlx::Error> {
    maintenance
        .run(format!(
            "CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" STRATEGY file_copy"
        ))
        .await?;
    let statements: Vec<String> = sqlx::query_scalar(LEFT_BEHIND)
        .bind(template)
        .bind(name)
        .fetch_all(maintenance.connection())
        .await?;
    maintenance.run(statements.join("; ")).await
}

const LEFT_BEHIND: &str = r"
WITH template AS (SELECT oid, datdba, datacl FROM pg_catalog.pg_database WHERE datname = $1)
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2) FROM template WHERE datacl IS NOT NULL
UNION ALL
SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, $2,
    CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM template, aclexplode(datacl) WHERE grantee <> datdba
UNION ALL
SELECT format('ALTER %s SET %s = %s',
    CASE WHEN setrole = 0 THEN format('DATABASE %I', $2) ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), $2) END,
    split_part(entry, '=', 1),
    -- the value of a list is kept as it was written, each element quoted where it has to be
    CASE WHEN split_part(entry, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
        THEN substr(entry, strpos(entry, '=') + 1) ELSE quote_literal(substr(entry, strpos(entry, '=') + 1)) END)
FROM template JOIN pg_catalog.pg_db_role_setting ON setdatabase = oid, unnest(setconfig) AS entry
";

fn is_undefined_database(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("3D000"))
}

/// One name for one migrator of one build of one program: changed migrations are never served from an old template.
fn template_name(migrator: &str, migrations: &[&str]) -> String {
    let program = env::current_exe().ok();
    let metadata = program
        .as_ref()
        .and_then(|program| fs::metadata(program).ok());
    let modified = metadata
        .as_ref()
        .and_then(|metadata| metadata.modified().ok())
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let build = format!(
        "{:?} {:?} {:?}",
        program,
        metadata.map(|metadata| metadata.len()),
        modified
    );
    // Without a migrator there is nothing a build could change.
    let build = if migrator.is_empty() { "" } else { &build };
    let mut parts = vec![migrator, build];
    parts.extend(migrations);
    format!("{PREFIX}{}", &logins::digest(&parts)[..24])
}

fn copy_name() -> String {
    static SEQUENCE: AtomicU32 = AtomicU32::new(0);
    let nanoseconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
    format!(
        "{}{:08x}_{:x}_{nanoseconds:x}_{sequence:x}",
        removal::PREFIX,
        seconds_now(),
        process::id()
    )
}
