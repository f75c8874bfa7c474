//! Work on the rows of all workspaces, with FORCE off for its duration.

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbErr};

use super::{
    Kit,
    lint::{Place, lint_at},
};
use crate::quote::{literal, qualified};

impl Kit<'_> {
    /// Runs statements that must see the rows of all workspaces: foreign keys on filled tables, validations, data steps.
    ///
    /// Takes FORCE off the tables, works, and puts it back, all in the transaction of the migration, so nobody else ever meets
    /// a table without it. The tables are locked meanwhile: keep the work short. Returns how many rows the statements touched.
    ///
    /// # Errors
    ///
    /// If a statement fails or widens access (see [`lint`](super::lint)), or a table does not exist.
    pub async fn as_owner(
        &self,
        tables: &[(&str, &str)],
        statements: &[&str],
    ) -> Result<u64, DbErr> {
        for statement in statements {
            lint_at(statement, Place::AsOwner)
                .map_err(|refusal| DbErr::Migration(refusal.to_string()))?;
        }
        let forced = self.lift(tables).await?;
        let mut rows = 0;
        for statement in statements {
            rows += self
                .manager
                .get_connection()
                .execute_unprepared(statement)
                .await?
                .rows_affected();
        }
        self.restore(&forced).await?;
        Ok(rows)
    }

    /// Takes FORCE off those tables that have it, and returns them.
    pub(super) async fn lift(&self, tables: &[(&str, &str)]) -> Result<Vec<String>, DbErr> {
        let mut forced = Vec::new();
        for (schema, table) in tables {
            let path = qualified(schema, table);
            let query = format!(
                "SELECT relforcerowsecurity::text FROM pg_catalog.pg_class WHERE oid = {}::regclass",
                literal(&path)
            );
            if self.value(&query).await?.as_deref() == Some("true") && !forced.contains(&path) {
                self.run(&format!("ALTER TABLE {path} NO FORCE ROW LEVEL SECURITY"))
                    .await?;
                forced.push(path);
            }
        }
        Ok(forced)
    }

    pub(super) async fn restore(&self, forced: &[String]) -> Result<(), DbErr> {
        for path in forced {
            self.run(&format!("ALTER TABLE {path} FORCE ROW LEVEL SECURITY"))
                .await?;
        }
        Ok(())
    }
}
