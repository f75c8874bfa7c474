use tenantry::ReadSession;
use tenantry_entities::challenges::{Challenges, challenge};

fn lock(session: &ReadSession, id: challenge::Id) {
    let _ = session.challenges().get_for_update(id);
}

fn main() {}
