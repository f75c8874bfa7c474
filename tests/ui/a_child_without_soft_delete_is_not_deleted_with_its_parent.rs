#[path = "support/event.rs"]
mod event;

use tenantry::{Child, HasMany};
use tenantry_entities::challenges::challenge;

const EVENTS: HasMany<challenge::Entity, event::Entity> = HasMany::new(event::Column::Id);
const CHILDREN: &[&dyn Child<challenge::Entity>] = &[&EVENTS];

fn main() {
    let _ = CHILDREN;
}
