use tenantry::{GlassSession, ReadSession};

fn read(session: &ReadSession) {
    let _ = session;
}

fn begin(session: &GlassSession<'_>) {
    read(session);
}

fn main() {}
