#![deny(unused_must_use)]

use tenantry::{Database, Result, TenantContext};

async fn begin(database: &Database, context: &TenantContext) -> Result<()> {
    database.begin(context).await?;
    Ok(())
}

fn main() {}
