//! Values that PostgreSQL never sees in the clear.
//!
//! A value is encrypted by XChaCha20-Poly1305. Its nonce has 24 bytes and is random, so that any number of values may be sealed under one
//! key by any number of processes that know nothing of each other; AES-256-GCM with its 12 bytes would need a key of its own for each few
//! billion values, and a mistake in deriving it would reveal them. Of the crates that have it, `chacha20poly1305` is audited, kept up, free
//! of C, and its cipher stands in the dependency tree already.
//!
//! What is stored is an envelope (`envelope`): a version byte, the key's id, the nonce, what was encrypted, a tag of 16 bytes. What it
//! stands for is authenticated with it: workspace, schema, table, column and row. So a table or column with encrypted values is not
//! renamed: a new one is added, and its values sealed for it.

mod derive;
mod envelope;
mod keys;
mod rotation;
mod sealed;
mod seals;
mod secret;
mod written;

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic, ModelTrait, Value};
use zeroize::Zeroizing;

use crate::{Error, ErrorKind, Filter, Id, Result, Scoped, WorkspaceId, key::AnyKey};
use envelope::{Place, Unopened};

pub use keys::{KeyProvider, Keys, SealingKey};
pub use rotation::{Rotated, Rotation};
pub use sealed::{Blind, Encrypted, EncryptedColumn, Sealed};
pub use seals::{Presence, Seals};
pub use secret::Secret;
pub(crate) use written::{refuse_upsert, written};

/// The keys of an application, and the workspace that they are used for.
///
/// A session has one by itself. Fakes of its rows make one for [`Seals`].
#[derive(Clone)]
pub struct Cipher {
    keys: Keys,
    workspace: WorkspaceId,
}

impl Cipher {
    /// Takes keys for the values of one workspace.
    #[must_use]
    pub const fn new(keys: Keys, workspace: WorkspaceId) -> Self {
        Self { keys, workspace }
    }

    fn seal<C: EncryptedColumn>(&self, id: &Id<C::Entity>, secret: &Secret) -> Sealed<C> {
        let place = self.place::<C::Entity>(C::COLUMN);
        let key = self.keys.current();
        Sealed::new(envelope::seal(key, &place, &row_key(id), secret.expose()))
    }

    fn open<C: EncryptedColumn>(
        &self,
        row: &<C::Entity as EntityTrait>::Model,
    ) -> Result<Option<Secret>> {
        let Value::Bytes(Some(envelope)) = row.get(C::COLUMN) else {
            return Ok(None);
        };
        let id = C::Entity::id_of(row);
        let opened = self.opened::<C::Entity>(C::COLUMN, &id, &envelope);
        let opened = opened.map_err(|why| told::<C::Entity>(why, C::COLUMN));
        opened.map(|value| Some(Secret::of(value)))
    }

    fn equals<C: EncryptedColumn>(
        &self,
        index: <C::Entity as EntityTrait>::Column,
        secret: &Secret,
    ) -> Filter<C::Entity> {
        let place = self.place::<C::Entity>(C::COLUMN);
        let keys = self.keys.iter();
        let blind = keys.map(|key| envelope::blind(key, &place, secret.expose()));
        crate::field::one_of(index, blind)
    }

    fn opened<E: Scoped>(
        &self,
        column: E::Column,
        id: &Id<E>,
        envelope: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let place = self.place::<E>(column);
        envelope::open(&self.keys, &place, &row_key(id), envelope)
    }

    fn place<E: Scoped>(&self, column: E::Column) -> Place<'_> {
        let table = E::default();
        Place {
            workspace: &self.workspace.0,
            schema: table.schema_name().unwrap_or("public").to_owned(),
            table: table.table_name(),
            column: column.as_str(),
        }
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cipher({:?})", self.workspace)
    }
}

/// A row's id, as what is sealed for it names it.
fn row_key<E: Scoped>(id: &Id<E>) -> AnyKey {
    AnyKey::from_value(id.clone().into()).expect("row keys are uuids, numbers and texts")
}

pub(crate) fn no_cipher() -> Error {
    Error::new(ErrorKind::Invalid, "there is no key to seal and open with")
        .with_hint("Give `Database::builder` a `cipher`.")
}

/// Why a value that a row holds does not open.
fn told<E: Scoped>(why: Unopened, column: E::Column) -> Error {
    let name = column.as_str();
    let error = match why {
        Unopened::UnknownKey(id) => Error::new(
            ErrorKind::Invalid,
            format!("{name} is sealed under key {id}, which is not among the keys"),
        )
        .with_hint("Give the key to the `cipher` of the database as an older one."),
        Unopened::Forged => {
            let table = E::default();
            tracing::warn!(
                table = table.table_name(),
                column = name,
                "a sealed value is not what was sealed there"
            );
            Error::new(
                ErrorKind::Internal,
                format!("{name} is not what was sealed there"),
            )
            .with_hint(
                "It was changed, or copied from another row, column, table or workspace, or its key's id was given to another secret.",
            )
        }
    };
    error.with_field(name)
}

/// A column that is not null holds nothing: the fact is false.
fn nothing<C: EncryptedColumn>() -> Error {
    let name = C::COLUMN.as_str();
    Error::new(ErrorKind::Internal, format!("{name} is null")).with_field(name)
}
