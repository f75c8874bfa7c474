//! Invitations: once, in time, by the right person, and never above who invites.

use std::time::Duration;

use tenantry::{ErrorKind, Person, TenantContext};
use tenantry_entities::accounts::{Accounts, invitation, member};
use tenantry_repositories::accounts::{
    Acceptance, InvitationRepository, InvitationState, Invitations, Invited, MemberRepository,
};

use super::invitation_to;
use crate::world::World;

async fn invited(world: &World, context: &TenantContext, email: &str) -> Invited {
    let session = world.database.begin(context).await.unwrap();
    let invited = session
        .invitations()
        .invite(invitation_to(email))
        .await
        .unwrap();
    session.commit().await.unwrap();
    invited
}

async fn person(world: &World, email: &str) -> Person {
    let actor = world.person(email).await;
    world.database.person(actor).unwrap()
}

async fn accept(world: &World, person: &Person, token: &str) -> Acceptance {
    world
        .database
        .accept_invitation(person, token)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_invitation_makes_a_member_once() {
    let world = World::new().await;
    let invited = invited(&world, &world.alpha, " Ann@Example.org ").await;
    let token = invited.token.expose();
    let shown = world.database.invitation(token).await.unwrap();
    assert_eq!(
        (shown.workspace_name.as_str(), shown.state),
        ("alpha", InvitationState::Open)
    );
    assert!(!format!("{invited:?}").contains(token));

    let bob = person(&world, "bob@example.org").await;
    assert_eq!(accept(&world, &bob, token).await, Acceptance::OtherEmail);
    let ann = person(&world, "ann@example.org").await;
    let joined = accept(&world, &ann, token).await.joined().unwrap();
    assert_eq!(joined.role, member::Role::Member);
    let context = world
        .database
        .authorize(ann.actor().clone(), joined.workspace)
        .await
        .unwrap();
    assert_eq!(context.workspace(), world.alpha.workspace());
    assert_eq!(
        accept(&world, &ann, token).await,
        Acceptance::AcceptedBefore
    );
    let session = world.alpha().await;
    let kept = session
        .invitations()
        .get(invited.invitation.id)
        .await
        .unwrap();
    assert_eq!(kept.accepted_by, ann.actor().as_uuid());
    let revoked = session.invitations().revoke(kept.id).await.unwrap_err();
    assert_eq!(revoked.kind(), ErrorKind::NotFound);
    drop(session);
    assert_eq!(
        world.actions().await[2..],
        ["workspace.member_invite", "workspace.member_join"]
    );
}

#[tokio::test]
async fn an_invitation_that_ended_says_how() {
    let world = World::new().await;
    let ann = person(&world, "ann@example.org").await;
    let first = invited(&world, &world.alpha, "ann@example.org").await;
    let second = invited(&world, &world.alpha, "ANN@example.org").await;
    assert_eq!(
        accept(&world, &ann, first.token.expose()).await,
        Acceptance::Revoked,
        "replaced"
    );
    sqlx::query("UPDATE accounts.invitations SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1")
        .bind(*second.invitation.id.as_key())
        .execute(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(
        accept(&world, &ann, second.token.expose()).await,
        Acceptance::Expired
    );
    let third = invited(&world, &world.alpha, "ann@example.org").await;
    let session = world.alpha().await;
    session
        .invitations()
        .revoke(third.invitation.id)
        .await
        .unwrap();
    session.commit().await.unwrap();
    assert_eq!(
        accept(&world, &ann, third.token.expose()).await,
        Acceptance::Revoked
    );
    let error = Acceptance::Revoked.joined().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn who_accepts_twice_at_once_is_one_member() {
    let world = World::new().await;
    for round in 0..20 {
        let email = format!("p{round}@example.org");
        let (ann, invited) = (
            person(&world, &email).await,
            invited(&world, &world.alpha, &email).await,
        );
        let token = invited.token.expose();
        let (one, two) = tokio::join!(accept(&world, &ann, token), accept(&world, &ann, token));
        let joined = [one, two]
            .into_iter()
            .filter(|a| matches!(a, Acceptance::Joined(_)));
        assert_eq!(joined.count(), 1);
    }
}

#[tokio::test]
async fn who_comes_back_gets_the_old_row_without_the_old_rights() {
    let world = World::new().await;
    let ann = person(&world, "ann@example.org").await;
    let first = invited(&world, &world.alpha, "ann@example.org").await;
    accept(&world, &ann, first.token.expose())
        .await
        .joined()
        .unwrap();
    let session = world.alpha().await;
    let row = session
        .members()
        .of_person(ann.actor().as_uuid().unwrap())
        .await
        .unwrap()
        .unwrap();
    let row = session
        .members()
        .permit(&row, serde_json::json!({"billing": true}))
        .await
        .unwrap();
    session.members().remove(row.id).await.unwrap();
    session.commit().await.unwrap();
    let again = invited(&world, &world.alpha, "ann@example.org").await;
    accept(&world, &ann, again.token.expose())
        .await
        .joined()
        .unwrap();
    let session = world.alpha().await;
    let back = session.members().get(row.id).await.unwrap();
    assert_eq!(back.permissions, serde_json::json!({}));
    let third = invited(&world, &world.alpha, "ann@example.org").await;
    assert_eq!(
        accept(&world, &ann, third.token.expose()).await,
        Acceptance::AlreadyMember
    );
}

#[tokio::test]
async fn nobody_invites_above_themselves() {
    let world = World::new().await;
    let there = invited(&world, &world.alpha, "there@example.org").await;
    assert_eq!(there.invitation.role, invitation::Role::Member);
    for (role, owner, other) in [
        (member::Role::Admin, false, true),
        (member::Role::Manager, false, false),
        (member::Role::Viewer, false, false),
    ] {
        let (_, context) = world.joined(role).await;
        for (wanted, allowed) in [
            (invitation::Role::Owner, owner),
            (invitation::Role::Viewer, other),
        ] {
            let session = world.database.begin(&context).await.unwrap();
            let new = tenantry_repositories::accounts::NewInvitation {
                role: wanted,
                ..invitation_to("x@example.org")
            };
            let met = session.invitations().invite(new).await;
            match met {
                Ok(_) => assert!(allowed, "{role:?} {wanted:?}"),
                Err(error) => assert_eq!(
                    (error.kind(), allowed),
                    (ErrorKind::Forbidden, false),
                    "{role:?} {wanted:?}"
                ),
            }
        }
        // Nor does anyone else learn who was invited.
        let session = world.database.begin(&context).await.unwrap();
        let seen = session.invitations().list().count().await.unwrap();
        assert_eq!(seen, u64::from(role == member::Role::Admin), "{role:?}");
    }
}

/// A token of one workspace, carried to another, is no token; nor is a guessed one. All are alike.
#[tokio::test]
async fn a_token_that_is_not_right_is_not_known() {
    let world = World::new().await;
    let ann = person(&world, "ann@example.org").await;
    let theirs = invited(&world, &world.beta, "ann@example.org").await;
    let text = theirs.token.expose();
    let simple =
        |context: &TenantContext| context.workspace().as_uuid().unwrap().simple().to_string();
    let carried = text.replace(&simple(&world.beta), &simple(&world.alpha));
    let guessed = format!("{}{}", &text[..text.len() - 4], "0000");
    let nowhere = text.replace(
        &simple(&world.beta),
        &uuid::Uuid::now_v7().simple().to_string(),
    );
    let mut told = Vec::new();
    for token in [&carried, &guessed, &nowhere, "garbage"] {
        told.push(
            world
                .database
                .accept_invitation(&ann, token)
                .await
                .unwrap_err()
                .to_string(),
        );
        told.push(
            world
                .database
                .invitation(token)
                .await
                .unwrap_err()
                .to_string(),
        );
    }
    assert!(
        told.iter().all(|words| words == "invitation not found"),
        "{told:?}"
    );
    accept(&world, &ann, text).await.joined().unwrap();
}

#[tokio::test]
async fn a_value_that_makes_no_sense_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let session = world.alpha().await;
    for (email, seconds) in [
        ("no address", 3_600),
        ("@", 3_600),
        ("a@b@c", 3_600),
        ("a@b", 1),
    ] {
        let new = tenantry_repositories::accounts::NewInvitation {
            valid_for: Duration::from_secs(seconds),
            ..invitation_to(email)
        };
        let error = session.invitations().invite(new).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{email}");
    }
    session.commit().await.unwrap();
}
