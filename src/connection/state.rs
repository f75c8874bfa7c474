//! What is known of a transaction while it lasts, and how it ends.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection as _, Executor, Row};

use super::{Connection, held::Held, is_broken, raw};
use crate::{Error, Result, error::from_statement};

/// How long a rollback may take before the connection is closed.
const ROLLBACK_PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct State {
    /// Empty once the transaction has ended.
    pub(super) held: Held,
    /// Something may have been written of which no answer was seen: by raw SQL, or by a statement
    /// whose future was dropped.
    pub(super) wrote_unseen: bool,
    /// A statement's future was dropped before its answer, which may still be under way.
    pub(super) unanswered: bool,
    /// The transaction is lost to a concurrent one.
    pub(super) must_retry: bool,
    /// Raw SQL may have left something on the connection that outlives the transaction.
    pub(super) littered: bool,
    /// A prepared statement of the connection is outdated.
    pub(super) outdated: bool,
    /// How many statements were begun.
    pub(super) statements: u64,
    /// The last savepoint that was opened at each place, from the outside in. Where it was undone it
    /// still stands on the server.
    standing: Vec<Standing>,
}

struct Standing {
    within: u64,
    savepoint: u64,
}

impl Connection {
    /// How many statements were begun in the transaction: the same number, the same state.
    pub(crate) async fn statements(&self) -> u64 {
        self.state.lock().await.statements
    }
}

impl State {
    pub(super) const fn begun(held: Held) -> Self {
        Self {
            held,
            wrote_unseen: false,
            unanswered: false,
            must_retry: false,
            littered: false,
            outdated: false,
            statements: 0,
            standing: Vec::new(),
        }
    }

    /// The savepoint that stands at a place, which the next one replaces. What was deeper is gone.
    pub(super) fn take_standing(&mut self, within: u64) -> Option<u64> {
        while self
            .standing
            .last()
            .is_some_and(|last| last.within > within)
        {
            self.standing.pop();
        }
        let last = self.standing.pop_if(|last| last.within == within);
        last.map(|last| last.savepoint)
    }

    pub(super) fn stands(&mut self, within: u64, savepoint: u64) {
        self.standing.push(Standing { within, savepoint });
    }

    /// Takes everything out, and leaves the session ended.
    pub(super) fn take(&mut self) -> Self {
        Self {
            held: self.held.take(),
            standing: Vec::new(),
            ..*self
        }
    }

    /// Takes the answer that a dropped future no longer waits for. A refusal in it would else be
    /// told to the next statement as its own.
    pub(super) async fn drain(&mut self) -> Result<()> {
        while self.unanswered {
            match self.held.get()?.ping().await {
                Err(error @ sqlx::Error::Database(_)) if !is_broken(&error) => {}
                told => {
                    told.map_err(from_statement)?;
                    self.unanswered = false;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn current_transaction(&mut self) -> Result<u64> {
        let row = sqlx::query("SELECT pg_current_xact_id_if_assigned()::text")
            .persistent(false)
            .fetch_one(self.held.get()?)
            .await
            .map_err(from_statement)?;
        let text: Option<String> = row.try_get(0).map_err(from_statement)?;
        Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
    }

    /// Runs what ends the transaction, and says how many of its statements were answered.
    pub(super) async fn end(&mut self, ending: &str) -> Result<(u32, Result<(), sqlx::Error>)> {
        let text = if self.littered {
            format!("{ending}; {}", raw::TIDY)
        } else {
            ending.to_owned()
        };
        let mut answered = 0;
        let mut answers = self.held.get()?.fetch_many(AssertSqlSafe(text));
        loop {
            match answers.try_next().await {
                Ok(Some(answer)) => answered += u32::from(answer.is_left()),
                Ok(None) => return Ok((answered, Ok(()))),
                Err(error) => return Ok((answered, Err(error))),
            }
        }
    }

    pub(super) fn give_back(&mut self) {
        if self.outdated {
            self.held.close();
        } else {
            self.held.give_back();
        }
    }

    pub(super) async fn roll_back_because(&mut self, error: Error) -> Result<()> {
        self.roll_back().await;
        Err(error)
    }

    /// Dropped midway, the connection is still held.
    pub(super) async fn roll_back(&mut self) {
        if !self.held.is_live() {
            return;
        }
        match tokio::time::timeout(ROLLBACK_PATIENCE, self.end("ROLLBACK")).await {
            Ok(Ok((_, Ok(())))) => self.give_back(),
            _ => self.held.close(),
        }
    }
}
