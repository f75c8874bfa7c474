use tenantry::{Rows, Session};
use tenantry_entities::challenges::challenge;

fn challenges(session: &Session) -> Rows<'_, challenge::Entity> {
    session.challenges()
}

fn main() {}
