//! Non-interference: what a workspace can observe is the same whether another one holds data or not.
//!
//! A random program runs on two databases that are equal but for the other workspace. Results, errors,
//! order, cursors, the audit log and the number of round trips are compared line by line.
//! `TENANTRY_PROGRAMS` says how many programs, `TENANTRY_SEED` from which on.

pub(crate) mod act;
pub(crate) mod names;
pub(crate) mod program;
mod raw;
pub(crate) mod sides;

use std::fmt::Write;

use tenantry::{Error, Session};

use act::{Known, RAW, VERBS, act, told};
use names::Names;
use program::{Step, program, shrunk};
use raw::logged;
use sides::{Side, Sides};

use crate::random::{Numbers, setting};

/// Programs that share a session. The last of them is kept, so that the databases do not stand still.
const BATCH: u64 = 40;

/// What one side has observed of a program, a line for each step, one for the log, one for the trips.
type Observed = Vec<String>;

/// Runs a program in a savepoint, each step in one of its own, and undoes it unless `keep`.
async fn run(side: &mut Side, session: &mut Session, program: &[Step], keep: bool) -> Observed {
    let (mut names, mut observed) = (Names::default(), Observed::new());
    if let Some(rival) = &mut side.rival {
        rival.rest().await;
    }
    side.proxy.reset();
    let undone: Result<(), Error> = session
        .savepoint(async |session| {
            let mut known = Known::of(session).await;
            for step in program {
                if let Some(rival) = &mut side.rival {
                    rival
                        .act(Numbers::of(u32::from_le_bytes(step.picks).into()))
                        .await;
                }
                let did = session.savepoint(async |inner| act(step, inner, &mut known).await);
                let did = did.await;
                if did.is_ok() {
                    side.succeeded.insert(step.verb);
                }
                let line = did.unwrap_or_else(|error| told(&error));
                observed.push(names.clear(&line));
            }
            observed.push(names.clear(&logged(session).await));
            if keep {
                return Ok(());
            }
            Err(Error::new(
                tenantry::ErrorKind::Aborted,
                "the program is over",
            ))
        })
        .await;
    assert_eq!(undone.is_ok(), keep, "{undone:?}");
    observed.push(format!("{} trips", side.proxy.trips()));
    observed
}

impl Sides {
    /// Begins a session on each side.
    async fn begin(&self) -> (Session, Session) {
        tokio::join!(self.without.begin(), self.with.begin())
    }

    /// Runs a program on both sides; says where they differ.
    async fn differ(
        &mut self,
        (without, with): &mut (Session, Session),
        program: &[Step],
        keep: bool,
    ) -> Option<String> {
        let (expected, met) = tokio::join!(
            run(&mut self.without, without, program, keep),
            run(&mut self.with, with, program, keep),
        );
        let at = expected.iter().zip(&met).position(|(a, b)| a != b)?;
        let step = program
            .get(at)
            .map_or("log or trips".into(), |step| format!("{step:?}"));
        Some(format!(
            "{step}\n  without: {}\n  with:    {}",
            expected[at], met[at]
        ))
    }

    /// Runs the programs of these seeds, and says which one tells the sides apart, made small.
    async fn told_apart(
        &mut self,
        seeds: impl Iterator<Item = u64>,
        of: fn(&Step) -> bool,
    ) -> Option<String> {
        let mut sessions = self.begin().await;
        for seed in seeds {
            let mut steps = program(seed);
            steps.retain(of);
            if steps.is_empty() {
                continue;
            }
            let last = seed % BATCH == BATCH - 1;
            if let Some(difference) = self.differ(&mut sessions, &steps, last).await {
                // From the state that the batches before have left.
                drop(sessions);
                return Some(self.smallest(seed, steps, difference).await);
            }
            if last {
                let (without, with) = sessions;
                without.commit().await.unwrap();
                with.commit().await.unwrap();
                for side in [&self.without, &self.with] {
                    side.administer("VACUUM").await;
                }
                sessions = self.begin().await;
            }
        }
        None
    }

    async fn smallest(&mut self, seed: u64, steps: Vec<Step>, mut difference: String) -> String {
        let mut sessions = self.begin().await;
        let smallest = shrunk(steps, async |steps: &[Step]| {
            let differs = self.differ(&mut sessions, steps, false).await;
            let fails = differs.is_some();
            difference = differs.unwrap_or(std::mem::take(&mut difference));
            fails
        })
        .await;
        let mut told = format!("seed {seed}:\n");
        for step in &smallest {
            writeln!(told, "  {step:?}").unwrap();
        }
        told + &difference
    }
}

fn seeds(from: u64, programs: u64) -> std::ops::Range<u64> {
    let from = setting("TENANTRY_SEED").unwrap_or(from);
    from..from + setting("TENANTRY_PROGRAMS").unwrap_or(programs)
}

const ANY: fn(&Step) -> bool = |_| true;

/// H-20, H-21 and every other row: with all guards up.
#[tokio::test]
async fn no_program_tells_whether_another_workspace_holds_data() {
    let mut sides = Sides::planted("").await;
    let apart = sides.told_apart(seeds(0, 1_200), ANY).await;
    assert!(apart.is_none(), "{}", apart.unwrap());
    let idle: Vec<_> = VERBS
        .iter()
        .filter(|verb| !sides.with.succeeded.contains(*verb))
        .collect();
    assert!(idle.is_empty(), "verbs that never succeeded: {idle:?}");
}

/// The second guard alone: what the library builds names its workspace where row security is off.
#[tokio::test]
async fn no_built_statement_needs_row_security() {
    let mut sides = Sides::planted(NO_ROW_SECURITY).await;
    let apart = sides
        .told_apart(seeds(10_000, 800), |step| step.verb != RAW)
        .await;
    assert!(apart.is_none(), "{}", apart.unwrap());
}

const NO_ROW_SECURITY: &str = "
    ALTER TABLE accounts.members DISABLE ROW LEVEL SECURITY;
    ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY;
    ALTER TABLE challenges.submissions DISABLE ROW LEVEL SECURITY;
    ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY;";

/// What must be noticed, and what the smallest program then needs.
async fn is_noticed(planted: &'static str, needed: &str) {
    let mut sides = Sides::planted(planted).await;
    let apart = sides.told_apart(0..300, ANY).await;
    let apart = apart.unwrap_or_else(|| panic!("300 programs did not notice: {planted}"));
    let steps = apart
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    assert!(steps.count() <= 2, "not shrunk: {apart}");
    assert!(apart.contains(needed), "{apart}");
}

#[tokio::test]
async fn programs_notice_statements_without_workspace_and_wall() {
    is_noticed(NO_ROW_SECURITY, "raw").await;
}

#[tokio::test]
async fn programs_notice_a_unique_key_over_all_workspaces() {
    is_noticed(
        "CREATE UNIQUE INDEX planted ON challenges.challenges (title) WHERE title = 'theirs' AND deleted_at IS NULL",
        "planted",
    )
    .await;
}

/// Whoever waits for the other workspace learns that it is at work.
#[tokio::test]
async fn programs_notice_a_lock_over_all_workspaces() {
    is_noticed(
        "CREATE FUNCTION challenges.planted() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END';
         CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON challenges.challenges
             FOR EACH ROW EXECUTE FUNCTION challenges.planted()",
        "a lock was not free in time",
    )
    .await;
}

#[test]
fn the_programs_cover_every_verb() {
    crate::verbs::assert_covered(VERBS.into_iter().filter(|verb| *verb != RAW));
}
