#![deny(unused_must_use)]

use tenantry::{OrStale, Result};
use tenantry_entities::challenges::challenge;

fn answer(updated: Result<challenge::Model>) -> Result<()> {
    updated.or_stale()?;
    Ok(())
}

fn main() {}
