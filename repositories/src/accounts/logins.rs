//! Who comes and goes, for the log.

use std::future::Future;

use tenantry::{Action, ActorKind, Error, ErrorKind, Event, Person, Result, Session};

use super::{Said, only};

/// Notes that a person has come or gone; of a session or a person, real or fake.
///
/// The application's own login knows that somebody came: it says so here. A [`Session`] notes it in the log of its
/// workspace, with where the request came from, for the owners and admins; a [`Person`] in the log of the platform.
/// Logins that failed are [refusals](tenantry::Database::record_security_event).
pub trait Logins: Sync {
    /// Notes that the person has come, or gone.
    fn note_login(&self, came: Came) -> impl Future<Output = Result<()>> + Send;

    /// Notes `user.login`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for an API key or a job.
    fn logged_in(&self) -> impl Future<Output = Result<()>> + Send {
        self.note_login(Came::In)
    }

    /// Notes `user.logout`.
    ///
    /// # Errors
    ///
    /// As [`logged_in`](Self::logged_in).
    fn logged_out(&self) -> impl Future<Output = Result<()>> + Send {
        self.note_login(Came::Out)
    }
}

/// Whether somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// They logged in.
    In,
    /// They logged out.
    Out,
}

impl Logins for Session {
    async fn note_login(&self, came: Came) -> Result<()> {
        if self.context().actor_kind() != ActorKind::User {
            return Err(Error::new(ErrorKind::Forbidden, "only a person logs in"));
        }
        let action = match came {
            Came::In => Action::USER_LOGIN,
            Came::Out => Action::USER_LOGOUT,
        };
        self.audit().record(Event::new(action)).await
    }
}

impl Logins for Person {
    async fn note_login(&self, came: Came) -> Result<()> {
        let comes = [(came == Came::In).into()];
        let _: Said<bool> = only(self.call("accounts.note_login", comes).await?)?;
        Ok(())
    }
}
