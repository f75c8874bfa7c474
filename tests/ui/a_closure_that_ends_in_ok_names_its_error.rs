use tenantry::{Database, TenantContext};

fn work(database: &Database, context: &TenantContext) {
    let _ = database.transaction(context, async |_| Ok(()));
}

fn main() {}
