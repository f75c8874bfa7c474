//! From catalogue to plan.

use std::collections::{BTreeMap, BTreeSet};

use tenantry::catalog::{Catalog, Trigger, TriggerMode};

use super::{
    Entity, Glass, Kind, Module, cascades, configuration, facts, fields, glass, relations, scopes,
    searches,
    shape::{Shape, Shapes},
    vocabularies,
};
use crate::{Generator, Problem, names};

/// Plans the modules of all schemas, or tells everything that stands in the way.
pub(crate) fn build(generator: &Generator, catalog: &Catalog) -> Result<Vec<Module>, Vec<Problem>> {
    let mut problems = Vec::new();
    configuration::check(generator, catalog, &mut problems);
    let shapes = Shapes::classify(generator, catalog, &mut problems);
    cascades::check(generator, catalog, &shapes, &mut problems);
    let mut modules = Vec::new();
    let mut taken = BTreeMap::new();
    for schema in &generator.schemas {
        if let Some(other) = taken.insert(names::snake(schema), schema) {
            problems.push(Problem::new(
                schema,
                format!("the schema has the same name in Rust as `{other}`"),
                "Generate them into folders of their own, with `foreign_module` between them.",
            ));
        }
        modules.push(module(generator, catalog, &shapes, schema, &mut problems));
    }
    if problems.is_empty() {
        return Ok(modules);
    }
    problems.sort();
    problems.dedup();
    Err(problems)
}

fn module(
    generator: &Generator,
    catalog: &Catalog,
    shapes: &Shapes<'_>,
    schema: &str,
    problems: &mut Vec<Problem>,
) -> Module {
    let mut used_enums = BTreeSet::new();
    let mut entities = Vec::new();
    let mut taken = BTreeMap::from([("enums".to_owned(), "the module of enum types".to_owned())]);
    for shape in shapes.of_schema(schema) {
        let name = configuration::qualified(shape.table);
        if let Some(other) = taken.insert(shape.module.clone(), name.clone()) {
            problems.push(Problem::new(
                &name,
                format!("the module `{}` is already that of {other}", shape.module),
                format!("Say what one row is called with `singular(\"{name}\", …)`."),
            ));
        }
        let context = fields::Context {
            generator,
            catalog,
            shapes,
        };
        let fields = fields::read(&context, shape, &mut used_enums, problems);
        entities.push(entity(&context, shape, fields));
    }
    let types = used_enums
        .iter()
        .filter_map(|(enum_schema, name)| catalog.enum_type(enum_schema, name))
        .filter_map(|found| {
            vocabularies::of_type(found)
                .map_err(|problem| problems.push(problem))
                .ok()
        })
        .collect::<Vec<_>>();
    Module {
        schema: schema.to_owned(),
        name: names::snake(schema),
        comment: catalog
            .schemas
            .iter()
            .find(|found| found.name == schema)
            .and_then(|found| found.comment.clone()),
        entities,
        types,
    }
}

fn entity(context: &fields::Context<'_>, shape: &Shape<'_>, fields: fields::Fields) -> Entity {
    let &fields::Context {
        generator,
        catalog,
        shapes,
    } = context;
    let table = shape.table;
    let mut entity = Entity {
        schema: table.schema.clone(),
        table: table.name.clone(),
        module: shape.module.clone(),
        comment: table.comment.clone(),
        kind: shape.kind.clone(),
        fields: fields.fields,
        left_out: fields.left_out,
        vocabularies: fields.vocabularies,
        relations: Vec::new(),
        collections: Vec::new(),
        parents: Vec::new(),
        sorts: Vec::new(),
        uniques: Vec::new(),
        searches: Vec::new(),
        constraints: Vec::new(),
        personal: None,
        public: None,
        versioned: false,
        audited: table
            .triggers
            .iter()
            .any(|trigger| is_audit(trigger, &generator.audit_role)),
        glass: Glass::Nothing,
        insertable: fields.insertable,
    };
    let scoped = matches!(entity.kind, Kind::Scoped { .. });
    entity.audited &= scoped;
    entity.insertable &= scoped;
    entity.versioned = scoped
        && entity
            .field("version")
            .is_some_and(|field| field.rust_type == fields::VERSION);
    if scoped {
        entity.glass = glass::read(table, &entity);
    }
    entity.relations = relations::relations(shapes, shape, &entity);
    let mut constants: BTreeSet<String> = entity
        .fields
        .iter()
        .map(|field| field.constant.clone())
        .collect();
    entity.sorts = facts::sorts(table, &entity, &mut constants);
    entity.uniques = facts::uniques(table, &entity, &mut constants);
    entity.collections = relations::collections(shapes, shape, &mut constants);
    entity.parents = relations::parents(shapes, shape, &mut constants);
    entity.searches = searches::searches(
        catalog,
        table,
        &entity,
        &generator.search_role,
        &mut constants,
    );
    entity.constraints = facts::constraints(table, &entity);
    entity.personal = scopes::personal(generator, table, &entity, &mut constants);
    entity.public = scopes::public(generator, table, &entity, &mut constants);
    entity
}

fn is_audit(trigger: &Trigger, role: &str) -> bool {
    trigger.function_owner == role
        && !matches!(trigger.mode, TriggerMode::Disabled | TriggerMode::Replica)
}
