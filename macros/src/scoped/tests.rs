//! What is refused, in which words.

use quote::quote;

/// The errors of a derive, in their order.
fn refusals(input: proc_macro2::TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(super::derive(input)).unwrap();
    file.items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Macro(item) => Some(item.mac.parse_body::<syn::LitStr>().unwrap().value()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_table_without_workspace_is_told_what_to_say() {
    let told = refusals(quote! { pub struct Model { id: Uuid } });
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("no field `workspace_id`: name the one that says whose a row is"));
}

#[test]
fn a_field_that_does_not_exist_is_answered_with_those_that_do() {
    let told = refusals(quote! {
        #[scoped(workspace = "acount_id")]
        pub struct Model { account_id: i64, id: i64, r#type: String }
    });
    assert_eq!(
        told,
        ["no such field; there are `account_id`, `id`, `type`"]
    );
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let told = refusals(quote! {
        #[scoped(delete_op = "operation", version = "title")]
        pub struct Model { workspace_id: Option<Uuid>, id: f64, title: String, operation: Option<Uuid> }
    });
    assert_eq!(
        told,
        [
            "workspace and id cannot be null: set the column NOT NULL, and take the `Option` away",
            "an id is a `Uuid`, an `i64`, an `i32`, a `String` or a `tenantry::Id`",
            "a version is a `tenantry::Version`, an `i64` or an `i32`, and never null",
            "`delete_op` says nothing without `deleted_at`: add that column, or say `deleted_at = \"…\"`",
        ]
    );
}

#[test]
fn words_that_are_not_known_are_answered_with_those_that_are() {
    let told = refusals(quote! {
        #[scoped(tenant = "x")]
        pub struct Model { workspace_id: Uuid, id: Uuid, #[scoped(readonly)] a: i32 }
    });
    assert!(
        told[0].starts_with("not known here: a struct says `workspace`"),
        "{told:?}"
    );
    assert_eq!(
        told[1],
        "not known here: a field says `managed`, `default`, `immutable` or `searched`"
    );
}

#[test]
fn other_structs_are_refused_and_the_dense_double_is_passed_over() {
    assert!(super::derive(quote! { pub struct ModelEx { tasks: HasMany<X> } }).is_empty());
    assert!(
        refusals(quote! { pub struct Widget { id: Uuid } })[0].contains("SeaORM calls `Model`")
    );
    assert!(refusals(quote! { pub enum Model { A } })[0].contains("on the struct `Model`"));
}

#[test]
fn an_encrypted_column_has_a_type_of_its_own() {
    let told = refusals(quote! {
        pub struct Model { workspace_id: Uuid, id: Uuid, a: Sealed<Token>, b: Option<tenantry::Sealed<Token>>, c: Blind<Other> }
    });
    assert!(
        told[0].starts_with("another column is `Sealed` by this type"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("no column is `Sealed` by this type"),
        "{told:?}"
    );
}
