//! From plan to text, laid out as rustfmt would.

mod docs;
mod entity;
mod expression;
mod facts;
mod inputs;
mod schema;
mod text;

use std::path::PathBuf;

use crate::{GeneratedFile, model::Module, names};

/// The files of one schema.
pub(crate) fn files(module: &Module, serde: bool) -> Vec<GeneratedFile> {
    let folder = PathBuf::from(&module.name);
    let file = |path: PathBuf, text: String| GeneratedFile {
        path: path.with_extension("rs"),
        text,
    };
    let mut files = vec![file(folder.clone(), schema::render(module))];
    if !module.types.is_empty() {
        files.push(file(
            folder.join("enums"),
            schema::render_types(module, serde),
        ));
    }
    for entity in &module.entities {
        files.push(file(
            folder.join(names::file(&entity.module)),
            entity::render(entity, serde),
        ));
    }
    files
}
