use tenantry::{Database, Error, TenantContext};
use tenantry_entities::challenges::Challenges;

fn spawn(database: &Database, context: &TenantContext) {
    let _ = database.transaction(context, async |session| {
        tokio::spawn(async move { session.challenges().list().count().await });
        Ok::<_, Error>(())
    });
}

fn main() {}
