//! Invitations: made by owners and admins, accepted by whoever has the token and the address.

use std::{future::Future, time::Duration};

use sea_orm::{FromQueryResult, Value, prelude::DateTimeUtc};
use tenantry::{
    Database, Error, ErrorKind, Mints, Person, Presented, Repository, Result, Rows, Token,
    WorkspaceId,
};
use tenantry_entities::accounts::{invitation, member};

use super::{Said, hashes, only, workspace_uuid};

/// What the plain text of an invitation begins with.
const PREFIX: &str = "ti";

/// Whom to invite, as what, for how long.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The address that may accept.
    pub email: String,
    /// As what; not above who invites.
    pub role: invitation::Role,
    /// How long it can be accepted.
    pub valid_for: Duration,
}

/// An invitation as it is kept: the hash of its token, not the token.
#[derive(Clone, Debug)]
pub struct KeptInvitation {
    /// Its id.
    pub id: invitation::Id,
    /// The address that may accept.
    pub email: String,
    /// As what.
    pub role: invitation::Role,
    /// The keyed hash of the token.
    pub hash: Vec<u8>,
    /// Until when it can be accepted.
    pub expires_at: DateTimeUtc,
}

/// An invitation that was just made.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "the token is shown once: send it to the address"]
pub struct Invited {
    /// The invitation.
    pub invitation: invitation::Model,
    /// What goes into the mail, and nowhere else.
    pub token: Token,
}

/// The invitations of a workspace, real or fake.
pub trait InvitationRepository: Repository<Entity = invitation::Entity> + Mints {
    /// The time, by which it ends; a fake may have another.
    fn now(&self) -> DateTimeUtc {
        sea_orm::prelude::ChronoUtc::now()
    }

    /// Writes an invitation, in place of an open one to the same address.
    fn keep(
        &self,
        invitation: KeptInvitation,
    ) -> impl Future<Output = Result<invitation::Model>> + Send;

    /// Ends an open invitation; tells whether there was one.
    fn end(&self, id: invitation::Id) -> impl Future<Output = Result<bool>> + Send;

    /// Invites an address, in place of any open invitation to it.
    ///
    /// The answer is the same whether or not the address has an account.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for others than owners and admins, and if the role is above theirs;
    /// [`ErrorKind::Invalid`] if the address is none, or the time is not between a minute and a year.
    fn invite(&self, new: NewInvitation) -> impl Future<Output = Result<Invited>> + Send {
        async move {
            let email = new.email.trim().to_owned();
            let parts = email.split_once('@');
            let is_address = parts.is_some_and(|(user, host)| {
                !user.is_empty()
                    && !host.is_empty()
                    && !host.contains('@')
                    && !email.contains(char::is_whitespace)
            });
            if !is_address {
                return Err(
                    Error::new(ErrorKind::Invalid, "the address is none").with_field("email")
                );
            }
            if new.valid_for < SHORTEST || new.valid_for > LONGEST {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    "an invitation is good for a minute to a year",
                )
                .with_field("valid_for"));
            }
            let minted = self.mint(PREFIX)?;
            let invitation = self
                .keep(KeptInvitation {
                    id: invitation::Id::random(),
                    email,
                    role: new.role,
                    hash: minted.hash,
                    expires_at: self.now() + new.valid_for,
                })
                .await?;
            Ok(Invited {
                invitation,
                token: minted.token,
            })
        }
    }

    /// Revokes an open invitation.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none of this id that is open; [`ErrorKind::Forbidden`] for
    /// others than owners and admins.
    fn revoke(&self, id: invitation::Id) -> impl Future<Output = Result<()>> + Send {
        async move {
            if self.end(id).await? {
                return Ok(());
            }
            Err(Error::new(ErrorKind::NotFound, "invitations not found"))
        }
    }
}

const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl InvitationRepository for Rows<'_, invitation::Entity> {
    async fn keep(&self, invitation: KeptInvitation) -> Result<invitation::Model> {
        let arguments: [Value; 5] = [
            invitation.id.into(),
            invitation.email.into(),
            invitation.role.into(),
            invitation.hash.into(),
            invitation.expires_at.into(),
        ];
        let kept = self.session().call("accounts.invite", arguments).await?;
        let _: Said<bool> = only(kept)?;
        self.get(invitation.id).await
    }

    async fn end(&self, id: invitation::Id) -> Result<bool> {
        let ended = self
            .session()
            .call("accounts.revoke_invitation", [id.into()]);
        let said: Said<bool> = only(ended.await?)?;
        Ok(said.called)
    }
}

/// How far an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be accepted.
    Open,
    /// Its time is over.
    Expired,
    /// It was accepted before.
    Accepted,
    /// It was revoked, or replaced by another one.
    Revoked,
}

/// What the holder of a token may know before a login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitation {
    /// What the workspace is called.
    pub workspace_name: String,
    /// As what one is invited.
    pub role: invitation::Role,
    /// How far it is.
    pub state: InvitationState,
}

impl Invitation {
    /// Makes one, for fakes.
    #[must_use]
    pub const fn new(
        workspace_name: String,
        role: invitation::Role,
        state: InvitationState,
    ) -> Self {
        Self {
            workspace_name,
            role,
            state,
        }
    }
}

#[derive(FromQueryResult)]
struct Found {
    workspace_name: String,
    role: invitation::Role,
    state: String,
}

/// Somebody became a member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Joined {
    /// Where; [`authorize`](Database::authorize) leads in.
    pub workspace: WorkspaceId,
    /// As what.
    pub role: member::Role,
}

impl Joined {
    /// Makes one, for fakes.
    #[must_use]
    pub const fn new(workspace: WorkspaceId, role: member::Role) -> Self {
        Self { workspace, role }
    }
}

/// What became of an attempt to accept an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an invitation that was not accepted made nobody a member"]
pub enum Acceptance {
    /// One is a member now.
    Joined(Joined),
    /// One was a member before; the invitation stays open.
    AlreadyMember,
    /// Its time is over.
    Expired,
    /// It was accepted before.
    AcceptedBefore,
    /// It was revoked, or replaced by another one.
    Revoked,
    /// It is for another address.
    OtherEmail,
}

impl Acceptance {
    /// Makes everything but a new membership an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] where one is a member or it was accepted before;
    /// [`ErrorKind::Forbidden`] where it expired, was revoked, or is for another address.
    pub fn joined(self) -> Result<Joined> {
        let (kind, message) = match self {
            Self::Joined(joined) => return Ok(joined),
            Self::AlreadyMember => (ErrorKind::AlreadyExists, "the person is a member already"),
            Self::AcceptedBefore => (
                ErrorKind::AlreadyExists,
                "the invitation was accepted before",
            ),
            Self::Expired => (ErrorKind::Forbidden, "the invitation has expired"),
            Self::Revoked => (ErrorKind::Forbidden, "the invitation was revoked"),
            Self::OtherEmail => (
                ErrorKind::Forbidden,
                "the invitation is for another address",
            ),
        };
        Err(Error::new(kind, message).with_field("token"))
    }
}

#[derive(FromQueryResult)]
struct Outcome {
    outcome: String,
    role: Option<member::Role>,
}

/// Invitations by their tokens, which name their workspace; of a database, real or fake.
pub trait Invitations {
    /// Who accepts.
    type Person;

    /// What an invitation says, for the page that asks whether to accept it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none, whatever is wrong with the token.
    fn invitation(&self, token: &str) -> impl Future<Output = Result<Invitation>> + Send;

    /// Accepts an invitation as a person, whose address must be the invited one.
    ///
    /// Asked twice, or by two at once, it makes one membership. Who was a member before gets the old
    /// row back, in the role of the invitation.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none, whatever is wrong with the token.
    fn accept_invitation(
        &self,
        person: &Self::Person,
        token: &str,
    ) -> impl Future<Output = Result<Acceptance>> + Send;
}

impl Invitations for Database {
    type Person = Person;

    async fn invitation(&self, token: &str) -> Result<Invitation> {
        let token = presented(self, token)?;
        let arguments = [workspace_uuid(token.workspace()), hashes(&token)];
        let identity = self.identity();
        let found: Vec<Found> = identity.call("accounts.invitation_find", arguments).await?;
        let found = found.into_iter().next().ok_or_else(unknown)?;
        let state = match found.state.as_str() {
            "open" => InvitationState::Open,
            "expired" => InvitationState::Expired,
            "accepted" => InvitationState::Accepted,
            _ => InvitationState::Revoked,
        };
        Ok(Invitation {
            workspace_name: found.workspace_name,
            role: found.role,
            state,
        })
    }

    async fn accept_invitation(&self, person: &Person, token: &str) -> Result<Acceptance> {
        let token = presented(self, token)?;
        let arguments = [workspace_uuid(token.workspace()), hashes(&token)];
        let said: Outcome = only(person.call("accounts.accept_invitation", arguments).await?)?;
        Ok(match (said.outcome.as_str(), said.role) {
            ("joined", Some(role)) => Acceptance::Joined(Joined {
                workspace: token.workspace().clone(),
                role,
            }),
            ("member", _) => Acceptance::AlreadyMember,
            ("expired", _) => Acceptance::Expired,
            ("accepted", _) => Acceptance::AcceptedBefore,
            ("revoked", _) => Acceptance::Revoked,
            ("other_email", _) => Acceptance::OtherEmail,
            _ => return Err(unknown()),
        })
    }
}

fn presented(database: &Database, token: &str) -> Result<Presented> {
    database
        .tokens()
        .present(PREFIX, token)?
        .ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "invitation not found")
}
