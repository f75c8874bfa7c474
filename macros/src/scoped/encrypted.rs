//! Encrypted columns: a type for each, by which it is known to the compiler.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Ident, Result};

use super::{
    names,
    parse::{Column, Declaration, Errors},
};

/// An encrypted column, and the one by which rows are found that hold a value of it.
pub(super) struct Encrypted<'d> {
    column: &'d Column,
    marker: &'d Ident,
    blind_index: Option<&'d Column>,
}

impl<'d> Encrypted<'d> {
    pub(super) const fn column(&self) -> &'d Column {
        self.column
    }
}

/// Whether the field is a `Blind`, which the engine writes.
pub(super) fn is_blind(column: &Column) -> bool {
    marker(column, "Blind").is_some()
}

fn marker<'d>(column: &'d Column, wrapper: &str) -> Option<&'d Ident> {
    names::inside(
        names::inside_option(&column.ty).unwrap_or(&column.ty),
        wrapper,
    )
    .and_then(names::last_ident)
}

pub(super) fn read(declaration: &Declaration) -> Result<Vec<Encrypted<'_>>> {
    let mut errors = Errors::default();
    let mut read: Vec<Encrypted<'_>> = Vec::new();
    for column in &declaration.columns {
        let Some(marker) = marker(column, "Sealed") else {
            continue;
        };
        if read.iter().any(|other| other.marker == marker) {
            errors.push(Error::new(marker.span(), "another column is `Sealed` by this type; each has one of its own, which the derive makes"));
        }
        let mut columns = declaration.columns.iter();
        read.push(Encrypted {
            column,
            marker,
            blind_index: columns.find(|other| self::marker(other, "Blind") == Some(marker)),
        });
    }
    for column in &declaration.columns {
        if let Some(marker) = marker(column, "Blind")
            && read.iter().all(|encrypted| encrypted.marker != marker)
        {
            errors.push(Error::new(marker.span(), "no column is `Sealed` by this type, so that there is nothing to find by its blind index"));
        }
    }
    errors.finish()?;
    Ok(read)
}

/// What stands in `impl Scoped`.
pub(super) fn fact(encrypted: &[Encrypted<'_>]) -> Option<TokenStream> {
    let markers = encrypted.iter().map(|encrypted| encrypted.marker);
    (!encrypted.is_empty()).then(|| {
        quote! { const ENCRYPTED: &'static [::tenantry::Encrypted<Self>] = &[#(::tenantry::Encrypted::of::<#markers>()),*]; }
    })
}

/// The types of the columns.
pub(super) fn markers(declaration: &Declaration, encrypted: &[Encrypted<'_>]) -> TokenStream {
    let visibility = &declaration.visibility;
    let markers = encrypted.iter().map(|encrypted| {
        let (marker, variant) = (encrypted.marker, encrypted.column.variant());
        let doc = format!("The encrypted column `{}`.", names::plain(&encrypted.column.ident));
        let blind_index = encrypted.blind_index.map(|column| {
            let variant = column.variant();
            quote! { const BLIND_INDEX: ::core::option::Option<Column> = ::core::option::Option::Some(Column::#variant); }
        });
        quote! {
            #[doc = #doc]
            #[derive(Debug)]
            #visibility enum #marker {}

            #[automatically_derived]
            impl ::tenantry::EncryptedColumn for #marker {
                type Entity = Entity;
                const COLUMN: Column = Column::#variant;
                #blind_index
            }
        }
    });
    markers.collect()
}
