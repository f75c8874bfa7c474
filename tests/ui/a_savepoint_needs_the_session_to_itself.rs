use tenantry::{Error, Session};

fn shared(session: &Session) {
    let _ = session.savepoint(async |_| Ok::<_, Error>(()));
}

fn main() {}
