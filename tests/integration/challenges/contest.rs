//! Submissions and judges: who hands in, who scores, and when.

use tenantry::{ErrorKind, Session};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{
        Challenges,
        challenge::{self, Status},
        judge,
        submission::{self, Status as Handed},
    },
};
use tenantry_repositories::challenges::{ChallengeRepository, SubmissionRepository};
use uuid::Uuid;

use super::{STATUSES, at};
use crate::world::{World, member};

/// A challenge with a draft of somebody, and somebody else who judges.
pub(super) struct Contest<'s> {
    session: &'s Session,
    pub(super) challenge: challenge::Model,
    draft: submission::Model,
    judge: Uuid,
}

pub(super) async fn contest<'s>(session: &'s Session, title: &str, status: Status) -> Contest<'s> {
    let challenge = at(&session.challenges(), title, status).await;
    let people: [member::Model; 2] = [
        session.members().insert(member("Ann")).await.unwrap(),
        session.members().insert(member("Ben")).await.unwrap(),
    ];
    let [ann, ben] = people.map(|person| person.user_id);
    let new = submission::New {
        challenge_id: challenge.id,
        user_id: ann,
    };
    let draft = session.submissions().insert(new).await.unwrap();
    let judging = judge::New {
        challenge_id: challenge.id,
        user_id: ben,
    };
    session.judges().insert(judging).await.unwrap();
    Contest {
        session,
        challenge,
        draft,
        judge: ben,
    }
}

impl Contest<'_> {
    async fn hand_in(&self, person: Uuid) -> Result<Handed, ErrorKind> {
        let (submissions, challenges) = (self.session.submissions(), self.session.challenges());
        let row = submissions
            .hand_in(&challenges, person, self.draft.id)
            .await;
        row.map(|row| row.status).map_err(|error| error.kind())
    }

    async fn score(&self, person: Uuid, score: u8) -> Result<Option<i32>, ErrorKind> {
        let (challenges, judges) = (self.session.challenges(), self.session.judges());
        let submissions = self.session.submissions();
        let row = submissions
            .score(&challenges, &judges, person, self.draft.id, score)
            .await;
        row.map(|row| row.score).map_err(|error| error.kind())
    }
}

#[tokio::test]
async fn ones_own_draft_is_handed_in_while_the_challenge_is_active_and_at_no_other_time() {
    let world = World::new().await;
    let session = world.alpha().await;
    for status in STATUSES {
        let contest = contest(&session, &format!("{status:?}"), status).await;
        let (author, judge) = (contest.draft.user_id, contest.judge);
        assert_eq!(contest.hand_in(judge).await, Err(ErrorKind::Forbidden));
        let handed = contest.hand_in(author).await;
        match status {
            Status::Active => {
                assert_eq!(handed, Ok(Handed::Submitted));
                assert_eq!(contest.hand_in(author).await, Err(ErrorKind::Invalid));
            }
            _ => assert_eq!(handed, Err(ErrorKind::Invalid), "{status:?}"),
        }
    }
}

#[tokio::test]
async fn a_submission_is_scored_by_its_judges_while_judging() {
    let world = World::new().await;
    let session = world.alpha().await;
    let contest = contest(&session, "one", Status::Active).await;
    let (author, judge) = (contest.draft.user_id, contest.judge);
    contest.hand_in(author).await.unwrap();
    assert_eq!(
        contest.score(judge, 90).await,
        Err(ErrorKind::Invalid),
        "not in judging"
    );
    session
        .challenges()
        .judge(contest.challenge.id)
        .await
        .unwrap();

    assert_eq!(contest.score(author, 100).await, Err(ErrorKind::Forbidden));
    assert_eq!(
        contest.score(Uuid::now_v7(), 1).await,
        Err(ErrorKind::Forbidden)
    );
    assert_eq!(contest.score(judge, 101).await, Err(ErrorKind::Invalid));
    assert_eq!(contest.score(judge, 90).await, Ok(Some(90)));
    assert_eq!(
        contest.score(judge, 80).await,
        Ok(Some(80)),
        "second thoughts"
    );
    let withdrawn = session
        .submissions()
        .withdraw(author, contest.draft.id)
        .await;
    assert_eq!(withdrawn.unwrap_err().kind(), ErrorKind::Invalid);

    let other = self::contest(&session, "two", Status::Active).await;
    other.hand_in(other.draft.user_id).await.unwrap();
    session
        .challenges()
        .judge(other.challenge.id)
        .await
        .unwrap();
    assert_eq!(
        other.score(judge, 1).await,
        Err(ErrorKind::Forbidden),
        "judges elsewhere"
    );
    session
        .challenges()
        .complete(contest.challenge.id)
        .await
        .unwrap();
    assert_eq!(
        contest.score(judge, 70).await,
        Err(ErrorKind::Invalid),
        "completed"
    );
}

#[tokio::test]
async fn a_judge_of_ones_own_work_is_refused() {
    let world = World::new().await;
    let session = world.alpha().await;
    let contest = contest(&session, "one", Status::Active).await;
    let author = contest.draft.user_id;
    contest.hand_in(author).await.unwrap();
    let judging = judge::New {
        challenge_id: contest.challenge.id,
        user_id: author,
    };
    session.judges().insert(judging).await.unwrap();
    session
        .challenges()
        .judge(contest.challenge.id)
        .await
        .unwrap();
    assert_eq!(contest.score(author, 100).await, Err(ErrorKind::Forbidden));
}

#[tokio::test]
async fn what_is_withdrawn_makes_room_once_it_is_deleted() {
    let world = World::new().await;
    let mut session = world.alpha().await;
    let (draft, judge) = {
        let contest = contest(&session, "one", Status::Active).await;
        contest.hand_in(contest.draft.user_id).await.unwrap();
        (contest.draft, contest.judge)
    };
    let submissions = session.submissions();
    let stranger = submissions.withdraw(judge, draft.id).await;
    assert_eq!(stranger.unwrap_err().kind(), ErrorKind::Forbidden);
    let withdrawn = submissions.withdraw(draft.user_id, draft.id).await;
    assert_eq!(withdrawn.unwrap().status, Handed::Withdrawn);
    let again = submission::New {
        challenge_id: draft.challenge_id,
        user_id: draft.user_id,
    };
    let taken = session
        .savepoint(async |inner| inner.submissions().insert(again.clone()).await)
        .await
        .unwrap_err();
    assert!(taken.violates(&submission::CHALLENGE_ID_USER_ID_KEY));
    session.submissions().delete(draft.id).await.unwrap();
    let anew = session.submissions().insert(again).await.unwrap();
    assert_eq!(anew.status, Handed::Draft);
}
