#[path = "support/event.rs"]
mod event;

use tenantry::{BelongsTo, Parent};
use tenantry_entities::challenges::challenge;

const EVENT: BelongsTo<challenge::Entity, event::Entity> = BelongsTo::new(challenge::Column::Id);
const PARENTS: &[&dyn Parent<challenge::Entity>] = &[&EVENT];

fn main() {
    let _ = PARENTS;
}
