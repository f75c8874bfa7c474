//! What an authority says of an actor: the role, and small facts beyond it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use uuid::Uuid;

use crate::{Error, ErrorKind, Result, Role};

/// How many attributes an actor may have. They travel with every transaction.
const MOST: usize = 16;
/// How many bytes the text of one may have.
const LONGEST: usize = 200;
/// How many ids one may hold.
const MOST_IDS: usize = 200;
/// What the library itself says of an API key.
const RESERVED: [&str; 2] = ["scopes", "actor_name"];

/// What an actor is in a workspace: a role, and attributes that policies may ask for.
///
/// ```
/// use tenantry::{Role, Standing};
///
/// # fn main() -> tenantry::Result<()> {
/// let standing = Standing::new(Role::from_static("member"))
///     .with("rank", "leader")?
///     .with("level", 3)?
///     .with("is_verified", true)?;
/// assert!(standing.with("scopes", "all").is_err(), "the library says that");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub(crate) role: Role,
    pub(crate) attributes: Attributes,
}

pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// The value of an attribute.
///
/// It shows as the text by which policies compare it: `3`, `true`, `leader`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attribute {
    /// A few words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Which rows: where somebody is more than elsewhere in the workspace, such as the teams that they lead.
    Ids(BTreeSet<Uuid>),
}

impl Standing {
    /// A role, without attributes.
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self {
            role,
            attributes: Attributes::new(),
        }
    }

    /// Adds an attribute.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the name is not `[a-z][a-z0-9_]*` of at most 63 characters, is `scopes` or `actor_name`, or was
    /// given before; if a text is longer than 200 bytes or has control characters; if there are more than 200 ids, or 16 attributes
    /// already.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Attribute>) -> Result<Self> {
        let (name, value) = (name.into(), value.into());
        let refused = |why| Err(Error::new(ErrorKind::Invalid, why).with_field("attributes"));
        if !is_name(&name) {
            return refused("an attribute has a name that is none, or is reserved");
        }
        if let Attribute::Text(text) = &value
            && (text.len() > LONGEST || text.contains(char::is_control))
        {
            return refused("the text of an attribute is too long, or has control characters");
        }
        if let Attribute::Ids(ids) = &value
            && ids.len() > MOST_IDS
        {
            return refused("an attribute has at most 200 ids");
        }
        if self.attributes.len() == MOST {
            return refused("an actor has at most 16 attributes");
        }
        if self.attributes.insert(name, value).is_some() {
            return refused("an attribute is given twice");
        }
        Ok(self)
    }

    /// Takes the role and the attributes that a function of the database returned.
    pub(crate) fn stored(role: String, attributes: Option<serde_json::Value>) -> Result<Self> {
        let refused = |why| Err(Error::new(ErrorKind::Invalid, why).with_field("attributes"));
        let standing = Self::new(Role::parse(role)?);
        let attributes = match attributes {
            None | Some(serde_json::Value::Null) => return Ok(standing),
            Some(serde_json::Value::Object(attributes)) => attributes,
            Some(_) => return refused("the attributes are no object"),
        };
        attributes
            .into_iter()
            .try_fold(standing, |standing, (name, value)| {
                let value = match value {
                    serde_json::Value::String(text) => Attribute::Text(text),
                    serde_json::Value::Bool(known) => Attribute::Boolean(known),
                    serde_json::Value::Number(number) => match number.as_i64() {
                        Some(number) => Attribute::Integer(number),
                        None => return refused("an attribute is no whole number"),
                    },
                    serde_json::Value::Array(ids) => match ids.iter().map(id).collect() {
                        Some(ids) => Attribute::Ids(ids),
                        None => return refused("an attribute lists what is no id"),
                    },
                    _ => return refused("an attribute is no text, number, boolean or list of ids"),
                };
                standing.with(name, value)
            })
    }

    /// The role.
    #[must_use]
    pub const fn role(&self) -> &Role {
        &self.role
    }

    /// The attribute of this name, if there is one.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }
}

fn id(value: &serde_json::Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

impl From<Role> for Standing {
    fn from(role: Role) -> Self {
        Self::new(role)
    }
}

/// Whether an attribute may be called so: as a role may, but for what the library itself says.
pub(crate) fn is_name(name: &str) -> bool {
    Role::parse(name).is_ok() && !RESERVED.contains(&name)
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(known) => known.fmt(f),
            // As PostgreSQL writes a list.
            Self::Ids(ids) => {
                let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
                write!(f, "[{}]", ids.join(", "))
            }
        }
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Attribute {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Attribute {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Attribute {
    fn from(known: bool) -> Self {
        Self::Boolean(known)
    }
}

impl FromIterator<Uuid> for Attribute {
    fn from_iter<I: IntoIterator<Item = Uuid>>(ids: I) -> Self {
        Self::Ids(ids.into_iter().collect())
    }
}

impl From<&Attribute> for serde_json::Value {
    fn from(value: &Attribute) -> Self {
        match value {
            Attribute::Text(text) => text.as_str().into(),
            Attribute::Integer(number) => (*number).into(),
            Attribute::Boolean(known) => (*known).into(),
            Attribute::Ids(ids) => ids.iter().map(Uuid::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const MEMBER: Role = Role::from_static("member");

    fn refused(standing: Result<Standing>) -> String {
        let error = standing.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.fields().next(), Some("attributes"));
        error.to_string()
    }

    #[test]
    fn names_that_are_none_or_reserved_are_refused() {
        for name in [
            "",
            "Rank",
            "a b",
            "9a",
            "a'b",
            "scopes",
            "actor_name",
            &"a".repeat(64),
        ] {
            refused(Standing::new(MEMBER).with(name, true));
        }
    }

    #[test]
    fn attributes_are_few_and_small_and_given_once() {
        let many = (0..16).try_fold(Standing::new(MEMBER), |standing, nth| {
            standing.with(format!("a{nth}"), nth)
        });
        refused(many.unwrap().with("one_more", true));
        let one = || Standing::new(MEMBER).with("rank", "a".repeat(200)).unwrap();
        refused(one().with("rank", "b"));
        for text in ["a".repeat(201), "\0".into(), "a\u{7}".into()] {
            let told = refused(Standing::new(MEMBER).with("rank", text.clone()));
            assert!(!told.contains(&text), "{told}");
        }
    }

    #[test]
    fn what_a_function_returned_is_taken_as_it_is_or_refused() {
        let stored = |attributes: Value| Standing::stored("member".into(), Some(attributes));
        let taken = stored(json!({ "rank": "leader", "level": -3, "is_verified": true })).unwrap();
        assert_eq!(taken.attribute("rank"), Some(&"leader".into()));
        assert_eq!(taken.attribute("level"), Some(&(-3).into()));
        assert_eq!(taken.attribute("is_verified"), Some(&true.into()));
        let ids = [Uuid::from_u128(2), Uuid::from_u128(1)];
        let taken = stored(json!({ "leads": ids, "owns": [] })).unwrap();
        assert_eq!(taken.attribute("leads"), Some(&ids.into_iter().collect()));
        assert_eq!(taken.attribute("owns"), Some(&[].into_iter().collect()));
        assert_eq!(stored(Value::Null).unwrap(), Standing::new(MEMBER));
        assert!(Standing::stored("member; --".into(), None).is_err());
        for odd in [
            json!([1]),
            json!("rank"),
            json!({ "rank": 1.5 }),
            json!({ "rank": u64::MAX }),
            json!({ "rank": null }),
            json!({ "rank": ["leader"] }),
            json!({ "rank": [7] }),
            json!({ "rank": [["00000000-0000-0000-0000-000000000001"]] }),
            json!({ "rank": (0..=200).map(Uuid::from_u128).collect::<Vec<_>>() }),
            json!({ "scopes": "all" }),
        ] {
            refused(stored(odd));
        }
    }
}
