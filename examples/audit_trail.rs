//! Who did what, and what a row was: `cargo run --example audit_trail`.
//!
//! A challenge is written, changed, deleted and restored. The log says by whom, the row comes back
//! as it was at each version, a refusal is recorded, and nobody at run time can touch what is told.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use chrono::{TimeDelta, Utc};
use sea_orm::Set;
use tenantry::{Action, ActorKind, Database, Error, Event, Request, SecurityEvent, TenantContext};
use tenantry_entities::{
    accounts::workspace,
    challenges::{Challenges, challenge},
};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::Members;
use tenantry_testing::{TestDatabase, workspaces};

const EXPORT: Action = Action::from_static("challenge.export");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    let new = |name: &str| workspace::New { name: name.into() };
    let [acme, globex] = workspaces(&database, ["Acme", "Globex"], new).await?;
    let request = Request::new()
        .ip_address([192, 0, 2, 7].into())
        .user_agent("a browser");
    let ann = acme.context.with_request(request);

    println!("Ann writes a challenge, renames it, deletes it and takes that back.");
    let first = write(&database, &ann).await?;

    println!("\nWhat happened, newest first:");
    let session = database.begin(&ann).await?;
    let challenges = session.challenges();
    for entry in challenges.history(first.id).page().await?.items {
        let version = entry.version.map_or(1, |version| version.as_i64());
        println!(
            "  {:?} to version {version}, by {:?} from {:?}",
            entry.operation, entry.actor, entry.ip_address
        );
        for change in &entry.changes {
            println!("    {}: {} → {:?}", change.field, change.old, change.new);
        }
    }

    println!("\nAs it was:");
    let then = challenges.as_of(first.id, first.version).await?;
    assert_eq!(then, first);
    println!("  at version {}: {:?}", then.version, then.title);
    let then = challenges.as_of_time(first.id, Utc::now()).await?;
    println!("  a moment ago: {:?}", then.title);

    println!("\nWhat no row tells: an export, in the same transaction, and a refusal, in its own.");
    let export = Event::new(EXPORT).about::<challenge::Entity>([first.id]);
    session.audit().record(export).await?;
    session.commit().await?;
    let refusal = SecurityEvent::new(Action::SECURITY_INVALID_TOKEN)
        .workspace(ann.workspace().clone())
        .actor(ActorKind::User, "whoever they said");
    database.record_security_event(refusal).await?;
    let session = database.read(&ann).await?;
    let day = Utc::now() - TimeDelta::days(1)..Utc::now() + TimeDelta::days(1);
    for action in [EXPORT, Action::SECURITY_INVALID_TOKEN] {
        let told = session.audit().entries(day.clone()).action(&action);
        println!("  {action}: {} told", told.page().await?.items.len());
    }
    drop(session);

    println!("\nGlobex asks for the history, knowing the id:");
    let session = database.read(&globex.context).await?;
    refused(session.challenges().history(first.id).page().await)?;
    drop(session);

    println!("\nSomebody with the service's own login would have it otherwise:");
    for sql in [
        "DELETE FROM tenantry.audit_log",
        "UPDATE tenantry.audit_log SET actor_name = 'nobody'",
        "ALTER TABLE challenges.challenges DISABLE TRIGGER challenges_audit_update",
    ] {
        let session = database.begin(&ann).await?;
        println!("  {sql}");
        let tried = session.raw_sql_without_workspace_guard("tamper", sql, Default::default());
        refused(tried.await)?;
    }
    Ok(())
}

/// Each step is a transaction of its own.
async fn write(database: &Database, ann: &TenantContext) -> Result<challenge::Model, Error> {
    let session = database.begin(ann).await?;
    let new = challenge::New {
        title: "Ship it".into(),
    };
    let first = session.challenges().insert(new).await?;
    session.commit().await?;

    let session = database.begin(ann).await?;
    let rename = challenge::Update {
        title: Set("Ship it today".into()),
        ..Default::default()
    };
    session.challenges().update(&first, rename).await?;
    session.commit().await?;

    let session = database.begin(ann).await?;
    let deletion = session.challenges().delete(first.id).await?;
    session.commit().await?;

    let session = database.begin(ann).await?;
    session.challenges().restore(&deletion).await?;
    session.commit().await?;
    Ok(first)
}

fn refused<T>(outcome: Result<T, Error>) -> Result<(), String> {
    match outcome {
        Ok(_) => Err("it worked".into()),
        Err(error) => {
            println!("    refused: {:?}, {error}", error.kind());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
