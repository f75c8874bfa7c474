//! The isolation kit: takes anyone's entity and attacks it from another workspace.

mod raw_sql;
mod report;

use std::fmt;

use futures_util::{TryStreamExt, pin_mut};
use report::Attempt;
pub use report::IsolationReport;
use sea_orm::ColumnTrait;
use serde_json::json;
use tenantry::{
    Database, Deletion, Error, ErrorKind, Id, Query, Result, Rows, Scoped, Session, SoftDelete,
    TenantContext, Versioned,
};

/// Attacks the rows of one table in one workspace from another one.
///
/// It writes a row into each workspace, proves that both are there, and then tries from the first to
/// reach the second one's row by every verb, and by raw SQL under the runtime role.
///
/// # Examples
///
/// ```no_run
/// # use tenantry::{Database, Result, Scoped, Session, TenantContext};
/// use tenantry_testing::Isolation;
///
/// # async fn example<E: Scoped>(
/// #     database: &Database, mine: &TenantContext, theirs: &TenantContext, widgets: E,
/// #     insert: impl AsyncFn(&Session) -> Result<E::Model>,
/// # ) -> Result<()> {
/// let attacks = Isolation::of(widgets, database, mine, theirs, insert).await?;
/// let report = attacks.reads().await?.raw_sql().await?.report();
/// report.assert_sealed();
/// # Ok(())
/// # }
/// ```
#[must_use = "attacks are run by `reads`, `updates`, `deletes` and `raw_sql`"]
pub struct Isolation<'d, E: Scoped> {
    database: &'d Database,
    mine: &'d TenantContext,
    theirs: &'d TenantContext,
    own: E::Model,
    foreign: E::Model,
    report: IsolationReport,
}

impl<'d, E: Scoped> Isolation<'d, E> {
    /// Writes a row into each workspace with `insert` and proves that both are there.
    ///
    /// # Errors
    ///
    /// What `insert` returns; [`ErrorKind::Internal`] if the contexts are of one workspace, if a row
    /// cannot be read where it was written, or if both rows have one id, as keys that callers make
    /// may: the attacks would then be refused, or seem to succeed, for nothing.
    pub async fn of(
        table: E,
        database: &'d Database,
        mine: &'d TenantContext,
        theirs: &'d TenantContext,
        insert: impl AsyncFn(&Session) -> Result<E::Model>,
    ) -> Result<Self> {
        let _ = table;
        if mine.workspace() == theirs.workspace() {
            return Err(Error::new(
                ErrorKind::Internal,
                "the contexts are of one workspace",
            ));
        }
        let own = written::<E>(database, mine, &insert).await?;
        let foreign = written::<E>(database, theirs, &insert).await?;
        if E::id_of(&own) == E::id_of(&foreign) {
            let refused = Error::new(
                ErrorKind::Internal,
                "the rows have one id in both workspaces",
            );
            return Err(refused.with_hint("Let `insert` make another id each time."));
        }
        Ok(Self {
            database,
            mine,
            theirs,
            own,
            foreign,
            report: IsolationReport::default(),
        })
    }

    /// What the attacks met so far.
    pub fn report(self) -> IsolationReport {
        self.report
    }

    fn note(&mut self, attack: &'static str, held: bool, met: impl Into<String>) {
        let table = E::default().table_name();
        self.report.attempts.push(Attempt {
            table,
            attack,
            met: met.into(),
            held,
        });
    }

    /// The refusal must be the very one that a row gets that never was.
    fn note_absent<T>(&mut self, attack: &'static str, foreign: Result<T>, absent: Result<T>) {
        let told = |outcome: Result<T>| match outcome {
            Ok(_) => ("found".to_owned(), false),
            Err(error) => {
                let kind = error.kind();
                (
                    format!("{kind:?}: {error} {:?}", error.hint()),
                    // Where nobody may change a row, nobody locks one either.
                    matches!(kind, ErrorKind::NotFound | ErrorKind::Forbidden),
                )
            }
        };
        let kind = foreign.as_ref().err().map(Error::kind);
        let ((foreign, refused), (absent, _)) = (told(foreign), told(absent));
        let held = refused && foreign == absent;
        let met = match kind {
            Some(kind) if held => format!("{kind:?}, as if it never was"),
            _ => foreign,
        };
        self.note(attack, held, met);
    }

    /// Tries a verb in a session of its own, since a refusal may abort it; what it did is kept.
    async fn attempt<T>(&self, verb: impl AsyncFnOnce(Rows<'_, E>) -> Result<T>) -> Result<T> {
        let session = self.database.begin(self.mine).await?;
        let outcome = verb(session.rows(E::default())).await?;
        session.commit().await?;
        Ok(outcome)
    }

    /// Tries every verb that reads.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn reads(mut self) -> Result<Self> {
        let session = self.database.begin(self.mine).await?;
        let rows = session.rows(E::default());
        let (own, foreign) = (E::id_of(&self.own), E::id_of(&self.foreign));

        let found = rows.find(foreign.clone()).await?;
        self.note("find", found.is_none(), seen(found.is_some()));
        self.note_absent(
            "get",
            rows.get(foreign.clone()).await,
            rows.get(absent::<E>()).await,
        );
        let lock = |id| self.attempt(async |rows| rows.get_for_update(id).await);
        let (locked, none) = (lock(foreign.clone()).await, lock(absent::<E>()).await);
        self.note_absent("get_for_update", locked, none);
        let many = rows.find_many(&[foreign.clone(), own]).await?;
        self.note(
            "find_many",
            many == [self.own.clone()],
            format!("{} of 2 rows", many.len()),
        );

        let mut listed = Vec::new();
        let mut query = Query::<E>::new().limit(500);
        loop {
            let page = rows.page(query.clone()).await?;
            listed.extend(page.items);
            let Some(next) = page.next else { break };
            query = query.after(next);
        }
        let leaked = listed.iter().any(|row| E::id_of(row) == foreign);
        self.note("list", !leaked && listed.contains(&self.own), seen(leaked));
        let count = rows.count(Query::new()).await?;
        self.note(
            "count",
            count == listed.len() as u64,
            format!("{count} rows"),
        );
        let exists = rows.exists(Query::new().filter(is::<E>(&foreign))).await?;
        self.note("exists", !exists, seen(exists));
        let stream = rows.list().stream().await?;
        pin_mut!(stream);
        let mut streamed = false;
        while let Some(row) = stream.try_next().await? {
            streamed |= E::id_of(&row) == foreign;
        }
        self.note("stream", !streamed, seen(streamed));
        match rows.list().export().await {
            Ok(export) => {
                pin_mut!(export);
                let mut exported = false;
                while let Some(row) = export.try_next().await? {
                    exported |= E::id_of(&row) == foreign;
                }
                self.note("export", !exported, seen(exported));
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                self.note("export", true, "whoever asks takes out nothing");
            }
            Err(error) => return Err(error),
        }
        Ok(self)
    }

    /// Tries to update the foreign row, at its true version.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn updates(mut self, change: impl Fn() -> E::Update) -> Result<Self>
    where
        E: Versioned,
    {
        let version = E::version_of(&self.foreign);
        let update = |id| self.attempt(async |rows| rows.update((id, version), change()).await);
        let foreign = update(E::id_of(&self.foreign)).await;
        let absent = update(absent::<E>()).await;
        self.note_absent("update at the true version", foreign, absent);
        self.untouched("after the update").await?;
        Ok(self)
    }

    /// Tries to delete the foreign row, and to restore what its own workspace deleted.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn deletes(mut self) -> Result<Self>
    where
        E: SoftDelete,
    {
        let id = E::id_of(&self.foreign);
        let delete = |id| self.attempt(async |rows| rows.delete(id).await);
        let (foreign, none) = (delete(id.clone()).await, delete(absent::<E>()).await);
        self.note_absent("delete", foreign, none);
        self.untouched("after the delete").await?;

        let owner = self.database.begin(self.theirs).await?;
        let deletion = owner.rows(E::default()).delete(id.clone()).await?;
        owner.commit().await?;
        let restore = |taken| self.attempt(async move |rows| rows.restore(&taken).await);
        let revived = restore(deletion.clone()).await;
        let none = restore(Deletion::of_operation(absent_operation())).await;
        let visible = self.attempt(async |rows| rows.find_with_deleted(id.clone()).await);
        let visible = visible.await?.is_some();
        self.note_absent("restore by the true operation", revived, none);
        self.note("find_with_deleted", !visible, seen(visible));

        let owner = self.database.begin(self.theirs).await?;
        let still_deleted = owner.rows(E::default()).find(id).await?.is_none();
        self.note("after the restore", still_deleted, seen(!still_deleted));
        let rows = owner.rows(E::default());
        rows.restore(&deletion).await?;
        // As it is now: both writes were counted.
        self.foreign = rows.get(E::id_of(&self.foreign)).await?;
        owner.commit().await?;
        Ok(self)
    }

    async fn untouched(&mut self, attack: &'static str) -> Result<()> {
        let session = self.database.read(self.theirs).await?;
        let now = session
            .rows(E::default())
            .find(E::id_of(&self.foreign))
            .await?;
        let same = now.as_ref() == Some(&self.foreign);
        self.note(
            attack,
            same,
            if same {
                "the row is as it was"
            } else {
                "the row was changed"
            },
        );
        Ok(())
    }
}

async fn written<E: Scoped>(
    database: &Database,
    context: &TenantContext,
    insert: &impl AsyncFn(&Session) -> Result<E::Model>,
) -> Result<E::Model> {
    let session = database.begin(context).await?;
    let row = insert(&session).await?;
    session.commit().await?;
    let session = database.read(context).await?;
    session
        .rows(E::default())
        .find(E::id_of(&row))
        .await?
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "the row cannot be read where it was written",
            )
        })
}

fn is<E: Scoped>(id: &Id<E>) -> tenantry::Filter<E> {
    let same = E::ID.into_expr();
    tenantry::Filter::expression_guarded_by_row_security_alone(sea_orm::sea_query::ExprTrait::eq(
        same,
        id.clone(),
    ))
}

/// An id that no row has.
fn absent<E: Scoped>() -> Id<E> {
    Id::generate().unwrap_or_else(|| {
        [json!(i64::MAX), json!(i32::MAX), json!("tenantry-absent")]
            .into_iter()
            .find_map(|key| serde_json::from_value(key).ok())
            .expect("a key is a UUID, a number or a text")
    })
}

fn absent_operation() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

fn seen(seen: bool) -> String {
    if seen {
        "the foreign row was seen"
    } else {
        "not there"
    }
    .to_owned()
}

impl<E: Scoped> fmt::Debug for Isolation<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Isolation({}, {} attacks)",
            E::default().table_name(),
            self.report.attempts.len()
        )
    }
}
