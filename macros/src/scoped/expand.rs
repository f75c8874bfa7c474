//! From facts to implementations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{encrypted, inputs, names, parse::Declaration, validate::Facts};

pub(super) fn expand(declaration: &Declaration, facts: &Facts<'_>) -> TokenStream {
    let mut tokens = scoped(declaration, facts);
    tokens.extend(encrypted::markers(declaration, &facts.encrypted));
    tokens.extend(versioned(facts));
    tokens.extend(facts.delete_op.map(|delete_op| {
        let variant = delete_op.variant();
        let relations = |name: &str, role: &str, constants: &[syn::Path]| {
            let (name, role) = (format_ident!("{name}"), format_ident!("{role}"));
            (!constants.is_empty()).then(|| {
                quote! { const #name: &'static [&'static dyn ::tenantry::#role<Self>] = &[#(&#constants),*]; }
            })
        };
        let children = relations("CHILDREN", "Child", &declaration.options.children);
        let parents = relations("PARENTS", "Parent", &declaration.options.parents);
        quote! {
            #[automatically_derived]
            impl ::tenantry::SoftDelete for Entity {
                const DELETE_OP: Column = Column::#variant;
                #children
                #parents
            }
        }
    }));
    if declaration.options.audited {
        tokens.extend(quote! {
            #[automatically_derived]
            impl ::tenantry::Audited for Entity {}
        });
    }
    if !declaration.options.no_fields {
        tokens.extend(fields(declaration));
    }
    if !declaration.options.no_new {
        tokens.extend(inputs::new(declaration, facts));
    }
    if facts.version.is_some() && declaration.options.update.is_none() {
        tokens.extend(inputs::update(declaration, facts));
    }
    tokens
}

fn scoped(declaration: &Declaration, facts: &Facts<'_>) -> TokenStream {
    let key = &facts.key;
    let (workspace, id) = (facts.workspace.variant(), facts.id.variant());
    let deleted_at = facts.deleted_at.map(|deleted_at| {
        let variant = deleted_at.variant();
        quote! { const DELETED_AT: ::core::option::Option<Column> = ::core::option::Option::Some(Column::#variant); }
    });
    let sorts = &declaration.options.sorts;
    let sorts = (!sorts.is_empty())
        .then(|| quote! { const SORTS: &'static [::tenantry::Sort<Self>] = &[#(#sorts),*]; });
    let uniques = &declaration.options.uniques;
    let uniques = (!uniques.is_empty())
        .then(|| quote! { const UNIQUES: &'static [::tenantry::Unique<Self>] = &[#(#uniques),*]; });
    let constraints = &declaration.options.constraints;
    let constraints = (!constraints.is_empty()).then(
        || quote! { const CONSTRAINTS: &'static [::tenantry::Constraint] = &[#(#constraints),*]; },
    );
    let searches = &declaration.options.searches;
    let searches = (!searches.is_empty())
        .then(|| quote! { const SEARCHES: &'static [&'static str] = &[#(#searches),*]; });
    let searched = declaration
        .columns
        .iter()
        .filter(|column| column.is_searched)
        .map(super::parse::Column::variant);
    let searched: Vec<_> = searched.collect();
    let searched = (!searched.is_empty())
        .then(|| quote! { const SEARCHED: &'static [Column] = &[#(Column::#searched),*]; });
    let encrypted = encrypted::fact(&facts.encrypted);
    let field = &facts.id.ident;
    let value = quote! { ::core::clone::Clone::clone(&row.#field) };
    let value = if facts.has_typed_id {
        value
    } else {
        quote! { ::tenantry::Id::new(#value) }
    };
    quote! {
        #[automatically_derived]
        impl ::tenantry::Keyed for Entity {
            type Key = #key;
        }

        #[automatically_derived]
        impl ::tenantry::Scoped for Entity {
            const WORKSPACE: Column = Column::#workspace;
            const ID: Column = Column::#id;
            #deleted_at
            #sorts
            #uniques
            #constraints
            #searches
            #searched
            #encrypted

            fn id_of(row: &Model) -> ::tenantry::Id<Self> {
                #value
            }
        }
    }
}

fn versioned(facts: &Facts<'_>) -> Option<TokenStream> {
    let version = facts.version?;
    let (variant, field, update) = (version.variant(), &version.ident, &facts.update);
    let value = if names::last_name(&version.ty).as_deref() == Some("Version") {
        quote! { row.#field }
    } else {
        quote! { ::tenantry::Version::from_i64(::core::convert::From::from(row.#field)) }
    };
    Some(quote! {
        #[automatically_derived]
        impl ::tenantry::Versioned for Entity {
            type Update = #update;
            const VERSION: Column = Column::#variant;

            fn version_of(row: &Model) -> ::tenantry::Version {
                #value
            }
        }
    })
}

/// A constant for each column.
fn fields(declaration: &Declaration) -> TokenStream {
    let visibility = &declaration.visibility;
    let constants = declaration.columns.iter().map(|column| {
        let (constant, variant) = (names::constant(&column.ident), column.variant());
        let docs = inputs::docs(column);
        let (ty, null) = match names::inside_option(&column.ty) {
            Some(inside) => (inside, Some(quote! { , ::tenantry::Null })),
            None => (&column.ty, None),
        };
        quote! {
            #docs
            #visibility const #constant: ::tenantry::Field<Entity, #ty #null> = ::tenantry::Field::new(Column::#variant);
        }
    });
    constants.collect()
}
