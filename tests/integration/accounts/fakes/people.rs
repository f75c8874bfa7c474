//! People: signing up, profiles, which workspaces are theirs.

use sea_orm::Set;
use tenantry::ReadRepository as _;
use tenantry_entities::accounts::Accounts as _;
use tenantry_repositories::accounts::{
    Admission, Logins as _, Myself as _, NewPerson, People, ProfileChange,
};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, same, sign_up};
use crate::world::World;

same!(
    people_sign_up_and_keep_their_profiles,
    |database, _clock, seen| {
        let ann = NewPerson {
            email: " Ann@Example.org".into(),
            name: "Ann".into(),
            external_id: Some("idp|1".into()),
        };
        let first = database.sign_up(ann.clone()).await.unwrap();
        let again = NewPerson {
            email: "ann@example.ORG ".into(),
            external_id: None,
            ..ann.clone()
        };
        let second = database.sign_up(again).await.unwrap();
        seen.value(
            "once",
            (first.is_new, second.is_new, first.person == second.person),
        );
        for email in ["no address", "@", "a@b@c", "eve@example.org"] {
            let other = NewPerson {
                email: email.into(),
                ..ann.clone()
            };
            seen.kind(email, database.sign_up(other).await);
        }
        let by_email = database.person_by_email("ANN@example.org ").await.unwrap();
        let by_subject = database.person_by_external_id("idp|1").await.unwrap();
        seen.value(
            "found",
            by_email.map(|found| (found.email, found.name, found.metadata)),
        );
        seen.value("found", by_subject.is_some());
        seen.value(
            "nobody",
            database.person_by_external_id("idp|2").await.unwrap(),
        );

        let eve = sign_up(database, "eve@example.org").await;
        let me = database.person(first.person.into()).unwrap();
        let other = database.person(eve).unwrap();
        seen.kind("comes", me.logged_in().await);
        seen.kind("goes", me.logged_out().await);
        seen.kind("same subject", me.link_external_id("idp|1").await);
        seen.words("second subject", me.link_external_id("idp|2").await);
        seen.kind("another's", other.link_external_id("idp|1").await);
        seen.kind("own", other.link_external_id("idp|3").await);
        for name in ["two", "one"] {
            found(database, me.actor(), name).await;
        }
        let change = ProfileChange {
            name: Set("Ann B.".into()),
            avatar_url: Set(Some("https://example.org/a".into())),
            ..Default::default()
        };
        let changed = me.update_profile(change).await.unwrap();
        seen.value(
            "profile",
            (changed.name, changed.avatar_url, changed.external_id),
        );
        let long = ProfileChange {
            name: Set("x".repeat(256)),
            ..Default::default()
        };
        seen.kind("too long", me.update_profile(long).await);
        let mine = me.workspaces().await.unwrap();
        seen.value(
            "mine",
            mine.iter()
                .map(|mine| (&mine.name, mine.role, mine.kind))
                .collect::<Vec<_>>(),
        );
        for mine in mine {
            let context = database
                .admit(me.actor().clone(), mine.id.into())
                .await
                .unwrap();
            let session = database.begin(&context).await.unwrap();
            let row = session.members().list().first().await.unwrap().unwrap();
            seen.value("co-members see", (row.name, row.avatar_url, row.version));
        }
        seen.value("hers", other.workspaces().await.unwrap().len());
        let nobody = database.person(Uuid::now_v7().into()).unwrap();
        seen.words("no profile", nobody.profile().await);
        seen.kind(
            "no profile",
            nobody.update_profile(ProfileChange::default()).await,
        );
    }
);
