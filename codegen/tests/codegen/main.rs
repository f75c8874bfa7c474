//! The generator, held against a real catalogue: golden files, and what it refuses.

#![expect(clippy::unwrap_used, reason = "helpers of tests unwrap as tests do")]

mod agreement;
mod case;
mod catalog;
mod errors;
mod files;
mod golden;
mod walls;
