use tenantry::Filter;
use tenantry_entities::challenges::challenge;

fn drafts() -> Filter<challenge::Entity> {
    challenge::STATUS.eq("draft")
}

fn main() {}
