//! Who may do what: grants, policies, triggers, functions and roles.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A privilege that someone holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Grant {
    /// Who holds it.
    pub grantee: Grantee,
    /// The privilege, such as `SELECT`.
    pub privilege: String,
    /// The column, if it is not the whole object.
    pub column: Option<String>,
    /// Whether the holder may pass it on.
    pub grantable: bool,
}

/// Who holds a privilege, or whom a policy is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Option<String>", into = "Option<String>")]
#[non_exhaustive]
pub enum Grantee {
    /// Everyone.
    Public,
    /// A role, and its members that inherit.
    Role(String),
}

impl Grantee {
    /// Whether this is the role of this name.
    #[must_use]
    pub fn is_role(&self, name: &str) -> bool {
        matches!(self, Self::Role(role) if role == name)
    }
}

impl From<Option<String>> for Grantee {
    fn from(name: Option<String>) -> Self {
        name.map_or(Self::Public, Self::Role)
    }
}

impl From<Grantee> for Option<String> {
    fn from(grantee: Grantee) -> Self {
        match grantee {
            Grantee::Public => None,
            Grantee::Role(name) => Some(name),
        }
    }
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("PUBLIC"),
            Self::Role(name) => f.write_str(name),
        }
    }
}

/// A policy of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Whether it widens access; else it narrows.
    pub permissive: bool,
    /// What it is for.
    pub command: PolicyCommand,
    /// Whom it is for.
    pub roles: Vec<Grantee>,
    /// Which rows can be seen.
    pub using: Option<String>,
    /// Which rows can be written.
    pub check: Option<String>,
    /// Its comment.
    #[serde(default)]
    pub comment: Option<String>,
}

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PolicyCommand {
    /// Everything.
    #[serde(rename = "*")]
    All,
    /// `SELECT`.
    #[serde(rename = "r")]
    Select,
    /// `INSERT`.
    #[serde(rename = "a")]
    Insert,
    /// `UPDATE`.
    #[serde(rename = "w")]
    Update,
    /// `DELETE`.
    #[serde(rename = "d")]
    Delete,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// When it fires, and in which sessions.
    pub mode: TriggerMode,
    /// Before, after or instead of the event.
    pub timing: TriggerTiming,
    /// For each row or each statement.
    pub level: TriggerLevel,
    /// The events among `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`, in this order.
    pub events: Vec<String>,
    /// The columns of `UPDATE OF`.
    pub columns: Vec<String>,
    /// The trigger as SQL writes it.
    pub definition: String,
    /// The schema of its function.
    pub function_schema: String,
    /// Its function.
    pub function: String,
    /// The role that owns the function.
    pub function_owner: String,
    /// Whether the function runs as its owner.
    pub security_definer: bool,
}

/// In which sessions a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TriggerMode {
    /// Except when replicating.
    #[serde(rename = "O")]
    Origin,
    /// In none.
    #[serde(rename = "D")]
    Disabled,
    /// Only when replicating.
    #[serde(rename = "R")]
    Replica,
    /// In all.
    #[serde(rename = "A")]
    Always,
}

/// When a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TriggerTiming {
    /// Before the event.
    Before,
    /// After the event.
    After,
    /// In its place.
    InsteadOf,
}

/// How often a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TriggerLevel {
    /// Once for each row.
    Row,
    /// Once for each statement.
    Statement,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Function {
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its arguments as SQL writes them; several functions may share a name.
    pub arguments: String,
    /// What it returns, as SQL writes it; `None` for a procedure.
    pub returns: Option<String>,
    /// The language, such as `plpgsql`.
    pub language: String,
    /// What it runs, if it is written in SQL or `PL/pgSQL`.
    #[serde(default)]
    pub source: Option<String>,
    /// Whether it runs as its owner.
    pub security_definer: bool,
    /// The role that owns it.
    pub owner: String,
    /// Settings for its duration, such as `search_path=pg_catalog, pg_temp`.
    pub settings: Vec<String>,
    /// Whether it promises to tell nothing about its arguments but by its result.
    pub leakproof: bool,
    /// Whether everyone may execute it.
    pub public_execute: bool,
    /// Who may execute it.
    pub grants: Vec<Grant>,
    /// The extension it came with.
    pub extension: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Its name.
    pub name: String,
    /// `SUPERUSER`.
    pub superuser: bool,
    /// `INHERIT`.
    pub inherit: bool,
    /// `CREATEROLE`.
    pub create_role: bool,
    /// `CREATEDB`.
    pub create_database: bool,
    /// `LOGIN`.
    pub login: bool,
    /// `REPLICATION`.
    pub replication: bool,
    /// `BYPASSRLS`.
    pub bypass_row_security: bool,
    /// Its settings in all databases.
    pub settings: Vec<String>,
    /// The roles it is a member of, by name.
    pub member_of: Vec<Membership>,
}

/// A membership in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Membership {
    /// The role.
    pub role: String,
    /// Whether the member may admit others.
    pub admin: bool,
    /// Whether the member has the privileges without `SET ROLE`. Before PostgreSQL 16 that is the member's `INHERIT`.
    pub inherit: bool,
    /// Whether the member may `SET ROLE`. Before PostgreSQL 16 it always may.
    pub set: bool,
}
