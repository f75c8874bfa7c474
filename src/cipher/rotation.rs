//! Rotation: what is sealed under older keys is sealed anew under the current one.

use std::{collections::BTreeMap, fmt};

use sea_orm::{
    IdenStatic, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Value,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use sqlx::Row;

use super::{Cipher, Seals, envelope};
use crate::{
    Access, Database, Error, ErrorKind, Id, Progress, Result, Rows, Scoped, Session, TenantContext,
    bulk::reseal,
    context::ActorKind,
    error::from_statement,
    field::qualified,
    query::Visibility,
    read::{models, select},
};

/// How many rows a transaction of a rotation takes where nobody says.
const ROWS: u64 = 200;

/// What a rotation has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotated {
    /// How many rows were sealed anew.
    pub rows: u64,
    /// How many rows still hold a value under another key than the current one: they were held by others meanwhile, or did not open.
    pub left: u64,
    /// How many of those did not open. Opening one tells why.
    pub unopened: u64,
}

/// Seals the values of a table anew, in the workspace of a job.
///
/// It goes through the rows in the order of their ids, so many in each transaction. Rows that others have locked are passed over, and so are
/// those whose values do not open; neither stops it. What is under the current key is left alone, so that it may be run again at any
/// time, after a failure or by several instances at once, until nothing is [`left`](Rotated::left).
///
/// Blind indexes are made anew together with their values. Rows that are deleted are rotated as well, since they can be restored.
///
/// A row that is sealed anew has another version, written by the job: the database counts every change, and a row that differs from the one
/// that was read must not have its version. Whoever has read it before is told that it is stale. The audit log tells of the change and
/// keeps what was stored before, under the key of then; so earlier states of a row open for as long as that key is kept. Hooks
/// do not run: nothing has changed that a program can see.
#[must_use = "a rotation does nothing until `run` is awaited"]
pub struct Rotation<'d, E: Scoped> {
    database: &'d Database,
    job: &'d TenantContext,
    batch: u64,
    _table: E,
}

impl Database {
    /// Seals the values of a table anew under the current key, in the workspace of a job: see [`Rotation`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tenantry::{Database, Result, Role, Scoped, WorkspaceId};
    ///
    /// async fn rotate<E: Scoped>(database: &Database, workspace: WorkspaceId, table: E) -> Result<()> {
    ///     let job = database.job(Role::from_static("key_rotation"), workspace)?;
    ///     let rotated = database
    ///         .rotate(&job, table)
    ///         .run_reporting(|progress| println!("{} of {:?}", progress.done, progress.total))
    ///         .await?;
    ///     println!("{} rows, {} left", rotated.rows, rotated.left);
    ///     Ok(())
    /// }
    /// ```
    pub const fn rotate<'d, E: Scoped>(
        &'d self,
        job: &'d TenantContext,
        table: E,
    ) -> Rotation<'d, E> {
        Rotation {
            database: self,
            job,
            batch: ROWS,
            _table: table,
        }
    }
}

impl<E: Scoped> Rotation<'_, E> {
    /// Sets how many rows a transaction takes at most. 200 by default.
    pub const fn batch(mut self, rows: u64) -> Self {
        self.batch = if rows == 0 { 1 } else { rows };
        self
    }

    /// Goes through the table once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the context is no job's, or if a policy does not let the job change the rows; otherwise as
    /// [`Database::transaction`]. The batches before are kept.
    pub async fn run(self) -> Result<Rotated> {
        self.run_reporting(|_| ()).await
    }

    /// The same, and tells after each batch how far it is.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn run_reporting(self, mut report: impl FnMut(Progress) + Send) -> Result<Rotated> {
        if self.job.actor_kind() != ActorKind::Job {
            return Err(
                Error::new(ErrorKind::Forbidden, "keys are rotated by a job")
                    .with_hint("Make its context by `Database::job`."),
            );
        }
        let total = self.left().await?;
        let mut rotated = Rotated {
            rows: 0,
            left: total,
            unopened: 0,
        };
        let mut after = None;
        while rotated.left > 0 {
            let Some(batch) = self.next(after).await? else {
                break;
            };
            rotated.rows += batch.rows;
            rotated.unopened += batch.unopened;
            after = Some(batch.last);
            report(Progress::new(rotated.rows, Some(total)));
        }
        rotated.left = self.left().await?;
        Ok(rotated)
    }

    /// A context of the same job: a rotation may take longer than one is good for.
    fn context(&self) -> Result<TenantContext> {
        let (name, workspace) = (self.job.role().clone(), self.job.workspace().clone());
        self.database.job(name, workspace)
    }

    async fn left(&self) -> Result<u64> {
        // Not where reads go, which may be behind.
        let session = self.database.begin(&self.context()?).await?;
        left::<E>(&session).await
    }

    async fn next(&self, after: Option<Id<E>>) -> Result<Option<Batch<E>>> {
        let (context, limit) = (self.context()?, self.batch);
        let batch = async move |session: &mut Session| batch::<E>(session, after, limit).await;
        self.database.transaction(&context, batch).await
    }
}

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// How many values of the workspace's rows, living and deleted, are sealed under which key.
    ///
    /// A key may be taken away when it is under none in any workspace.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn sealed_under(self) -> Result<BTreeMap<i32, u64>> {
        let mut under = BTreeMap::new();
        for encrypted in E::ENCRYPTED {
            let select = select::scoped(&self.sight(), Visibility::All)
                .filter(qualified(encrypted.column).is_not_null())
                .select_only()
                .column_as(key_id::<E>(encrypted.column), "key_id")
                .column_as(Expr::cust("count(*)"), "held")
                .group_by(key_id::<E>(encrypted.column));
            let statement = select::build(select);
            let connection = self.session().connection();
            let told = connection.fetch_all(Self::purpose("sealed_under"), statement);
            for row in told.await? {
                let key: Vec<u8> = row.try_get(0).map_err(from_statement)?;
                let held: i64 = row.try_get(1).map_err(from_statement)?;
                let key = key.try_into().map_or(0, i32::from_be_bytes);
                *under.entry(key).or_default() += held.unsigned_abs();
            }
        }
        Ok(under)
    }
}

struct Batch<E: Scoped> {
    last: Id<E>,
    rows: u64,
    unopened: u64,
}

/// The bytes of an envelope that are the key's id.
fn key_id<E: Scoped>(column: E::Column) -> Expr {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let (table, column) = (quoted(E::default().table_name()), quoted(column.as_str()));
    Expr::cust(format!("substring({table}.{column} FROM 2 FOR 4)"))
}

/// The rows that hold what is under another key than this one.
fn outdated<E: Scoped>(current: i32) -> Expr {
    let current = current.to_be_bytes().to_vec();
    let columns = E::ENCRYPTED.iter();
    columns
        .map(|encrypted| key_id::<E>(encrypted.column).ne(Expr::val(current.clone())))
        .reduce(ExprTrait::or)
        .unwrap_or_else(|| Expr::val(false))
}

async fn left<E: Scoped>(session: &Session) -> Result<u64> {
    let current = session.cipher()?.keys.current().id();
    let rows = session.rows(E::default());
    let select = select::scoped(&rows.sight(), Visibility::All)
        .filter(outdated::<E>(current))
        .select_only()
        .column_as(Expr::cust("count(*)"), "held");
    let connection = session.connection();
    let told = connection.fetch_optional(Rows::<E>::purpose("rotate"), select::build(select));
    let held: i64 = match told.await? {
        Some(row) => row.try_get(0).map_err(from_statement)?,
        None => 0,
    };
    Ok(held.unsigned_abs())
}

/// Locks the next rows that are outdated, and seals them anew.
async fn batch<E: Scoped>(
    session: &Session,
    after: Option<Id<E>>,
    limit: u64,
) -> Result<Option<Batch<E>>> {
    let cipher = session.cipher()?;
    let rows = session.rows(E::default());
    let sight = rows.sight();
    let mut select = select::scoped(&sight, Visibility::All)
        .filter(outdated::<E>(cipher.keys.current().id()))
        .order_by_asc(qualified(E::ID))
        .limit(limit)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    if let Some(changeable) = sight.changeable() {
        select = select.filter(changeable);
    }
    if let Some(after) = after {
        select = select.filter(qualified(E::ID).gt(after));
    }
    let statement = select::build(select);
    let connection = session.connection();
    let locked = connection.fetch_all(Rows::<E>::purpose("rotate"), statement);
    let locked = models::<E>(locked.await?)?;
    let Some(last) = locked.last().map(E::id_of) else {
        return Ok(None);
    };
    let opened: Vec<_> = locked
        .iter()
        .filter_map(|row| cipher.anew::<E>(row))
        .collect();
    let written = match opened.as_slice() {
        [] => 0,
        opened => reseal(&rows, &columns::<E>(), opened).await?,
    };
    Ok(Some(Batch {
        last,
        rows: written as u64,
        unopened: (locked.len() - opened.len()) as u64,
    }))
}

/// What is written for each row: the values, and their blind indexes.
fn columns<E: Scoped>() -> Vec<E::Column> {
    let columns = E::ENCRYPTED.iter();
    columns
        .flat_map(|encrypted| [encrypted.column].into_iter().chain(encrypted.blind_index))
        .collect()
}

impl Cipher {
    /// What a row holds, sealed under the current key; `None` if it does not open.
    fn anew<E: Scoped>(&self, row: &E::Model) -> Option<(Id<E>, Vec<Value>)> {
        let (id, key) = (E::id_of(row), self.keys.current());
        let mut values = Vec::new();
        for encrypted in E::ENCRYPTED {
            let column = encrypted.column;
            let (value, blind) = match row.get(column) {
                Value::Bytes(Some(envelope)) => {
                    let value = self.opened::<E>(column, &id, &envelope).ok()?;
                    let place = self.place::<E>(column);
                    let blind = envelope::blind(key, &place, &value);
                    let value = match envelope::key_id(&envelope) == Some(key.id()) {
                        true => envelope,
                        false => envelope::seal(key, &place, &super::row_key(&id), &value),
                    };
                    (Some(value), Some(blind))
                }
                _ => (None, None),
            };
            values.push(Value::Bytes(value));
            values.extend(encrypted.blind_index.map(|_| Value::Bytes(blind)));
        }
        Some((id, values))
    }
}

impl<E: Scoped> fmt::Debug for Rotation<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rotation of {}", E::default().table_name())
    }
}
