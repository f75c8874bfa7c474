use tenantry::Filter;
use tenantry_entities::challenges::challenge;

fn about(word: &str) -> Filter<challenge::Entity> {
    challenge::TITLE.contains(word)
}

fn main() {}
