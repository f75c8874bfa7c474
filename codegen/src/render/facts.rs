//! The traits of a table, and its constants.

use super::{expression::Expression, text::Text};
use crate::model::{Entity, Field, Glass, Kind, Search, SearchKind};

pub(super) fn render(text: &mut Text, entity: &Entity) {
    match &entity.kind {
        Kind::Unkeyed => {}
        Kind::Global => {
            text.blank();
            text.line("impl tenantry::Global for Entity {}");
        }
        Kind::Scoped { scope, id, key } => {
            text.blank();
            text.block("impl tenantry::Keyed for Entity", |text| {
                text.line(&format!("type Key = {key};"));
            });
            text.blank();
            text.block("impl tenantry::Scoped for Entity", |text| {
                scoped(text, entity, scope, id, key)
            });
            further(text, entity);
        }
    }
}

fn column(field: Option<&Field>) -> String {
    format!("Column::{}", field.map_or("Id", |field| &field.variant))
}

fn scoped(text: &mut Text, entity: &Entity, scope: &str, id: &str, key: &str) {
    let id = entity.field(id);
    text.line(&format!(
        "const WORKSPACE: Column = {};",
        column(entity.field(scope))
    ));
    text.line(&format!("const ID: Column = {};", column(id)));
    if let Some(deleted_at) = entity.deleted_at() {
        text.line(&format!(
            "const DELETED_AT: Option<Column> = Some(Column::{});",
            deleted_at.variant
        ));
    }
    if !entity.sorts.is_empty() {
        let names = entity
            .sorts
            .iter()
            .map(|sort| Expression::atom(&sort.constant))
            .collect();
        text.assign(
            "const SORTS: &'static [Sort<Self>]",
            &Expression::Slice(names),
        );
    }
    let searches: Vec<Expression> = entity
        .searches
        .iter()
        .flat_map(Search::functions)
        .map(Expression::text)
        .collect();
    if !searches.is_empty() {
        text.assign(
            "const SEARCHES: &'static [&'static str]",
            &Expression::Slice(searches),
        );
    }
    let searched: Option<Vec<&[String]>> = entity.searches.iter().map(Search::columns).collect();
    let mut searched = searched.unwrap_or_default().concat();
    searched.sort();
    searched.dedup();
    if !searched.is_empty() {
        let columns = searched
            .iter()
            .map(|variant| Expression::atom(format!("Column::{variant}")))
            .collect();
        text.assign(
            "const SEARCHED: &'static [Column]",
            &Expression::Slice(columns),
        );
    }
    if !entity.uniques.is_empty() {
        let names = entity
            .uniques
            .iter()
            .map(|unique| Expression::atom(&unique.constant))
            .collect();
        text.assign(
            "const UNIQUES: &'static [Unique<Self>]",
            &Expression::Slice(names),
        );
    }
    if !entity.constraints.is_empty() {
        let constraints = entity
            .constraints
            .iter()
            .map(|(name, fields)| {
                let fields = fields.iter().map(|field| Expression::text(field)).collect();
                Expression::call(
                    "Constraint::new",
                    vec![Expression::text(name), Expression::Slice(fields)],
                )
            })
            .collect();
        text.assign(
            "const CONSTRAINTS: &'static [Constraint]",
            &Expression::Slice(constraints),
        );
    }
    let encrypted: Vec<Expression> = entity
        .encrypted()
        .map(|(_, marker, _)| Expression::atom(format!("tenantry::Encrypted::of::<{marker}>()")))
        .collect();
    if !encrypted.is_empty() {
        text.assign(
            "const ENCRYPTED: &'static [tenantry::Encrypted<Self>]",
            &Expression::Slice(encrypted),
        );
    }
    text.blank();
    text.block("fn id_of(row: &Model) -> Id", |text| {
        let clone = if key == "String" { ".clone()" } else { "" };
        text.line(&format!(
            "row.{}{clone}",
            id.map_or("id", |field| &field.name)
        ));
    });
}

fn further(text: &mut Text, entity: &Entity) {
    encrypted(text, entity);
    if entity.versioned {
        text.blank();
        text.block("impl tenantry::Versioned for Entity", |text| {
            text.line("type Update = Update;");
            text.blank();
            text.line("const VERSION: Column = Column::Version;");
            text.blank();
            text.block("fn version_of(row: &Model) -> tenantry::Version", |text| {
                text.line("row.version")
            });
        });
    }
    if let Some(delete_op) = entity.delete_op() {
        text.blank();
        text.block("impl tenantry::SoftDelete for Entity", |text| {
            text.line(&format!(
                "const DELETE_OP: Column = Column::{};",
                delete_op.variant
            ));
            let children = entity.collections.iter().filter(|child| child.deleted_with);
            let parents = entity.parents.iter().filter(|parent| parent.deleted_with);
            relations(
                text,
                "CHILDREN",
                "Child",
                children.map(|child| &child.constant),
            );
            relations(
                text,
                "PARENTS",
                "Parent",
                parents.map(|parent| &parent.constant),
            );
        });
    }
    if entity.audited {
        text.blank();
        text.line("impl tenantry::Audited for Entity {}");
    }
    if entity.glass != Glass::Nothing {
        text.blank();
        text.line("impl tenantry::BehindGlass for Entity {}");
    }
    if entity.glass == Glass::Every {
        text.line("impl tenantry::WhollyBehindGlass for Entity {}");
    }
    beside(text, entity);
}

/// The types of encrypted columns.
fn encrypted(text: &mut Text, entity: &Entity) {
    for (field, marker, blind_index) in entity.encrypted() {
        text.blank();
        text.doc(&format!("The encrypted column `{}`.", field.column));
        text.derive(&["Debug"]);
        text.line(&format!("pub enum {marker} {{}}"));
        text.blank();
        text.block(
            &format!("impl tenantry::EncryptedColumn for {marker}"),
            |text| {
                text.line("type Entity = Entity;");
                text.blank();
                text.line(&format!(
                    "const COLUMN: Column = Column::{};",
                    field.variant
                ));
                if let Some(index) = blind_index {
                    let variant = &index.variant;
                    text.line(&format!(
                        "const BLIND_INDEX: Option<Column> = Some(Column::{variant});"
                    ));
                }
            },
        );
    }
}

/// What the scopes beside the workspace reach.
fn beside(text: &mut Text, entity: &Entity) {
    if let Some(personal) = &entity.personal {
        text.blank();
        text.block("impl tenantry::Personal for Entity", |text| {
            let person = &personal.variant;
            text.line(&format!("const PERSON: Column = Column::{person};"));
        });
        if entity.versioned && !personal.changes.is_empty() {
            text.blank();
            text.block("impl tenantry::PersonalUpdate for Entity", |text| {
                text.line("type Change = PersonalUpdate;");
            });
        }
    }
    if let Some(public) = &entity.public {
        text.blank();
        text.block("impl tenantry::Catalogued for Entity", |text| {
            text.line("type Public = Public;");
            text.blank();
            let fields = public.columns.iter().filter_map(|name| entity.field(name));
            let columns =
                fields.map(|field| Expression::atom(format!("Column::{}", field.variant)));
            text.assign(
                "const PUBLIC: &'static [Column]",
                &Expression::Slice(columns.collect()),
            );
        });
    }
}

/// The relations along which a delete goes.
fn relations<'c>(
    text: &mut Text,
    name: &str,
    role: &str,
    constants: impl Iterator<Item = &'c String>,
) {
    let names: Vec<Expression> = constants
        .map(|constant| Expression::atom(format!("&{constant}")))
        .collect();
    if !names.is_empty() {
        text.assign(
            &format!("const {name}: &'static [&'static dyn tenantry::{role}<Self>]"),
            &Expression::Slice(names),
        );
    }
}

pub(super) fn constants(text: &mut Text, entity: &Entity) {
    for field in &entity.fields {
        text.blank();
        text.doc(&field.doc);
        let null = if field.nullable { ", Null" } else { "" };
        text.assign(
            &format!(
                "pub const {}: Field<Entity, {}{null}>",
                field.constant, field.rust_type
            ),
            &Expression::call(
                "Field::new",
                vec![Expression::atom(format!("Column::{}", field.variant))],
            ),
        );
    }
    for (type_name, sort) in entity.all_sorts() {
        text.blank();
        text.doc(&sort.doc);
        let keys = sort
            .keys
            .iter()
            .map(|(variant, descending)| {
                let direction = if *descending {
                    "Descending"
                } else {
                    "Ascending"
                };
                Expression::Tuple(vec![
                    Expression::atom(format!("Column::{variant}")),
                    Expression::atom(format!("Direction::{direction}")),
                ])
            })
            .collect();
        text.assign(
            &format!("pub const {}: {type_name}<Entity>", sort.constant),
            &Expression::call(
                format!("{type_name}::by_index"),
                vec![Expression::text(&sort.index), Expression::Slice(keys)],
            ),
        );
    }
    for unique in &entity.uniques {
        text.blank();
        text.doc(&unique.doc);
        let columns = unique
            .variants
            .iter()
            .map(|variant| Expression::atom(format!("Column::{variant}")))
            .collect();
        let function = if unique.among_living {
            "Unique::among_living"
        } else {
            "Unique::new"
        };
        text.assign(
            &format!("pub const {}: Unique<Entity>", unique.constant),
            &Expression::call(
                function,
                vec![Expression::text(&unique.name), Expression::Slice(columns)],
            ),
        );
    }
    for search in &entity.searches {
        text.blank();
        text.doc(&search.doc);
        let column = |variant: &str| Expression::atom(format!("Column::{variant}"));
        let (function, arguments) = match &search.kind {
            SearchKind::Words {
                function,
                configuration,
                ..
            } => (
                "by_function",
                vec![Expression::text(function), Expression::text(configuration)],
            ),
            SearchKind::Document {
                variant,
                containing,
            } => (
                "by_function",
                vec![column(variant), Expression::text(containing)],
            ),
            SearchKind::Tags {
                variant,
                containing,
                overlapping,
            } => (
                "by_functions",
                vec![
                    column(variant),
                    Expression::text(containing),
                    Expression::text(overlapping),
                ],
            ),
        };
        let type_name = search.type_name();
        text.assign(
            &format!("pub const {}: {type_name}<Entity>", search.constant),
            &Expression::call(format!("{type_name}::{function}"), arguments),
        );
    }
    for collection in &entity.collections {
        text.blank();
        text.doc(&collection.doc);
        text.assign(
            &format!(
                "pub const {}: HasMany<Entity, {}Entity>",
                collection.constant, collection.module
            ),
            &Expression::call(
                "HasMany::new",
                vec![Expression::atom(format!(
                    "{}Column::{}",
                    collection.module, collection.variant
                ))],
            ),
        );
    }
    for parent in &entity.parents {
        text.blank();
        text.doc(&parent.doc);
        text.assign(
            &format!(
                "pub const {}: BelongsTo<Entity, {}>",
                parent.constant, parent.target
            ),
            &Expression::call(
                "BelongsTo::new",
                vec![Expression::atom(format!("Column::{}", parent.variant))],
            ),
        );
    }
}
