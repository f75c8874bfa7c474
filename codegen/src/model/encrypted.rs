//! Columns that the application encrypts, and their blind indexes.

use tenantry::catalog::Column;

use super::{Cipher, Kind, configuration::qualified, shape::Shape, vocabularies};
use crate::{Problem, RustType};

/// What the comment of a column says of it; a problem where it cannot be.
pub(super) fn of(shape: &Shape<'_>, column: &Column, problems: &mut Vec<Problem>) -> Cipher {
    let table = shape.table;
    let mut wrong = |what: String| {
        let path = format!("{}.{}", qualified(table), column.name);
        problems.push(Problem::new(
            &path,
            what,
            "Declare the columns by `Column::encrypted` and `Column::blind_index` of the kit.",
        ));
        Cipher::Clear
    };
    let marked = column.is_encrypted() || column.blind_index_of().is_some();
    if marked && !is_possible(shape, column) {
        return wrong(
            "the comment says that it is encrypted, but it is no `bytea` of a workspace table"
                .into(),
        );
    }
    let marker = |column: &Column| vocabularies::name(&column.name, &shape.module);
    if column.is_encrypted() {
        return Cipher::Encrypted {
            marker: marker(column),
        };
    }
    match column.blind_index_of().map(|of| (of, table.column(of))) {
        None => Cipher::Clear,
        Some((_, Some(of))) if of.is_encrypted() => Cipher::BlindIndex { marker: marker(of) },
        Some((of, _)) => wrong(format!(
            "the comment says that it is the blind index of `{of}`, which is no encrypted column"
        )),
    }
}

fn is_possible(shape: &Shape<'_>, column: &Column) -> bool {
    matches!(shape.kind, Kind::Scoped { .. })
        && column.column_type.name == "bytea"
        && !column.column_type.array
}

/// The type of such a column.
pub(super) fn rust_type(cipher: &Cipher) -> Option<RustType> {
    match cipher {
        Cipher::Clear => None,
        Cipher::Encrypted { marker } => Some(RustType::new(format!("tenantry::Sealed<{marker}>"))),
        Cipher::BlindIndex { marker } => Some(RustType::new(format!("tenantry::Blind<{marker}>"))),
    }
}

/// Whether new rows of the table must hold what is sealed; `None` if they cannot, or if the library does not make their ids.
pub(super) fn of_new_rows(shape: &Shape<'_>, may_insert: impl Fn(&str) -> bool) -> Option<bool> {
    let Kind::Scoped { scope, id, key } = &shape.kind else {
        return None;
    };
    if key != "Uuid" || scope == id {
        return None;
    }
    let columns = shape.table.columns.iter();
    let sealed = columns.filter(|column| column.is_encrypted() && may_insert(&column.name));
    sealed.map(|column| !column.nullable).max()
}
