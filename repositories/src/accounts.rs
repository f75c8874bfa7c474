//! Workspaces, the people in them, and who may do what where.

mod admission;
mod api_keys;
mod idempotency;
mod invitations;
mod logins;
mod members;
mod people;
pub mod policies;
mod rank;
mod workspaces;

pub use admission::Admission;
pub use api_keys::{ApiKeyRepository, Grace, IssuedKey, KeptKey, NewApiKey};
pub use idempotency::{Answer, Claim, FinishedWork, HOLD, Work, WorkPlace};
pub use invitations::{
    Acceptance, Invitation, InvitationRepository, InvitationState, Invitations, Invited, Joined,
    KeptInvitation, NewInvitation,
};
pub use logins::{Came, Logins};
pub use members::{LAST_OWNER, MemberRepository, Members, MembersOf, Membership};
pub use people::{MyWorkspace, Myself, NewPerson, People, Profile, ProfileChange, SignedUp};
pub use rank::Rank;
pub use workspaces::{Founded, Founder, OWNER, WorkspaceNames, WorkspaceRepository, Workspaces};

/// What a function that returns one value says.
#[derive(Clone, Copy, Debug, sea_orm::FromQueryResult)]
struct Said<T: sea_orm::TryGetable> {
    called: T,
}

/// The one answer of a function that always gives one.
fn only<T>(rows: Vec<T>) -> tenantry::Result<T> {
    rows.into_iter().next().ok_or_else(|| {
        tenantry::Error::new(
            tenantry::ErrorKind::Internal,
            "the function answered nothing",
        )
    })
}

/// Hashes as the functions take them.
fn hashes(token: &tenantry::Presented) -> sea_orm::Value {
    let hashes = token.hashes().iter().cloned();
    let hashes = hashes.map(|hash| sea_orm::Value::Bytes(Some(hash)));
    sea_orm::Value::Array(
        sea_orm::sea_query::ArrayType::Bytes,
        Some(Box::new(hashes.collect())),
    )
}

/// The id of a workspace of this system; others cannot hold one.
fn workspace_uuid(workspace: &tenantry::WorkspaceId) -> sea_orm::Value {
    workspace.as_uuid().into()
}
