//! Lists and numbers over challenges, submissions and judges, each in one statement.

use std::{collections::BTreeSet, future::Future};

use sqlx::{Arguments as _, Row as _, postgres::PgArguments};
use tenantry::{Access, Error, ErrorKind, Page, Query, ReadRepository, Result, Rows};
use tenantry_entities::challenges::{
    challenge::{self, Status},
    judge, submission,
};

/// How many challenges a list has where nobody says otherwise.
const LISTED: u64 = 20;

/// A challenge in a list, with what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overview {
    /// The challenge.
    pub challenge: challenge::Model,
    /// How many living submissions it has, drafts included.
    pub submissions: u64,
    /// How many judges it has.
    pub judges: u64,
}

/// The numbers of a workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Living challenges.
    pub total: u64,
    /// Those that are active now.
    pub active: u64,
    /// How long a challenge runs on average, in days, of those that have a start and an end.
    pub average_days: Option<f64>,
    /// People who have a living submission.
    pub participants: u64,
}

/// Every challenge by its place in life, then the newest first; 20 on a page.
pub fn by_life_cycle() -> Query<challenge::Entity> {
    Query::new().sort(challenge::LIFE_CYCLE).limit(LISTED)
}

/// The challenges of one status, the newest first; 20 on a page.
pub fn with_status(status: Status) -> Query<challenge::Entity> {
    Query::new()
        .filter(challenge::STATUS.eq(status))
        .sort(challenge::BY_STATUS)
        .limit(LISTED)
}

/// What a dashboard of challenges asks for.
pub trait ChallengeBoard: Send + Sync {
    /// A page of challenges with the numbers of their submissions and judges, in one statement.
    ///
    /// # Errors
    ///
    /// As [`List::page`](tenantry::List::page).
    fn overview(
        &self,
        query: Query<challenge::Entity>,
    ) -> impl Future<Output = Result<Page<Overview>>> + Send;

    /// The numbers of the workspace, in one statement.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn metrics(&self) -> impl Future<Output = Result<Metrics>> + Send;
}

impl<A: Access> ChallengeBoard for Rows<'_, challenge::Entity, A> {
    async fn overview(&self, query: Query<challenge::Entity>) -> Result<Page<Overview>> {
        let page = (*self)
            .list()
            .query(query)
            .with_count(challenge::SUBMISSIONS)
            .with_count(challenge::JUDGES)
            .page()
            .await?;
        Ok(page.map(|(challenge, (submissions, judges))| Overview {
            challenge,
            submissions,
            judges,
        }))
    }

    async fn metrics(&self) -> Result<Metrics> {
        const SQL: &str = "
            SELECT count(*), count(*) FILTER (WHERE c.status = 'active'),
              avg(extract(epoch FROM c.ends_at - c.starts_at))::float8 / 86400,
              (SELECT count(DISTINCT s.user_id) FROM challenges.submissions s
               WHERE s.workspace_id = $1 AND s.deleted_at IS NULL)
            FROM challenges.challenges c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL";
        let workspace = self.session().context().workspace().as_uuid();
        let mut arguments = PgArguments::default();
        arguments.add(workspace).map_err(|_| mistyped())?;
        let rows = self
            .session()
            .raw_sql_without_workspace_guard("metrics of challenges", SQL, arguments)
            .await?;
        let row = rows.first().ok_or_else(mistyped)?;
        let count = |at: usize| -> Result<u64> {
            let count: i64 = row.try_get(at).map_err(|_| mistyped())?;
            Ok(count.unsigned_abs())
        };
        Ok(Metrics {
            total: count(0)?,
            active: count(1)?,
            average_days: row.try_get(2).map_err(|_| mistyped())?,
            participants: count(3)?,
        })
    }
}

fn mistyped() -> Error {
    Error::new(ErrorKind::Internal, "the metrics are not of their types")
}

/// A board made of three repositories, such as those in memory, that counts by asking them.
#[derive(Clone, Copy, Debug)]
pub struct Assembled<C, S, J> {
    /// The challenges.
    pub challenges: C,
    /// Their submissions.
    pub submissions: S,
    /// Their judges.
    pub judges: J,
}

impl<C, S, J> ChallengeBoard for Assembled<C, S, J>
where
    C: ReadRepository<Entity = challenge::Entity>,
    S: ReadRepository<Entity = submission::Entity>,
    J: ReadRepository<Entity = judge::Entity>,
{
    async fn overview(&self, query: Query<challenge::Entity>) -> Result<Page<Overview>> {
        let page = self.challenges.page(query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for challenge in page.items {
            let submissions = Query::new().filter(submission::CHALLENGE_ID.eq(challenge.id));
            let judges = Query::new().filter(judge::CHALLENGE_ID.eq(challenge.id));
            items.push(Overview {
                submissions: self.submissions.count(submissions).await?,
                judges: self.judges.count(judges).await?,
                challenge,
            });
        }
        Ok(Page::new(items, page.next))
    }

    async fn metrics(&self) -> Result<Metrics> {
        let challenges = every(&self.challenges).await?;
        let lengths: Vec<f64> = challenges
            .iter()
            .filter_map(|row| Some((row.ends_at? - row.starts_at?).as_seconds_f64() / 86_400.0))
            .collect();
        let submissions = every(&self.submissions).await?;
        let participants: BTreeSet<_> = submissions.iter().map(|row| row.user_id).collect();
        let active = |row: &&challenge::Model| row.status == Status::Active;
        Ok(Metrics {
            total: challenges.len() as u64,
            active: challenges.iter().filter(active).count() as u64,
            average_days: (!lengths.is_empty())
                .then(|| lengths.iter().sum::<f64>() / lengths.len() as f64),
            participants: participants.len() as u64,
        })
    }
}

/// All living rows, page by page.
async fn every<R: ReadRepository>(
    repository: &R,
) -> Result<Vec<<R::Entity as sea_orm::EntityTrait>::Model>> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = repository
            .page(Query::new().limit(1_000).after(after))
            .await?;
        rows.extend(page.items);
        if page.next.is_none() {
            return Ok(rows);
        }
        after = page.next;
    }
}
