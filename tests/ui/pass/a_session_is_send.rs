use tenantry::{Database, ReadSession, Session, TenantContext};

fn send<T: Send + Sync + 'static>() {}

fn main() {
    send::<TenantContext>();
    send::<Database>();
    send::<Session>();
    send::<ReadSession>();
}
