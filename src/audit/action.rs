//! What an entry means.

use std::{borrow::Cow, fmt};

use crate::{Error, ErrorKind, Result};

/// What was done, as `noun.verb`.
///
/// ```
/// use tenantry::Action;
///
/// const EXPORT: Action = Action::from_static("invoice.export");
/// assert_eq!(Action::parse("invoice.export").unwrap(), EXPORT);
/// assert!(Action::parse("export").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Action(Cow<'static, str>);

macro_rules! actions {
    ($($constant:ident = $name:literal;)*) => {
        impl Action {
            $(
                #[doc = concat!("`", $name, "`.")]
                pub const $constant: Self = Self::from_static($name);
            )*

            /// Every action that has a name here.
            pub const KNOWN: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

actions! {
    USER_LOGIN = "user.login";
    USER_LOGOUT = "user.logout";
    USER_REGISTER = "user.register";
    USER_UPDATE_PROFILE = "user.update_profile";
    WORKSPACE_CREATE = "workspace.create";
    WORKSPACE_UPDATE = "workspace.update";
    WORKSPACE_DELETE = "workspace.delete";
    WORKSPACE_MEMBER_INVITE = "workspace.member_invite";
    WORKSPACE_MEMBER_JOIN = "workspace.member_join";
    WORKSPACE_MEMBER_REMOVE = "workspace.member_remove";
    WORKSPACE_ROLE_CHANGE = "workspace.role_change";
    API_KEY_ISSUE = "api_key.issue";
    API_KEY_ROTATE = "api_key.rotate";
    API_KEY_REVOKE = "api_key.revoke";
    DATA_EXPORT = "data.export";
    DATA_ERASE = "data.erase";
    SECURITY_UNAUTHORIZED_ACCESS = "security.unauthorized_access";
    SECURITY_INVALID_TOKEN = "security.invalid_token";
    SECURITY_SUSPICIOUS_ACTIVITY = "security.suspicious_activity";
    SECURITY_RATE_LIMIT_EXCEEDED = "security.rate_limit_exceeded";
    SECURITY_GLASS_OPEN = "security.glass_open";
    SECURITY_GLASS_CLOSE = "security.glass_close";
}

impl Action {
    /// Takes an action known when the program is compiled.
    ///
    /// # Panics
    ///
    /// When it is no action; in a `const`, that is an error of the compiler.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(
            is_action(name),
            "an action is noun.verb, of [a-z][a-z0-9_]*"
        );
        Self(Cow::Borrowed(name))
    }

    /// Takes an action that came from somewhere.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it is no `noun.verb`.
    pub fn parse(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if is_action(&name) {
            return Ok(Self(Cow::Owned(name)));
        }
        Err(Error::new(ErrorKind::Invalid, "the action is no noun.verb").with_field("action"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_action(name: &str) -> bool {
    let bytes = name.as_bytes();
    let (mut at, mut dots, mut begins) = (0, 0, true);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'.' && !begins {
            dots += 1;
            begins = true;
        } else if byte.is_ascii_lowercase() || (!begins && (byte.is_ascii_digit() || byte == b'_'))
        {
            begins = false;
        } else {
            return false;
        }
        at += 1;
    }
    dots == 1 && !begins && bytes.len() <= 127
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_noun_and_verb() {
        for action in ["a.b", "api_key.issue2"] {
            assert!(Action::parse(action).is_ok(), "{action}");
        }
        for other in [
            "", ".", "a", "a.", ".b", "a.b.c", "A.b", "a.2", "a b.c", "a.b\n",
        ] {
            assert!(Action::parse(other).is_err(), "{other}");
        }
    }
}
