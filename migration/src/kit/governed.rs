//! What a policy's migration says of a table, and what stands there until it does.
//!
//! Policies of PostgreSQL are made anew by such a migration. Functions that meet no wall carry what it says between marks, where
//! `tenantry.govern` replaces it.

use sea_orm_migration::sea_orm::DbErr;

use super::{Kit, table::Table};
use crate::quote::{identifier, literal};

/// What a policy's migration has said of a table that is there.
#[derive(Clone, Debug)]
pub(super) struct Said {
    search: Option<String>,
    purge: Option<String>,
    purged: Option<String>,
}

/// A question that functions ask a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Which rows are found.
    Search,
    /// Who purges at all.
    Purge,
    /// Which rows go.
    Purged,
}

impl Asked {
    const fn word(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Purge => "purge",
            Self::Purged => "purged rows",
        }
    }

    fn mark(self, table: &Table) -> String {
        format!("/*policy of {}: {}*/", table.name, self.word())
    }
}

const END: &str = "/*end*/";

impl Table {
    /// Leaves the table to a [`Policy`]: until its migration has run, nobody reads, writes, finds or purges anything.
    ///
    /// Without this, everybody in a workspace reads and writes its rows until there is a policy. What can be searched or purged
    /// from a later migration on, can be after the policy has been written once more.
    ///
    /// [`Policy`]: https://docs.rs/tenantry/latest/tenantry/policy/struct.Policy.html
    pub fn governed(mut self) -> Self {
        self.governed = true;
        self
    }

    /// Takes from a role what it held, unless a policy's migration gave it columns that its conditions ask.
    pub(super) fn revoked(&self, role: &str) -> String {
        match self.said {
            Some(_) => String::new(),
            None => format!("REVOKE ALL ON {} FROM {};\n", self.path(), identifier(role)),
        }
    }

    /// A condition between marks: what a policy has said, or what is said as long as there is none.
    pub(super) fn carried(&self, asked: Asked, without_policy: &str) -> String {
        let said = self.said.as_ref().and_then(|said| match asked {
            Asked::Search => said.search.as_deref(),
            Asked::Purge => said.purge.as_deref(),
            Asked::Purged => said.purged.as_deref(),
        });
        let initial = if self.governed {
            "false"
        } else {
            without_policy
        };
        format!("{}{}{END}", asked.mark(self), said.unwrap_or(initial))
    }
}

impl Kit<'_> {
    /// What a policy's migration has said of a table; `None` if none has.
    pub(super) async fn said(&self, table: &Table) -> Result<Option<Said>, DbErr> {
        let path = literal(&table.path());
        let marked = format!(
            "SELECT 'yes' FROM pg_catalog.pg_policy WHERE polrelid = to_regclass({path}) AND polname = 'app_read' \
             AND obj_description(oid, 'pg_policy') ^@ 'tenantry:'"
        );
        if self.value(&marked).await?.is_none() {
            return Ok(None);
        }
        let said = async |asked: Asked| {
            let mark = literal(&asked.mark(table));
            self.value(&format!(
                "SELECT split_part(split_part(prosrc, {mark}, 2), '{END}', 1) FROM pg_catalog.pg_proc \
                 WHERE pronamespace = to_regnamespace({}) AND strpos(prosrc, {mark}) > 0 LIMIT 1",
                literal(&identifier(&table.schema)),
            ))
            .await
        };
        Ok(Some(Said {
            search: said(Asked::Search).await?,
            purge: said(Asked::Purge).await?,
            purged: said(Asked::Purged).await?,
        }))
    }
}
