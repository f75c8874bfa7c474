use tenantry::{Database, TenantContext};
use tenantry_entities::challenges::Challenges;

fn count(database: &Database, context: &TenantContext) {
    let mut tries = 0;
    let _ = database.transaction(context, async |session| {
        tries += 1;
        session.challenges().list().count().await
    });
}

fn main() {}
