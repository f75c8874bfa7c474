//! `#[derive(Scoped)]`: parse, validate, expand.

mod encrypted;
mod expand;
mod inputs;
mod names;
mod parse;
mod validate;

use proc_macro2::TokenStream;

/// Answers with the implementations, or with errors at their places.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let declaration = match parse::parse(input) {
        // The dense format copies the derive to a second struct, which is no table.
        Ok(declaration) if declaration.ident == "ModelEx" => return TokenStream::new(),
        Ok(declaration) => declaration,
        Err(error) => return error.into_compile_error(),
    };
    match validate::validate(&declaration) {
        Ok(facts) => expand::expand(&declaration, &facts),
        Err(error) => error.into_compile_error(),
    }
}

#[cfg(test)]
mod tests;
