//! What a caller's own SQL may not do to the transaction, and what is cleared away after it.

use crate::{Error, ErrorKind, Result};

/// Statements that would end the transaction under the session, or meddle with what the session
/// or the driver keeps in it.
const REFUSED: [&str; 16] = [
    "ABORT",
    "BEGIN",
    "CLOSE",
    "COMMIT",
    "DEALLOCATE",
    "DECLARE",
    "DISCARD",
    "END",
    "EXECUTE",
    "FETCH",
    "MOVE",
    "PREPARE",
    "RELEASE",
    "ROLLBACK",
    "SAVEPOINT",
    "START",
];

/// Undoes what outlives a transaction: settings, locks, temporary tables, cursors, channels. The
/// next session on the connection may be another workspace's.
///
/// `DISCARD ALL`, but for the prepared statements that the driver counts on.
pub(super) const TIDY: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
     SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

/// Refuses a statement that controls the transaction instead of working in it.
pub(super) fn refuse_control(sql: &str) -> Result<()> {
    let word = first_word(sql);
    if REFUSED
        .iter()
        .any(|refused| word.eq_ignore_ascii_case(refused))
    {
        return Err(Error::new(
            ErrorKind::Invalid,
            "the statement controls the transaction, which is the session's",
        )
        .with_field("sql")
        .with_hint("Use `commit`, `roll_back`, `savepoint` or `stream` instead."));
    }
    Ok(())
}

/// The first word that is no comment.
fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment
                .split_once(['\n', '\r'])
                .map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            rest = after_comment(rest);
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic());
            return &rest[..end.unwrap_or(rest.len())];
        }
    }
}

/// What follows the comment that `sql` begins with. Comments nest.
fn after_comment(sql: &str) -> &str {
    let (mut depth, mut rest) = (0_u32, sql);
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("/*") {
            (depth, rest) = (depth + 1, inner);
        } else if let Some(outer) = rest.strip_prefix("*/") {
            (depth, rest) = (depth - 1, outer);
            if depth == 0 {
                return rest;
            }
        } else {
            rest = rest
                .get(1..)
                .or_else(|| rest.char_indices().nth(1).map(|(at, _)| &rest[at..]))
                .unwrap_or("");
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_found_behind_everything() {
        for sql in [
            "COMMIT",
            " \n\tcommit;",
            ";;Commit",
            "--\nCOMMIT",
            "-- a\r-- b\nCOMMIT AND CHAIN",
            "/**/COMMIT",
            "/* ä /* ö */ ü */ -- x\n/* */COMMIT",
        ] {
            assert!(refuse_control(sql).is_err(), "{sql}");
        }
        for sql in [
            "",
            "/*",
            "/* COMMIT",
            "--",
            "SELECT 1",
            "(SELECT 1)",
            "WITH a AS (SELECT 1) SELECT 1",
            "ENDS",
        ] {
            assert!(refuse_control(sql).is_ok(), "{sql}");
        }
    }
}
