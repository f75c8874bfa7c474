//! The start-up check: a login for which row security would be a decoration is refused.

use std::borrow::Cow;

use sea_orm::{DbBackend, Statement};
use sqlx::Row;

use crate::{
    Error, ErrorKind, Result,
    advisory::Exposure,
    connection::{Asking, Purpose},
    error::from_statement,
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

/// Refuses superusers, owners, members of either, logins of none or two scope roles, and tables
/// without a wall.
pub(super) async fn refuse_unsafe_login(asking: Asking<'_>, unpatched: Unpatched) -> Result<()> {
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
    let scopes: i64 = row.try_get("scopes").map_err(from_statement)?;
    if scopes != 1 {
        return Err(refused(
            "the login is not of exactly one scope role",
            "Grant it `tenantry_app` or `tenantry_reader`, not both.",
        ));
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
