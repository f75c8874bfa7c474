//! A large import, once: `cargo run --release --example bulk_import`.
//!
//! 100,000 rows go in through one call in constant memory, all or none, with a progress bar. The
//! import has a key: asked for again, it tells what it did and does nothing.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use std::time::Instant;

use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};
use tenantry::{Database, Error};
use tenantry_entities::{
    accounts::workspace,
    challenges::{Challenges, challenge},
};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::{Members, Work};
use tenantry_testing::{TestDatabase, workspaces};

const ROWS: u64 = 100_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    let new = |name: &str| workspace::New { name: name.into() };
    let [acme] = workspaces(&database, ["Acme"], new).await?;

    let bar = ProgressBar::new(ROWS).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} rows, {per_sec}, {eta} left",
    )?);
    let import = Work::new("challenges.import", "file-2026-11.csv");
    for attempt in ["the import", "the same import again"] {
        let began = Instant::now();
        let bar = bar.clone();
        let loaded: u64 = import
            .once(&database, &acme.context, async move |session| {
                let rows = stream::iter((0..ROWS).map(parsed));
                let report = |progress: tenantry::Progress| bar.set_position(progress.done);
                session.challenges().load_stream(rows, report).await
            })
            .await?;
        println!(
            "{attempt}: {loaded} rows, {:.1} s",
            began.elapsed().as_secs_f32()
        );
    }
    bar.finish_and_clear();

    let session = database.read(&acme.context).await?;
    let there = session.challenges().list().count().await?;
    println!("in the table: {there} rows");
    assert_eq!(there, ROWS);
    Ok(())
}

/// A line of the file. One that cannot be read would end the import, with nothing kept.
fn parsed(number: u64) -> Result<challenge::Insert, Error> {
    let new = challenge::New {
        title: format!("Challenge {number}"),
    };
    Ok(new.description(serde_json::json!({ "content": format!("What line {number} says.") })))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
