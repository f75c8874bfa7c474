use tenantry::Session;
use tenantry_entities::accounts::user;

fn users(session: &Session) {
    let _ = session.rows(user::Entity);
}

fn main() {}
