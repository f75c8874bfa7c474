//! The statements of a bulk update. Every level of them names the workspace.

use sea_orm::{
    ColumnTrait, IdenStatic, Iterable,
    sea_query::{
        Alias, CommonTableExpression, Condition, Expr, ExprTrait, IntoIden, JoinType, LockType,
        Order, Query, SelectStatement, TableRef, UnionType, UpdateStatement, WithClause,
    },
};

use super::{Mode, Part};
use crate::{
    Versioned,
    bulk::batch::workspace,
    connection::TRANSACTION_COLUMN,
    field::qualified,
    sight::Sight,
    write::{POSTGRES, columns_of, returning_also},
};

pub(super) const ID: &str = "tenantry_id";
pub(super) const SEEN: &str = "tenantry_seen";
/// Which row of the call it is.
pub(super) const POSITION: &str = "tenantry_position";
/// Which set of columns is set, or -1 for none.
pub(super) const SHAPE: &str = "tenantry_shape";
/// Whether the row was living and of the version seen when it was locked.
pub(super) const FIT: &str = "tenantry_fit";
/// Whether the change was applied: written, or checked where it sets nothing.
pub(super) const APPLIED: &str = "tenantry_applied";
pub(super) const WRITTEN: &str = "tenantry_written";

const LOCKED: &str = "locked";
const FIRST_ARRAY: usize = 2;

/// Locks, decides, changes and tells.
pub(super) fn change<E: Versioned>(sight: &Sight<'_, E>, part: &Part<'_, E>, mode: Mode) -> String {
    let mut locked = rows(sight, part, sight.update_condition(after(part)));
    for column in E::Column::iter() {
        let value = column.select_as(qualified(column));
        locked.expr_as(value, Alias::new(column.as_str()));
    }
    for (number, column) in part.columns.iter().enumerate() {
        locked.expr_as(part.given.value(*column), set(number));
    }
    locked
        .expr_as(qualified(E::ID), Alias::new(ID))
        .expr_as(part.given.named(SHAPE), Alias::new(SHAPE));

    let mut with = WithClause::new();
    with.cte(part.given.table(FIRST_ARRAY));
    with.cte(cte(LOCKED).query(locked).to_owned());
    let mut answers = Vec::new();
    let writes = match mode {
        Mode::Check => 0,
        Mode::AllOrNone | Mode::Each => part.shapes.len(),
    };
    for number in 0..writes {
        let name = format!("done_{number}");
        with.cte(cte(&name).query(update(part, number, mode)).to_owned());
        answers.push(
            columns_of::<E>(&name)
                .expr(Expr::col((
                    Alias::new(&name),
                    Alias::new(TRANSACTION_COLUMN),
                )))
                .expr(Expr::col((Alias::new(&name), Alias::new(POSITION))))
                .expr_as(Expr::cust("TRUE"), Alias::new(FIT))
                .expr_as(Expr::cust("TRUE"), Alias::new(APPLIED))
                .expr_as(Expr::cust("TRUE"), Alias::new(WRITTEN))
                .take(),
        );
    }
    let checked = match mode {
        Mode::Check => of_locked(FIT),
        _ => of_locked(FIT).and(of_locked(SHAPE).eq(Expr::cust("-1"))),
    };
    let mut untouched = columns_of::<E>(LOCKED);
    untouched
        .expr_as(
            Expr::cust("NULL::pg_catalog.text"),
            Alias::new(TRANSACTION_COLUMN),
        )
        .expr(of_locked(POSITION))
        .expr(of_locked(FIT))
        .expr_as(checked, Alias::new(APPLIED))
        .expr_as(Expr::cust("FALSE"), Alias::new(WRITTEN));
    // A set that is hashed once, whatever the planner thinks of the number of rows.
    if let Some(written) = united((0..writes).map(|number| {
        let name = Alias::new(format!("done_{number}"));
        Query::select()
            .column((name.clone(), Alias::new(POSITION)))
            .from(name)
            .take()
    })) {
        untouched.and_where(of_locked(POSITION).not_in_subquery(written));
    }
    answers.push(untouched);
    let answer = united(answers).unwrap_or_default();
    POSTGRES.build(&answer.with(with)).sql
}

/// One `UPDATE` for each set of columns, so that it names those alone.
fn update<E: Versioned>(part: &Part<'_, E>, number: usize, mode: Mode) -> UpdateStatement {
    let shape = part.shapes[number];
    let values = part.columns.iter().enumerate();
    let values =
        values.filter(|(_, column)| shape.iter().any(|set| set.as_str() == column.as_str()));
    let mut update = Query::update();
    update
        .table(E::default().table_ref())
        .values(
            values.map(|(place, column)| (*column, Expr::col((Alias::new(LOCKED), set(place))))),
        )
        .from(TableRef::Table(Alias::new(LOCKED).into_iden().into(), None))
        .and_where(mine::<E>())
        .and_where(qualified(E::ID).eq(of_locked(ID)))
        .and_where(of_locked(SHAPE).eq(Expr::cust(number.to_string())))
        .and_where(of_locked(FIT))
        .returning(returning_also::<E>([of_locked(POSITION)]));
    if mode == Mode::AllOrNone {
        update.and_where(Expr::cust(format!(
            "(SELECT count(*) FROM {LOCKED} WHERE {FIT}) = (SELECT count(*) FROM given)"
        )));
    }
    update
}

/// Locks the rows in the order of their ids, and tells the first that is missing or not fit.
pub(super) fn lock<E: Versioned>(sight: &Sight<'_, E>, part: &Part<'_, E>) -> String {
    let mut with = WithClause::new();
    with.cte(part.given.table(FIRST_ARRAY));
    with.cte(cte(LOCKED).query(rows(sight, part, None)).to_owned());
    let same = of_locked(POSITION).eq(part.given.named(POSITION));
    let unfit = Query::select()
        .expr_as(part.given.named(POSITION).min(), Alias::new(POSITION))
        .from(part.given.name())
        .join(JoinType::LeftJoin, Alias::new(LOCKED), same)
        .and_where(Expr::cust(format!("{LOCKED}.{FIT} IS NOT TRUE")))
        .take();
    POSTGRES.build(&unfit.with(with)).sql
}

/// Which of the rows can be read, as living ones.
pub(super) fn readable<E: Versioned>(sight: &Sight<'_, E>, part: &Part<'_, E>) -> String {
    let mut with = WithClause::new();
    with.cte(part.given.table(FIRST_ARRAY));
    let mut readable = joined(sight, part);
    for column in E::Column::iter() {
        let value = column.select_as(qualified(column));
        readable.expr_as(value, Alias::new(column.as_str()));
    }
    if let Some(deleted_at) = E::DELETED_AT {
        readable.and_where(qualified(deleted_at).is_null());
    }
    POSTGRES.build(&readable.with(with)).sql
}

/// The rows that are asked for, locked: which they are and whether they are fit.
fn rows<E: Versioned>(
    sight: &Sight<'_, E>,
    part: &Part<'_, E>,
    permitted: Option<Expr>,
) -> SelectStatement {
    let mut fit = qualified(E::VERSION).eq(part.given.named(SEEN));
    if let Some(deleted_at) = E::DELETED_AT {
        fit = fit.and(qualified(deleted_at).is_null());
    }
    if let Some(permitted) = permitted {
        fit = fit.and(permitted);
    }
    let mut rows = joined(sight, part);
    if let Some(changeable) = sight.changeable() {
        rows.and_where(changeable);
    }
    rows.expr_as(fit, Alias::new(FIT))
        .order_by_expr(qualified(E::ID), Order::Asc)
        .lock_with_tables(
            LockType::NoKeyUpdate,
            [Alias::new(E::default().table_name())],
        );
    rows
}

/// What a column will hold: what the row's change sets, or what it holds.
fn after<E: Versioned>(part: &Part<'_, E>) -> impl Fn(E::Column) -> Expr {
    move |column| {
        let sets = part.shapes.iter().enumerate().filter(|(_, shape)| {
            let mut set = shape.iter();
            set.any(|set| set.as_str() == column.as_str())
        });
        let shapes: Vec<Expr> = sets
            .map(|(number, _)| Expr::cust(number.to_string()))
            .collect();
        if shapes.is_empty() {
            return qualified(column);
        }
        let is_set = part.given.named(SHAPE).is_in(shapes);
        Expr::case(is_set, part.given.value(column))
            .finally(qualified(column))
            .into()
    }
}

fn joined<E: Versioned>(sight: &Sight<'_, E>, part: &Part<'_, E>) -> SelectStatement {
    let mut of_this_row = Condition::all()
        .add(mine::<E>())
        .add(qualified(E::ID).eq(part.given.named(ID)));
    if let Some(readable) = sight.readable() {
        of_this_row = of_this_row.add(readable);
    }
    Query::select()
        .expr_as(part.given.named(POSITION), Alias::new(POSITION))
        .from(part.given.name())
        .join(JoinType::InnerJoin, E::default().table_ref(), of_this_row)
        .take()
}

fn mine<E: Versioned>() -> Expr {
    qualified(E::WORKSPACE).eq(workspace::<E>())
}

fn cte(name: &str) -> CommonTableExpression {
    CommonTableExpression::new()
        .table_name(Alias::new(name))
        .to_owned()
}

fn of_locked(column: &'static str) -> Expr {
    Expr::col((Alias::new(LOCKED), Alias::new(column)))
}

/// The name of a value that a change sets.
fn set(number: usize) -> Alias {
    Alias::new(format!("tenantry_set_{number}"))
}

fn united(selects: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    selects.into_iter().reduce(|mut all, next| {
        all.union(UnionType::All, next);
        all
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::{
        Id, Version,
        bulk::change::plan::Changes,
        sample::{self, readable as shown},
    };

    fn sql(
        changes: Vec<sample::Update>,
        text: impl Fn(&Sight<'_, sample::Entity>, &Part<'_, sample::Entity>) -> String,
    ) -> String {
        let workspace = Uuid::nil().into();
        let seen = |n| (Id::new(Uuid::from_u128(n)), Version::from_i64(7));
        let changes = changes
            .into_iter()
            .zip(1..)
            .map(|(change, n)| (seen(n), change));
        let changes = Changes::of(&workspace, Sight::of_workspace(&workspace), changes).unwrap();
        let sql = text(&changes.sight, &changes.part(0..changes.len()).unwrap());
        shown(&sea_orm::Statement::from_string(POSTGRES, sql))
    }

    fn coded() -> sample::Update {
        sample::Update {
            code: Set("x".into()),
            ..Default::default()
        }
    }

    fn named() -> sample::Update {
        sample::Update {
            name: Set("y".into()),
            ..Default::default()
        }
    }

    /// H-14: at every level, the lock, the target and what it is joined with.
    #[test]
    fn rows_are_locked_in_order_changed_and_told_in_one_statement() {
        assert_snapshot!(sql(vec![coded(), coded()], |sight, part| change(
            sight,
            part,
            Mode::Each
        )));
    }

    /// H-14: at every level.
    #[test]
    fn each_set_of_columns_is_an_update_that_names_no_other() {
        let changes = vec![coded(), named(), sample::Update::default()];
        assert_snapshot!(sql(changes, |sight, part| change(
            sight,
            part,
            Mode::AllOrNone
        )));
    }

    #[test]
    fn changes_of_nothing_write_nothing() {
        let nothing = vec![sample::Update::default()];
        let text = sql(nothing, |sight, part| change(sight, part, Mode::AllOrNone));
        assert!(!text.contains("UPDATE app"), "{text}");
        assert!(text.contains("FOR NO KEY UPDATE OF widgets"), "{text}");
    }

    /// H-14: what is locked beforehand, and what is asked afterwards.
    #[test]
    fn locks_and_questions_name_the_workspace() {
        let locks = sql(vec![coded()], lock);
        let asks = sql(vec![coded()], readable);
        assert_snapshot!(format!("{locks}\n\n{asks}"));
    }
}
