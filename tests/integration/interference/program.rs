//! Programs as data: made from a seed, printed, and made smaller while they still fail.

use std::fmt;

use super::act::VERBS;
use crate::random::Numbers;

/// One operation: a verb, and numbers that choose its row, its values, its shape.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) verb: &'static str,
    pub(crate) picks: [u8; 4],
}

impl Step {
    /// One of a list, by the pick at this place.
    pub(crate) fn one_of<'t, T>(&self, at: usize, list: &'t [T]) -> &'t T {
        &list[usize::from(self.picks[at]) % list.len()]
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.verb, self.picks)
    }
}

/// The program of a seed: two to nine steps.
pub(crate) fn program(seed: u64) -> Vec<Step> {
    let mut numbers = Numbers::of(seed);
    let steps = 2 + numbers.below(8);
    (0..steps)
        .map(|_| {
            let [a, b, c, d, ..] = numbers.next().to_le_bytes();
            Step {
                verb: VERBS[numbers.below(VERBS.len())],
                picks: [a, b, c, d],
            }
        })
        .collect()
}

/// The smallest program on the way down that still fails: fewer steps, then smaller numbers.
pub(crate) async fn shrunk(
    mut program: Vec<Step>,
    mut fails: impl AsyncFnMut(&[Step]) -> bool,
) -> Vec<Step> {
    loop {
        let before = program.clone();
        for at in (0..program.len()).rev() {
            let mut shorter = program.clone();
            shorter.remove(at);
            if !shorter.is_empty() && fails(&shorter).await {
                program = shorter;
            }
        }
        for at in 0..program.len() {
            for pick in 0..4 {
                let mut smaller = program.clone();
                smaller[at].picks[pick] = 0;
                if smaller != program && fails(&smaller).await {
                    program = smaller;
                }
            }
        }
        if program == before {
            return program;
        }
    }
}
