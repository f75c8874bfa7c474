//! On tables that sea-orm-codegen gets right, ours says the same: fields, types, columns, keys.

use std::collections::BTreeMap;

use quote::ToTokens as _;
use sea_orm_codegen::{
    BannerVersion, BigIntegerType, DateTimeCrate, EntityFormat, EntityTransformer,
    EntityWriterContext, WithPrelude, WithSerde,
};
use sea_schema::postgres::discovery::SchemaDiscovery;
use tenantry_codegen::Generator;
use tenantry_testing::{TestDatabase, sqlx};

const SCHEMA: &str = include_str!("../agreement/schema.sql");

/// What can be said of a table whatever the layout: its fields with type, and what SeaORM is told.
type Told = BTreeMap<String, Vec<String>>;

#[tokio::test]
async fn sea_orm_codegen_says_the_same() {
    let database = TestDatabase::empty().await.unwrap();
    sqlx::raw_sql(SCHEMA)
        .execute(&database.admin())
        .await
        .unwrap();
    let mut connection = database.admin().acquire().await.unwrap();

    let generator = Generator::new().schema("plain");
    let files = generator.generate_from(&mut connection).await.unwrap();
    let ours: Told = files.iter().filter_map(|file| told(&file.text)).collect();

    let schema = SchemaDiscovery::new(database.admin(), "plain")
        .discover()
        .await
        .unwrap();
    let statements = schema
        .tables
        .iter()
        .map(sea_schema::postgres::def::TableDef::write)
        .collect();
    let output =
        EntityTransformer::transform(statements)
            .unwrap()
            .generate(&EntityWriterContext::new(
                EntityFormat::Compact,
                WithPrelude::None,
                WithSerde::None,
                false,
                DateTimeCrate::Chrono,
                BigIntegerType::I64,
                Some("plain".to_owned()),
                false,
                false,
                false,
                Vec::new(),
                Vec::new(),
                Vec::new(),
                Vec::new(),
                Vec::new(),
                false,
                true,
                BannerVersion::Off,
            ));
    let theirs: Told = output
        .files
        .iter()
        .filter_map(|file| told(&file.content))
        .collect();

    assert_eq!(theirs.len(), 4);
    for (table, theirs) in theirs {
        assert_eq!(ours[&table], theirs, "{table}");
    }
}

/// The table of a file, and its fields.
fn told(text: &str) -> Option<(String, Vec<String>)> {
    let file = syn::parse_file(text).unwrap();
    let model = file.items.iter().find_map(|item| match item {
        syn::Item::Struct(item) if item.ident == "Model" => Some(item),
        _ => None,
    })?;
    let table = sea_orm(&model.attrs).remove("table_name").unwrap();
    let fields = model.fields.iter().map(|field| {
        let said = sea_orm(&field.attrs);
        let name = field.ident.as_ref().unwrap();
        let column = said
            .get("column_name")
            .cloned()
            .unwrap_or_else(|| format!("\"{name}\""));
        let key = match (said.contains_key("primary_key"), said.get("auto_increment")) {
            (false, _) => "",
            (true, Some(_)) => " key",
            (true, None) => " counted key",
        };
        // We take times as UTC, as the database keeps them; they take an offset along.
        let ty = field
            .ty
            .to_token_stream()
            .to_string()
            .replace("DateTimeWithTimeZone", "DateTimeUtc");
        format!("{name}: {ty} as {column}{key}")
    });
    Some((table, fields.collect()))
}

/// What the `sea_orm` attributes say.
fn sea_orm(attributes: &[syn::Attribute]) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("sea_orm"))
    {
        attribute
            .parse_nested_meta(|meta| {
                let value = match meta.value() {
                    Ok(value) => value.parse::<syn::Lit>()?.to_token_stream().to_string(),
                    Err(_) => String::new(),
                };
                said.insert(meta.path.to_token_stream().to_string(), value);
                Ok(())
            })
            .unwrap();
    }
    said
}
