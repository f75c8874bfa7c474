use tenantry::GlassSession;
use tenantry_entities::challenges::judge;

fn read(session: &GlassSession<'_>) {
    let _ = session.rows(judge::Entity);
}

fn main() {}
