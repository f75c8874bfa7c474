//! Keys: the types a workspace, an actor or a row may be identified by.

use std::{fmt, hash::Hash, sync::Arc};

use sea_orm::{
    TryFromU64, TryGetable, Value,
    sea_query::{self, ArrayType},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A type that identifies the rows of a table: `Uuid`, `i64`, `i32` or `String`.
pub trait RowKey:
    Clone
    + Ord
    + Hash
    + fmt::Debug
    + fmt::Display
    + Send
    + Sync
    + 'static
    + Into<Value>
    + sea_query::ValueType
    + sea_query::Nullable
    + TryGetable
    + TryFromU64
    + Serialize
    + DeserializeOwned
{
    /// Makes a new key where the library makes them; `None` where the database or the caller does.
    #[must_use]
    fn generate() -> Option<Self> {
        None
    }
}

impl RowKey for Uuid {
    fn generate() -> Option<Self> {
        Some(Self::now_v7())
    }
}
impl RowKey for i64 {}
impl RowKey for i32 {}
impl RowKey for String {}

/// A key whose type is known only at run time, as a context carries it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum AnyKey {
    Uuid(Uuid),
    BigInt(i64),
    Text(Arc<str>),
}

impl AnyKey {
    /// Whether this is a value that usually means "forgot to set it".
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Uuid(uuid) => uuid.is_nil(),
            Self::BigInt(number) => *number == 0,
            Self::Text(text) => text.trim().is_empty(),
        }
    }

    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Uuid(uuid) => (*uuid).into(),
            Self::BigInt(number) => (*number).into(),
            Self::Text(text) => text.as_ref().into(),
        }
    }

    /// The key that a column holds, if it holds one.
    pub(crate) fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Uuid(key) => key.map(Self::Uuid),
            Value::BigInt(key) => key.map(Self::BigInt),
            Value::Int(key) => key.map(|number| Self::BigInt(number.into())),
            Value::String(key) => key.map(|text| Self::Text(text.into())),
            _ => None,
        }
    }

    /// The form that travels in a claim: ASCII, without the separator.
    pub(crate) fn encode(&self) -> String {
        match self {
            Self::Uuid(uuid) => format!("u:{uuid}"),
            Self::BigInt(number) => format!("b:{number}"),
            Self::Text(text) => format!("t:{}", hex(text.as_bytes())),
        }
    }
}

impl fmt::Display for AnyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(uuid) => uuid.fmt(f),
            Self::BigInt(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// Keys as one value; `None` if they are of several types, or none.
pub(crate) fn array<'k>(keys: impl IntoIterator<Item = &'k AnyKey>) -> Option<Value> {
    let keys: Vec<Value> = keys.into_iter().map(AnyKey::to_value).collect();
    let array_type = |value: &Value| match value {
        Value::Uuid(_) => ArrayType::Uuid,
        Value::BigInt(_) => ArrayType::BigInt,
        _ => ArrayType::String,
    };
    let first = array_type(keys.first()?);
    let alike = keys.iter().all(|key| array_type(key) == first);
    alike.then(|| Value::Array(first, Some(Box::new(keys))))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! outer_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(pub(crate) AnyKey);

        impl $name {
            /// Takes a UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(AnyKey::Uuid(uuid))
            }

            /// The UUID, if it is one.
            #[must_use]
            pub const fn as_uuid(&self) -> Option<Uuid> {
                if let AnyKey::Uuid(uuid) = &self.0 { Some(*uuid) } else { None }
            }

            /// The number, if it is one.
            #[must_use]
            pub const fn as_i64(&self) -> Option<i64> {
                if let AnyKey::BigInt(number) = &self.0 { Some(*number) } else { None }
            }

            /// The text, if it is one.
            #[must_use]
            pub fn as_text(&self) -> Option<&str> {
                if let AnyKey::Text(text) = &self.0 { Some(text) } else { None }
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(AnyKey::Uuid(uuid))
            }
        }
        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(AnyKey::BigInt(number))
            }
        }
        impl From<i32> for $name {
            fn from(number: i32) -> Self {
                Self(AnyKey::BigInt(number.into()))
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(AnyKey::Text(text.into()))
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(AnyKey::Text(text.into()))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

outer_key! {
    /// Identifies a workspace: a UUID, a number or a text, as the application's own column has it.
    ///
    /// It proves nothing. Only [`Database::authorize`](crate::Database::authorize) and the other
    /// named constructors turn one into a [`TenantContext`](crate::TenantContext).
    ///
    /// ```
    /// use tenantry::WorkspaceId;
    ///
    /// assert_eq!(WorkspaceId::from(42_i64).as_i64(), Some(42));
    /// assert_eq!(WorkspaceId::from("acme").to_string(), "acme");
    /// ```
    WorkspaceId
}
outer_key! {
    /// Identifies who acts: a person, an API key.
    ActorId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keys_travel_as_hexadecimal() {
        assert_eq!(AnyKey::Text("a|b'".into()).encode(), "t:617c6227");
        assert_eq!(AnyKey::BigInt(-7).encode(), "b:-7");
    }

    #[test]
    fn blank_keys_are_recognised() {
        assert!(AnyKey::Uuid(Uuid::nil()).is_blank());
        assert!(AnyKey::BigInt(0).is_blank());
        assert!(AnyKey::Text("  ".into()).is_blank());
        assert!(!AnyKey::Uuid(Uuid::now_v7()).is_blank());
    }
}
