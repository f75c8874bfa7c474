//! The module of a table.

use super::{facts, inputs, text::Text};
use crate::{
    files::MARK,
    model::{Cipher, Entity, Field, Kind, Vocabulary},
    names,
};

pub(super) fn render(entity: &Entity, serde: bool) -> String {
    let mut text = Text::default();
    header(&mut text, entity);
    imports(&mut text, entity);
    if let Kind::Scoped { .. } = entity.kind {
        text.doc(&format!(
            "The id of {}.",
            names::with_article(&entity.module)
        ));
        text.line("pub type Id = tenantry::Id<Entity>;");
        text.blank();
    }
    model(&mut text, entity, serde);
    for enum_ in &entity.vocabularies {
        text.blank();
        vocabulary(&mut text, enum_, serde);
        text.blank();
        text.line(&format!("impl tenantry::Leakproof for {} {{}}", enum_.name));
    }
    relations(&mut text, entity);
    facts::render(&mut text, entity);
    facts::constants(&mut text, entity);
    inputs::render(&mut text, entity);
    public(&mut text, entity, serde);
    text.into_string()
}

/// The table's comment, or what can be said without.
pub(super) fn comment(entity: &Entity) -> String {
    entity
        .comment
        .clone()
        .unwrap_or_else(|| format!("The table `{}.{}`.", entity.schema, entity.table))
}

fn header(text: &mut Text, entity: &Entity) {
    text.file_doc(&comment(entity));
    text.line("//!");
    text.line(&format!(
        "//! Generated from table `{}.{}` {MARK}",
        entity.schema, entity.table
    ));
    let note = match &entity.kind {
        Kind::Unkeyed => {
            Some("The table belongs to workspaces, but no single column names a row in one: it has no repository.".to_owned())
        }
        Kind::Scoped { .. } | Kind::Global => None,
    };
    let columns: Vec<String> = entity
        .left_out
        .iter()
        .map(|column| format!("`{column}`"))
        .collect();
    let left_out = (!columns.is_empty()).then(|| format!("Left out: {}.", columns.join(", ")));
    for note in note.into_iter().chain(left_out) {
        text.line("//!");
        text.file_doc(&note);
    }
    text.blank();
}

fn imports(text: &mut Text, entity: &Entity) {
    let writes_update = entity.versioned && entity.fields.iter().any(|field| field.input.updatable);
    let sets = entity.insertable
        && entity
            .fields
            .iter()
            .any(|field| field.input.required || field.input.optional);
    let mut sea_orm = Vec::new();
    if writes_update {
        sea_orm.push("ActiveValue");
    }
    if entity.public.is_some() {
        sea_orm.push("FromQueryResult");
    }
    if sets {
        sea_orm.push("Set");
    }
    sea_orm.push("entity::prelude::*");
    text.import("sea_orm", &sea_orm);
    let searched = |name| {
        entity
            .searches
            .iter()
            .any(|search| search.type_name() == name)
    };
    let sorted = |name| entity.all_sorts().any(|(type_name, _)| type_name == name);
    let used = [
        ("BelongsTo", !entity.parents.is_empty()),
        ("Constraint", !entity.constraints.is_empty()),
        ("Direction", entity.all_sorts().next().is_some()),
        ("DocumentSearch", searched("DocumentSearch")),
        ("Field", true),
        ("HasMany", !entity.collections.is_empty()),
        ("Null", entity.fields.iter().any(|field| field.nullable)),
        ("PersonalSort", sorted("PersonalSort")),
        ("PublicSort", sorted("PublicSort")),
        ("Search", searched("Search")),
        ("Sort", sorted("Sort")),
        ("TagSearch", searched("TagSearch")),
        ("Unique", !entity.uniques.is_empty()),
    ];
    let tenantry: Vec<&str> = used
        .iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| *name)
        .collect();
    text.import("tenantry", &tenantry);
    text.blank();
}

fn model(text: &mut Text, entity: &Entity, serde: bool) {
    text.doc(&comment(entity));
    let mut traits = vec!["Clone", "Debug", "PartialEq"];
    if entity.fields.iter().all(|field| field.is_eq) {
        traits.push("Eq");
    }
    traits.push("DeriveEntityModel");
    let sealed = entity.encrypted().next().is_some();
    if serde {
        traits.push("serde::Serialize");
    }
    // What goes out without its sealed columns does not come back as a row.
    if serde && !sealed {
        traits.push("serde::Deserialize");
    }
    text.derive(&traits);
    text.attribute(
        "sea_orm",
        &[
            format!("schema_name = {:?}", entity.schema),
            format!("table_name = {:?}", entity.table),
        ],
    );
    text.block("pub struct Model", |text| {
        for field in &entity.fields {
            text.doc(&field.doc);
            if !field.attributes.is_empty() {
                text.attribute("sea_orm", &field.attributes);
            }
            if serde && field.cipher != Cipher::Clear {
                text.attribute("serde", &["skip".to_owned()]);
            }
            text.line(&format!("pub {}: {},", field.name, full_type(field)));
        }
    });
}

/// What everybody sees of a row.
fn public(text: &mut Text, entity: &Entity, serde: bool) {
    let Some(public) = &entity.public else {
        return;
    };
    let fields: Vec<&Field> = public
        .columns
        .iter()
        .filter_map(|name| entity.field(name))
        .collect();
    text.blank();
    text.doc(&format!(
        "What everybody sees of {} that is published.",
        names::with_article(&entity.module)
    ));
    let mut traits = vec!["Clone", "Debug", "PartialEq"];
    if fields.iter().all(|field| field.is_eq) {
        traits.push("Eq");
    }
    traits.push("FromQueryResult");
    if serde {
        traits.extend(["serde::Serialize", "serde::Deserialize"]);
    }
    text.derive(&traits);
    text.block("pub struct Public", |text| {
        for field in fields {
            text.doc(&field.doc);
            if field.name != field.column {
                text.attribute("sea_orm", &[format!("from_alias = {:?}", field.column)]);
            }
            text.line(&format!("pub {}: {},", field.name, full_type(field)));
        }
    });
}

/// The type of a field, `Option` included.
pub(super) fn full_type(field: &Field) -> String {
    if field.nullable {
        format!("Option<{}>", field.rust_type)
    } else {
        field.rust_type.clone()
    }
}

pub(super) fn vocabulary(text: &mut Text, vocabulary: &Vocabulary, serde: bool) {
    text.doc(&vocabulary.doc);
    text.derive(&[
        "Clone",
        "Copy",
        "Debug",
        "PartialEq",
        "Eq",
        "PartialOrd",
        "Ord",
        "Hash",
        "EnumIter",
        "DeriveActiveEnum",
    ]);
    match &vocabulary.postgres_enum {
        None => text.attribute(
            "sea_orm",
            &[
                "rs_type = \"String\"".to_owned(),
                "db_type = \"Text\"".to_owned(),
            ],
        ),
        Some(name) => text.attribute(
            "sea_orm",
            &[
                "rs_type = \"String\"".to_owned(),
                "db_type = \"Enum\"".to_owned(),
                format!("enum_name = {name:?}"),
            ],
        ),
    }
    if serde {
        text.derive(&["serde::Serialize", "serde::Deserialize"]);
    }
    text.block(&format!("pub enum {}", vocabulary.name), |text| {
        for (variant, value) in &vocabulary.variants {
            text.doc(&format!("`{value}`."));
            text.attribute("sea_orm", &[format!("string_value = {value:?}")]);
            if serde {
                text.attribute("serde", &[format!("rename = {value:?}")]);
            }
            text.line(&format!("{variant},"));
        }
    });
}

fn relations(text: &mut Text, entity: &Entity) {
    text.blank();
    text.doc("Where foreign keys lead, and from where they come.");
    text.derive(&["Clone", "Copy", "Debug", "EnumIter", "DeriveRelation"]);
    text.block("pub enum Relation", |text| {
        for relation in &entity.relations {
            text.doc(&relation.doc);
            text.attribute("sea_orm", &relation.attributes);
            text.line(&format!("{},", relation.name));
        }
    });
    for relation in &entity.relations {
        let Some(target) = &relation.related else {
            continue;
        };
        text.blank();
        text.block(&format!("impl Related<{target}> for Entity"), |text| {
            text.block("fn to() -> RelationDef", |text| {
                text.line(&format!("Relation::{}.def()", relation.name));
            });
        });
    }
    text.blank();
    text.line("impl ActiveModelBehavior for ActiveModel {}");
}
