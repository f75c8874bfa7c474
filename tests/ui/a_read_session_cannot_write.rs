use tenantry::ReadSession;
use tenantry_entities::challenges::{Challenges, challenge};

fn write(session: &ReadSession, new: challenge::New) {
    let _ = session.challenges().insert(new);
}

fn main() {}
