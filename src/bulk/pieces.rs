//! All or none: piece after piece in one savepoint.

use std::ops::Range;

use super::Progress;
use crate::{Result, connection::Exclusive};

/// How a range of rows is written, by one statement that does all or nothing.
pub(super) trait Write: Send + Sync {
    type Row: Send;

    /// Writes the rows of a range, and tells of each in their order.
    fn write(
        &self,
        connection: &mut Exclusive<'_>,
        rows: Range<usize>,
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
}

/// Writes ranges of rows, and returns what it told of each row in their order.
///
/// A single piece needs no savepoint: its statement does all or nothing. After a refusal the
/// transaction can keep nothing, however many pieces there were.
pub(super) async fn all_or_none<W: Write>(
    mut connection: Exclusive<'_>,
    chunks: Vec<Range<usize>>,
    mut report: impl FnMut(Progress) + Send,
    writer: &W,
) -> Result<Vec<W::Row>> {
    let total = chunks.last().map_or(0, |last| last.end);
    if chunks.len() > 1 {
        connection.open().await?;
    }
    let mut written = Vec::with_capacity(total);
    for chunk in chunks {
        match writer.write(&mut connection, chunk).await {
            Ok(rows) => written.extend(rows),
            Err(error) => {
                connection.give_up().await;
                return Err(error);
            }
        }
        report(Progress::new(written.len() as u64, Some(total as u64)));
    }
    connection.keep().await?;
    Ok(written)
}
