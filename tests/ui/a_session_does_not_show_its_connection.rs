use tenantry::Session;

fn connection(session: &Session) {
    let _ = session.connection();
}

fn main() {}
