//! Transactions beside the workspace, each on a pool of its own.

use sqlx::PgPool;

use super::Database;
use crate::{Error, ErrorKind, Person, Result, connection::Connection, policy::Policies};

impl Database {
    pub(crate) async fn begin_personal(&self, person: &Person) -> Result<Connection> {
        let pool = configured(&self.inner.personal_pool, "persons", "personal_url")?;
        let claim = person.claim(self.inner.signing_key());
        let begin = self
            .inner
            .begin(pool, self.isolation, "READ WRITE", Some(claim));
        begin.await
    }

    pub(crate) async fn begin_catalogue(&self) -> Result<Connection> {
        let pool = configured(&self.inner.catalogue_pool, "the catalogue", "catalogue_url")?;
        let begin = self.inner.begin(pool, self.isolation, "READ ONLY", None);
        begin.await
    }

    pub(crate) fn cursor_key(&self) -> &[u8; 32] {
        &self.inner.cursor_key
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.inner.policies
    }
}

fn configured<'p>(
    pool: &'p Option<PgPool>,
    whose: &'static str,
    method: &'static str,
) -> Result<&'p PgPool> {
    pool.as_ref().ok_or_else(|| {
        let told = format!("no login of {whose} is configured");
        Error::new(ErrorKind::Invalid, told)
            .with_hint(format!("Give the builder its URL with `{method}`."))
    })
}
