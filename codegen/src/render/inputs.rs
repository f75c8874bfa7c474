//! What callers give: new rows and changes.

use super::{entity::full_type, expression::Expression, text::Text};
use crate::{
    model::{Entity, Field},
    names,
};

pub(super) fn render(text: &mut Text, entity: &Entity) {
    if entity.insertable {
        insert(text, entity);
    }
    if entity.versioned {
        let fields = entity.fields.iter().filter(|field| field.input.updatable);
        let doc = "The columns that callers may change";
        update(text, "Update", doc, &fields.collect::<Vec<_>>());
        let personal = entity.personal.iter();
        let changes = personal.flat_map(|personal| &personal.changes);
        let fields: Vec<&Field> = changes.filter_map(|name| entity.field(name)).collect();
        if !fields.is_empty() {
            let doc = "The columns that a person may change of what is theirs";
            update(text, "PersonalUpdate", doc, &fields);
        }
    }
}

fn insert(text: &mut Text, entity: &Entity) {
    let required: Vec<&Field> = entity
        .fields
        .iter()
        .filter(|field| field.input.required)
        .collect();
    let optional: Vec<&Field> = entity
        .fields
        .iter()
        .filter(|field| field.input.optional)
        .collect();
    let one = names::prose(&entity.module);
    text.blank();
    text.doc(&format!("The columns that every new {one} needs."));
    if required.is_empty() {
        text.derive(&["Clone", "Debug", "Default"]);
    } else {
        text.derive(&["Clone", "Debug"]);
    }
    text.line("#[must_use = \"a new row is written by `insert`\"]");
    text.block("pub struct New", |text| {
        for field in &required {
            text.doc(&field.doc);
            text.line(&format!("pub {}: {},", field.name, field.rust_type));
        }
    });
    text.blank();
    text.doc(&format!("A new {one} with its optional columns."));
    text.derive(&["Clone", "Debug"]);
    text.line("#[must_use = \"a new row is written by `insert`\"]");
    text.line("pub struct Insert(ActiveModel);");
    if !optional.is_empty() {
        setters(text, &optional);
    }
    text.blank();
    text.block("impl From<New> for Insert", |text| {
        let new = if required.is_empty() {
            "_: New"
        } else {
            "new: New"
        };
        text.block(&format!("fn from({new}) -> Self"), |text| {
            if required.is_empty() {
                text.line("Self(Default::default())");
                return;
            }
            let mut fields: Vec<String> = required
                .iter()
                .map(|field| format!("{}: Set(new.{}),", field.name, field.name))
                .collect();
            fields.push("..Default::default()".to_owned());
            let active_model = Expression::Struct("ActiveModel".to_owned(), fields);
            text.expression(&Expression::call("Self", vec![active_model]), "");
        });
    });
    for (name, active_model) in [("New", "Insert::from(self).0"), ("Insert", "self.0")] {
        text.blank();
        text.block(
            &format!("impl tenantry::NewRow<Entity> for {name}"),
            |text| {
                text.block("fn into_active_model(self) -> ActiveModel", |text| {
                    text.line(active_model)
                });
            },
        );
    }
}

/// A setter's name, where the column's own would hide a method that is needed here.
fn setter(field: &Field) -> String {
    match field.name.as_str() {
        taken @ ("from" | "into" | "into_active_model" | "clone") => format!("with_{taken}"),
        name => name.to_owned(),
    }
}

fn setters(text: &mut Text, optional: &[&Field]) {
    for (owner, returned) in [("New", "Insert"), ("Insert", "Self")] {
        text.blank();
        text.block(&format!("impl {owner}"), |text| {
            for (at, field) in optional.iter().enumerate() {
                if at > 0 {
                    text.blank();
                }
                text.doc(&field.doc);
                let (name, setter) = (&field.name, setter(field));
                let argument = format!("{name}: {}", field.rust_type);
                let this = if owner == "New" { "self" } else { "mut self" };
                text.function(
                    &format!("pub fn {setter}"),
                    &[this, &argument],
                    &format!(" -> {returned}"),
                    |text| {
                        if owner == "New" {
                            text.line(&format!("Insert::from(self).{setter}({name})"));
                            return;
                        }
                        let value = Expression::atom(name);
                        let value = if field.nullable {
                            Expression::call("Some", vec![value])
                        } else {
                            value
                        };
                        text.assign(
                            &format!("self.0.{name}"),
                            &Expression::call("Set", vec![value]),
                        );
                        text.line("self");
                    },
                );
            }
        });
    }
}

fn update(text: &mut Text, name: &str, doc: &str, fields: &[&Field]) {
    text.blank();
    if fields.is_empty() {
        text.doc("Callers may change no column.");
    } else {
        text.doc(&format!(
            "{doc}; those left out stay as they are.\n\n\
             Write `Set(value)`, and `..Default::default()` for the rest.",
        ));
    }
    text.derive(&["Clone", "Debug", "Default"]);
    text.block(&format!("pub struct {name}"), |text| {
        for field in fields {
            text.doc(&field.doc);
            text.line(&format!(
                "pub {}: ActiveValue<{}>,",
                field.name,
                full_type(field)
            ));
        }
    });
    text.blank();
    text.block(&format!("impl From<{name}> for ActiveModel"), |text| {
        let update = if fields.is_empty() { "_" } else { "update" };
        let update = format!("{update}: {name}");
        text.block(&format!("fn from({update}) -> Self"), |text| {
            if fields.is_empty() {
                text.line("Default::default()");
                return;
            }
            let mut values: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: update.{},", field.name, field.name))
                .collect();
            values.push("..Default::default()".to_owned());
            text.expression(&Expression::Struct("Self".to_owned(), values), "");
        });
    });
}
