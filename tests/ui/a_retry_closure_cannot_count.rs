use tenantry::{Database, TenantContext};
use tenantry_entities::challenges::Challenges;

struct Tries(u32);

fn count(database: &Database, context: &TenantContext, tries: &mut Tries) {
    let _ = database.transaction(context, async |session| {
        *tries = Tries(tries.0 + 1);
        session.challenges().list().count().await
    });
}

fn main() {}
