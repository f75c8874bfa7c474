//! The mark that a migration leaves on what it made: from what, and how many they were.

use std::fmt;

const PREFIX: &str = "tenantry:";

/// As in `tenantry:9c34bb31a3264ca6/5`: one of five that were made together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    hash: String,
    made: usize,
}

impl Mark {
    pub(super) fn new(hash: String, made: usize) -> Self {
        Self { hash, made }
    }

    /// Reads the mark off a comment.
    pub(crate) fn of(comment: Option<&str>) -> Option<Self> {
        let (hash, made) = comment?.strip_prefix(PREFIX)?.split_once('/')?;
        Some(Self::new(hash.to_owned(), made.parse().ok()?))
    }

    /// How many were made together.
    pub(crate) const fn made(&self) -> usize {
        self.made
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/{}", self.hash, self.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark::new("9c34bb31a3264ca6".into(), 5);
        assert_eq!(Mark::of(Some(&mark.to_string())), Some(mark));
        for other in [
            "Who may read.",
            "tenantry:",
            "tenantry:9c34",
            "tenantry:9c34/many",
        ] {
            assert_eq!(Mark::of(Some(other)), None, "{other}");
        }
        assert_eq!(Mark::of(None), None);
    }
}
