//! Invitations: made, accepted, ended.

use std::time::Duration;

use tenantry::{ActorId, ReadRepository as _};
use tenantry_entities::accounts::{Accounts as _, invitation};
use tenantry_repositories::accounts::{
    Admission, InvitationRepository as _, Invitations as _, MemberRepository as _, NewInvitation,
};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, same, sign_up};
use crate::accounts::invitation_to;
use crate::world::World;

same!(
    invitations_are_made_accepted_and_end,
    |database, clock, seen| {
        let owner = ActorId::from(Uuid::now_v7());
        let alpha = found(database, &owner, "alpha").await;
        let (ann, eve) = (
            sign_up(database, "ann@example.org").await,
            sign_up(database, "eve@example.org").await,
        );
        let (me, other) = (
            database.person(ann.clone()).unwrap(),
            database.person(eve).unwrap(),
        );
        let session = database.begin(&alpha).await.unwrap();
        for (email, seconds) in [
            ("no address", 3_600),
            ("a@b@c", 3_600),
            ("a@b", 1),
            ("a@b", 400 * 86_400),
        ] {
            let valid_for = Duration::from_secs(seconds);
            let new = NewInvitation {
                valid_for,
                ..invitation_to(email)
            };
            seen.words(email, session.invitations().invite(new).await);
        }
        let first = session
            .invitations()
            .invite(invitation_to(" Ann@Example.org "))
            .await
            .unwrap();
        let second = session
            .invitations()
            .invite(invitation_to("ANN@example.org"))
            .await
            .unwrap();
        seen.value(
            "kept",
            (
                &second.invitation.email,
                &second.invitation.email_norm,
                second.invitation.version,
            ),
        );
        session.commit().await.unwrap();
        let (first, token) = (first.token.expose(), second.token.expose());
        seen.value("replaced", database.invitation(first).await.unwrap());
        seen.value("open", database.invitation(token).await.unwrap());
        seen.words("garbage", database.invitation("garbage").await);
        seen.words(
            "guessed",
            database
                .invitation(&format!("{}0000", &token[..token.len() - 4]))
                .await,
        );
        seen.words("guessed", database.accept_invitation(&me, "ti_").await);
        seen.value(
            "hers",
            database.accept_invitation(&other, token).await.unwrap(),
        );
        seen.value(
            "replaced",
            database.accept_invitation(&me, first).await.unwrap(),
        );
        let joined = database
            .accept_invitation(&me, token)
            .await
            .unwrap()
            .joined()
            .unwrap();
        seen.value(
            "joined",
            (joined.role, &joined.workspace == alpha.workspace()),
        );
        seen.value(
            "twice",
            database.accept_invitation(&me, token).await.unwrap(),
        );
        seen.value("accepted", database.invitation(token).await.unwrap());

        let context = database.admit(ann, joined.workspace).await.unwrap();
        let session = database.begin(&context).await.unwrap();
        seen.kind(
            "a member invites",
            session.invitations().invite(invitation_to("x@y")).await,
        );
        drop(session);
        let session = database.begin(&context).await.unwrap();
        seen.value(
            "a member sees",
            session.invitations().list().count().await.unwrap(),
        );
        let session = database.begin(&alpha).await.unwrap();
        let id = second.invitation.id;
        seen.words("ended", session.invitations().revoke(id).await);
        let kept = session.invitations().get(id).await.unwrap();
        seen.value(
            "by whom",
            (
                kept.accepted_by == me.actor().as_uuid(),
                kept.accepted_at.is_some(),
            ),
        );
        let third = session
            .invitations()
            .invite(invitation_to("ann@example.org"))
            .await
            .unwrap();
        let fourth = session
            .invitations()
            .invite(invitation_to("eve@example.org"))
            .await
            .unwrap();
        let fifth = session
            .invitations()
            .invite(invitation_to("zoe@example.org"))
            .await
            .unwrap();
        session.commit().await.unwrap();
        seen.value(
            "a member",
            database
                .accept_invitation(&me, third.token.expose())
                .await
                .unwrap(),
        );
        let session = database.begin(&alpha).await.unwrap();
        seen.kind(
            "revoke",
            session.invitations().revoke(fifth.invitation.id).await,
        );
        session.commit().await.unwrap();
        clock.pass_an_hour().await;
        seen.value(
            "late",
            database
                .accept_invitation(&other, fourth.token.expose())
                .await
                .unwrap(),
        );
        seen.value(
            "late",
            database.invitation(fourth.token.expose()).await.unwrap(),
        );
        seen.value(
            "revoked",
            database.invitation(fifth.token.expose()).await.unwrap(),
        );

        // Who comes back gets the old row, without the old permissions.
        let session = database.begin(&alpha).await.unwrap();
        let row = session
            .members()
            .of_person(me.actor().as_uuid().unwrap())
            .await
            .unwrap()
            .unwrap();
        let row = session
            .members()
            .permit(&row, serde_json::json!({"billing": true}))
            .await
            .unwrap();
        session.members().remove(row.id).await.unwrap();
        let again = NewInvitation {
            role: invitation::Role::Admin,
            ..invitation_to("ann@example.org")
        };
        let again = session.invitations().invite(again).await.unwrap();
        session.commit().await.unwrap();
        database
            .accept_invitation(&me, again.token.expose())
            .await
            .unwrap()
            .joined()
            .unwrap();
        let session = database.begin(&alpha).await.unwrap();
        let back = session.members().get(row.id).await.unwrap();
        seen.value(
            "back",
            (
                back.role,
                back.permissions,
                back.invited_by == owner.as_uuid(),
            ),
        );
        drop(session);
        let admin = database
            .admit(me.actor().clone(), alpha.workspace().clone())
            .await
            .unwrap();
        let session = database.begin(&admin).await.unwrap();
        let above = NewInvitation {
            role: invitation::Role::Owner,
            ..invitation_to("x@example.org")
        };
        seen.kind("above", session.invitations().invite(above).await);
    }
);
