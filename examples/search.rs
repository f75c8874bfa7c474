//! Rows by their words: `cargo run --example search`.
//!
//! Two workspaces write about the same things. One of them searches: the best first, page by page, with what matched, and never a
//! row of the other.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use serde_json::json;
use tenantry::{Database, Error, Highlight, TenantContext};
use tenantry_entities::{
    accounts::workspace,
    challenges::{
        Challenges,
        challenge::{self, Status},
    },
};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::Members;
use tenantry_testing::{TestDatabase, workspaces};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url()).connect(Members).await?;
    let new = |name: &str| workspace::New { name: name.into() };
    let [acme, globex] = workspaces(&database, ["Acme", "Globex"], new).await?;
    write(
        &database,
        &globex.context,
        "A bridge of Globex",
        "Nobody else's bridge.",
    )
    .await?;
    for (title, content) in [
        (
            "A bridge of paper",
            "It carries a book. <b>Glue</b> is allowed, tape is not.",
        ),
        (
            "Crossings",
            "Draw three ways over the river: a bridge, a ferry, a tunnel.",
        ),
        (
            "Night shift",
            "Write a poem about the bridges of your town. Rhymes count twice.",
        ),
        ("Cooking", "A soup for twenty people."),
    ] {
        write(&database, &acme.context, title, content).await?;
    }

    let session = database.read(&acme.context).await?;
    let challenges = session.challenges();
    let mut after = None;
    let mut found = Vec::new();
    loop {
        let page = challenges
            .search(challenge::SEARCH, "bridges -ferry")
            .highlight(challenge::TITLE)
            .highlight(challenge::DESCRIPTION.text_at(["content"]))
            .limit(1)
            .after(after)
            .page()
            .await?;
        for hit in page.items {
            let shown: Vec<String> = hit.highlights.iter().map(html).collect();
            println!("{:.1}  {}", hit.rank, shown.join(" — "));
            found.push(hit.row.title);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
        println!("     (next page)");
    }
    assert_eq!(found, ["A bridge of paper", "Night shift"]);

    println!("\nThe same words in a list, newest first, with a filter and a count:");
    let drafts = || {
        challenges
            .list()
            .filter(challenge::SEARCH.matches("bridge"))
            .filter(challenge::STATUS.eq(Status::Draft))
    };
    for row in drafts().sort(challenge::NEWEST).page().await?.items {
        println!("{}", row.title);
    }
    assert_eq!(drafts().count().await?, 3);

    println!("\nWhat people type is never an error:");
    for typed in [
        "\"of paper",
        "- - -",
        "'; DROP TABLE challenges; --",
        "the",
        "",
    ] {
        let page = challenges.search(challenge::SEARCH, typed).page().await?;
        println!("{typed:<30} {} found", page.items.len());
    }
    Ok(())
}

/// A web page escapes the pieces and puts its own marks around those that matched.
fn html(highlight: &Highlight) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let pieces = highlight.segments.iter().map(|segment| {
        let text = escaped(&segment.text);
        if segment.matched {
            format!("<mark>{text}</mark>")
        } else {
            text
        }
    });
    pieces.collect()
}

async fn write(
    database: &Database,
    context: &TenantContext,
    title: &str,
    content: &str,
) -> Result<(), Error> {
    let session = database.begin(context).await?;
    let new = challenge::New {
        title: title.into(),
    };
    let new = new.description(json!({ "content": content }));
    session.challenges().insert(new).await?;
    session.commit().await
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}
