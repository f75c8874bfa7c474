//! The module of a schema: its tables, the accessors on a session, its enum types.

use heck::ToUpperCamelCase as _;

use super::{entity, text::Text};
use crate::{
    files::MARK,
    model::{Entity, Kind, Module},
    names,
};

/// Methods of a session, which an accessor must not be named after.
const SESSION: &[&str] = &[
    "audit",
    "begin",
    "commit",
    "context",
    "feed",
    "global",
    "history",
    "is_retryable",
    "roll_back",
    "rows",
    "savepoint",
    "stream",
];

/// A program that keeps the files in a private module uses a part of what they hold, and is not told of the rest.
const ALLOW: [&str; 5] = [
    "#![allow(",
    "    dead_code,",
    "    unreachable_pub,",
    "    reason = \"generated whole, for whatever is needed\"",
    ")]",
];

/// Where a table is called as its schema is.
const NAMESAKE: &str =
    "#[expect(clippy::module_inception, reason = \"schema and table have one name\")]";

pub(super) fn render(module: &Module) -> String {
    let mut text = Text::default();
    let comment = module
        .comment
        .clone()
        .unwrap_or_else(|| format!("The tables of `{}`.", module.schema));
    text.file_doc(&comment);
    text.line("//!");
    text.line(&format!(
        "//! Generated from schema `{}` {MARK}",
        module.schema
    ));
    text.blank();
    ALLOW.iter().for_each(|line| text.line(line));
    text.blank();
    let mut modules: Vec<String> = module
        .entities
        .iter()
        .map(|entity| names::identifier(&entity.module))
        .collect();
    if !module.types.is_empty() {
        modules.push("enums".to_owned());
    }
    // rustfmt sorts modules without regard to the marks of raw identifiers.
    modules.sort_by(|one, other| {
        one.trim_start_matches("r#")
            .cmp(other.trim_start_matches("r#"))
    });
    for name in &modules {
        if *name == module.name {
            text.line(NAMESAKE);
        }
        text.line(&format!("pub mod {name};"));
    }
    let scoped: Vec<&Entity> = module
        .entities
        .iter()
        .filter(|entity| matches!(entity.kind, Kind::Scoped { .. }))
        .collect();
    if !scoped.is_empty() {
        accessors(&mut text, module, &scoped);
    }
    text.into_string()
}

fn accessors(text: &mut Text, module: &Module, scoped: &[&Entity]) {
    let name = match module.name.to_upper_camel_case().as_str() {
        taken @ ("Access" | "Rows" | "Session") => format!("{taken}Tables"),
        name => name.to_owned(),
    };
    text.blank();
    text.import("tenantry", &["Access", "Rows", "Session"]);
    text.blank();
    text.doc(&format!("The tables of `{}`, on a session.", module.schema));
    text.block(&format!("pub trait {name}<A: Access>"), |text| {
        for entity in scoped {
            text.doc(&entity::comment(entity));
            text.line(&format!("{};", signature(entity)));
        }
    });
    text.blank();
    text.block(
        &format!("impl<A: Access> {name}<A> for Session<A>"),
        |text| {
            for (at, entity) in scoped.iter().enumerate() {
                if at > 0 {
                    text.blank();
                }
                text.block(&signature(entity), |text| {
                    text.line(&format!(
                        "self.rows({}::Entity)",
                        names::identifier(&entity.module)
                    ));
                });
            }
        },
    );
}

fn signature(entity: &Entity) -> String {
    let name = names::snake(&entity.table);
    let name = if SESSION.contains(&name.as_str()) {
        format!("{name}_rows")
    } else {
        names::identifier(&name)
    };
    format!(
        "fn {name}(&self) -> Rows<'_, {}::Entity, A>",
        names::identifier(&entity.module)
    )
}

pub(super) fn render_types(module: &Module, serde: bool) -> String {
    let mut text = Text::default();
    text.line(&format!(
        "//! The enum types that columns of `{}` have.",
        module.schema
    ));
    text.line("//!");
    text.line(&format!(
        "//! Generated from schema `{}` {MARK}",
        module.schema
    ));
    text.blank();
    text.line("use sea_orm::entity::prelude::*;");
    for vocabulary in &module.types {
        text.blank();
        entity::vocabulary(&mut text, vocabulary, serde);
    }
    text.into_string()
}
