//! What is sealed anew, written where it was: no verb of callers, and so without hooks, and of deleted rows as of living ones.
//!
//! ```sql
//! WITH given(id, token) AS (SELECT * FROM unnest($2::uuid[], $3::bytea[]) AS given)
//! UPDATE … SET token = given.token FROM given WHERE workspace_id = $1 AND id = given.id RETURNING …
//! ```

use sea_orm::{
    Value,
    sea_query::{ExprTrait, IntoIden, Query, Returning, TableRef, WithClause},
};
use sqlx::postgres::PgArguments;

use super::{arrays::Given, batch::workspace, wire};
use crate::{
    Error, Id, Result, Rows, Scoped,
    field::qualified,
    write::{POSTGRES, transaction},
};

/// Writes columns of rows that the transaction has locked; says how many it wrote. Each row has a value for each column.
pub(crate) async fn reseal<E: Scoped>(
    rows: &Rows<'_, E>,
    columns: &[E::Column],
    values: &[(Id<E>, Vec<Value>)],
) -> Result<usize> {
    let ids: Vec<Value> = values.iter().map(|(id, _)| id.clone().into()).collect();
    let mut given = Given::new("given");
    given.push(E::ID, &ids)?;
    for (place, column) in columns.iter().enumerate() {
        given.push(*column, values.iter().map(|(_, values)| &values[place]))?;
    }
    let mut arguments = PgArguments::default();
    wire::bind(&rows.workspace().0.to_value(), &mut arguments)?;
    given.bind(&mut arguments)?;
    let purpose = Rows::<E>::purpose("reseal");
    let connection = rows.session().connection();
    let mut connection = connection.exclusive(purpose).await?;
    let written = connection.fetch_all(statement::<E>(columns, &given), arguments);
    let written = written.await.map_err(Error::about::<E>)?.len();
    connection.keep().await?;
    Ok(written)
}

fn statement<E: Scoped>(columns: &[E::Column], given: &Given<'_>) -> String {
    let values = columns.iter().map(|column| (*column, given.value(*column)));
    let mut update = Query::update();
    update
        .table(E::default().table_ref())
        .values(values)
        .from(TableRef::Table(given.name().into_iden().into(), None))
        .and_where(qualified(E::WORKSPACE).eq(workspace::<E>()))
        .and_where(qualified(E::ID).eq(given.value(E::ID)))
        .returning(Returning::new().exprs([transaction()]));
    let mut with = WithClause::new();
    with.cte(given.table(2));
    POSTGRES.build(&update.with(with)).sql
}
