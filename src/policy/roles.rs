//! The roles of an application and their order.

use crate::Role;

/// The roles of an application, from the least to the greatest; [`roles!`](crate::roles) makes such an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of the application's roles",
    label = "rules name roles by their enum, so that a role that is misspelt does not compile",
    note = "make the enum with `tenantry::roles!`"
)]
pub trait Roles: Copy + Eq + 'static {
    /// All of them, from the least to the greatest.
    const ALL: &'static [Self];

    /// The name that contexts carry.
    fn name(self) -> &'static str;

    /// As a context carries it.
    fn role(self) -> Role {
        Role::from_static(self.name())
    }

    /// Those that are this one or greater.
    fn and_above(self) -> &'static [Self] {
        let at = Self::ALL.iter().position(|role| *role == self);
        Self::ALL
            .get(at.unwrap_or(Self::ALL.len())..)
            .unwrap_or_default()
    }
}

/// Makes the enum of an application's roles, in the order of their rank, the least first.
///
/// ```
/// use tenantry::policy::Roles;
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
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(
                $(#[$role_about])*
                #[doc = concat!("`", $text, "`.")]
                $role,
            )+
        }

        impl $crate::policy::Roles for $name {
            const ALL: &'static [Self] = &[$(Self::$role),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$role => {
                        const _: $crate::Role = $crate::Role::from_static($text);
                        $text
                    })+
                }
            }
        }
    };
}
