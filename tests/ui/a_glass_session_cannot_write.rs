use tenantry::GlassSession;
use tenantry_entities::challenges::challenge;

fn write(session: &GlassSession<'_>, new: challenge::New) {
    let _ = session.rows(challenge::Entity).insert(new);
}

fn main() {}
