//! The start-up check: a login for which row security would be a decoration is refused.

use std::borrow::Cow;

use sea_orm::{DbBackend, Statement};
use sqlx::Row;

use crate::{
    Error, ErrorKind, Result,
    advisory::Exposure,
    connection::{Asking, Purpose},
    error::from_statement,
    field::texts,
    policy::{Mark, RowSecurity},
};

const OLDEST: i32 = 150_000;

/// One row: what is wrong with the login, and the first table that it may touch without a wall.
const QUESTION: &str = include_str!("check.sql");

/// What becomes of a server whose row security has a known hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unpatched {
    /// It is served, with a warning.
    Warned,
    /// Nobody connects.
    Refused,
}

/// What a pool reaches. Its login is of one of these roles, and of no other scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Workspace,
    Person,
    Catalogue,
    Glass,
    Relay,
    Maintenance,
}

impl Scope {
    const fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Workspace => &["tenantry_app", "tenantry_reader"],
            Self::Person => &["tenantry_person"],
            Self::Catalogue => &["tenantry_catalogue"],
            Self::Glass => &["tenantry_glass"],
            Self::Relay => &["tenantry_relay"],
            Self::Maintenance => &["tenantry_maintenance"],
        }
    }
}

/// Refuses superusers, owners, members of either, logins that are not of exactly one scope role, and of one that the pool is for, and
/// tables without a wall.
pub(super) async fn refuse_unsafe_login(
    asking: Asking<'_>,
    scope: Scope,
    unpatched: Unpatched,
) -> Result<()> {
    let statement = Statement::from_string(DbBackend::Postgres, QUESTION);
    let purpose = Purpose {
        verb: "check",
        table: "",
    };
    let row = asking.ask(purpose, statement).await?;
    let flag = |name: &str| row.try_get::<bool, _>(name).map_err(from_statement);

    let version: i32 = row.try_get("version").map_err(from_statement)?;
    if version < OLDEST {
        return Err(refused(
            "the server is older than PostgreSQL 15",
            "Upgrade the server.",
        ));
    }
    known_holes(version, unpatched)?;
    if flag("superuser")? {
        return Err(refused(
            "the login is a superuser, for whom row security does not hold",
            "Connect as a login that is a member of exactly one scope role, such as `tenantry_app`.",
        ));
    }
    if flag("bypasses")? {
        return Err(refused(
            "the login bypasses row security, or can become a role that does",
            "Revoke BYPASSRLS and the membership.",
        ));
    }
    if flag("owner")? {
        return Err(refused(
            "the login owns tables, or can become a role that does",
            "Connect as a login that is no member of the owner.",
        ));
    }
    if !flag("kernel")? {
        return Err(refused(
            "the schema `tenantry` is not installed",
            "Run the migrations of `tenantry-migration` first.",
        ));
    }
    let found: Vec<String> = row.try_get("scopes").map_err(from_statement)?;
    let wanted = scope.roles();
    let hint = || {
        format!(
            "Grant it one of these roles, and no other: `{}`.",
            wanted.join("`, `")
        )
    };
    match found.as_slice() {
        [only] if wanted.contains(&only.as_str()) => {}
        [only] => {
            return Err(refused(
                format!("the login is of the scope role {only}, which this pool is not for"),
                hint(),
            ));
        }
        _ => {
            return Err(refused(
                "the login is not of exactly one scope role",
                hint(),
            ));
        }
    }
    let open: Option<String> = row.try_get("open_table").map_err(from_statement)?;
    if let Some(table) = open {
        return Err(refused(
            format!("table {table} can be touched but has no wall"),
            "Enable and force row security and create the RESTRICTIVE wall, or revoke the grant.",
        ));
    }
    Ok(())
}

/// What made the policies of tables, as a word for each policy; no word for one that no declaration made.
const MARKS: &str = "SELECT ARRAY(\
     SELECT coalesce((SELECT string_agg(DISTINCT obj_description(p.oid, 'pg_policy'), ' ') FROM pg_catalog.pg_policy p \
                       WHERE p.polrelid = to_regclass(t.name)), '') \
       FROM unnest($1::text[]) WITH ORDINALITY AS t (name, nth) ORDER BY t.nth) AS marks";

/// Refuses a table whose declared policies were never made, and warns of policies that were made from another declaration: of an
/// earlier one while a deployment goes on, or of a later one.
pub(super) async fn compare_policies(asking: Asking<'_>, declared: &[RowSecurity]) -> Result<()> {
    if declared.is_empty() {
        return Ok(());
    }
    let tables = declared.iter().map(|one| one.table().to_owned()).collect();
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MARKS, [texts(tables)]);
    let purpose = Purpose {
        verb: "check",
        table: "",
    };
    let row = asking.ask(purpose, statement).await?;
    let told: Vec<String> = row.try_get("marks").map_err(from_statement)?;
    for (declared, told) in declared.iter().zip(told) {
        let marks: Vec<Mark> = told
            .split(' ')
            .filter_map(|word| Mark::of(Some(word)))
            .collect();
        let table = declared.table().replace('"', "");
        if marks.is_empty() {
            return Err(refused(
                format!("no policy of {table} was made from its declaration"),
                "Run the migration with what `RowSecurity::sql` says of the declaration.",
            ));
        }
        if marks.iter().any(|mark| mark.to_string() != declared.mark()) {
            tracing::warn!(
                table,
                "policies were made from another declaration than this service has"
            );
        }
    }
    Ok(())
}

fn known_holes(version: i32, unpatched: Unpatched) -> Result<()> {
    let Some(exposure) = Exposure::of(version) else {
        return Ok(());
    };
    if unpatched == Unpatched::Refused {
        return Err(refused(exposure.to_string(), exposure.remedy()));
    }
    tracing::warn!(remedy = exposure.remedy(), "{exposure}");
    Ok(())
}

fn refused(message: impl Into<Cow<'static, str>>, hint: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, message).with_hint(hint)
}

#[cfg(test)]
mod tests;
