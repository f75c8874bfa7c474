use tenantry::Query;
use tenantry_entities::challenges::challenge;

// Without the workspace it would find another workspace's page.
fn key<K: std::hash::Hash>(_: K) {}

fn cache(query: Query<challenge::Entity>) {
    key(query);
}

fn main() {}
