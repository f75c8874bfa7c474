//! The administrator's URL, and those of other databases and logins of the same server.

use std::fmt;

use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};
use url::Url;

use super::{error::DatabaseError, logins::Login};

/// A URL of the server. Its `Display` holds the password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address(Url);

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, DatabaseError> {
        Url::parse(url)
            .map(Self)
            .map_err(|error| DatabaseError::Address {
                reason: error.to_string(),
            })
    }

    /// The same server and login, another database.
    pub(super) fn with_database(&self, name: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(&format!("/{name}"));
        Self(without(url, &["dbname"]))
    }

    /// The same server and database, as a login of the tests.
    pub(super) fn with_login(&self, login: &Login) -> Self {
        let mut url = self.0.clone();
        let password = login.password(self);
        // These fail only for a URL without a host, for which there is no login either.
        let _ = url.set_username(login.name);
        let _ = url.set_password(Some(&password));
        Self(without(url, &["user", "password"]))
    }

    pub(super) async fn connect(&self) -> Result<PgConnection, DatabaseError> {
        let connect = async {
            let options: PgConnectOptions = self.0.as_str().parse()?;
            options.disable_statement_logging().connect().await
        };
        connect
            .await
            .map_err(DatabaseError::sql("connect to the server"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

/// Parameters override the parts before them, so the ones we set must not appear twice.
fn without(mut url: Url, names: &[&str]) -> Url {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !names.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::{super::logins, *};

    #[test]
    fn only_the_database_is_changed() {
        let address = Address::parse(
            "postgres://admin:secret@localhost:5432/postgres?host=%2Ftmp%2Fx&dbname=other",
        )
        .unwrap();
        assert_eq!(
            address.with_database("mine").to_string(),
            "postgres://admin:secret@localhost:5432/mine?host=%2Ftmp%2Fx"
        );
    }

    #[test]
    fn a_login_replaces_the_administrator_wherever_the_url_names_him() {
        let address = Address::parse(
            "postgres://admin:secret@db:6432/postgres?user=admin&password=secret&sslmode=disable",
        )
        .unwrap();
        let url = address.with_login(&logins::APP).to_string();
        assert!(url.starts_with("postgres://tenantry_test_app:"), "{url}");
        assert!(url.ends_with("@db:6432/postgres?sslmode=disable"), "{url}");
        assert!(!url.contains("secret"));
    }
}
