//! Whether what was said makes a workspace table, and which facts follow.

use proc_macro2::Span;
use syn::{Error, Ident, LitStr, Path, Result, Type, parse_quote};

use super::{
    encrypted::{self, Encrypted},
    names,
    parse::{Column, Declaration, Errors},
};

/// Columns that callers never write, whatever a table says.
const MANAGED: &[&str] = &[
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_by",
];

/// What is true of the table.
pub(super) struct Facts<'d> {
    pub(super) workspace: &'d Column,
    pub(super) id: &'d Column,
    pub(super) key: Type,
    /// Whether the field is a `tenantry::Id` already.
    pub(super) has_typed_id: bool,
    pub(super) version: Option<&'d Column>,
    pub(super) deleted_at: Option<&'d Column>,
    pub(super) delete_op: Option<&'d Column>,
    pub(super) update: Path,
    pub(super) encrypted: Vec<Encrypted<'d>>,
}

pub(super) fn validate(declaration: &Declaration) -> Result<Facts<'_>> {
    let options = &declaration.options;
    if declaration.ident != "Model" {
        return Err(Error::new(
            declaration.ident.span(),
            "`Scoped` is derived on the struct that SeaORM calls `Model`; rename this one, or move it into a module of its own",
        ));
    }
    let mut errors = Errors::default();
    let workspace = match &options.workspace {
        Some(name) => errors.take(named(declaration, name)),
        None => errors.take(find(declaration, "workspace_id").ok_or_else(|| {
            Error::new(
                declaration.ident.span(),
                "no field `workspace_id`: name the one that says whose a row is with `#[scoped(workspace = \"…\")]`; \
                 a table without one is `tenantry::Global`",
            )
        })),
    };
    let id = match &options.id {
        Some(name) => errors.take(named(declaration, name)),
        None => errors.take(find(declaration, "id").ok_or_else(|| {
            Error::new(
                declaration.ident.span(),
                "no field `id`: name the one that tells rows apart within a workspace with `#[scoped(id = \"…\")]`",
            )
        })),
    };
    for column in [workspace, id].into_iter().flatten() {
        if names::inside_option(&column.ty).is_some() {
            errors.push(Error::new_spanned(&column.ty, "workspace and id cannot be null: set the column NOT NULL, and take the `Option` away"));
        }
    }
    let key = id.and_then(|id| errors.take(key(declaration, id)));
    let version = errors.take(version(declaration)).flatten();
    let deleted_at = errors
        .take(nullable(
            declaration,
            options.deleted_at.as_ref(),
            "deleted_at",
        ))
        .flatten();
    let delete_op = errors
        .take(nullable(
            declaration,
            options.delete_op.as_ref(),
            "delete_op",
        ))
        .flatten();
    if let (Some(name), None) = (&options.delete_op, deleted_at) {
        errors.push(Error::new(name.span(), "`delete_op` says nothing without `deleted_at`: add that column, or say `deleted_at = \"…\"`"));
    }
    let relations = options.children.iter().chain(&options.parents);
    if let (Some(relation), true) = (
        relations.into_iter().next(),
        deleted_at.is_none() || delete_op.is_none(),
    ) {
        errors.push(Error::new_spanned(relation, "rows that are deleted with others need `deleted_at` and `delete_op`: add the columns, or name them"));
    }
    if let (Some(span), Some(update)) = (options.no_update, &options.update) {
        errors.push(Error::new(span, "either `no_update` or `update`, not both"));
        errors.push(Error::new_spanned(update, "the other one is here"));
    }
    let encrypted = errors.take(encrypted::read(declaration));
    errors.finish()?;
    match (workspace, id, key) {
        (Some(workspace), Some(id), Some((key, has_typed_id))) => Ok(Facts {
            workspace,
            id,
            key,
            has_typed_id,
            version: version.filter(|_| options.no_update.is_none()),
            deleted_at,
            delete_op: delete_op.filter(|_| deleted_at.is_some()),
            update: options
                .update
                .clone()
                .unwrap_or_else(|| parse_quote!(Update)),
            encrypted: encrypted.unwrap_or_default(),
        }),
        // Each of these has told its error above.
        _ => Err(Error::new(Span::call_site(), "not a workspace table")),
    }
}

fn find<'d>(declaration: &'d Declaration, name: &str) -> Option<&'d Column> {
    declaration
        .columns
        .iter()
        .find(|column| names::plain(&column.ident) == name)
}

fn named<'d>(declaration: &'d Declaration, name: &LitStr) -> Result<&'d Column> {
    let fields = || {
        let names: Vec<String> = declaration
            .columns
            .iter()
            .map(|column| format!("`{}`", names::plain(&column.ident)))
            .collect();
        names.join(", ")
    };
    find(declaration, &name.value()).ok_or_else(|| {
        Error::new(
            name.span(),
            format!("no such field; there are {}", fields()),
        )
    })
}

/// The type that identifies rows, and whether the field wraps it already.
fn key(declaration: &Declaration, id: &Column) -> Result<(Type, bool)> {
    let stated = declaration.options.key.clone();
    match names::last_name(&id.ty).as_deref() {
        Some("Id") => Ok((
            stated.unwrap_or_else(|| parse_quote!(::sea_orm::prelude::Uuid)),
            true,
        )),
        Some("Uuid" | "i64" | "i32" | "String") => match stated {
            Some(stated) if names::last_name(&stated) != names::last_name(&id.ty) => {
                Err(Error::new_spanned(
                    stated,
                    "the field has another type; `key` is only needed where it is a `tenantry::Id`",
                ))
            }
            _ => Ok((id.ty.clone(), false)),
        },
        _ => Err(Error::new_spanned(
            &id.ty,
            "an id is a `Uuid`, an `i64`, an `i32`, a `String` or a `tenantry::Id`",
        )),
    }
}

fn version(declaration: &Declaration) -> Result<Option<&Column>> {
    let counts = |column: &Column| {
        matches!(
            names::last_name(&column.ty).as_deref(),
            Some("i64" | "i32" | "Version")
        )
    };
    match &declaration.options.version {
        None => Ok(find(declaration, "version").filter(|column| counts(column))),
        Some(name) => {
            let column = named(declaration, name)?;
            if counts(column) {
                return Ok(Some(column));
            }
            Err(Error::new_spanned(
                &column.ty,
                "a version is a `tenantry::Version`, an `i64` or an `i32`, and never null",
            ))
        }
    }
}

/// A column that is null while a row lives; by convention only if it is an option, by name it must be.
fn nullable<'d>(
    declaration: &'d Declaration,
    stated: Option<&LitStr>,
    usual: &str,
) -> Result<Option<&'d Column>> {
    let is_option = |column: &Column| names::inside_option(&column.ty).is_some();
    let Some(name) = stated else {
        return Ok(find(declaration, usual).filter(|column| is_option(column)));
    };
    let column = named(declaration, name)?;
    if is_option(column) {
        return Ok(Some(column));
    }
    Err(Error::new_spanned(
        &column.ty,
        "null is what says that a row lives: make it an `Option`",
    ))
}

impl Facts<'_> {
    /// Whether the database or the library fills the column.
    pub(super) fn is_managed(&self, column: &Column) -> bool {
        let facts = [
            Some(self.workspace),
            self.version,
            self.deleted_at,
            self.delete_op,
        ];
        let is_fact = facts
            .into_iter()
            .flatten()
            .any(|fact| fact.ident == column.ident);
        column.is_managed
            || is_fact
            || encrypted::is_blind(column)
            || MANAGED.contains(&names::plain(&column.ident).as_str())
    }

    pub(super) fn is_id(&self, column: &Column) -> bool {
        column.ident == self.id.ident
    }

    /// The encrypted columns of a table whose ids the library makes. A value is sealed for a row, so that a new one is given its id
    /// together with it.
    pub(super) fn sealed(&self) -> impl Iterator<Item = &Column> {
        let is_uuid = names::last_name(&self.key).as_deref() == Some("Uuid");
        let encrypted = self.encrypted.iter().map(Encrypted::column);
        encrypted.filter(move |_| is_uuid && !self.is_id(self.workspace))
    }

    /// Whether callers make the ids: neither the library (uuid) nor the database (numbers) does.
    pub(super) fn has_callers_ids(&self) -> bool {
        names::last_name(&self.key).as_deref() == Some("String") && !self.is_id(self.workspace)
    }
}

impl Column {
    /// The variant of SeaORM's `Column`.
    pub(super) fn variant(&self) -> Ident {
        self.variant
            .clone()
            .unwrap_or_else(|| names::variant(&self.ident))
    }
}
