//! The dealerships of a group, who works there, and orders.
//!
//! What somebody may do depends on what they are at which dealership. Policies find it in the context, so the authority has to say it:
//!
//! ```no_run
//! use tenantry::{Database, Result};
//! use tenantry_repositories::{accounts::{self, Members}, dealership};
//!
//! # async fn example(url: &str) -> Result<()> {
//! let database = Database::builder(url)
//!     .policies(accounts::policies::all().and(dealership::policies::all()))
//!     .connect(Members.with([dealership::STANDING]))
//!     .await?;
//! # Ok(())
//! # }
//! ```

mod orders;
pub mod policies;

pub use orders::{NEXT, OrderRepository, active, of_kind, with_status};

/// The function that says at which dealerships somebody is what, for [`Members::with`](crate::accounts::Members::with).
///
/// A context keeps it as it keeps the role: what changes is seen from the next [`authorize`](tenantry::Database::authorize) on. Whoever
/// works at more than 200 dealerships should be an admin of the workspace: nobody is authorized with more.
pub const STANDING: &str = "dealership.standing";
