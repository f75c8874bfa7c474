use tenantry::Filter;
use tenantry_entities::challenges::challenge;

fn untitled() -> Filter<challenge::Entity> {
    challenge::TITLE.is_null()
}

fn main() {}
