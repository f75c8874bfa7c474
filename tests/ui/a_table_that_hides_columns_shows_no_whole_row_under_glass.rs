use tenantry::{GlassSession, Query};
use tenantry_entities::challenges::submission;

fn read(session: &GlassSession<'_>) {
    let _ = session.rows(submission::Entity).page(Query::new());
}

fn main() {}
