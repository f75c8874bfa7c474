//! Somebody of a role, and rows of theirs and of another's.

use sea_orm::Set;
use tenantry::{Deletion, Session, TenantContext};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{
        Challenges, challenge, judge,
        submission::{self, Status},
    },
};
use uuid::Uuid;

use super::matrix::Who;

use crate::world::{World, titled};

/// Somebody, and what is theirs.
pub(super) struct Somebody {
    pub(super) context: TenantContext,
    pub(super) mine: Handed,
    pub(super) theirs: Handed,
    pub(super) challenge: challenge::Model,
    pub(super) closed: (challenge::Model, Deletion),
    pub(super) judge: judge::Model,
    pub(super) dismissed: (judge::Model, Deletion),
}

/// A draft, one that was handed in, and one that was deleted.
pub(super) struct Handed {
    pub(super) person: Uuid,
    pub(super) draft: submission::Model,
    pub(super) handed_in: submission::Model,
    pub(super) deleted: (submission::Model, Deletion),
}

async fn handed(session: &Session, challenge: challenge::Id, person: Uuid) -> Handed {
    let rows = session.submissions();
    let others = session.challenges();
    let mut begun = Vec::new();
    for _ in 0..2 {
        let other = others
            .insert(titled(&Uuid::now_v7().to_string()))
            .await
            .unwrap();
        let new = submission::New {
            challenge_id: other.id,
            user_id: person,
        };
        begun.push(rows.insert(new).await.unwrap());
    }
    let draft = submission::New {
        challenge_id: challenge,
        user_id: person,
    };
    let draft = rows.insert(draft).await.unwrap();
    let status = submission::Update {
        status: Set(Status::Submitted),
        ..Default::default()
    };
    let handed_in = rows.update(&begun[0], status).await.unwrap();
    let deletion = rows.delete(begun[1].id).await.unwrap();
    Handed {
        person,
        draft,
        handed_in,
        deleted: (begun.remove(1), deletion),
    }
}

pub(super) async fn somebody(world: &World, who: Who) -> Somebody {
    let session = world.alpha().await;
    let role = match who {
        Who::Member(role) => role,
        Who::Job(_) | Who::Key(_) => member::Role::Viewer,
    };
    let person = member::New {
        user_id: Uuid::now_v7(),
        role,
        name: "somebody".into(),
    };
    let other = member::New {
        user_id: Uuid::now_v7(),
        ..person.clone()
    };
    let (person, other) = (
        session.members().insert(person).await.unwrap().user_id,
        session.members().insert(other).await.unwrap().user_id,
    );
    let challenge = titled(&format!("bridge {}", Uuid::now_v7()));
    let challenge = session.challenges().insert(challenge).await.unwrap();
    let closed = titled(&Uuid::now_v7().to_string());
    let closed = session.challenges().insert(closed).await.unwrap();
    let mut judges = Vec::new();
    for user_id in [other, person] {
        let new = judge::New {
            challenge_id: challenge.id,
            user_id,
        };
        judges.push(session.judges().insert(new).await.unwrap());
    }
    let dismissal = session.judges().delete(judges[1].id).await.unwrap();
    let mine = handed(&session, challenge.id, person).await;
    let theirs = handed(&session, challenge.id, other).await;
    let closing = session.challenges().delete(closed.id).await.unwrap();
    session.commit().await.unwrap();
    Somebody {
        context: who.context(world, person).await,
        mine,
        theirs,
        challenge,
        closed: (closed, closing),
        dismissed: (judges.remove(1), dismissal),
        judge: judges.remove(0),
    }
}
