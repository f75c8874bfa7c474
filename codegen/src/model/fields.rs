//! Columns: their Rust names and types, and who gives them their values.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use tenantry::catalog::{Catalog, Column, ForeignKey, Grantee, Table, TypeKind};

use super::{
    Cipher, Field, Input, Kind, Vocabulary,
    configuration::qualified,
    encrypted, relations,
    shape::{Shape, Shapes},
    vocabularies,
};
use crate::{Generator, Problem, RustType, names};

/// The type of a version column.
pub(super) const VERSION: &str = "tenantry::Version";

/// Columns that the database or the library fills.
const MANAGED: &[&str] = &[
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
    "deleted_by",
    "delete_op",
];

/// What the columns of a table are judged by.
pub(super) struct Context<'g> {
    pub(super) generator: &'g Generator,
    pub(super) catalog: &'g Catalog,
    pub(super) shapes: &'g Shapes<'g>,
}

/// The columns of a table.
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    pub(super) left_out: Vec<String>,
    pub(super) vocabularies: Vec<Vocabulary>,
    pub(super) insertable: bool,
}

/// Enum types by schema and name.
type UsedEnums = BTreeSet<(String, String)>;

pub(super) fn read(
    context: &Context<'_>,
    shape: &Shape<'_>,
    used_enums: &mut UsedEnums,
    problems: &mut Vec<Problem>,
) -> Fields {
    let table = shape.table;
    let name = qualified(table);
    let privileges = Privileges::of(table, &context.generator.runtime_role);
    let mut read = Fields {
        fields: Vec::new(),
        left_out: Vec::new(),
        vocabularies: Vec::new(),
        insertable: true,
    };
    let mut variants: BTreeMap<String, &str> = BTreeMap::new();
    for column in &table.columns {
        let path = format!("{name}.{}", column.name);
        let input = input(shape, column, &privileges);
        let demanded = is_demanded(shape, column);
        let skipped = context.generator.skipped_columns.contains(&path);
        if skipped || is_liveness(context.catalog, table, column) {
            read.left_out.push(column.name.clone());
            read.insertable &= !demanded;
            continue;
        }
        read.insertable &= !demanded || privileges.may_insert(&column.name);
        let cipher = encrypted::of(shape, column, problems);
        let known = encrypted::rust_type(&cipher).map(|rust_type| (rust_type, None));
        let known = known.or_else(|| rust_type(context, shape, column, used_enums));
        let Some((rust_type, vocabulary)) = known else {
            if is_computed(column) || column.column_type.name == "tsvector" {
                read.left_out.push(column.name.clone());
                read.insertable &= !demanded;
            } else {
                problems.push(Problem::new(
                    &path,
                    format!("the type {} has no Rust form", column.column_type.formatted),
                    format!(
                        "Say `column_type(\"{path}\", RustType::text(\"{}\"))` or another type, or `skip_column(\"{path}\")`.",
                        column.column_type.formatted
                    ),
                ));
            }
            continue;
        };
        read.vocabularies.extend(vocabulary);
        let field = field(table, column, rust_type, cipher, input);
        if let Some(other) = variants.insert(field.variant.clone(), &column.name) {
            problems.push(Problem::new(
                &path,
                format!("the column has the same name in Rust as `{other}`"),
                format!("Rename one, or say `skip_column(\"{path}\")`."),
            ));
        }
        read.fields.push(field);
    }
    read.insertable &= privileges.may_insert_any();
    read
}

/// Whether the column is there for foreign keys alone, to say again that the row lives.
fn is_liveness(catalog: &Catalog, table: &Table, column: &Column) -> bool {
    let points = |key: &ForeignKey| key.columns.contains(&column.name);
    let is_target = |key: &ForeignKey| {
        (&key.target_schema, &key.target_table) == (&table.schema, &table.name)
            && key.target_columns.contains(&column.name)
    };
    column.column_type.name == "bool"
        && is_computed(column)
        && (table.foreign_keys.iter().any(points)
            || catalog
                .tables
                .iter()
                .any(|other| other.foreign_keys.iter().any(is_target)))
}

fn field(
    table: &Table,
    column: &Column,
    rust_type: RustType,
    cipher: Cipher,
    input: Input,
) -> Field {
    let name = names::field(&column.name);
    let mut attributes = Vec::new();
    let primary_key = table
        .primary_key
        .as_ref()
        .map(|key| key.columns.as_slice())
        .unwrap_or_default();
    if primary_key.contains(&column.name) {
        attributes.push("primary_key".to_owned());
        let counted = primary_key.len() == 1 && is_counted(column);
        if !counted {
            attributes.push("auto_increment = false".to_owned());
        }
    }
    // SeaORM takes the field's name, in snake case, for the column's.
    if name.trim_start_matches("r#").to_snake_case() != column.name {
        attributes.push(format!("column_name = {:?}", column.name));
    }
    let valued = [
        ("column_type", &rust_type.column_type),
        ("select_as", &rust_type.select_as),
        ("save_as", &rust_type.save_as),
    ];
    for (key, value) in valued {
        attributes.extend(value.as_ref().map(|value| format!("{key} = {value:?}")));
    }
    Field {
        column: column.name.clone(),
        variant: names::variant(&name),
        constant: names::constant(&name),
        name,
        rust_type: rust_type.path,
        nullable: column.nullable,
        attributes,
        doc: column
            .description()
            .unwrap_or_else(|| format!("The column `{}`.", column.name)),
        is_eq: rust_type.is_eq,
        cipher,
        input,
    }
}

fn rust_type(
    context: &Context<'_>,
    shape: &Shape<'_>,
    column: &Column,
    used_enums: &mut UsedEnums,
) -> Option<(RustType, Option<Vocabulary>)> {
    let generator = context.generator;
    let table = shape.table;
    let plain = |rust_type: RustType| Some((rust_type, None));
    if let Some(rust_type) =
        generator
            .column_types
            .get(&format!("{}.{}", qualified(table), column.name))
    {
        return plain(rust_type.clone());
    }
    let brackets = if column.column_type.array { "[]" } else { "" };
    let type_name = format!(
        "{}.{}{brackets}",
        column.column_type.schema, column.column_type.name
    );
    let overridden = column
        .column_type
        .domain
        .as_ref()
        .and_then(|domain| generator.type_overrides.get(domain))
        .or_else(|| generator.type_overrides.get(&type_name));
    if let Some(rust_type) = overridden {
        return plain(rust_type.clone());
    }
    if column.column_type.kind == TypeKind::Enum {
        let found = context
            .catalog
            .enum_type(&column.column_type.schema, &column.column_type.name)?;
        // A label without a Rust name is told once, where the enum itself is made.
        used_enums.insert((found.schema.clone(), found.name.clone()));
        let name = vocabularies::of_type(found)
            .map_or_else(|_| String::new(), |vocabulary| vocabulary.name);
        let path = format!("super::enums::{name}");
        let postgres = format!(
            "{}.{}{brackets}",
            names::quoted(&found.schema),
            names::quoted(&found.name)
        );
        let path = if column.column_type.array {
            format!("Vec<{path}>")
        } else {
            path
        };
        return plain(RustType::new(path).cast(format!("text{brackets}"), postgres));
    }
    let rust_type = RustType::of(&column.column_type)?;
    if let Kind::Scoped { scope, id, .. } = &shape.kind {
        if column.name == *id {
            return plain(renamed(rust_type, "Id"));
        }
        if column.name == *scope {
            return plain(rust_type);
        }
        if column.name == "version" && rust_type.path == "i64" && !column.nullable {
            return plain(renamed(rust_type, VERSION));
        }
    }
    if rust_type.is_key()
        && let Some(id) = relations::id_type(context.shapes, shape, &column.name)
    {
        return plain(renamed(rust_type, id));
    }
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&column.name));
    if let Some(vocabulary) =
        vocabularies::of_check(table, column, &shape.module).filter(|_| !in_key)
    {
        return Some((RustType::new(vocabulary.name.clone()), Some(vocabulary)));
    }
    plain(rust_type)
}

fn renamed(rust_type: RustType, path: impl Into<String>) -> RustType {
    RustType {
        path: path.into(),
        ..rust_type
    }
}

/// Who gives the column its value.
fn input(shape: &Shape<'_>, column: &Column, privileges: &Privileges) -> Input {
    let nobody = Input {
        required: false,
        optional: false,
        updatable: false,
    };
    let Kind::Scoped { scope, id, .. } = &shape.kind else {
        return nobody;
    };
    if column.name == *scope && scope != id
        || is_managed(column)
        || is_computed(column)
        || column.blind_index_of().is_some()
    {
        return nobody;
    }
    let insertable = privileges.may_insert(&column.name);
    if column.name == *id {
        // A value is sealed for a row, so that a new one is given its id together with it.
        let seals = encrypted::of_new_rows(shape, |column| privileges.may_insert(column));
        let required = is_demanded(shape, column) || seals == Some(true);
        return Input {
            required,
            optional: seals.is_some() && !required,
            ..nobody
        };
    }
    let required = is_demanded(shape, column);
    Input {
        required,
        optional: insertable && !required,
        updatable: privileges.may_update(&column.name),
    }
}

/// Whether an insert must name a value that neither the database nor the library makes.
fn is_demanded(shape: &Shape<'_>, column: &Column) -> bool {
    let Kind::Scoped { scope, id, key } = &shape.kind else {
        return false;
    };
    let made = column.nullable
        || column.blind_index_of().is_some()
        || column.default.is_some()
        || column.identity.is_some()
        || is_managed(column);
    let stamped = column.name == *scope || column.name == *id && key == "Uuid";
    !made && !stamped
}

fn is_managed(column: &Column) -> bool {
    let version = column.name != "version" || column.column_type.name == "int8";
    MANAGED.contains(&column.name.as_str()) && version
}

fn is_computed(column: &Column) -> bool {
    column.generated.is_some() || column.identity == Some(tenantry::catalog::Identity::Always)
}

/// Whether the column takes its values from a sequence.
fn is_counted(column: &Column) -> bool {
    column.identity.is_some()
        || column
            .default
            .as_ref()
            .is_some_and(|default| default.starts_with("nextval("))
}

/// What the runtime role may write; everything where it holds nothing at all on the table.
struct Privileges(Option<Vec<(String, Option<String>)>>);

impl Privileges {
    fn of(table: &Table, role: &str) -> Self {
        let held: Vec<_> = table
            .grants
            .iter()
            .filter(|grant| grant.grantee == Grantee::Public || grant.grantee.is_role(role))
            .map(|grant| (grant.privilege.clone(), grant.column.clone()))
            .collect();
        let of_role = table.grants.iter().any(|grant| grant.grantee.is_role(role));
        Self(of_role.then_some(held))
    }

    fn may(&self, wanted: &str, column: Option<&str>) -> bool {
        self.0.as_ref().is_none_or(|held| {
            held.iter().any(|(privilege, on)| {
                privilege == wanted && (column.is_none() || on.is_none() || on.as_deref() == column)
            })
        })
    }

    fn may_insert(&self, column: &str) -> bool {
        self.may("INSERT", Some(column))
    }

    fn may_insert_any(&self) -> bool {
        self.may("INSERT", None)
    }

    fn may_update(&self, column: &str) -> bool {
        self.may("UPDATE", Some(column))
    }
}
