//! Names of constraints, indexes and policies: `<table>_<columns>_<kind>`, short enough for a distributed database.

use sha2::{Digest as _, Sha256};

use crate::Error;

/// PostgreSQL takes 63 bytes; a shard's suffix needs nine of them.
pub(super) const LONGEST: usize = 54;

/// Longer tables leave no room for the names that hang on them.
const LONGEST_TABLE: usize = 40;

/// Builds a name; what is too long is cut and made unique again by a few letters of its hash.
pub(super) fn name(table: &str, middle: &[&str], kind: &str) -> String {
    let full = [&[table], middle, &[kind]].concat().join("_");
    if full.len() <= LONGEST {
        return full;
    }
    let hash: String = Sha256::digest(&full)
        .iter()
        .take(6)
        .map(|byte| char::from(b'a' + byte % 26))
        .collect();
    let room = LONGEST - kind.len() - hash.len() - 2;
    let mut cut = room.min(full.len());
    while !full.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{hash}_{kind}", full[..cut].trim_end_matches('_'))
}

/// Refuses names of tables and columns that would have to be quoted by everybody who types them.
pub(super) fn checked(kind: &str, name: &str) -> Result<(), Error> {
    let mut letters = name.bytes();
    let plain = letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && letters
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
    if !plain {
        return Err(Error::new(format!(
            "{kind} \"{name}\" is not in lower snake case"
        )));
    }
    let longest = if kind == "table" {
        LONGEST_TABLE
    } else {
        LONGEST
    };
    if name.len() > longest {
        return Err(Error::new(format!(
            "{kind} \"{name}\" is longer than {longest} bytes"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_stays_unique() {
        assert_eq!(
            name("challenges", &["title"], "key"),
            "challenges_title_key"
        );
        let columns = [
            "a_rather_long_column_name",
            "another_rather_long_column_name",
        ];
        let long = name("submissions", &columns, "idx");
        assert!(long.len() <= LONGEST && long.ends_with("_idx"), "{long}");
        assert_ne!(
            long,
            name(
                "submissions",
                &[columns[0], "another_rather_long_column_nama"],
                "idx"
            )
        );
    }
}
