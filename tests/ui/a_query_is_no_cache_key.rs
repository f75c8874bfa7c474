use tenantry::Query;
use tenantry_entities::challenges::challenge;

// H-37: without the workspace it would find the page of another one.
fn key<K: std::hash::Hash>(_: K) {}

fn cache(query: Query<challenge::Entity>) {
    key(query);
}

fn main() {}
