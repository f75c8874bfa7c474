//! Searches: the functions of the search role that answer for a table.

use std::collections::BTreeSet;

use tenantry::catalog::{Catalog, Function, Table};

use super::{Entity, Kind, Search, SearchKind, facts::unused};
use crate::names;

/// One constant for the words of a table, and one for each column that is found by what it contains.
pub(super) fn searches(
    catalog: &Catalog,
    table: &Table,
    entity: &Entity,
    role: &str,
    constants: &mut BTreeSet<String>,
) -> Vec<Search> {
    if !matches!(entity.kind, Kind::Scoped { .. }) {
        return Vec::new();
    }
    let function = |name: String| {
        catalog.functions.iter().find(|function| {
            function.schema == table.schema && function.owner == role && function.name == name
        })
    };
    let mut searches = Vec::new();
    if let Some(found) = function(format!("{}_search", table.name))
        && let Some(configuration) = configuration(found)
    {
        searches.push(Search {
            constant: unused(constants, "SEARCH", "SEARCH_WORDS"),
            doc: format!(
                "The words that {} are found by.\n\n`{}`, in the language `{configuration}`.",
                names::prose(&table.name),
                found.name
            ),
            kind: SearchKind::Words {
                function: found.name.clone(),
                configuration,
                variants: words(table, entity),
            },
        });
    }
    for field in &entity.fields {
        let name = |word: &str| format!("{}_{}_{word}", table.name, field.column);
        let Some(containing) = function(name("containing")) else {
            continue;
        };
        let kind = match (field.rust_type.as_str(), function(name("overlapping"))) {
            ("Json", _) => SearchKind::Document {
                variant: field.variant.clone(),
                containing: containing.name.clone(),
            },
            ("Vec<String>", Some(overlapping)) => SearchKind::Tags {
                variant: field.variant.clone(),
                containing: containing.name.clone(),
                overlapping: overlapping.name.clone(),
            },
            _ => continue,
        };
        let constant = format!("{}_SEARCH", field.constant);
        searches.push(Search {
            constant: unused(constants, &constant, &format!("{constant}_CONTENTS")),
            doc: format!(
                "Rows by what `{}` contains.\n\n`{}`.",
                field.column, containing.name
            ),
            kind,
        });
    }
    searches
}

/// The columns that the words of a row are computed from.
fn words(table: &Table, entity: &Entity) -> Option<Vec<String>> {
    let mut vectors = table
        .columns
        .iter()
        .filter(|column| column.column_type.name == "tsvector")
        .map(|column| column.generated.and(column.default.as_deref()))
        .peekable();
    vectors.peek()?;
    let expressions: Vec<&str> = vectors.collect::<Option<_>>()?;
    let named: BTreeSet<String> = expressions.into_iter().flat_map(identifiers).collect();
    let fields = entity.fields.iter();
    let fields = fields.filter(|field| named.contains(&field.column));
    Some(fields.map(|field| field.variant.clone()).collect())
}

/// The names in an expression, as PostgreSQL writes it; of functions and types too.
fn identifiers(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut letters = expression.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut name = String::new();
        match letter {
            '\'' | '"' => {
                while let Some(next) = letters.next() {
                    // A quote within is written twice.
                    if next == letter && letters.next_if_eq(&letter).is_none() {
                        break;
                    }
                    name.push(next);
                }
                if letter == '\'' {
                    continue;
                }
            }
            _ if letter.is_alphabetic() || letter == '_' => {
                name.push(letter);
                while let Some(next) =
                    letters.next_if(|next| next.is_alphanumeric() || "_$".contains(*next))
                {
                    name.push(next);
                }
            }
            _ => continue,
        }
        found.push(name);
    }
    found
}

/// The text search configuration that a function names.
fn configuration(function: &Function) -> Option<String> {
    let (_, after) = function
        .source
        .as_deref()?
        .split_once("websearch_to_tsquery('")?;
    let (configuration, _) = after.split_once("'::regconfig")?;
    Some(configuration.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::identifiers;

    #[test]
    fn names_are_told_from_texts() {
        let expression = r#"setweight(to_tsvector('it''s title'::regconfig, COALESCE("odd ""name", body_2)), 'A'::"char")"#;
        let named = [
            "setweight",
            "to_tsvector",
            "regconfig",
            "COALESCE",
            "odd \"name",
            "body_2",
            "char",
        ];
        assert_eq!(identifiers(expression), named);
    }
}
