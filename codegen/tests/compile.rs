//! The golden files, compiled: they fit SeaORM and the engine.

macro_rules! golden {
    ($(#[path = $path:literal] $case:ident: $($schema:ident)*;)*) => {
        $(
            #[path = $path]
            #[expect(dead_code, unreachable_pub, reason = "generated for packages that export them")]
            mod $case {
                $(pub mod $schema;)*
            }
        )*
    };
}

golden! {
    #[path = "golden/account_bigint/expected"] account_bigint: shop;
    #[path = "golden/conventions/expected"] conventions: accounts challenges;
    #[path = "golden/keys/expected"] keys: metrics;
    #[path = "golden/legacy/expected"] legacy: crm;
    #[path = "golden/relations/expected"] relations: forum;
    #[path = "golden/text_keys/expected"] text_keys: depot;
    #[path = "golden/types/expected"] types: warehouse;
    #[path = "golden/vocabularies/expected"] vocabularies: billing;
}
