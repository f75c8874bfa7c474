//! How values are sealed and opened: by a session, by its rows, by fakes of them.

use sea_orm::EntityTrait;

use super::{Blind, Cipher, EncryptedColumn, Sealed, Secret};
use crate::{Access, Field, Filter, Id, NotNull, Null, Result, Rows, Scoped, Session};

/// Whether a field may hold nothing: [`NotNull`] or [`Null`]. Closed.
pub trait Presence: sealed::Presence {}

impl Presence for NotNull {}
impl Presence for Null {}

pub(super) mod sealed {
    use crate::{NotNull, Null};

    pub trait Presence {
        /// `T`, or `Option<T>` where there may be none.
        type Of<T>;

        fn of<T>(value: Option<T>) -> Option<Self::Of<T>>;
    }

    impl Presence for NotNull {
        type Of<T> = T;

        fn of<T>(value: Option<T>) -> Option<T> {
            value
        }
    }

    impl Presence for Null {
        type Of<T> = Option<T>;

        fn of<T>(value: Option<T>) -> Option<Option<T>> {
            Some(value)
        }
    }
}

/// What seals and opens values of one workspace: a [`Session`], its [`Rows`], and fakes of them.
///
/// A value is sealed for one column of one row, so the row's id is made first. The engine refuses to write it anywhere else: what is
/// stored opens.
///
/// # Examples
///
/// ```
/// # use sea_orm::entity::prelude::*;
/// use tenantry::{Result, Secret, Session, prelude::*};
/// # mod shop {
/// #     use sea_orm::entity::prelude::*;
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
/// #     #[sea_orm(schema_name = "creators", table_name = "shops")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key, auto_increment = false)]
/// #         pub workspace_id: Uuid,
/// #         #[sea_orm(primary_key, auto_increment = false)]
/// #         pub id: tenantry::Id<Entity>,
/// #         pub name: String,
/// #         pub access_token: tenantry::Sealed<AccessToken>,
/// #         pub refresh_token: Option<tenantry::Sealed<RefreshToken>>,
/// #         #[scoped(managed)]
/// #         pub version: i64,
/// #     }
/// #     pub type Id = tenantry::Id<Entity>;
/// #     #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
/// #     pub enum Relation {}
/// #     impl ActiveModelBehavior for ActiveModel {}
/// # }
///
/// async fn connect(session: &Session, name: String, token: &str) -> Result<shop::Model> {
///     let id = shop::Id::random();
///     let access_token = session.seal(shop::ACCESS_TOKEN, &id, token)?;
///     session.rows(shop::Entity).insert(shop::New { id, name, access_token }).await
/// }
///
/// async fn call(session: &Session, shop: &shop::Model) -> Result<()> {
///     let token: Secret = session.open(shop::ACCESS_TOKEN, shop)?;
///     let refresh: Option<Secret> = session.open(shop::REFRESH_TOKEN, shop)?;
///     assert_eq!(format!("{token:?} {refresh:?}"), "Secret(…) None");
///     let header = format!("Bearer {}", token.expose_text()?);
///     # drop(header);
///     Ok(())
/// }
/// ```
pub trait Seals {
    /// The keys, and the workspace that they are used for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the database was connected without a
    /// [`cipher`](crate::DatabaseBuilder::cipher).
    fn cipher(&self) -> Result<Cipher>;

    /// Seals a value for one column of the row of this id, under the current key.
    ///
    /// # Errors
    ///
    /// As [`cipher`](Self::cipher).
    fn seal<C: EncryptedColumn, N: Presence>(
        &self,
        _field: Field<C::Entity, Sealed<C>, N>,
        id: &Id<C::Entity>,
        secret: impl Into<Secret>,
    ) -> Result<Sealed<C>> {
        Ok(self.cipher()?.seal(id, &secret.into()))
    }

    /// Opens a value of a row of this workspace: a [`Secret`], or an `Option` of one where the column may be null.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is under a key that is not among those given, which the error names, or
    /// as [`cipher`](Self::cipher). [`ErrorKind::Internal`](crate::ErrorKind::Internal) if it is not what was sealed there: it was
    /// changed, or copied from another row, column, table or workspace. Never with a value in the text.
    fn open<C: EncryptedColumn, N: Presence>(
        &self,
        _field: Field<C::Entity, Sealed<C>, N>,
        row: &<C::Entity as EntityTrait>::Model,
    ) -> Result<<N as sealed::Presence>::Of<Secret>> {
        let opened = self.cipher()?.open::<C>(row)?;
        N::of(opened).ok_or_else(super::nothing::<C>)
    }

    /// The filter for rows that hold a value, by the blind index of its column.
    ///
    /// It finds what was sealed under any of the keys.
    ///
    /// # Errors
    ///
    /// As [`cipher`](Self::cipher).
    fn equals<C: EncryptedColumn, N: Presence>(
        &self,
        index: Field<C::Entity, Blind<C>, N>,
        secret: impl Into<Secret>,
    ) -> Result<Filter<C::Entity>> {
        Ok(self.cipher()?.equals::<C>(index.column(), &secret.into()))
    }
}

impl<A: Access> Seals for Session<A> {
    fn cipher(&self) -> Result<Cipher> {
        let keys = self.database().inner.keys.as_deref();
        let keys = keys.ok_or_else(super::no_cipher)?.keys();
        Ok(Cipher::new(keys, self.context().workspace().clone()))
    }
}

impl<E: Scoped, A: Access> Seals for Rows<'_, E, A> {
    fn cipher(&self) -> Result<Cipher> {
        self.session().cipher()
    }
}
