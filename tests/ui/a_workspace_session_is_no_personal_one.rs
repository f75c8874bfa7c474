use tenantry::{PersonalSession, Session};

fn mine(_: &PersonalSession) {}

fn all(session: &Session) {
    mine(session);
}

fn main() {}
