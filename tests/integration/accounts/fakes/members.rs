//! Members: who rises, falls and leaves.

use sea_orm::Set;
use tenantry::{ActorId, ReadRepository as _, Repository as _};
use tenantry_entities::accounts::{Accounts as _, member};
use tenantry_repositories::accounts::{Admission, MemberRepository as _, Membership as _};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, member_as, same};
use crate::world::World;

same!(members_rise_fall_and_leave, |database, _clock, seen| {
    let ann = ActorId::from(Uuid::now_v7());
    let alpha = found(database, &ann, "alpha").await;
    let place = alpha.workspace().clone();
    let session = database.begin(&alpha).await.unwrap();
    let own = session
        .members()
        .of_person(ann.as_uuid().unwrap())
        .await
        .unwrap()
        .unwrap();
    seen.words(
        "demoted",
        session
            .members()
            .change_role(own.id, member::Role::Admin)
            .await,
    );
    seen.words("removed", session.members().remove(own.id).await);
    seen.words("left", session.leave().await);
    drop(session);
    let session = database.begin(&alpha).await.unwrap();
    let past = session.members().delete(own.id).await.unwrap_err();
    seen.value("past the rule", (past.kind(), past.constraint()));
    drop(session);
    let session = database.begin(&alpha).await.unwrap();
    let twin = member::New {
        user_id: own.user_id,
        ..member_as(member::Role::Member)
    };
    let twin = session.members().insert(twin).await.unwrap_err();
    seen.value("twin", (twin.kind(), twin.constraint()));
    drop(session);
    let session = database.begin(&alpha).await.unwrap();
    let admin = session
        .members()
        .insert(member_as(member::Role::Admin))
        .await
        .unwrap();
    let viewer = session
        .members()
        .insert(member_as(member::Role::Viewer))
        .await
        .unwrap();
    seen.words(
        "no object",
        session
            .members()
            .permit(&viewer, serde_json::json!(1))
            .await,
    );
    let permitted = session
        .members()
        .permit(&viewer, serde_json::json!({"a": 1}))
        .await
        .unwrap();
    seen.value("permitted", (permitted.permissions, permitted.version));
    seen.kind(
        "stale",
        session
            .members()
            .permit(&viewer, serde_json::json!({}))
            .await,
    );
    session.commit().await.unwrap();

    let as_admin = database
        .admit(admin.user_id.into(), place.clone())
        .await
        .unwrap();
    let as_viewer = database
        .admit(viewer.user_id.into(), place.clone())
        .await
        .unwrap();
    for (who, context) in [("admin", &as_admin), ("viewer", &as_viewer)] {
        for (what, target, role) in [
            ("an owner down", own.id, member::Role::Member),
            ("a viewer up", viewer.id, member::Role::Manager),
            ("a viewer up to owner", viewer.id, member::Role::Owner),
        ] {
            let session = database.begin(context).await.unwrap();
            let step = format!("{who} takes {what}");
            // The rule comes first where it is about the last owner.
            if target == own.id {
                let row = session.members().get(own.id).await.unwrap();
                let change = member::Update {
                    role: Set(role),
                    ..Default::default()
                };
                seen.kind(&step, session.members().update(&row, change).await);
            } else {
                seen.kind(&step, session.members().change_role(target, role).await);
            }
        }
        let session = database.begin(context).await.unwrap();
        seen.kind(who, session.members().remove(viewer.id).await);
        drop(session);
        let session = database.begin(context).await.unwrap();
        seen.kind(
            who,
            session
                .members()
                .insert(member_as(member::Role::Member))
                .await,
        );
        drop(session);
        let session = database.begin(context).await.unwrap();
        seen.value("seen", session.members().list().count().await.unwrap());
    }
    let session = database.begin(&as_viewer).await.unwrap();
    seen.kind("leaves", session.leave().await);
    seen.words("leaves again", session.leave().await);
    session.commit().await.unwrap();
    seen.words("is out", database.admit(viewer.user_id.into(), place).await);
    let session = database.begin(&alpha).await.unwrap();
    seen.kind(
        "nobody",
        session
            .members()
            .change_role(member::Id::random(), member::Role::Owner)
            .await,
    );
    seen.value("left", session.members().list().count().await.unwrap());
});
