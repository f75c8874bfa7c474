//! Workspaces: founded, named, deleted, restored.

use sea_orm::Set;
use tenantry::{ActorId, Repository as _};
use tenantry_entities::accounts::{Accounts as _, member, workspace};
use tenantry_repositories::accounts::{
    Admission, Founder, WorkspaceNames as _, WorkspaceRepository as _, Workspaces,
};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, member_as, same};
use crate::world::World;

same!(
    workspaces_are_founded_named_deleted_and_restored,
    |database, _clock, seen| {
        let founder = Founder {
            user: "no uuid".into(),
            name: "x".into(),
        };
        seen.words(
            "no person",
            database
                .found(founder, workspace::New { name: "x".into() })
                .await,
        );
        let (ann, eve) = (ActorId::from(Uuid::now_v7()), ActorId::from(Uuid::now_v7()));
        let alpha = found(database, &ann, "alpha").await;
        let beta = found(database, &eve, "beta").await;
        seen.value("owner", (alpha.role().as_str(), alpha.actor_kind()));
        let session = database.begin(&alpha).await.unwrap();
        let here = session.workspaces().current().await.unwrap();
        seen.value(
            "here",
            (here.name.as_str(), here.kind, &here.slug, here.version),
        );
        session.claim_slug(" Acme ").await.unwrap();
        session.claim_domain("acme.example").await.unwrap();
        drop(session);
        for name in ["two words", "", "-a", "a.b", &"a".repeat(64)] {
            let session = database.begin(&alpha).await.unwrap();
            seen.kind(name, session.claim_slug(name).await);
        }
        // What was not committed leaves nothing.
        let session = database.begin(&beta).await.unwrap();
        seen.kind("free again", session.claim_slug("acme").await);
        drop(session);
        let session = database.begin(&alpha).await.unwrap();
        session.claim_slug("acme").await.unwrap();
        session.claim_domain("acme.example").await.unwrap();
        let named = session.workspaces().current().await.unwrap();
        seen.value("named", (named.slug, named.domain));
        session.commit().await.unwrap();
        let session = database.begin(&beta).await.unwrap();
        seen.words("taken", session.claim_slug("acme").await);
        seen.words("taken", session.claim_domain("ACME.example").await);
        drop(session);
        for domain in ["nodot", "a..b", "x.y", ".com"] {
            let session = database.begin(&beta).await.unwrap();
            seen.kind(domain, session.claim_domain(domain).await);
        }
        let session = database.begin(&beta).await.unwrap();
        seen.value("nothing", session.release_domain().await.unwrap());
        let manager = session
            .members()
            .insert(member_as(member::Role::Manager))
            .await
            .unwrap();
        let admin = session
            .members()
            .insert(member_as(member::Role::Admin))
            .await
            .unwrap();
        session.commit().await.unwrap();
        let context = database
            .admit(manager.user_id.into(), beta.workspace().clone())
            .await
            .unwrap();
        let session = database.begin(&context).await.unwrap();
        seen.kind("a manager names", session.claim_slug("mine").await);
        drop(session);
        let session = database.begin(&context).await.unwrap();
        let there = session.workspaces().current().await.unwrap();
        let rename = workspace::Update {
            name: Set("gamma".into()),
            ..Default::default()
        };
        seen.kind(
            "a manager renames",
            session.workspaces().update(&there, rename).await,
        );
        drop(session);
        let context = database
            .admit(admin.user_id.into(), beta.workspace().clone())
            .await
            .unwrap();
        let session = database.begin(&context).await.unwrap();
        seen.kind(
            "an admin deletes",
            session.workspaces().delete(there.id).await,
        );
        drop(session);

        let session = database.begin(&alpha).await.unwrap();
        let deletion = session.workspaces().delete(here.id).await.unwrap();
        session.commit().await.unwrap();
        seen.words(
            "gone",
            database.admit(ann.clone(), alpha.workspace().clone()).await,
        );
        let session = database.begin(&beta).await.unwrap();
        seen.kind("free", session.claim_slug("acme").await);
        session.commit().await.unwrap();
        let session = database.begin(&alpha).await.unwrap();
        seen.kind(
            "another has it",
            session.workspaces().restore(&deletion).await,
        );
        drop(session);
        let session = database.begin(&beta).await.unwrap();
        seen.value("released", session.release_slug().await.unwrap());
        session.commit().await.unwrap();
        let session = database.begin(&alpha).await.unwrap();
        seen.value(
            "restored",
            session.workspaces().restore(&deletion).await.unwrap(),
        );
        session.commit().await.unwrap();
        seen.kind("back", database.admit(ann, alpha.workspace().clone()).await);
        seen.words(
            "a stranger",
            database.admit(eve, alpha.workspace().clone()).await,
        );
    }
);
