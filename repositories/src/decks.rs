//! Pitch decks: what they show, who works on them, and all that they ever were.
//!
//! Whoever may change a slide may do so by the verbs too: triggers keep places, versions and events in order whatever writes. What is
//! here locks the deck first, so that several who work on one deck wait for each other; where verbs and these meet, one of them may be
//! told to try again.

mod attention;
mod comments;
mod content;
mod difference;
mod editing;
mod history;
mod merge;
pub mod policies;
mod replay;

pub use attention::{Attention, DeckAttention};
pub use comments::{CommentRepository, Thread};
pub use content::{DeckContent, SlideContent};
pub use difference::{Difference, FieldChange, SlideDifference};
pub use editing::{DeckEditing, DeckReading, Edited};
pub use history::{DeckHistory, DeckVersioning};
pub use merge::{Clash, merge};
pub use replay::{Replayed, Until};
