//! The main job, from nothing: `cargo run --example quickstart`.
//!
//! Finds or starts a PostgreSQL, migrates it, makes two workspaces, works in one of them, and tries
//! to reach into the other.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use std::time::Instant;

use sea_orm::Set;
use sqlx::Row;
use tenantry::{ActorId, Database, Error, Session, TenantContext, prelude::*};
use tenantry_entities::{
    accounts::workspace,
    challenges::{Challenges, challenge, submission},
};
use tenantry_migration::Migrator;
use tenantry_repositories::{
    accounts::{Founder, Members, Workspaces},
    challenges::ChallengeRepository,
};
use tenantry_testing::TestDatabase;
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    step("A PostgreSQL with the migrations of tenantry");
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    println!("connected as a role that owns nothing and bypasses nothing");
    match Database::builder(test.admin_url()).connect(Members).await {
        Ok(_) => return Err("a superuser was let in".into()),
        Err(refusal) => println!("as a superuser: refused, since {refusal}"),
    }

    step("Two workspaces, each with an owner of its own");
    let acme = found(&database, "Acme").await?;
    let globex = found(&database, "Globex").await?;

    step("Acme writes and lists challenges");
    let session = database.begin(&acme).await?;
    let challenges = session.challenges();
    for title in ["Ship it", "Write it down", "Sleep on it"] {
        challenges
            .insert(challenge::New {
                title: title.into(),
            })
            .await?;
    }
    let page = challenges
        .list()
        .sort(challenge::NEWEST)
        .limit(2)
        .page()
        .await?;
    for row in &page.items {
        println!("{} — {:?}, version {}", row.title, row.status, row.version);
    }
    println!("… and more: {}", page.has_more());
    let first = challenges
        .list()
        .filter(challenge::TITLE.eq("Ship it"))
        .first()
        .await?;
    let first = first.ok_or("the challenge is gone")?;
    let first = challenges.publish(first.id).await?;
    session.commit().await?;
    println!("published {:?}, now {:?}", first.title, first.status);

    step("Two editors, one row");
    let (one, two) = (first.clone(), first.clone());
    let session = database.begin(&acme).await?;
    session
        .challenges()
        .update(&one, rename("Ship it today"))
        .await?;
    match session
        .challenges()
        .update(&two, rename("Ship it tomorrow"))
        .await
        .or_stale()?
    {
        Updated::Applied(_) => return Err("an update was lost".into()),
        Updated::Stale(stale) => println!(
            "the second is told: {:?} is at version {}, changed in {:?}",
            stale.current.title,
            stale.current.version,
            stale.changed_since(&two),
        ),
    }
    session.commit().await?;

    step("Deleted and restored");
    let session = database.begin(&acme).await?;
    let deletion = session.challenges().delete(first.id).await?;
    println!(
        "deleted: {:?} is there: {}",
        first.title,
        there(&session, first.id).await?
    );
    session.challenges().restore(&deletion).await?;
    println!(
        "restored: it is there: {}",
        there(&session, first.id).await?
    );
    session.commit().await?;

    step("Globex tries to reach Acme's challenge, knowing its id and version");
    reach_across(&database, &acme, &globex, &first).await?;

    step("What Acme's audit log saw");
    let session = database.read(&acme).await?;
    let log = "SELECT operation, table_name, version FROM tenantry.audit_log ORDER BY at, version NULLS FIRST";
    let entries = session
        .raw_sql_without_workspace_guard("show the audit log", log, Default::default())
        .await?;
    for entry in entries {
        let (operation, table): (String, String) = (entry.try_get(0)?, entry.try_get(1)?);
        let version: Option<i64> = entry.try_get(2)?;
        let version = version
            .map(|version| format!(" to version {version}"))
            .unwrap_or_default();
        println!("{operation:<8} {table}{version}");
    }
    println!("\nDone in {:.1} s.", began.elapsed().as_secs_f32());
    Ok(())
}

/// Five ways to another workspace's row, and what each of them meets.
async fn reach_across(
    database: &Database,
    acme: &TenantContext,
    globex: &TenantContext,
    theirs: &challenge::Model,
) -> Result<(), Box<dyn std::error::Error>> {
    let session = database.begin(globex).await?;
    refused("read it by id", session.challenges().get(theirs.id).await)?;
    refused(
        "change it",
        session.challenges().update(theirs, rename("Mine")).await,
    )?;
    refused("delete it", session.challenges().delete(theirs.id).await)?;
    let child = submission::New {
        challenge_id: theirs.id,
        user_id: Uuid::now_v7(),
    };
    refused(
        "hang a row of one's own on it",
        session.submissions().insert(child).await,
    )?;
    drop(session);

    let session = database.begin(globex).await?;
    let everything = "SELECT count(*) FROM challenges.challenges";
    let seen = session
        .raw_sql_without_workspace_guard("reach across", everything, Default::default())
        .await?;
    println!(
        "count all rows by raw SQL: {} seen",
        seen[0].try_get::<i64, _>(0)?
    );
    let forged = "SELECT set_config('tenantry.context', 'Acme, please', true)";
    session
        .raw_sql_without_workspace_guard("reach across", forged, Default::default())
        .await?;
    let context = session
        .raw_sql_without_workspace_guard("reach across", everything, Default::default())
        .await;
    refused("forge Acme's context", context)?;
    drop(session);

    let session = database.begin(acme).await?;
    let now = session.challenges().get(theirs.id).await?;
    println!("Acme's challenge is as it was: {:?}", now.title);
    Ok(())
}

fn refused<T>(attempt: &str, outcome: Result<T, Error>) -> Result<(), String> {
    match outcome {
        Ok(_) => Err(format!("{attempt}: it worked")),
        Err(error) => {
            println!("{attempt}: {:?}, {error}", error.kind());
            Ok(())
        }
    }
}

async fn found(database: &Database, name: &str) -> Result<TenantContext, Error> {
    let founder = Founder {
        user: ActorId::from(Uuid::now_v7()),
        name: format!("{name}'s owner"),
    };
    let founded = database
        .found(founder, workspace::New { name: name.into() })
        .await?;
    println!("{name}: {}", founded.workspace.id);
    Ok(founded.context)
}

async fn there(session: &Session, id: challenge::Id) -> Result<bool, Error> {
    Ok(session.challenges().find(id).await?.is_some())
}

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

fn step(title: &str) {
    println!("\n── {title}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
