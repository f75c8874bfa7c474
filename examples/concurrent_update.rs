//! Two editors, one row: `cargo run --example concurrent_update`.
//!
//! Both open the same challenge. Each saves what they changed; who saves second is told what the
//! first one changed, what clashes, and loses nothing.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use sea_orm::Set;
use tenantry::{Database, Error, TenantContext, prelude::*};
use tenantry_entities::{
    accounts::workspace,
    challenges::{Challenges, challenge},
};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::Members;
use tenantry_testing::{TestDatabase, workspaces};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    let new = |name: &str| workspace::New { name: name.into() };
    let [acme] = workspaces(&database, ["Acme"], new).await?;

    let session = database.begin(&acme.context).await?;
    let challenge = challenge::New {
        title: "Ship it".into(),
    };
    let opened = session.challenges().insert(challenge).await?;
    session.commit().await?;
    println!(
        "Ann and Ben open {:?}, version {}",
        opened.title, opened.version
    );

    let document = serde_json::json!({ "content": "By Friday." });
    let ann = challenge::Update {
        description: Set(document),
        ..Default::default()
    };
    println!("\nAnn writes a description and saves first.");
    save(&database, &acme.context, &opened, ann).await?;
    println!("\nBen renames it and saves second, still at the version that he opened.");
    save(&database, &acme.context, &opened, rename("Ship it today")).await?;
    println!("\nAnn renames it as well, from what she had opened.");
    save(
        &database,
        &acme.context,
        &opened,
        rename("Ship it tomorrow"),
    )
    .await?;

    let session = database.read(&acme.context).await?;
    let now = session.challenges().get(opened.id).await?;
    println!(
        "\nIn the end: {:?}, {}, version {}",
        now.title, now.description, now.version
    );
    assert_eq!(
        (now.title.as_str(), now.version.as_i64()),
        ("Ship it today", 3)
    );
    Ok(())
}

/// Saves an editor's change; where someone was faster, keeps both changes unless they clash.
async fn save(
    database: &Database,
    context: &TenantContext,
    opened: &challenge::Model,
    change: challenge::Update,
) -> Result<(), Error> {
    let session = database.begin(context).await?;
    let challenges = session.challenges();
    match challenges.update(opened, change.clone()).await.or_stale()? {
        Updated::Applied(row) => println!("  saved as version {}", row.version),
        Updated::Stale(stale) => {
            let report = stale.three_way(opened, change.clone());
            println!(
                "  opened version {}, now it is {}",
                stale.seen, stale.current.version
            );
            println!(
                "  they changed {:?}, I change {:?}",
                report.theirs, report.mine
            );
            if report.clashes.is_empty() {
                let row = challenges.update(&stale.current, change).await?;
                println!("  nothing clashes: saved on top as version {}", row.version);
            } else {
                println!(
                    "  {:?} clashes: nothing is saved, the editor decides",
                    report.clashes
                );
                println!("    as opened: {:?}", opened.title);
                println!("    as saved by them: {:?}", stale.current.title);
            }
        }
    }
    session.commit().await
}

fn rename(title: &str) -> challenge::Update {
    challenge::Update {
        title: Set(title.into()),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
