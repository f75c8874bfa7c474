use tenantry::Filter;
use tenantry_entities::challenges::challenge;

fn described(document: sea_orm::JsonValue) -> Filter<challenge::Entity> {
    challenge::DESCRIPTION.eq(document)
}

fn main() {}
