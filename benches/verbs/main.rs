//! The verbs against raw sqlx, plain SeaORM and tokio-postgres, in one run: `cargo bench`.
//!
//! All speak as the runtime role under row security, on one connection each, in turns. Trust the
//! ratios; the times are this machine's. `cargo bench -- list` runs what has `list` in its name,
//! `cargo bench -- --rows 100000` makes the large tables smaller than 1,000,000 rows.

#![expect(clippy::print_stdout, reason = "a benchmark prints a table")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run panics")]
#![expect(
    clippy::disallowed_methods,
    reason = "plain SeaORM is what we compare with"
)]

mod bulk;
mod clock;
mod reads;
mod search;
mod streams;
mod world;
mod writes;

use world::Bench;

/// Who is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    Tenantry,
    Sqlx,
    SeaOrm,
    TokioPostgres,
}

/// What was asked for on the command line.
pub(crate) struct Options {
    filter: Option<String>,
    pub(crate) rows: usize,
}

impl Options {
    fn parse() -> Self {
        let mut options = Self {
            filter: None,
            rows: 1_000_000,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--rows" => options.rows = arguments.next().unwrap().parse().unwrap(),
                other => options.filter = Some(other.to_owned()),
            }
        }
        options
    }

    pub(crate) fn wants(&self, what: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| what.contains(filter.as_str()))
    }
}

/// One line of the table.
pub(crate) fn print(what: &str, best: impl Fn(Against) -> Option<f64>) {
    let ours = best(Against::Tenantry).unwrap();
    let ratio = |who| best(who).map_or("–".to_owned(), |theirs| format!("{:.2}×", ours / theirs));
    println!(
        "{what:<44} {ours:>12.1} µs {:>8} {:>8} {:>16}",
        ratio(Against::Sqlx),
        ratio(Against::SeaOrm),
        ratio(Against::TokioPostgres),
    );
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let bench = Bench::new(&options).await;
    println!(
        "{:<44} {:>15} {:>8} {:>8} {:>16}",
        "tenantry’s time, and as a multiple of theirs",
        "tenantry",
        "sqlx",
        "SeaORM",
        "tokio-postgres"
    );
    reads::run(&bench, &options).await;
    writes::run(&bench, &options).await;
    bulk::run(&bench, &options).await;
    search::run(&bench, &options).await;
    streams::run(&bench, &options).await;
}
