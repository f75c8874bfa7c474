use tenantry::{Database, TenantContext};

fn early(database: &Database, context: &TenantContext) {
    let _ = database.transaction(context, async |session| session.commit().await);
}

fn main() {}
