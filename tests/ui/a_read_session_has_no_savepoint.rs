use tenantry::{Error, ReadSession};

fn savepoint(session: &mut ReadSession) {
    let _ = session.savepoint(async |_| Ok::<_, Error>(()));
}

fn main() {}
