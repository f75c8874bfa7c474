//! The roles of an application, and other words that have an order.

use crate::Role;

/// Words from the least to the greatest; [`ordered!`](crate::ordered) makes such an enum.
#[diagnostic::on_unimplemented(
    message = "the values of `{Self}` have no order",
    note = "make the enum with `tenantry::ordered!`"
)]
pub trait Ordered: Copy + Eq + 'static {
    /// All of them, from the least to the greatest.
    const ALL: &'static [Self];

    /// The text by which others know it.
    fn name(self) -> &'static str;

    /// Those that are this one or greater.
    fn and_above(self) -> &'static [Self] {
        let at = Self::ALL.iter().position(|one| *one == self);
        Self::ALL
            .get(at.unwrap_or(Self::ALL.len())..)
            .unwrap_or_default()
    }
}

/// The roles of an application, from the least to the greatest; [`roles!`](crate::roles) makes such an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of the application's roles",
    label = "rules name roles by their enum, so that a role that is misspelt does not compile",
    note = "make the enum with `tenantry::roles!`"
)]
pub trait Roles: Ordered {
    /// As a context carries it.
    fn role(self) -> Role {
        Role::from_static(self.name())
    }
}

/// Makes the enum of an application's roles, in the order of their rank, the least first.
///
/// ```
/// use tenantry::policy::{Ordered, Roles};
///
/// tenantry::roles! {
///     /// Who is who in a workspace.
///     pub enum Rank { Viewer = "viewer", Member = "member", Owner = "owner" }
/// }
///
/// assert_eq!(Rank::Member.and_above(), [Rank::Member, Rank::Owner]);
/// assert_eq!(Rank::Owner.role().as_str(), "owner");
/// ```
#[macro_export]
macro_rules! roles {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$role_about:meta])* $role:ident = $text:literal),+ $(,)? }) => {
        $crate::ordered! { $(#[$about])* $vis enum $name { $($(#[$role_about])* $role = $text),+ } }
        $(const _: $crate::Role = $crate::Role::from_static($text);)+
        impl $crate::policy::Roles for $name {}
    };
}

/// Makes an enum of words that have an order, the least first, such as the ranks that an
/// [attribute](crate::policy::When::attribute_at_least) of an actor may have.
///
/// ```
/// use tenantry::policy::Ordered;
///
/// tenantry::ordered! {
///     /// How far somebody has come.
///     pub enum Level { Novice = "novice", Adept = "adept", Master = "master" }
/// }
///
/// assert_eq!(Level::Adept.and_above(), [Level::Adept, Level::Master]);
/// assert_eq!(Level::Novice.name(), "novice");
/// ```
#[macro_export]
macro_rules! ordered {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$one_about:meta])* $one:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(
                $(#[$one_about])*
                #[doc = concat!("`", $text, "`.")]
                $one,
            )+
        }

        impl $crate::policy::Ordered for $name {
            const ALL: &'static [Self] = &[$(Self::$one),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$one => $text),+
                }
            }
        }
    };
}
