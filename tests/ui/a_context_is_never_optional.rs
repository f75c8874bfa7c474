use tenantry::{Database, TenantContext};

fn begin(database: &Database, context: Option<&TenantContext>) {
    let _ = database.begin(context);
}

fn main() {}
