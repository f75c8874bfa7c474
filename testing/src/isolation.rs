//! The isolation kit: takes anyone's entity and attacks it from another workspace.

use std::fmt;

use futures_util::{TryStreamExt, pin_mut};
use sea_orm::{ColumnTrait, IdenStatic};
use serde_json::json;
use sqlx::{Arguments, Row, postgres::PgArguments};
use tenantry::{
    Database, Error, ErrorKind, Id, Query, Result, Scoped, Session, SoftDelete, TenantContext,
    Versioned,
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

/// What each attack met.
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads holds nothing; call `assert_sealed`"]
pub struct IsolationReport {
    attempts: Vec<Attempt>,
}

#[derive(Clone, Debug)]
struct Attempt {
    table: &'static str,
    attack: &'static str,
    met: String,
    held: bool,
}

impl IsolationReport {
    /// Whether every attack was refused.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.attempts.iter().all(|attempt| attempt.held)
    }

    /// How many attacks were made.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts.len()
    }

    /// Fails the test if an attack came through.
    ///
    /// # Panics
    ///
    /// With the report, if one did, or if none was made.
    pub fn assert_sealed(&self) {
        assert!(!self.attempts.is_empty(), "no attack was made");
        assert!(self.is_sealed(), "the workspace is not sealed:\n{self}");
    }
}

impl fmt::Display for IsolationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Attempt {
            table,
            attack,
            met,
            held,
        } in &self.attempts
        {
            let mark = if *held { "held  " } else { "BROKEN" };
            writeln!(f, "{mark}  {table:<16} {attack:<44} {met}")?;
        }
        Ok(())
    }
}

impl<'d, E: Scoped> Isolation<'d, E> {
    /// Writes a row into each workspace with `insert` and proves that both are there.
    ///
    /// # Errors
    ///
    /// What `insert` returns; [`ErrorKind::Internal`] if the contexts are of one workspace or a row
    /// cannot be read where it was written, since every attack would then be refused for nothing.
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
                    kind == ErrorKind::NotFound,
                )
            }
        };
        let ((foreign, refused), (absent, _)) = (told(foreign), told(absent));
        let held = refused && foreign == absent;
        self.note(
            attack,
            held,
            if held {
                "NotFound, as if it never was".into()
            } else {
                foreign
            },
        );
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
        let locked = rows.get_for_update(foreign.clone()).await;
        self.note_absent(
            "get_for_update",
            locked,
            rows.get_for_update(absent::<E>()).await,
        );
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
        let session = self.database.begin(self.mine).await?;
        let rows = session.rows(E::default());
        let foreign = rows
            .update((E::id_of(&self.foreign), version), change())
            .await;
        let absent = rows.update((absent::<E>(), version), change()).await;
        session.commit().await?;
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
        let session = self.database.begin(self.mine).await?;
        let rows = session.rows(E::default());
        let foreign = rows.delete(id.clone()).await;
        let absent = rows.delete(absent::<E>()).await;
        session.commit().await?;
        self.note_absent("delete", foreign, absent);
        self.untouched("after the delete").await?;

        let owner = self.database.begin(self.theirs).await?;
        let deletion = owner.rows(E::default()).delete(id.clone()).await?;
        owner.commit().await?;
        let session = self.database.begin(self.mine).await?;
        let rows = session.rows(E::default());
        let revived = rows.restore(&deletion).await;
        let none = rows
            .restore(&tenantry::Deletion::of_operation(absent_operation()))
            .await;
        let visible = rows.find_with_deleted(id.clone()).await?.is_some();
        session.commit().await?;
        self.note_absent("restore by the true operation", revived, none);
        self.note("find_with_deleted", !visible, seen(visible));

        let owner = self.database.begin(self.theirs).await?;
        let still_deleted = owner.rows(E::default()).find(id).await?.is_none();
        self.note("after the restore", still_deleted, seen(!still_deleted));
        owner.rows(E::default()).restore(&deletion).await?;
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

    /// Tries raw SQL under the runtime role: what an injection, or a forgetful query, would run.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    pub async fn raw_sql(mut self) -> Result<Self> {
        let table = qualified_name::<E>();
        let (workspace, id) = (quoted(E::WORKSPACE.as_str()), quoted(E::ID.as_str()));
        let foreign = E::id_of(&self.foreign).to_string();

        let count = format!("SELECT count(*) FROM {table} WHERE {id}::text = $1");
        let met = self.raw(count, Some(&foreign)).await;
        let seen = met.as_ref().is_ok_and(|rows| *rows > 0);
        self.note(
            "SELECT by id, without a workspace",
            met == Ok(0),
            self::seen(seen),
        );

        let refused: [(&'static str, String); 6] = [
            (
                "UPDATE of the workspace column",
                format!("UPDATE {table} SET {workspace} = {workspace}"),
            ),
            (
                "UPDATE of the id",
                format!("UPDATE {table} SET {id} = {id}"),
            ),
            ("DELETE", format!("DELETE FROM {table}")),
            ("TRUNCATE", format!("TRUNCATE {table}")),
            (
                "LOCK TABLE",
                format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"),
            ),
            (
                "DISABLE ROW LEVEL SECURITY",
                format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
            ),
        ];
        for (attack, sql) in refused {
            let met = self.raw(sql, None).await;
            self.note(attack, met == Err(ErrorKind::Forbidden), told(&met));
        }

        let forged = format!(
            "SELECT set_config('tenantry.context', left(current_setting('tenantry.context'), 65) || '{}', true)",
            claim(self.theirs)
        );
        let cleared = "SELECT set_config('tenantry.context', '', true)".to_owned();
        let enter = format!("CALL tenantry.enter('{}', '')", claim(self.theirs));
        let count = format!("SELECT count(*) FROM {table}");
        for (attack, first) in [
            ("a forged setting", forged),
            ("an emptied setting", cleared),
            ("entering a second context", enter),
        ] {
            let met = self.raw_after(Some(first), count.clone(), None).await;
            self.note(attack, met == Err(ErrorKind::Forbidden), told(&met));
        }
        Ok(self)
    }

    async fn raw(&self, sql: String, argument: Option<&str>) -> Result<i64, ErrorKind> {
        self.raw_after(None, sql, argument).await
    }

    /// Runs one statement, or one after another, in a session of its own; `Ok` holds the first
    /// number that the last one returns, or 0.
    async fn raw_after(
        &self,
        first: Option<String>,
        sql: String,
        argument: Option<&str>,
    ) -> Result<i64, ErrorKind> {
        let mut arguments = PgArguments::default();
        if let Some(argument) = argument {
            arguments.add(argument).map_err(|_| ErrorKind::Internal)?;
        }
        let run = async || -> Result<i64> {
            let session = self.database.begin(self.mine).await?;
            // The door takes constant text only, which is right everywhere but in this kit.
            let raw = async |sql: String, arguments| {
                let sql: &'static str = Box::leak(sql.into_boxed_str());
                session
                    .raw_sql_without_workspace_guard("isolation kit", sql, arguments)
                    .await
            };
            if let Some(first) = first {
                raw(first, PgArguments::default()).await?;
            }
            let rows = raw(sql, arguments).await?;
            Ok(rows
                .first()
                .and_then(|row| row.try_get(0).ok())
                .unwrap_or_default())
        };
        run().await.map_err(|error| error.kind())
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

/// What an attacker who knows the claim's form would claim.
fn claim(context: &TenantContext) -> String {
    let workspace = match (context.workspace().as_uuid(), context.workspace().as_i64()) {
        (Some(uuid), _) => format!("u:{uuid}"),
        (_, Some(number)) => format!("b:{number}"),
        _ => {
            let text = context.workspace().as_text().unwrap_or_default();
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            format!("t:{hex}")
        }
    };
    let request = uuid::Uuid::now_v7();
    format!("0|ws|99999999999|{workspace}|user|-|owner|{request}|-")
}

fn qualified_name<E: Scoped>() -> String {
    let table = E::default();
    match table.schema_name() {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(table.table_name())),
        None => quoted(table.table_name()),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn seen(seen: bool) -> String {
    if seen {
        "the foreign row was seen"
    } else {
        "not there"
    }
    .to_owned()
}

fn told(met: &Result<i64, ErrorKind>) -> String {
    match met {
        Ok(number) => format!("answered {number}"),
        Err(kind) => format!("{kind:?}"),
    }
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
