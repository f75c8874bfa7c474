//! Pitch decks: what they show, who works on them, and all that they ever were.
//!
//! Whoever may change a slide may do so by the verbs too: triggers keep places, versions and events in order whatever writes. What is
//! here locks the deck first, so that several who work on one deck wait for each other; where verbs and these meet, one of them may be
//! told to try again.

//! Members of the workspace reach every deck; others those that are open to them, if the database is asked for that:
//!
//! ```no_run
//! # async fn example(url: &str) -> tenantry::Result<()> {
//! use tenantry::Database;
//! use tenantry_repositories::{accounts::Members, decks};
//!
//! let database = Database::builder(url)
//!     .policies(decks::policies::all())
//!     .connect(Members.with([decks::STANDING]))
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! What somebody may do with a deck counts from when they are authorized the next time.

mod attention;
mod comments;
mod content;
mod difference;
mod editing;
mod history;
mod merge;
pub mod policies;
mod replay;

/// Says to [`Members`](crate::accounts::Members::with) which decks are open to a person: the 200 that were opened last.
pub const STANDING: &str = "decks.standing";

pub use attention::{Attention, DeckAttention};
pub use comments::{CommentRepository, Thread};
pub use content::{DeckContent, SlideContent};
pub use difference::{Difference, FieldChange, SlideDifference};
pub use editing::{DeckEditing, DeckReading, Edited};
pub use history::{DeckHistory, DeckVersioning};
pub use merge::{Clash, merge};
pub use replay::{Replayed, Until};
