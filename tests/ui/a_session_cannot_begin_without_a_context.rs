use tenantry::Database;

fn begin(database: &Database) {
    let _ = database.begin();
}

fn main() {}
