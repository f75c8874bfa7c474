//! Names as SeaORM makes them, and types as they are written.

use proc_macro2::Span;
use syn::{GenericArgument, Ident, PathArguments, Type};

/// A field's name without the marks of a raw identifier.
pub(super) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#")
        .map(ToOwned::to_owned)
        .unwrap_or(name)
}

/// The variant of `Column` that SeaORM makes of a field.
pub(super) fn variant(field: &Ident) -> Ident {
    let mut camel = String::new();
    for word in words(&plain(field)) {
        let mut characters = word.chars();
        camel.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(characters.map(|c| c.to_ascii_lowercase()));
    }
    Ident::new(if camel == "Self" { "Self_" } else { &camel }, field.span())
}

/// The constant of a field.
pub(super) fn constant(field: &Ident) -> Ident {
    let name = words(&plain(field)).join("_").to_ascii_uppercase();
    // What begins with a digit could not be a field; what is only underscores has no words.
    Ident::new(
        if name.is_empty() { "_" } else { &name },
        Span::call_site().located_at(field.span()),
    )
}

/// Cuts at underscores, and where lower case turns to upper.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars() {
        let begins = before == '_' || c.is_uppercase() && !before.is_uppercase();
        match words.last_mut() {
            _ if c == '_' => {}
            Some(word) if !begins => word.push(c),
            _ => words.push(c.to_string()),
        }
        before = c;
    }
    words
}

/// The last name of a type's path, such as `Uuid` of `uuid::Uuid`.
pub(super) fn last_name(ty: &Type) -> Option<String> {
    last_ident(ty).map(ToString::to_string)
}

/// What is inside an `Option`.
pub(super) fn inside_option(ty: &Type) -> Option<&Type> {
    inside(ty, "Option")
}

/// The last name of a type's path, as it was written.
pub(super) fn last_ident(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_ident(&group.elem),
        Type::Paren(paren) => last_ident(&paren.elem),
        _ => None,
    }
}

/// What is inside a type of this name, such as an `Option`.
pub(super) fn inside<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let ty = match ty {
        Type::Group(group) => &group.elem,
        other => other,
    };
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inside) => Some(inside),
        _ => None,
    }
}
