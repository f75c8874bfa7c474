use tenantry::Database;
use tenantry_entities::challenges::Challenges;

fn all(database: &Database) {
    let _ = database.challenges();
}

fn main() {}
