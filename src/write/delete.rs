//! `delete` and `restore` of the rows of one table.

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{Deletion, POSTGRES, returning};
use crate::{
    Access, Error, Id, Result, Rows, Scoped, SoftDelete, Writes, error::not_found,
    field::qualified, query::Visibility, read::select,
};

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Soft-deletes a row. The database notes when and by whom.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if this workspace has no such living row,
    /// also when it was deleted before; [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the
    /// context may read but not delete it.
    pub async fn delete(self, id: Id<E>) -> Result<Deletion>
    where
        E: SoftDelete,
        A: Writes,
    {
        const {
            assert!(
                E::DELETED_AT.is_some(),
                "a table that soft-deletes names `Scoped::DELETED_AT`"
            )
        };
        let operation = Uuid::now_v7();
        let mut update = Query::update();
        update
            .table(E::default().table_ref())
            .cond_where(select::this_row(self.workspace(), &id))
            .value(E::DELETE_OP, E::DELETE_OP.save_as(Expr::val(operation)))
            .returning(returning::<E>());
        if let Some(deleted_at) = E::DELETED_AT {
            update
                .value(deleted_at, Expr::current_timestamp())
                .and_where(qualified(deleted_at).is_null());
        }
        let connection = self.session().connection();
        let taken = connection
            .fetch_optional(Self::purpose("delete"), POSTGRES.build(&update))
            .await;
        match taken.map_err(Error::about::<E>)? {
            Some(row) => {
                connection.learn(&row);
                Ok(Deletion { operation, rows: 1 })
            }
            None => Err(self.missed(&id).await?),
        }
    }

    /// Restores exactly the rows that a deletion took, and says how many.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if nothing of this table in this
    /// workspace was taken by it, or it was restored before;
    /// [`ErrorKind::AlreadyExists`](crate::ErrorKind::AlreadyExists) if a unique key was taken
    /// meanwhile; nothing is restored then.
    pub async fn restore(self, deletion: &Deletion) -> Result<u64>
    where
        E: SoftDelete,
        A: Writes,
    {
        const {
            assert!(
                E::DELETED_AT.is_some(),
                "a table that soft-deletes names `Scoped::DELETED_AT`"
            )
        };
        let mut update = Query::update();
        update
            .table(E::default().table_ref())
            .cond_where(select::within::<E>(self.workspace(), Visibility::Deleted))
            .and_where(qualified(E::DELETE_OP).eq(deletion.operation))
            .value(E::DELETE_OP, Expr::null())
            .returning(returning::<E>());
        if let Some(deleted_at) = E::DELETED_AT {
            update.value(deleted_at, Expr::null());
        }
        let connection = self.session().connection();
        let statement = POSTGRES.build(&update);
        let revived = connection
            .fetch_all(Self::purpose("restore"), statement)
            .await;
        let revived = revived.map_err(Error::about::<E>)?;
        match revived.first() {
            Some(row) => connection.learn(row),
            None => return Err(not_found::<E>()),
        }
        Ok(revived.len() as u64)
    }
}
