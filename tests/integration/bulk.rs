//! Many rows by one call: the same rows, histories and refusals as one by one.

mod column_types;
mod each;
mod ground;
mod insert;
mod load;
mod properties;
mod same;
mod update;
mod upsert;

use tenantry_entities::challenges::challenge;

use crate::world::titled;

/// New challenges, numbered.
fn numbered(count: usize) -> Vec<challenge::New> {
    (0..count).map(|n| titled(&format!("{n:06}"))).collect()
}
