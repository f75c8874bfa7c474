//! Numbers that look random, and come again with their seed.
//!
//! A test that draws asks for [`cases`]. A case that fails says its seed, and
//! `TENANTRY_SEED=<seed>` begins with that one.

use std::{
    env,
    ops::{Deref, DerefMut},
    thread,
};

/// `SplitMix64`: the same numbers for the same seed, everywhere.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// Yes, once in so many.
    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn one_of<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

/// The numbers of one case, which says its seed when the test fails.
pub(crate) struct Case {
    pub(crate) seed: u64,
    numbers: Numbers,
}

impl Deref for Case {
    type Target = Numbers;

    fn deref(&self) -> &Numbers {
        &self.numbers
    }
}

impl DerefMut for Case {
    fn deref_mut(&mut self) -> &mut Numbers {
        &mut self.numbers
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("it failed with TENANTRY_SEED={}", self.seed);
        }
    }
}

/// So many cases, each with a seed of its own.
pub(crate) fn cases(count: u64) -> impl Iterator<Item = Case> {
    let first = setting("TENANTRY_SEED").unwrap_or_default();
    (first..first + count).map(|seed| Case {
        seed,
        numbers: Numbers::of(seed),
    })
}

/// A single case.
pub(crate) fn case() -> Case {
    cases(1).next().unwrap()
}

/// A number that is set from outside.
pub(crate) fn setting(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

#[test]
fn a_seed_gives_the_same_numbers_and_another_seed_others() {
    let drawn = |seed| {
        let mut numbers = Numbers::of(seed);
        let mut items: Vec<_> = (0..20).collect();
        numbers.shuffle(&mut items);
        items
    };
    assert_eq!(drawn(7), drawn(7));
    assert_ne!(drawn(7), drawn(8));
    let mut sorted = drawn(7);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..20).collect::<Vec<_>>());
}
