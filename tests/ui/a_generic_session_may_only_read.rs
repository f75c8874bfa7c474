use tenantry::{Access, Session};
use tenantry_entities::challenges::{Challenges, challenge};

fn write<A: Access>(session: &Session<A>, new: challenge::New) {
    let _ = session.challenges().insert(new);
}

fn main() {}
