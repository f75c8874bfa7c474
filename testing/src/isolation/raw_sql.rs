//! Raw SQL under the runtime role: what an injection, or a forgetful query, would run.

use sea_orm::IdenStatic;
use sqlx::{Arguments, Row, postgres::PgArguments};
use tenantry::{ErrorKind, Result, Scoped, TenantContext};

use super::{Isolation, seen};

impl<E: Scoped> Isolation<'_, E> {
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

fn told(met: &Result<i64, ErrorKind>) -> String {
    match met {
        Ok(number) => format!("answered {number}"),
        Err(kind) => format!("{kind:?}"),
    }
}
