//! Tables that operators read when they break the glass.

use super::Scoped;

/// A table that takes part in break-glass: its policy says that operators read it, once the workspaces are told why.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no part in break-glass",
    label = "no policy of this table lets operators read it",
    note = "declare `Policy::break_glass` for the table, migrate, and generate its module anew"
)]
pub trait BehindGlass: Scoped {}

/// A table of which operators read every column that its entity has.
#[diagnostic::on_unimplemented(
    message = "break-glass does not show every column of `{Self}`",
    label = "a whole row holds more than operators read",
    note = "read the columns that the policy shows by a partial model: `find_as`, `page_as`"
)]
pub trait WhollyBehindGlass: BehindGlass {}
