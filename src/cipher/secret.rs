//! A value in the clear.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Error, ErrorKind, Result};

/// A value in the clear: what is sealed, and what was opened.
///
/// It has neither `Display` nor `Clone`, is not serialised, cannot be compared, and `Debug` says nothing of it. Its memory is
/// overwritten when it is dropped; what it was made from, such as a `&str`, is not its own to overwrite.
///
/// # Examples
///
/// ```
/// use tenantry::Secret;
///
/// let secret = Secret::from("shpat_7f3a");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// assert_eq!(secret.expose_text()?, "shpat_7f3a");
/// # Ok::<(), tenantry::Error>(())
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(super) const fn of(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The value, to be handed to what needs it and to nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it is no UTF-8.
    pub fn expose_text(&self) -> Result<&str> {
        // The source would tell how much of it is text.
        std::str::from_utf8(&self.0)
            .map_err(|_| Error::new(ErrorKind::Invalid, "the secret is no text"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}
impl From<String> for Secret {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}
impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}
impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}
