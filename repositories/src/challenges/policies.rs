//! Who may do what with challenges, what is handed in, and who judges.
//!
//! `cargo xtask policies` makes a migration of these when they change.

use tenantry::{
    ActorKind,
    policy::{Action, Glass, Own, Policies, Policy, Published, When},
};
use tenantry_entities::challenges::{
    challenge::{self, Status as Stage},
    judge,
    submission::{self, Status},
};

use super::lifecycle::steps;
use crate::accounts::{
    Rank,
    policies::{EXPORT, export},
};

/// Everybody sees the challenges of their workspace; owners, admins and jobs make them.
///
/// Nobody takes one past a step of its life. What was published and not cancelled is in the catalogue, without its workspace's own stamps.
#[must_use]
pub fn challenges() -> Policy<challenge::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "owners and admins write",
            Action::WRITES,
            When::at_least(Rank::Admin),
        )
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .forbid(
            "a challenge goes through its life in order",
            Action::Update,
            !When::steps(challenge::STATUS, steps()),
        )
        .allow("owners and the job that purges", Action::Purge, purge())
        .allow(EXPORT, Action::Export, export())
        .catalogue(
            Published::of(
                "what is published is for everybody",
                challenge::STATUS.one_of([
                    Stage::Published,
                    Stage::Active,
                    Stage::Judging,
                    Stage::Completed,
                ]),
            )
            .shows(challenge::TITLE)
            .shows(challenge::DESCRIPTION)
            .shows(challenge::STATUS)
            .shows(challenge::STARTS_AT)
            .shows(challenge::ENDS_AT)
            .shows(challenge::CREATED_AT),
        )
        .break_glass(Glass::all("operators see challenges"))
}

/// Members hand in what is theirs and leave the score alone; who judges is a rule of
/// [`SubmissionRepository::score`](super::SubmissionRepository::score), since it looks at another table.
///
/// What they handed in stays theirs to see in whatever workspace, also where they are no members any more, and a draft theirs to work on.
#[must_use]
pub fn submissions() -> Policy<submission::Entity> {
    let mine = || When::at_least(Rank::Member).and(When::mine(submission::USER_ID));
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "members begin what is theirs",
            Action::Insert,
            mine()
                .and(When::row(
                    submission::STATUS.one_of([Status::Draft, Status::Submitted]),
                ))
                .and(When::row(submission::SCORE.is_null())),
        )
        .allow(
            "members work on what is theirs until it is judged",
            Action::Update,
            mine()
                .and(!When::before(submission::STATUS.eq(Status::Judged)))
                .and(!When::after(submission::STATUS.eq(Status::Judged)))
                .and(When::unchanged(submission::SCORE)),
        )
        .allow(
            "members take back what is theirs",
            [Action::Delete, Action::Restore],
            mine(),
        )
        .allow(
            "members judge what others handed in",
            Action::Update,
            When::at_least(Rank::Member)
                .and(!When::mine(submission::USER_ID))
                .and(When::before(
                    submission::STATUS.one_of([Status::Submitted, Status::Judged]),
                ))
                .and(When::after(submission::STATUS.eq(Status::Judged)))
                .and(When::unchanged(submission::CONTENT)),
        )
        .allow(
            "owners and admins write",
            Action::WRITES,
            When::at_least(Rank::Admin),
        )
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .allow("owners and the job that purges", Action::Purge, purge())
        .allow(EXPORT, Action::Export, export())
        .personal(
            Own::of(
                "people see what is theirs, and work on it while it is a draft",
                submission::USER_ID,
            )
            .changes(submission::CONTENT)
            .before(submission::STATUS.eq(Status::Draft))
            .after(submission::STATUS.eq(Status::Draft)),
        )
        .break_glass(
            Glass::all("operators see what was handed in, not what is in it")
                .hides(submission::CONTENT),
        )
}

/// Everybody sees who judges; owners, admins and jobs say who does.
#[must_use]
pub fn judges() -> Policy<judge::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "owners and admins write",
            Action::WRITES,
            When::at_least(Rank::Admin),
        )
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .allow("owners and the job that purges", Action::Purge, purge())
        .allow(EXPORT, Action::Export, export())
}

fn purge<E: tenantry::Scoped>() -> When<E> {
    When::at_least(Rank::Owner).or(When::job("purge"))
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new()
        .with(challenges())
        .with(submissions())
        .with(judges())
}
