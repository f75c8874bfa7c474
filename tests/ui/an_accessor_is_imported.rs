use tenantry::Session;

fn challenges(session: &Session) {
    let _ = session.challenges();
}

fn main() {}
