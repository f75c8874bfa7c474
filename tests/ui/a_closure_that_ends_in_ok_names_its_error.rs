use tenantry::{Database, Result, TenantContext};

async fn work(database: &Database, context: &TenantContext) -> Result<()> {
    database.transaction(context, async |_| Ok(())).await?;
    Ok(())
}

fn main() {}
