//! The keys of an application, and who hands them out.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use super::derive::{Key, derive};
use crate::{Error, ErrorKind, Result};

/// A key under which values are sealed.
///
/// From its secret two keys are derived, one that encrypts and one that makes blind indexes; the secret itself is not kept, and they
/// are overwritten in memory when the last copy of the key is dropped.
pub struct SealingKey {
    id: i32,
    sealing: Key,
    indexing: Key,
}

impl SealingKey {
    /// Takes the id under which the key is known for ever, and its secret: random bytes, not a password.
    ///
    /// The id stands in clear in each value. It is never given to another secret.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the id is not positive or the secret is shorter than 32 bytes.
    pub fn new(id: i32, secret: impl Into<Vec<u8>>) -> Result<Self> {
        let secret = Zeroizing::new(secret.into());
        if id < 1 {
            return Err(
                Error::new(ErrorKind::Invalid, "the key id is not positive").with_field("id")
            );
        }
        if secret.len() < 32 {
            return Err(
                Error::new(ErrorKind::Invalid, "the secret is shorter than 32 bytes")
                    .with_field("secret"),
            );
        }
        Ok(Self {
            id,
            sealing: derive(&secret, &[b"tenantry seal 1"]),
            indexing: derive(&secret, &[b"tenantry blind index 1"]),
        })
    }

    /// The id under which it is known.
    #[must_use]
    pub const fn id(&self) -> i32 {
        self.id
    }

    pub(super) const fn sealing(&self) -> &Key {
        &self.sealing
    }

    pub(super) const fn indexing(&self) -> &Key {
        &self.indexing
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey {{ id: {} }}", self.id)
    }
}

/// A fixed set of keys: the current one, which seals, and older ones, which still open. Cheap to clone.
///
/// # Examples
///
/// ```
/// use tenantry::{Keys, SealingKey};
///
/// # let (secret, former) = ([7; 32], [8; 32]);
/// let keys = Keys::new(SealingKey::new(2, secret)?).and(SealingKey::new(1, former)?)?;
/// assert_eq!(keys.current().id(), 2);
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Clone)]
pub struct Keys(Arc<[Arc<SealingKey>]>);

impl Keys {
    /// Seals under this key.
    #[must_use]
    pub fn new(current: SealingKey) -> Self {
        Self(Arc::new([Arc::new(current)]))
    }

    /// Opens also what was sealed under an older key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if there is a key of that id already.
    pub fn and(self, older: SealingKey) -> Result<Self> {
        if self.find(older.id).is_some() {
            return Err(
                Error::new(ErrorKind::Invalid, "two keys have the same id").with_field("id")
            );
        }
        let keys = self.0.iter().cloned().chain([Arc::new(older)]);
        Ok(Self(keys.collect()))
    }

    /// The key that seals.
    #[must_use]
    pub fn current(&self) -> &SealingKey {
        &self.0[0]
    }

    /// The key of that id, if it is among them.
    #[must_use]
    pub fn find(&self, id: i32) -> Option<&SealingKey> {
        self.iter().find(|key| key.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &SealingKey> {
        self.0.iter().map(|key| &**key)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|key| key.id))
            .finish()
    }
}

/// Who hands out the keys of an application. [`Keys`] is one, for keys that stay as they are while the program runs.
///
/// It is asked for each value and answers from memory, so it is not async: whoever keeps keys in a key service unwraps them once, before
/// the database is [connected](crate::DatabaseBuilder::cipher), and lets a task of its own replace them as they change.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, RwLock};
/// use tenantry::{KeyProvider, Keys};
///
/// /// Keys that a task fetches anew every hour.
/// struct Fetched(Arc<RwLock<Keys>>);
///
/// impl KeyProvider for Fetched {
///     fn keys(&self) -> Keys {
///         self.0.read().expect("nobody panics while holding it").clone()
///     }
/// }
/// ```
pub trait KeyProvider: Send + Sync + 'static {
    /// The keys as they are now.
    ///
    /// A key that seals somewhere must open everywhere: give a new one to every instance of a service as an older key first, and make
    /// it the current one after that.
    fn keys(&self) -> Keys;
}

impl KeyProvider for Keys {
    fn keys(&self) -> Keys {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_an_id_and_a_long_secret() {
        for (id, length) in [(0, 32), (-1, 32), (1, 31), (1, 0)] {
            let refused = SealingKey::new(id, vec![7; length]).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Invalid);
        }
        assert!(SealingKey::new(1, [7; 32]).is_ok());
    }

    #[test]
    fn an_id_is_given_to_one_key() {
        let key = |id| SealingKey::new(id, [7; 32]).unwrap();
        let refused = Keys::new(key(1))
            .and(key(2))
            .unwrap()
            .and(key(1))
            .unwrap_err();
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["id"]);
    }

    #[test]
    fn a_key_shows_its_id_and_nothing_of_its_secret() {
        let key = SealingKey::new(3, *b"hush7f3a-hush7f3a-hush7f3a-hush7").unwrap();
        assert_eq!(format!("{key:?}"), "SealingKey { id: 3 }");
        assert_eq!(format!("{:?}", Keys::new(key)), "[3]");
    }
}
