//! Purges: deleted rows go for good, in batches, each a transaction of its own.

use std::time::Duration;

use sea_orm::{DbBackend, Statement};
use sqlx::Row;

use crate::{
    Database, Error, ErrorKind, Progress, Result, Session, SoftDelete, TenantContext,
    connection::Purpose, entity::Table, error::from_statement,
};

/// Rows of one transaction.
const BATCH: i64 = 1_000;

/// What a purge took, and what it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// How many rows went, of all tables.
    pub rows: u64,
    /// How many rows were old enough, but are still pointed at by rows that stay.
    pub kept: u64,
}

/// What one call of the database's function did.
struct Batch {
    done: Purged,
    /// Where the next one begins.
    last: Option<String>,
}

impl Database {
    /// Removes for good what was deleted from a table longer ago than `older_than`, and before that what was deleted of its
    /// [children](SoftDelete::CHILDREN), theirs included.
    ///
    /// Each thousand rows are a transaction of their own, so an error leaves done what came before; call it again to go on. Rows that are
    /// still pointed at stay and are counted. Each row that goes is in the audit log as a whole, its sensitive columns redacted;
    /// no hook hears of it.
    ///
    /// Each table declares with `kit::Table::purged_by` the least age, which the database holds; who may ask, and which rows go, its policy
    /// says by rules about [`Action::Purge`](crate::policy::Action::Purge), or that declaration where there is no policy. A job is made
    /// for it: `database.job(Role::from_static("purge"), workspace)`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the role of the context may not purge one of the tables, or the context expired on the way;
    /// [`ErrorKind::Invalid`] if `older_than` is less than what one of them keeps, or one declares no purge.
    pub async fn purge<E: SoftDelete>(
        &self,
        context: &TenantContext,
        older_than: Duration,
    ) -> Result<Purged> {
        self.purge_reporting::<E>(context, older_than, |_| ()).await
    }

    /// As [`purge`](Self::purge), and tells after each transaction how many rows went.
    ///
    /// # Errors
    ///
    /// As [`purge`](Self::purge).
    pub async fn purge_reporting<E: SoftDelete>(
        &self,
        context: &TenantContext,
        older_than: Duration,
        mut told: impl FnMut(Progress),
    ) -> Result<Purged> {
        let mut tables = Vec::new();
        leaves_first(Table::of::<E>(), &mut Vec::new(), &mut tables);
        let mut all = Purged::default();
        for table in tables {
            let mut after = None;
            let mut pass = Purged::default();
            loop {
                let batch = self
                    .transaction(context, {
                        let after = after.clone();
                        async move |session: &mut Session| {
                            batch(session, table, older_than, after).await
                        }
                    })
                    .await?;
                pass.rows += batch.done.rows;
                pass.kept += batch.done.kept;
                told(Progress::new(all.rows + pass.rows, None));
                after = batch.last;
                if after.is_some() {
                    continue;
                }
                all.rows += pass.rows;
                // Rows that point at others of the same table may have gone after them.
                let again = pass.rows > 0 && pass.kept > 0 && points_at_itself(&table);
                if !again {
                    all.kept += pass.kept;
                    break;
                }
                pass = Purged::default();
            }
        }
        Ok(all)
    }
}

/// Children before their parents, each table once.
fn leaves_first(table: Table, open: &mut Vec<Table>, tables: &mut Vec<Table>) {
    if open.iter().chain(tables.iter()).any(|seen| seen.is(&table)) {
        return;
    }
    open.push(table);
    for child in table.children() {
        leaves_first(child.table, open, tables);
    }
    open.pop();
    tables.push(table);
}

fn points_at_itself(table: &Table) -> bool {
    table.children().iter().any(|child| child.table.is(table))
}

/// The function takes the workspace from the context.
fn statement(table: &Table, older_than: Duration, after: Option<String>) -> Statement {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let function = quoted(&format!("{}_purge", table.name));
    let function = match table.schema() {
        Some(schema) => format!("{}.{function}", quoted(&schema)),
        None => function,
    };
    Statement::from_sql_and_values(
        DbBackend::Postgres,
        format!("SELECT purged, kept, last_id FROM {function}(make_interval(secs => $1), $2, $3)"),
        [older_than.as_secs_f64().into(), BATCH.into(), after.into()],
    )
}

async fn batch(
    session: &Session,
    table: Table,
    older_than: Duration,
    after: Option<String>,
) -> Result<Batch> {
    let purpose = Purpose {
        verb: "purge",
        table: table.name,
    };
    let row = session
        .connection()
        .fetch_optional(purpose, statement(&table, older_than, after))
        .await
        .map_err(|error| refused(error, &table))?
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the purge did not answer"))?;
    let count = |at: usize| -> Result<u64> {
        let count: i64 = row.try_get(at).map_err(from_statement)?;
        Ok(count.unsigned_abs())
    };
    Ok(Batch {
        done: Purged {
            rows: count(0)?,
            kept: count(1)?,
        },
        last: row.try_get(2).map_err(from_statement)?,
    })
}

fn refused(error: Error, table: &Table) -> Error {
    let name = table.name;
    match error.sqlstate() {
        Some("22023") => Error::new(
            ErrorKind::Invalid,
            format!("{name} keeps deleted rows for longer"),
        )
        .with_field("older_than")
        .with_sqlstate("22023"),
        Some("42883") => Error::new(ErrorKind::Invalid, format!("{name} declares no purge"))
            .with_hint("Declare it with `kit::Table::purged_by`, and run the migrations.")
            .with_sqlstate("42883"),
        _ => error,
    }
}
