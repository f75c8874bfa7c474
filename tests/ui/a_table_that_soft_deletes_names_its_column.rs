#[path = "support/event.rs"]
mod event;

use tenantry::{Id, Session, SoftDelete};

impl SoftDelete for event::Entity {
    const DELETE_OP: event::Column = event::Column::Id;
}

// The column is asked for where the verb is instantiated.
#[tokio::main]
async fn main() {
    if let Some(session) = None::<Session> {
        let _ = session.rows(event::Entity).delete(Id::random()).await;
    }
}
