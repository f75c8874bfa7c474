//! Which server is taken, decided from settings rather than from this machine's environment.

use super::*;

fn settings_with_url(url: &str) -> Settings {
    Settings {
        database_url: Some(url.to_owned()),
        ..Settings::from_environment()
    }
}

#[test]
fn an_unreachable_database_url_is_an_error_not_a_reason_to_look_elsewhere() {
    let mut settings = settings_with_url("postgres://somebody:secret@127.0.0.1:1/postgres");
    settings.test_server = None;
    let error = TestServer::find(&settings).unwrap_err();
    assert!(
        matches!(
            error,
            ServerError::Unreachable {
                variable: "DATABASE_URL",
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn an_unparsable_database_url_is_an_error() {
    let mut settings = settings_with_url("not a url");
    settings.test_server = None;
    let error = TestServer::find(&settings).unwrap_err();
    assert!(
        matches!(
            error,
            ServerError::Invalid {
                variable: "DATABASE_URL",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_parents_server_comes_before_database_url() {
    let server = TestServer::shared().unwrap();
    let mut settings = settings_with_url("postgres://127.0.0.1:1/postgres");
    settings.test_server = Some(server.url().to_owned());
    assert_eq!(
        *TestServer::find(&settings).unwrap().source(),
        Source::Parent
    );
}

#[test]
fn a_server_of_another_version_than_the_wanted_one_is_refused() {
    let server = TestServer::shared().unwrap();
    let mut settings = settings_with_url(server.url());
    settings.test_server = None;
    settings.version = Some("99".to_owned());
    let error = TestServer::find(&settings).unwrap_err();
    assert!(matches!(error, ServerError::WrongVersion { .. }), "{error}");
}

#[test]
fn a_version_that_is_no_number_is_an_error() {
    let settings = Settings {
        version: Some("latest".to_owned()),
        ..Settings::default()
    };
    let error = TestServer::find(&settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TENANTRY_POSTGRES_VERSION is not usable: \"latest\" is not a major version of PostgreSQL from 15 on"
    );
}

#[tokio::test]
async fn a_server_can_be_found_inside_a_runtime() {
    assert!(TestServer::shared().is_ok());
}

#[test]
fn the_first_way_that_works_is_taken() {
    let taken = first_that_works(
        &[Way::Local, Way::Container, Way::Package],
        |way| match way {
            Way::Local => Err(LaunchError::NotInstalled { searched: 3 }),
            Way::Container | Way::Package => Ok(way),
        },
    );
    assert_eq!(taken.unwrap(), Way::Container);
}

#[test]
fn without_a_server_every_way_is_listed_with_its_reason() {
    let error = first_that_works::<()>(&[Way::Local, Way::Package], |way| match way {
        Way::Local => Err(LaunchError::NotInstalled { searched: 3 }),
        Way::Container | Way::Package => Err(LaunchError::NoPackage),
    });
    assert_eq!(
        error.unwrap_err().to_string(),
        "no PostgreSQL server for the tests was found\n  \
         local binaries: no initdb and postgres in 3 folders\n  \
         package: no package holds this version for this machine\n  \
         hint: install PostgreSQL, or set PG_BIN_DIR or DATABASE_URL"
    );
}
