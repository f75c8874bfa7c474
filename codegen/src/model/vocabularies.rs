//! Enums: from checks on text, and from PostgreSQL's enum types.

use tenantry::catalog::{Column, Enum, Table, TypeKind};

use super::Vocabulary;
use crate::{Problem, names};

/// Names that a module of a table has already.
const RESERVED: &[&str] = &[
    // of the module itself
    "ActiveModel",
    "Column",
    "Entity",
    "Id",
    "Insert",
    "Model",
    "New",
    "PersonalUpdate",
    "PrimaryKey",
    "Public",
    "Relation",
    "Update",
    // of the imports
    "ActiveValue",
    "BelongsTo",
    "Constraint",
    "Date",
    "DateTime",
    "DateTimeUtc",
    "Decimal",
    "Direction",
    "Field",
    "HasMany",
    "FromQueryResult",
    "Json",
    "Null",
    "PersonalSort",
    "PublicSort",
    "Related",
    "RelationDef",
    "Set",
    "Sort",
    "Time",
    "Unique",
    "Uuid",
    "ActiveEnum",
    "ActiveModelBehavior",
    "ActiveModelTrait",
    "ColumnTrait",
    "ColumnType",
    "EntityName",
    "EntityTrait",
    "EnumIter",
    "Iden",
    "IdenStatic",
    "ModelTrait",
    "PrimaryKeyTrait",
    "PrimaryKeyToColumn",
    "RelationTrait",
    "Value",
    "Expr",
    // of the language
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "From",
    "Into",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Hash",
    "Result",
    "Self",
    "Some",
    "String",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// The enum that a check makes of a text column, if its values can be variants.
pub(super) fn of_check(table: &Table, column: &Column, module: &str) -> Option<Vocabulary> {
    let text = matches!(column.column_type.name.as_str(), "text" | "varchar")
        && column.column_type.schema == "pg_catalog";
    if !text || column.column_type.array || column.column_type.kind != TypeKind::Base {
        return None;
    }
    let values = table.vocabulary(&column.name)?;
    let name = name(&column.name, module);
    let doc = format!("What `{}` may be.", column.name);
    Some(Vocabulary {
        name,
        doc,
        postgres_enum: None,
        variants: variants(&values)?,
    })
}

/// The enum of an enum type.
pub(super) fn of_type(found: &Enum) -> Result<Vocabulary, Problem> {
    let path = format!("{}.{}", found.schema, found.name);
    let variants = variants(&found.labels).ok_or_else(|| {
        Problem::new(
            &path,
            "two labels of the enum have the same name in Rust, or one has none",
            format!("Say what it becomes with `type_override(\"{path}\", …)`."),
        )
    })?;
    let name = name(&found.name, "database");
    let doc = found
        .comment
        .clone()
        .unwrap_or_else(|| format!("The enum type `{path}`."));
    Ok(Vocabulary {
        name,
        doc,
        postgres_enum: Some(found.name.clone()),
        variants,
    })
}

/// The name of a type that a column has of its own.
pub(super) fn name(words: &str, module: &str) -> String {
    let name = names::value_variant(words);
    if RESERVED.contains(&name.as_str()) {
        names::value_variant(&format!("{module}_{words}"))
    } else {
        name
    }
}

/// Variants with their values; `None` if one has no name, or two have the same.
fn variants(values: &[String]) -> Option<Vec<(String, String)>> {
    let mut variants: Vec<(String, String)> = Vec::new();
    for value in values {
        let name = names::value_variant(value);
        // SeaORM makes an enum of the values as well, and cannot escape this one.
        let usable = name != "SelfValue"
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && value.chars().any(char::is_alphanumeric);
        if !usable || variants.iter().any(|(other, _)| *other == name) {
            return None;
        }
        variants.push((name, value.clone()));
    }
    (!variants.is_empty()).then_some(variants)
}
