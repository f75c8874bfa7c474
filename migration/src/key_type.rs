//! The types that a key may have, and what each means to the kernel.

/// The type of a workspace, actor or row key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// `uuid`, which the library makes as version 7.
    Uuid,
    /// `bigint`.
    BigInt,
    /// `integer`, as older schemas have it; its context is read as `bigint`.
    Integer,
    /// `text`.
    Text,
}

impl KeyType {
    /// Returns the PostgreSQL type.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::BigInt => "bigint",
            Self::Integer => "integer",
            Self::Text => "text",
        }
    }

    /// Returns the call that reads the workspace of the context as this type, and raises when there is none.
    #[must_use]
    pub fn workspace_reader(self) -> &'static str {
        match self {
            Self::Uuid => "tenantry.workspace_id()",
            Self::BigInt | Self::Integer => "tenantry.workspace_bigint()",
            Self::Text => "tenantry.workspace_text()",
        }
    }

    /// Returns the call that reads the actor of the context as this type, and is null when there is none.
    #[must_use]
    pub fn actor_reader(self) -> &'static str {
        match self {
            Self::Uuid => "tenantry.actor_id()",
            Self::BigInt | Self::Integer => "tenantry.actor_bigint()",
            Self::Text => "tenantry.actor_text()",
        }
    }

    /// Finds the type that `format_type` of the catalogue names.
    pub(crate) fn from_sql(name: &str) -> Option<Self> {
        [Self::Uuid, Self::BigInt, Self::Integer, Self::Text]
            .into_iter()
            .find(|key| key.sql() == name)
    }

    /// Integers share one column type in the kernel.
    pub(crate) fn widened(self) -> Self {
        if self == Self::Integer {
            Self::BigInt
        } else {
            self
        }
    }
}
