//! `New`, `Insert` and `Update`: what callers give.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    names,
    parse::{Column, Declaration},
    validate::Facts,
};

/// The comment of a field, or one that names it.
pub(super) fn docs(column: &Column) -> TokenStream {
    if column.docs.is_empty() {
        let text = format!("The column `{}`.", names::plain(&column.ident));
        return quote! { #[doc = #text] };
    }
    let docs = &column.docs;
    quote! { #(#docs)* }
}

/// Whether an insert must have it.
fn is_required(facts: &Facts<'_>, column: &Column) -> bool {
    let given = names::inside_option(&column.ty).is_none() && !column.has_default;
    if facts.is_id(column) {
        let mut sealed = facts.sealed();
        return given
            && (facts.has_callers_ids() || sealed.any(|sealed| is_required(facts, sealed)));
    }
    given && !facts.is_managed(column)
}

/// Whether an insert may have it.
fn is_optional(facts: &Facts<'_>, column: &Column) -> bool {
    let may = match facts.is_id(column) {
        true => facts.sealed().next().is_some(),
        false => !facts.is_managed(column),
    };
    may && !is_required(facts, column)
}

pub(super) fn new(declaration: &Declaration, facts: &Facts<'_>) -> TokenStream {
    let visibility = &declaration.visibility;
    let required: Vec<&Column> = declaration
        .columns
        .iter()
        .filter(|column| is_required(facts, column))
        .collect();
    let fields = required.iter().map(|column| {
        let (docs, ident, ty) = (docs(column), &column.ident, &column.ty);
        quote! { #docs pub #ident: #ty }
    });
    let idents = required.iter().map(|column| &column.ident);
    let default = required.is_empty().then(|| quote! { , Default });
    let new = if required.is_empty() {
        quote! { _ }
    } else {
        quote! { new }
    };
    let optional: Vec<&Column> = declaration
        .columns
        .iter()
        .filter(|column| is_optional(facts, column))
        .collect();
    let of_new = optional
        .iter()
        .map(|column| setter(visibility, column, true));
    let of_insert = optional
        .iter()
        .map(|column| setter(visibility, column, false));
    quote! {
        /// The columns that every new row needs.
        #[derive(Clone, Debug #default)]
        #[must_use = "a new row is written by `insert`"]
        #visibility struct New {
            #(#fields,)*
        }

        /// A new row with its optional columns.
        #[derive(Clone, Debug)]
        #[must_use = "a new row is written by `insert`"]
        #visibility struct Insert(ActiveModel);

        impl New {
            #(#of_new)*
        }

        impl Insert {
            #(#of_insert)*
        }

        #[automatically_derived]
        impl ::core::convert::From<New> for Insert {
            fn from(#new: New) -> Self {
                Self(ActiveModel {
                    #(#idents: ::sea_orm::ActiveValue::Set(new.#idents),)*
                    ..::core::default::Default::default()
                })
            }
        }

        #[automatically_derived]
        impl ::tenantry::NewRow<Entity> for New {
            fn into_active_model(self) -> ActiveModel {
                <Insert as ::core::convert::From<New>>::from(self).0
            }
        }

        #[automatically_derived]
        impl ::tenantry::NewRow<Entity> for Insert {
            fn into_active_model(self) -> ActiveModel {
                self.0
            }
        }
    }
}

fn setter(visibility: &syn::Visibility, column: &Column, of_new: bool) -> TokenStream {
    let (docs, ident) = (docs(column), &column.ident);
    let (ty, value) = match names::inside_option(&column.ty) {
        Some(inside) => (inside, quote! { ::core::option::Option::Some(#ident) }),
        None => (&column.ty, quote! { #ident }),
    };
    if of_new {
        return quote! {
            #docs
            #visibility fn #ident(self, #ident: #ty) -> Insert {
                <Insert as ::core::convert::From<New>>::from(self).#ident(#ident)
            }
        };
    }
    quote! {
        #docs
        #visibility fn #ident(mut self, #ident: #ty) -> Self {
            self.0.#ident = ::sea_orm::ActiveValue::Set(#value);
            self
        }
    }
}

pub(super) fn update(declaration: &Declaration, facts: &Facts<'_>) -> TokenStream {
    let visibility = &declaration.visibility;
    let columns: Vec<&Column> = declaration
        .columns
        .iter()
        .filter(|column| !facts.is_id(column) && !facts.is_managed(column) && !column.is_immutable)
        .collect();
    let fields = columns.iter().map(|column| {
        let (docs, ident, ty) = (docs(column), &column.ident, &column.ty);
        quote! { #docs pub #ident: ::sea_orm::ActiveValue<#ty> }
    });
    let idents = columns.iter().map(|column| &column.ident);
    let update = if columns.is_empty() {
        quote! { _ }
    } else {
        quote! { update }
    };
    quote! {
        /// The columns that callers may change; those left out stay as they are.
        ///
        /// Write `Set(value)`, and `..Default::default()` for the rest.
        #[derive(Clone, Debug, Default)]
        #visibility struct Update {
            #(#fields,)*
        }

        #[automatically_derived]
        impl ::core::convert::From<Update> for ActiveModel {
            fn from(#update: Update) -> Self {
                Self {
                    #(#idents: update.#idents,)*
                    ..::core::default::Default::default()
                }
            }
        }
    }
}
