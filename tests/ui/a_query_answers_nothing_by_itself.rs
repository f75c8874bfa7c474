use tenantry::Query;
use tenantry_entities::challenges::challenge;

fn page(query: Query<challenge::Entity>) {
    let _ = query.page();
}

fn main() {}
