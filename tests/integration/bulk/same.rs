//! Invariant 9: a call over many rows is one call after another over each.
//!
//! Both run from the same committed rows and are rolled back. What they answer, what the tables hold
//! then, what the audit log says of each row, and what hooks were asked and told must be the same.

use std::{collections::BTreeSet, fmt::Debug};

use sqlx::Row;
use tenantry::{Error, Obstacle, Result, Session};
use tenantry_entities::challenges::challenge;

use super::ground::{Ground, Heard};

/// Every row, with what the log has of it. Each deletion of one way has an operation of its own, or
/// all have one: that is the difference between them.
const LEFT: &str = "
    SELECT concat_ws(' ', r.name, r.row - 'delete_op',
             (SELECT string_agg(concat_ws('/', l.operation, l.version, l.old_data, l.actor_id, l.via), ', '
                       ORDER BY l.version NULLS FIRST, l.operation)
                FROM tenantry.audit_log l
               WHERE l.table_name = r.name AND (r.id = l.record_id OR r.id = ANY (l.record_ids))))
      FROM (SELECT 'challenges.challenges', c.id::text, to_jsonb(c), c.title, c.deleted_at FROM challenges.challenges c
            UNION ALL
            SELECT 'challenges.submissions', s.id::text, to_jsonb(s), '', NULL FROM challenges.submissions s)
           AS r (name, id, row, title, deleted_at)
     ORDER BY r.name, r.title, r.deleted_at NULLS FIRST, r.id";

/// What one way of doing it leads to, without the ids and times that no two transactions share.
struct Observed {
    answers: Vec<String>,
    left: Vec<String>,
    heard: Heard,
}

impl Observed {
    fn assert_is(&self, other: &Self) {
        assert!(self.heard.keys().eq(other.heard.keys()));
        let heard = self.heard.iter().zip(other.heard.values());
        let heard = heard.map(|((what, at_once), one_by_one)| (*what, at_once, one_by_one));
        let rows = [
            ("answers", &self.answers, &other.answers),
            ("left", &self.left, &other.left),
        ];
        for (what, at_once, one_by_one) in rows.into_iter().chain(heard) {
            for (row, (at_once, one_by_one)) in at_once.iter().zip(one_by_one).enumerate() {
                assert_eq!(at_once, one_by_one, "{what}, line {row}");
            }
            assert_eq!(at_once.len(), one_by_one.len(), "{what}");
        }
    }
}

/// The outcomes of `each` are those of `one` for one input after the other, each in a savepoint.
pub(super) async fn each_is_one_by_one<I: Clone, T: Debug>(
    ground: &Ground,
    inputs: &[I],
    each: impl AsyncFn(&Session, Vec<I>) -> Result<Vec<Result<T>>>,
    one: impl AsyncFn(&Session, I) -> Result<T>,
) {
    let session = ground.begin().await;
    let outcomes = each(&session, inputs.to_vec()).await.unwrap();
    let at_once = observed(ground, session, &outcomes).await;
    let (_, one_by_one) = one_by_one(ground, inputs, &one).await;
    at_once.assert_is(&one_by_one);
}

/// `many` does what `one` does for one input after the other, or nothing with the error of one of
/// them. Says which.
pub(super) async fn many_is_one_by_one_or_none<I: Clone, T: Debug>(
    ground: &Ground,
    inputs: &[I],
    many: impl AsyncFn(&Session, Vec<I>) -> Result<Vec<T>>,
    one: impl AsyncFn(&Session, I) -> Result<T>,
) -> bool {
    let mut session = ground.begin().await;
    let before = left(&session).await;
    let inner = session.savepoint(async |inner| many(inner, inputs.to_vec()).await);
    match inner.await {
        Ok(rows) => {
            let outcomes: Vec<_> = rows.into_iter().map(Ok).collect();
            let at_once = observed(ground, session, &outcomes).await;
            let (_, one_by_one) = one_by_one(ground, inputs, &one).await;
            at_once.assert_is(&one_by_one);
            true
        }
        Err(error) => {
            assert_eq!(left(&session).await, before);
            session.roll_back().await;
            let (outcomes, _) = one_by_one(ground, inputs, &one).await;
            let refusals: Vec<&Error> = outcomes
                .iter()
                .filter_map(|row| row.as_ref().err())
                .collect();
            if error.obstacles().is_empty() {
                let told = refused(&error);
                let known = refusals.iter().any(|known| refused(known) == told);
                assert!(known, "{told}: {refusals:?}");
            } else {
                // Everything that stands in the way of any.
                let each = refusals.iter().flat_map(|known| known.obstacles());
                assert_eq!(sorted(error.obstacles()), sorted(each));
            }
            false
        }
    }
}

async fn one_by_one<I: Clone, T: Debug>(
    ground: &Ground,
    inputs: &[I],
    one: &impl AsyncFn(&Session, I) -> Result<T>,
) -> (Vec<Result<T>>, Observed) {
    let mut session = ground.begin().await;
    let mut outcomes = Vec::new();
    for input in inputs {
        let outcome = session.savepoint(async |inner| one(inner, input.clone()).await);
        outcomes.push(outcome.await);
    }
    let observed = observed(ground, session, &outcomes).await;
    (outcomes, observed)
}

async fn observed<T: Debug>(ground: &Ground, session: Session, outcomes: &[Result<T>]) -> Observed {
    let mut names = ground.names();
    let mut clear = |lines: Vec<String>| -> Vec<String> {
        lines.iter().map(|line| names.clear(line)).collect()
    };
    let answers = outcomes.iter().map(|outcome| match outcome {
        Ok(row) => format!("{row:?}"),
        Err(error) => refused(error),
    });
    let answers = clear(answers.collect());
    let left = clear(left(&session).await);
    let heard = ground.heard().into_iter();
    let heard = heard.map(|(what, lines)| (what, clear(lines))).collect();
    session.roll_back().await;
    Observed {
        answers,
        left,
        heard,
    }
}

fn sorted<'o>(obstacles: impl IntoIterator<Item = &'o Obstacle>) -> Vec<String> {
    let obstacles = obstacles
        .into_iter()
        .map(|obstacle| format!("{obstacle:?}"));
    obstacles.collect::<BTreeSet<_>>().into_iter().collect()
}

fn refused(error: &Error) -> String {
    let current = error.stale::<challenge::Entity>();
    let current = current.map(|stale| (stale.seen, &stale.current));
    let (is_deleted, obstacles) = (error.is_deleted(), error.obstacles());
    format!("{error:?} {current:?} {is_deleted} {obstacles:?}")
}

/// What the session would leave behind.
async fn left(session: &Session) -> Vec<String> {
    let rows = session.raw_sql_without_workspace_guard("a test", LEFT, Default::default());
    rows.await.unwrap().iter().map(|row| row.get(0)).collect()
}
