//! An outcome for each row: all of them at once, and on a refusal the halves, each at once.
//!
//! Good rows cost no more than in one statement; a bad one costs as many statements as its rows can
//! be halved. The left half is kept before the right one is tried, so that of two rows that want the
//! same key the first has it, as when they come one by one.

use std::ops::Range;

use super::pieces::Write;
use crate::{Error, ErrorKind, Result, connection::Exclusive};

/// Rows still to be written.
struct Ahead {
    rows: Range<usize>,
    /// The rows right of these are known to hold a refused one if these are written.
    left_half: bool,
    /// Refused as a whole, without having been tried.
    refused: bool,
}

/// Writes ranges of rows, and tells each row's outcome in their order.
///
/// # Errors
///
/// What is not about rows: the connection, a deadlock, a timeout. The transaction can keep nothing
/// then.
pub(super) async fn narrow<W: Write>(
    mut connection: Exclusive<'_>,
    chunks: Vec<Range<usize>>,
    writer: &W,
) -> Result<Vec<Result<W::Row>>> {
    let mut outcomes = Vec::new();
    let mut ahead: Vec<Ahead> = chunks.into_iter().rev().map(Ahead::whole).collect();
    if ahead.is_empty() {
        return Ok(outcomes);
    }
    let piece = connection.open_pieces().await?;
    while let Some(next) = ahead.pop() {
        if next.refused && next.rows.len() > 1 {
            ahead.extend(next.halves());
            continue;
        }
        match writer.write(&mut connection, next.rows.clone()).await {
            Ok(rows) => {
                outcomes.extend(rows.into_iter().map(Ok));
                if let Some(right) = ahead.last_mut() {
                    right.refused = next.left_half;
                    connection.next_piece(&piece).await?;
                }
            }
            Err(error) if !is_about_rows(&error) => {
                connection.give_up().await;
                return Err(error);
            }
            Err(error) => {
                connection.undo_piece(&piece).await?;
                if next.rows.len() > 1 {
                    ahead.extend(next.halves());
                } else {
                    outcomes.push(Err(error));
                }
            }
        }
    }
    connection.keep().await?;
    Ok(outcomes)
}

impl Ahead {
    const fn whole(rows: Range<usize>) -> Self {
        Self {
            rows,
            left_half: false,
            refused: false,
        }
    }

    /// The right half, then the left one, which is taken first.
    fn halves(self) -> [Self; 2] {
        let middle = self.rows.start + self.rows.len() / 2;
        [
            Self::whole(middle..self.rows.end),
            Self {
                left_half: true,
                ..Self::whole(self.rows.start..middle)
            },
        ]
    }
}

/// Whether other rows may fare better.
fn is_about_rows(error: &Error) -> bool {
    match error.sqlstate() {
        None => matches!(
            error.kind(),
            ErrorKind::Invalid | ErrorKind::AlreadyExists | ErrorKind::Forbidden
        ),
        Some("42501") => true,
        // Two keys of the call are one: refused as a whole, as where that is seen beforehand.
        Some("21000") => false,
        // Syntax and schema, resources, operators, the server itself, locks and the transaction.
        Some(code) => ![
            "08", "0A", "25", "26", "28", "34", "3B", "3D", "3F", "40", "42", "53", "54", "55",
            "57", "58", "XX",
        ]
        .iter()
        .any(|class| code.starts_with(class)),
    }
}
