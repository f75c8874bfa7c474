//! Many rows by one call: the same rows, histories and refusals as one by one.

mod column_types;
mod each;
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

/// Numbers that look random, and come again with their seed.
struct Noise(u64);

impl Noise {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}
