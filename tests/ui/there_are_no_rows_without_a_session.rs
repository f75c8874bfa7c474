// H-11: a manager without a tenant once answered with the rows of all.
use tenantry::Database;
use tenantry_entities::challenges::challenge;

fn all(database: &Database) {
    let _ = database.rows(challenge::Entity);
}

fn main() {}
