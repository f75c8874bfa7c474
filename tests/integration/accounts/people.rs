//! People across workspaces, and names that are global.

use sea_orm::Set;
use tenantry::ErrorKind;
use tenantry_entities::accounts::{Accounts, member, workspace};
use tenantry_repositories::accounts::{
    Founder, Myself, NewPerson, People, ProfileChange, WorkspaceNames, WorkspaceRepository,
    Workspaces,
};

use crate::world::{World, claim};

fn ann() -> NewPerson {
    NewPerson {
        email: "Ann@Example.org".into(),
        name: "Ann".into(),
        external_id: Some("idp|1".into()),
    }
}

#[tokio::test]
async fn an_address_has_one_person_however_it_is_written() {
    let world = World::new().await;
    let first = world.database.sign_up(ann()).await.unwrap();
    let again = NewPerson {
        email: " ANN@example.ORG".into(),
        name: "Mallory".into(),
        external_id: None,
    };
    let second = world.database.sign_up(again).await.unwrap();
    assert_eq!(
        (first.person, first.is_new, second.is_new),
        (second.person, true, false)
    );
    let found = world
        .database
        .person_by_email("ann@example.org")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.id, found.name.as_str()), (first.person, "Ann"));
    let found = world.database.person_by_external_id("idp|1").await.unwrap();
    assert_eq!(found.unwrap().id, first.person);
    // A subject is not taken over by another address.
    let stolen = NewPerson {
        email: "eve@example.org".into(),
        ..ann()
    };
    let refused = world.database.sign_up(stolen).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    let odd = NewPerson {
        email: "no address".into(),
        ..ann()
    };
    assert_eq!(
        world.database.sign_up(odd).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[tokio::test]
async fn a_profile_changes_for_co_members_everywhere_and_for_nobody_else() {
    let world = World::new().await;
    let ann = world.person("ann@example.org").await;
    let eve = world.person("eve@example.org").await;
    for name in ["one", "two"] {
        let founder = Founder {
            user: ann.clone(),
            name: "old name".into(),
        };
        world
            .database
            .found(founder, workspace::New { name: name.into() })
            .await
            .unwrap();
    }
    let me = world.database.person(ann.clone()).unwrap();
    let change = ProfileChange {
        name: Set("Ann B.".into()),
        avatar_url: Set(Some("https://example.org/a".into())),
        ..Default::default()
    };
    assert_eq!(me.update_profile(change).await.unwrap().name, "Ann B.");
    let mine = me.workspaces().await.unwrap();
    let names: Vec<&str> = mine.iter().map(|mine| mine.name.as_str()).collect();
    assert_eq!(
        (names, mine[0].role),
        (vec!["one", "two"], member::Role::Owner)
    );
    for mine in &mine {
        let context = world
            .database
            .authorize(ann.clone(), mine.id.into())
            .await
            .unwrap();
        let session = world.database.read(&context).await.unwrap();
        let row = session.members().list().first().await.unwrap().unwrap();
        assert_eq!(
            (row.name.as_str(), row.updated_by),
            ("Ann B.", ann.as_uuid())
        );
    }
    let other = world.database.person(eve).unwrap();
    assert!(other.workspaces().await.unwrap().is_empty());
    assert_eq!(other.profile().await.unwrap().name, "eve");
    me.link_external_id("idp|7").await.unwrap();
    me.link_external_id("idp|7").await.unwrap();
    let another = me.link_external_id("idp|8").await.unwrap_err();
    assert_eq!(another.kind(), ErrorKind::AlreadyExists);
    let taken = other.link_external_id("idp|7").await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
}

/// The functions of a person take them from the sealed context: no argument, no context, no answer.
#[tokio::test]
async fn nobody_asks_for_another_person() {
    let world = World::new().await;
    world.person("ann@example.org").await;
    let mut raw = world.raw().await;
    let enter = claim(world.alpha.workspace(), 99_999_999_999, "owner")
        .replace("|ws|", "|job|")
        .replace("|user|", "|job|");
    for sql in [
        "SELECT * FROM accounts.my_workspaces()",
        "SELECT * FROM accounts.my_profile()",
    ] {
        assert_eq!(World::attempt(&mut raw, sql).await, Err("42501".into()));
        let job = format!("BEGIN; CALL tenantry.enter('{enter}', ''); {sql}");
        assert_eq!(
            World::attempt(&mut raw, &job).await,
            Err("42501".into()),
            "a job is no person"
        );
        World::attempt(&mut raw, "ROLLBACK").await.unwrap();
    }
    let person = format!(
        "0|person|99999999999|-|user|u:{}|person|{}|-",
        uuid::Uuid::now_v7(),
        uuid::Uuid::now_v7()
    );
    let rows = format!(
        "BEGIN; CALL tenantry.enter('{person}', ''); SELECT count(*) FROM accounts.members"
    );
    assert_eq!(
        World::attempt(&mut raw, &rows).await,
        Err("42501".into()),
        "a person reaches no row"
    );
}

#[tokio::test]
async fn a_name_belongs_to_one_workspace_and_moves_whole() {
    let world = World::new().await;
    let session = world.alpha().await;
    session.claim_slug("Acme").await.unwrap();
    session.claim_domain("acme.example").await.unwrap();
    session.commit().await.unwrap();
    let session = world.beta().await;
    let taken = session.claim_slug("acme").await.unwrap_err();
    assert_eq!(
        (taken.kind(), taken.to_string().as_str()),
        (ErrorKind::AlreadyExists, "the slug is taken")
    );
    drop(session);
    // A rename gives the old name free in the same moment.
    let session = world.alpha().await;
    session.claim_slug("acme-2").await.unwrap();
    let here = session.workspaces().current().await.unwrap();
    assert_eq!(
        (here.slug.as_deref(), here.domain.as_deref()),
        (Some("acme-2"), Some("acme.example"))
    );
    session.commit().await.unwrap();
    let session = world.beta().await;
    session.claim_slug("acme").await.unwrap();
    assert!(session.release_slug().await.unwrap());
    assert!(!session.release_slug().await.unwrap());
    assert_eq!(
        session.claim_slug("two words").await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
    drop(session);
    let (_, member) = world.joined(member::Role::Manager).await;
    let session = world.database.begin(&member).await.unwrap();
    assert_eq!(
        session.claim_slug("mine").await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    drop(session);
    let mut raw = world.raw().await;
    let enter = claim(world.alpha.workspace(), 99_999_999_999, "owner");
    let drift = format!(
        "BEGIN; CALL tenantry.enter('{enter}', ''); UPDATE accounts.workspaces SET slug = 'other'"
    );
    assert_eq!(World::attempt(&mut raw, &drift).await, Err("42501".into()));
}

#[tokio::test]
async fn a_deleted_workspace_gives_its_names_free() {
    let world = World::new().await;
    let session = world.alpha().await;
    session.claim_slug("acme").await.unwrap();
    let here = session.workspaces().current().await.unwrap();
    let deletion = session.workspaces().delete(here.id).await.unwrap();
    session.commit().await.unwrap();
    let session = world.beta().await;
    session.claim_slug("acme").await.unwrap();
    session.commit().await.unwrap();
    let session = world.alpha().await;
    let refused = session.workspaces().restore(&deletion).await.unwrap_err();
    assert_eq!(
        refused.kind(),
        ErrorKind::AlreadyExists,
        "another has the name"
    );
    drop(session);
    let session = world.beta().await;
    session.release_slug().await.unwrap();
    session.commit().await.unwrap();
    let session = world.alpha().await;
    session.workspaces().restore(&deletion).await.unwrap();
    session.commit().await.unwrap();
    let session = world.beta().await;
    assert_eq!(
        session.claim_slug("acme").await.unwrap_err().kind(),
        ErrorKind::AlreadyExists
    );
}
