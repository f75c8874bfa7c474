//! Challenges and what becomes of them.
//!
//! Rules made of verbs are given, to everything that has the verbs: a fake runs the real rule. What
//! brings SQL of its own is [`ChallengeBoard`], for which [`Assembled`] is the fake.

mod board;
mod creation;
mod lifecycle;
pub mod policies;
mod submissions;

pub use board::{Assembled, ChallengeBoard, Metrics, Overview, by_life_cycle, with_status};
pub use creation::{CHALLENGE_BULK_CREATE, ChallengeCreation};
pub use lifecycle::{ChallengeRepository, next_statuses, running};
pub use submissions::SubmissionRepository;
