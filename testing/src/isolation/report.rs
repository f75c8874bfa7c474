//! What the attacks met, for people to read.

use std::fmt;

/// What each attack met.
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads holds nothing; call `assert_sealed`"]
pub struct IsolationReport {
    pub(super) attempts: Vec<Attempt>,
}

#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) table: &'static str,
    pub(super) attack: &'static str,
    pub(super) met: String,
    pub(super) held: bool,
}

impl IsolationReport {
    /// Whether every attack was refused.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.attempts.iter().all(|attempt| attempt.held)
    }

    /// How many attacks were made.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts.len()
    }

    /// The tables that were attacked.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        let tables: std::collections::BTreeSet<&str> =
            self.attempts.iter().map(|attempt| attempt.table).collect();
        tables.into_iter()
    }

    /// Fails the test if an attack came through.
    ///
    /// # Panics
    ///
    /// With the report, if one did, or if none was made.
    pub fn assert_sealed(&self) {
        assert!(!self.attempts.is_empty(), "no attack was made");
        assert!(self.is_sealed(), "the workspace is not sealed:\n{self}");
    }
}

impl fmt::Display for IsolationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Attempt {
            table,
            attack,
            met,
            held,
        } in &self.attempts
        {
            let mark = if *held { "held  " } else { "BROKEN" };
            writeln!(f, "{mark}  {table:<16} {attack:<44} {met}")?;
        }
        Ok(())
    }
}
