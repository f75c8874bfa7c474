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

/// The text search configuration that a function names.
fn configuration(function: &Function) -> Option<String> {
    let (_, after) = function
        .source
        .as_deref()?
        .split_once("websearch_to_tsquery('")?;
    let (configuration, _) = after.split_once("'::regconfig")?;
    Some(configuration.replace("''", "'"))
}
