//! What must be done over all workspaces now and then: sweeping, and making room.

use std::{
    fmt,
    time::{Duration, Instant},
};

use tenantry::{Database, Error, ErrorKind, Functions, Result};

use super::{Said, only};

/// Work that a function does in bounded steps: `schema.function(at_most integer)`, which returns as `bigint` how much it did.
///
/// It may be called at any time, twice, or late. A function of one's own is granted to `tenantry_maintenance`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a job is done by `Maintenance`"]
pub struct Job {
    name: &'static str,
    function: &'static str,
    step: u16,
}

impl Job {
    /// Names a job and its function.
    pub const fn new(name: &'static str, function: &'static str) -> Self {
        Self {
            name,
            function,
            step: 1_000,
        }
    }

    /// Sets how much is done in one transaction at most. 1,000 by default.
    pub const fn step(self, at_most: u16) -> Self {
        Self {
            step: at_most,
            ..self
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// What a job did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// The job.
    pub job: &'static str,
    /// How much it did: rows that were swept, partitions that were made.
    pub rows: u64,
    /// Whether its time was over before everything was done: run it again.
    pub more_left: bool,
    /// How long it took.
    pub took: Duration,
}

/// Runs jobs over a login of `tenantry_maintenance`, whenever a scheduler says so.
///
/// # Examples
///
/// ```no_run
/// use tenantry_repositories::delivery::{Job, Maintenance};
///
/// # async fn example(url: &str) -> tenantry::Result<()> {
/// let maintenance = Maintenance::connect(url).await?.with(Job::new("reminders", "events.maintain_reminders"));
/// for (job, done) in maintenance.run_all().await {
///     match done {
///         Ok(done) => println!("{job}: {} rows, {}", done.rows, if done.more_left { "more left" } else { "all done" }),
///         Err(error) => eprintln!("{job}: {error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "jobs are done by `run` and `run_all`"]
pub struct Maintenance {
    functions: Functions,
    jobs: Vec<Job>,
    patience: Duration,
}

impl Maintenance {
    /// The jobs of the engine, of `accounts` and of this system: what was settled or received 30 days ago goes, as do finished idempotency
    /// keys; the audit log has its months ahead and is kept for seven years.
    pub const JOBS: [Job; 6] = [
        Job::new("outbox", "delivery.sweep_outbox"),
        Job::new("inbox", "delivery.sweep_inbox"),
        Job::new("idempotency_keys", "accounts.maintain_idempotency_keys"),
        Job::new("audit_partitions", "tenantry.maintain_audit_partitions").step(12),
        Job::new("audit_retention", "tenantry.maintain_audit_retention").step(1),
        Job::new("audit_requests", "tenantry.maintain_audit_requests"),
    ];

    /// Connects with a URL of a login that is a member of `tenantry_maintenance` and of nothing else.
    ///
    /// # Errors
    ///
    /// As [`DatabaseBuilder::connect_maintenance`](tenantry::DatabaseBuilder::connect_maintenance).
    pub async fn connect(url: impl Into<String>) -> Result<Self> {
        Ok(Self::new(
            Database::builder(url).connect_maintenance().await?,
        ))
    }

    /// Works over connections that were made before, with timeouts of one's own.
    pub fn new(functions: Functions) -> Self {
        Self {
            functions,
            jobs: Self::JOBS.to_vec(),
            patience: Duration::from_secs(30),
        }
    }

    /// Adds a job; one of the same name is replaced.
    pub fn with(mut self, job: Job) -> Self {
        self.jobs.retain(|known| known.name != job.name);
        self.jobs.push(job);
        self
    }

    /// Sets how long one job may go on with its steps. 30 seconds by default.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The names of the jobs, in the order in which they are run.
    pub fn jobs(&self) -> impl Iterator<Item = &'static str> {
        self.jobs.iter().map(|job| job.name)
    }

    /// Runs one job, step by step, until nothing is left or its time is over.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no job of this name; otherwise what its function raises. The steps before are kept.
    pub async fn run(&self, name: &str) -> Result<Done> {
        let job = self.jobs.iter().find(|job| job.name == name);
        let job = job.ok_or_else(|| Error::new(ErrorKind::NotFound, "job not found"))?;
        self.steps(*job).await
    }

    /// Runs all of them, one after the other. One that fails stops no other.
    pub async fn run_all(&self) -> Vec<(&'static str, Result<Done>)> {
        let mut all = Vec::new();
        for job in &self.jobs {
            all.push((job.name, self.steps(*job).await));
        }
        all
    }

    async fn steps(&self, job: Job) -> Result<Done> {
        let begun = Instant::now();
        let mut rows = 0;
        loop {
            let at_most = [i32::from(job.step).into()];
            let did: Said<i64> = only(self.functions.call(job.function, at_most).await?)?;
            let did = did.called.unsigned_abs();
            rows += did;
            let more_left = did >= u64::from(job.step);
            if !more_left || begun.elapsed() >= self.patience {
                return Ok(Done {
                    job: job.name,
                    rows,
                    more_left,
                    took: begun.elapsed(),
                });
            }
        }
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance")
            .field("jobs", &self.jobs)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
