//! From tokens to what was said, without judging it.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, Ident, LitStr, Path, Result, Type, Visibility,
    meta::ParseNestedMeta, punctuated::Punctuated, spanned::Spanned as _,
};

/// The struct, as it was written.
pub(super) struct Declaration {
    pub(super) ident: Ident,
    pub(super) visibility: Visibility,
    pub(super) options: Options,
    pub(super) columns: Vec<Column>,
}

/// What `#[scoped(…)]` says about the struct.
#[derive(Default)]
pub(super) struct Options {
    pub(super) workspace: Option<LitStr>,
    pub(super) id: Option<LitStr>,
    pub(super) key: Option<Type>,
    pub(super) version: Option<LitStr>,
    pub(super) deleted_at: Option<LitStr>,
    pub(super) delete_op: Option<LitStr>,
    pub(super) update: Option<Path>,
    pub(super) sorts: Vec<Path>,
    pub(super) uniques: Vec<Path>,
    pub(super) constraints: Vec<Path>,
    pub(super) children: Vec<Path>,
    pub(super) parents: Vec<Path>,
    pub(super) searches: Vec<LitStr>,
    pub(super) audited: bool,
    pub(super) no_new: bool,
    pub(super) no_update: Option<Span>,
    pub(super) no_fields: bool,
}

/// A field that is a column.
pub(super) struct Column {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) docs: Vec<Attribute>,
    /// The variant of SeaORM's `Column`, where the field names it.
    pub(super) variant: Option<Ident>,
    pub(super) is_managed: bool,
    pub(super) has_default: bool,
    pub(super) is_immutable: bool,
    pub(super) is_searched: bool,
}

pub(super) fn parse(input: TokenStream) -> Result<Declaration> {
    let input: DeriveInput = syn::parse2(input)?;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(
            input.ident.span(),
            "`Scoped` is derived on the struct `Model` of a SeaORM entity",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(
            input.ident.span(),
            "`Scoped` needs fields with names: a column each",
        ));
    };
    let mut errors = Errors::default();
    let mut options = Options::default();
    for attribute in of_scoped(&input.attrs) {
        errors.take(attribute.parse_nested_meta(|meta| option(&mut options, &meta)));
    }
    let mut columns = Vec::new();
    for field in &fields.named {
        if let Some(column) = errors.take(column(field)) {
            columns.extend(column);
        }
    }
    errors.finish()?;
    Ok(Declaration {
        ident: input.ident,
        visibility: input.vis,
        options,
        columns,
    })
}

fn of_scoped(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("scoped"))
}

fn option(options: &mut Options, meta: &ParseNestedMeta<'_>) -> Result<()> {
    let name = meta
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    match name.as_str() {
        "workspace" => once(&mut options.workspace, meta),
        "id" => once(&mut options.id, meta),
        "version" => once(&mut options.version, meta),
        "deleted_at" => once(&mut options.deleted_at, meta),
        "delete_op" => once(&mut options.delete_op, meta),
        "key" => {
            options.key = Some(meta.value()?.parse::<LitStr>()?.parse()?);
            Ok(())
        }
        "update" => {
            options.update = Some(meta.value()?.parse::<LitStr>()?.parse()?);
            Ok(())
        }
        "sorts" => constants(&mut options.sorts, meta),
        "uniques" => constants(&mut options.uniques, meta),
        "constraints" => constants(&mut options.constraints, meta),
        "children" => constants(&mut options.children, meta),
        "parents" => constants(&mut options.parents, meta),
        "searches" => constants(&mut options.searches, meta),
        "audited" => flag(&mut options.audited),
        "no_new" => flag(&mut options.no_new),
        "no_fields" => flag(&mut options.no_fields),
        "no_update" => {
            options.no_update = Some(meta.path.span());
            Ok(())
        }
        _ => Err(meta.error(
            "not known here: a struct says `workspace`, `id`, `key`, `version`, `deleted_at`, `delete_op`, `audited`, \
             `sorts(…)`, `searches(…)`, `uniques(…)`, `constraints(…)`, `children(…)`, `parents(…)`, `update`, `no_new`, `no_update` or `no_fields`",
        )),
    }
}

fn once(option: &mut Option<LitStr>, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if option.is_some() {
        return Err(meta.error("said twice"));
    }
    *option = Some(meta.value()?.parse()?);
    Ok(())
}

fn constants<T: syn::parse::Parse>(
    constants: &mut Vec<T>,
    meta: &ParseNestedMeta<'_>,
) -> Result<()> {
    let inside;
    syn::parenthesized!(inside in meta.input);
    constants.extend(Punctuated::<T, syn::Token![,]>::parse_terminated(&inside)?);
    Ok(())
}

fn flag(flag: &mut bool) -> Result<()> {
    *flag = true;
    Ok(())
}

/// A field as a column; `None` if SeaORM ignores it.
fn column(field: &syn::Field) -> Result<Option<Column>> {
    let Some(ident) = field.ident.clone() else {
        return Ok(None);
    };
    let mut column = Column {
        ident,
        ty: field.ty.clone(),
        docs: field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"))
            .cloned()
            .collect(),
        variant: None,
        is_managed: false,
        has_default: false,
        is_immutable: false,
        is_searched: false,
    };
    let mut ignored = false;
    for attribute in &field.attrs {
        if attribute.path().is_ident("sea_orm") {
            attribute.parse_nested_meta(|meta| of_sea_orm(&mut column, &mut ignored, &meta))?;
        }
    }
    for attribute in of_scoped(&field.attrs) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("managed") {
                flag(&mut column.is_managed)
            } else if meta.path.is_ident("default") {
                flag(&mut column.has_default)
            } else if meta.path.is_ident("immutable") {
                flag(&mut column.is_immutable)
            } else if meta.path.is_ident("searched") {
                flag(&mut column.is_searched)
            } else {
                Err(meta.error(
                    "not known here: a field says `managed`, `default`, `immutable` or `searched`",
                ))
            }
        })?;
    }
    Ok((!ignored).then_some(column))
}

/// Takes from SeaORM's own attribute what changes the column.
fn of_sea_orm(column: &mut Column, ignored: &mut bool, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.path.is_ident("ignore") {
        *ignored = true;
    } else if meta.path.is_ident("enum_name") {
        column.variant = Some(meta.value()?.parse::<LitStr>()?.parse()?);
    } else if meta.input.peek(syn::Token![=]) {
        meta.value()?.parse::<syn::Expr>()?;
        column.has_default |=
            meta.path.is_ident("default_value") || meta.path.is_ident("default_expr");
    } else if meta.input.peek(syn::token::Paren) {
        let inside;
        syn::parenthesized!(inside in meta.input);
        inside.parse::<TokenStream>()?;
    }
    Ok(())
}

/// Errors that are told together.
#[derive(Default)]
pub(super) struct Errors(Option<Error>);

impl Errors {
    pub(super) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(super) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(super) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
