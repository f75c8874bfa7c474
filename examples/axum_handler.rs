//! A web service in front of a workspace: `cargo run --example axum_handler`.
//!
//! The context is made at the edge, by an extractor; handlers open a session, and rules take the
//! repository as a trait, so that a unit test hands them one in memory.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use axum::{
    Json, Router,
    body::Body,
    extract::{FromRequestParts, Path, Query, State},
    http::{Request, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry::{ActorId, Cursor, Database, Error, ErrorKind, TenantContext, Version};
use tenantry_entities::{
    accounts::{Accounts, workspace},
    challenges::{Challenges, challenge},
};
use tenantry_migration::Migrator;
use tenantry_repositories::{
    accounts::{Founder, Members, Workspaces},
    challenges::ChallengeRepository,
};
use tenantry_testing::TestDatabase;
use tower::ServiceExt as _;
use uuid::Uuid;

/// Who asks, for which workspace: proven before a handler runs.
struct Tenant(TenantContext);

impl FromRequestParts<Database> for Tenant {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, database: &Database) -> Result<Self, Failure> {
        // A service of yours verifies a token here; what matters is that the actor is proven.
        let person = parts
            .headers
            .get("x-person")
            .and_then(|value| value.to_str().ok());
        let person: Option<Uuid> = person.and_then(|text| text.parse().ok());
        let person = person.ok_or(Failure::Unauthenticated)?;
        let Path(path) = Path::<Workspace>::from_request_parts(parts, database)
            .await
            .map_err(|_| Failure::NoSuchPage)?;
        let context = database
            .authorize(ActorId::from(person), path.workspace.into())
            .await?;
        Ok(Self(context))
    }
}

#[derive(Deserialize)]
struct Workspace {
    workspace: Uuid,
}

#[derive(Deserialize)]
struct After {
    after: Option<Cursor>,
}

#[derive(Deserialize)]
struct Publication {
    version: Version,
}

fn service(database: Database) -> Router {
    Router::new()
        .route("/{workspace}/challenges", get(list))
        .route("/{workspace}/challenges/{id}/publish", post(publish))
        .with_state(database)
}

async fn list(
    State(database): State<Database>,
    Tenant(context): Tenant,
    Query(After { after }): Query<After>,
) -> Result<Json<Value>, Failure> {
    let session = database.read(&context).await?;
    let list = session.challenges().list().sort(challenge::NEWEST);
    let page = list.limit(2).after(after).page().await?;
    Ok(Json(json!({ "items": page.items, "next": page.next })))
}

async fn publish(
    State(database): State<Database>,
    Tenant(context): Tenant,
    Path((_, id)): Path<(Uuid, challenge::Id)>,
    Json(form): Json<Publication>,
) -> Result<Json<challenge::Model>, Failure> {
    let session = database.begin(&context).await?;
    let row = publish_as_seen(&session.challenges(), id, form.version).await?;
    session.commit().await?;
    Ok(Json(row))
}

/// A rule of the service: nobody publishes what they have not seen.
async fn publish_as_seen(
    challenges: &impl ChallengeRepository,
    id: challenge::Id,
    seen: Version,
) -> Result<challenge::Model, Error> {
    let row = challenges.get(id).await?;
    if row.version != seen {
        return Err(tenantry::Stale::<challenge::Entity>::new(row, seen).into());
    }
    challenges.publish(id).await
}

/// What a client is told: the kind of the failure, never a value of somebody's row.
enum Failure {
    Unauthenticated,
    NoSuchPage,
    Refused(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, message) = match &self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "who are you?".to_owned()),
            Self::NoSuchPage => (StatusCode::NOT_FOUND, "no such page".to_owned()),
            Self::Refused(error) => {
                let status = match error.kind() {
                    ErrorKind::NotFound => StatusCode::NOT_FOUND,
                    ErrorKind::Forbidden => StatusCode::FORBIDDEN,
                    ErrorKind::Stale | ErrorKind::AlreadyExists => StatusCode::CONFLICT,
                    ErrorKind::Invalid | ErrorKind::Reference => StatusCode::UNPROCESSABLE_ENTITY,
                    ErrorKind::Retryable | ErrorKind::Unavailable => {
                        StatusCode::SERVICE_UNAVAILABLE
                    }
                    _ => StatusCode::INTERNAL_SERVER_ERROR,
                };
                (status, error.to_string())
            }
        };
        (status, Json(json!({ "error": message }))).into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    let service = service(database.clone());
    let (ann, mallory) = (Uuid::now_v7(), Uuid::now_v7());
    let founder = Founder {
        user: ann.into(),
        name: "Ann".into(),
    };
    let acme = database
        .found(
            founder,
            workspace::New {
                name: "Acme".into(),
            },
        )
        .await?;
    let session = database.begin(&acme.context).await?;
    for title in ["Write it down", "Sleep on it", "Ship it"] {
        session
            .challenges()
            .insert(challenge::New {
                title: title.into(),
            })
            .await?;
    }
    let members = session.members().list().count().await?;
    session.commit().await?;
    println!("Acme has {members} member and three challenges");

    let path = format!("/{}/challenges", acme.workspace.id);
    let (status, page) = ask(&service, "GET", &path, Some(ann), Value::Null).await?;
    println!(
        "Ann lists: {status}, {} of them, and more: {}",
        page["items"].as_array().map_or(0, Vec::len),
        !page["next"].is_null()
    );
    let first = page["items"][0].clone();
    let next = format!("{path}?after={}", page["next"].as_str().unwrap_or_default());
    let (status, page) = ask(&service, "GET", &next, Some(ann), Value::Null).await?;
    println!("the next page: {status}, {}", page["items"][0]["title"]);

    let one = format!(
        "{path}/{}/publish",
        first["id"].as_str().unwrap_or_default()
    );
    let form = json!({ "version": first["version"] });
    for (who, person) in [
        ("Mallory", Some(mallory)),
        ("nobody", None),
        ("Ann", Some(ann)),
        ("Ann, again", Some(ann)),
    ] {
        let (status, answer) = ask(&service, "POST", &one, person, form.clone()).await?;
        println!(
            "{who} publishes: {status}, {}",
            answer.get("error").unwrap_or(&answer["status"])
        );
    }
    Ok(())
}

async fn ask(
    service: &Router,
    method: &str,
    path: &str,
    person: Option<Uuid>,
    body: Value,
) -> Result<(StatusCode, Value), Box<dyn std::error::Error>> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    if let Some(person) = person {
        request = request.header("x-person", person.to_string());
    }
    let answer = service
        .clone()
        .oneshot(request.body(Body::from(body.to_string()))?)
        .await?;
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await?;
    Ok((status, serde_json::from_slice(&body)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Value;
    use tenantry::Repository as _;
    use tenantry_testing::MemoryRepository;

    #[test]
    fn it_runs() {
        super::main().unwrap();
    }

    #[tokio::test]
    async fn nobody_publishes_what_they_have_not_seen() {
        let challenges = MemoryRepository::<challenge::Entity>::new(Uuid::now_v7())
            .with_default(
                challenge::Column::Description,
                Value::Json(Some(Default::default())),
            )
            .with_default(challenge::Column::Status, "draft")
            .with_default(challenge::Column::StatusRank, 0_i16);
        let draft = challenges
            .insert(challenge::New {
                title: "Ship it".into(),
            })
            .await
            .unwrap();
        let seen = draft.version;
        let change = challenge::Update {
            title: sea_orm::Set("Ship it today".into()),
            ..Default::default()
        };
        let renamed = challenges.update(&draft, change).await.unwrap();

        let refused = publish_as_seen(&challenges, draft.id, seen)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Stale);
        let published = publish_as_seen(&challenges, draft.id, renamed.version)
            .await
            .unwrap();
        assert_eq!(published.status, challenge::Status::Published);
    }
}
