//! Columns whose values the application encrypts, and those by which rows are found that hold one.

use super::{
    column::{Access, Column},
    table::Table,
};
use crate::quote::identifier;

/// The first byte of an envelope, its form.
const VERSION: &str = "'\\x01'::bytea";
/// Version, key id, nonce and tag, with nothing encrypted between them.
const SHORTEST: u32 = 1 + 4 + 24 + 16;
/// How many bytes a blind index has.
const BLIND: u32 = 16;

/// The word in the comment of a column by which it says that the application encrypts it.
const ENCRYPTED: &str = "@encrypted";
/// The word by which a column says of which one it is the blind index.
const BLIND_INDEX_OF: &str = "@blind_index_of:";

/// What the application makes of the values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    /// Nothing.
    Clear,
    Encrypted,
    /// The blind index of the column of this name.
    BlindIndexOf(String),
}

impl Column {
    /// Declares a column whose values the application encrypts: `bytea`, with a check that they have the form of `tenantry::Sealed`.
    ///
    /// PostgreSQL never sees them in the clear, and neither do the audit log, searches and backups. A value is bound to the names of
    /// schema, table and column, so that none of them is changed later.
    pub fn encrypted(name: impl Into<String>, comment: impl Into<String>) -> Self {
        let comment = format!("{} {ENCRYPTED}", comment.into());
        let mut column = Self::of_type(name, "bytea", comment);
        let name = identifier(&column.name);
        column.checks = vec![
            format!("octet_length({name}) >= {SHORTEST}"),
            format!("substring({name} FROM 1 FOR 1) = {VERSION}"),
        ];
        column.cipher = Cipher::Encrypted;
        column
    }

    /// Declares a column by which rows are found that hold a value of the encrypted column `of`: `bytea`, a keyed hash that the engine
    /// writes together with the value.
    ///
    /// It tells whoever reads the table which rows of one workspace hold the same value, and how often each occurs: choose it for values
    /// that are long and mostly different, such as ids of other systems, not for those of which there are few. A unique key on it holds
    /// where all rows are sealed under one key, not while keys are being rotated.
    pub fn blind_index(
        name: impl Into<String>,
        of: impl Into<String>,
        comment: impl Into<String>,
    ) -> Self {
        let of = of.into();
        let comment = format!("{} {BLIND_INDEX_OF}{of}", comment.into());
        let mut column = Self::of_type(name, "bytea", comment);
        let name = identifier(&column.name);
        column.checks = vec![format!("octet_length({name}) = {BLIND}")];
        column.cipher = Cipher::BlindIndexOf(of);
        column
    }
}

/// Why the declaration of encrypted columns contradicts itself.
pub(super) fn contradiction(table: &Table) -> Option<String> {
    table
        .columns
        .iter()
        .find_map(|column| of_column(table, column))
}

fn of_column(table: &Table, column: &Column) -> Option<String> {
    let name = &column.name;
    if column.cipher == Cipher::Clear {
        return None;
    }
    if column.access != Access::Full || column.hidden || column.unrecorded || table.append_only {
        return Some(format!(
            "\"{name}\" must be read and written where keys are rotated"
        ));
    }
    if column.default.is_some() || column.generated.is_some() {
        return Some(format!("the database cannot make a value of \"{name}\""));
    }
    match &column.cipher {
        Cipher::BlindIndexOf(of) => {
            let of = table.columns.iter().find(|other| other.name == *of);
            match of.filter(|of| of.cipher == Cipher::Encrypted) {
                None => Some(format!(
                    "\"{name}\" is the blind index of no encrypted column"
                )),
                Some(of) if of.nullable != column.nullable => Some(format!(
                    "\"{name}\" is null where \"{}\" is, and nowhere else",
                    of.name
                )),
                Some(_) => None,
            }
        }
        _ => is_indexed(table, name)
            .then(|| format!("no two values of \"{name}\" look alike: index a blind index of it")),
    }
}

fn is_indexed(table: &Table, name: &str) -> bool {
    let uniques = table.uniques.iter().flat_map(|unique| &unique.columns);
    let within = table.indexes.iter().flat_map(|(_, columns)| columns);
    let across = table
        .indexes_across
        .iter()
        .flat_map(|(_, columns, _)| columns);
    let exclusives = table.exclusives.iter().flatten();
    let references = table.references.iter().map(|reference| &reference.column);
    uniques
        .chain(within)
        .chain(across)
        .chain(references)
        .chain(exclusives)
        .any(|column| column.split_whitespace().next() == Some(name))
}
