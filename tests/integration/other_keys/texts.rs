//! A depot: organisations, people and packages are known by their names, and the workspace column is `org`.

mod depot;

use futures_util::TryStreamExt;
use sea_orm::Set;
use tenantry::{
    ErrorKind, Id, OrStale as _, Query, Updated,
    verify::{Claim, Verifier},
};
use tenantry_testing::Isolation;

use super::{Members, OWNER, SIGN_UP, World, log, paged, past};
use depot::{Depot, member, org, package, release};

/// A tenant whose name would end a literal, a claim and a pattern.
const ODD: &str = "o'neill|söhne %_\\";

async fn depot() -> World {
    let (test, database) = World::connected::<Depot>(Members("depot.member_role")).await;
    for (handle, login) in [(ODD, "ann"), ("globex", "bob")] {
        let context = database.job(SIGN_UP, handle.into()).unwrap();
        let session = database.begin(&context).await.unwrap();
        let row = session.rows(org::Entity).insert(org::New {}).await.unwrap();
        assert_eq!(row.handle, handle);
        let owner = member::New {
            login: login.into(),
            role: OWNER.to_string(),
        };
        session.rows(member::Entity).insert(owner).await.unwrap();
        session.commit().await.unwrap();
    }
    let owner = async |user: &str, org: &str| database.authorize(user.into(), org.into()).await;
    let (acme, globex) = (owner("ann", ODD), owner("bob", "globex"));
    let (acme, globex) = (acme.await.unwrap(), globex.await.unwrap());
    World {
        database,
        acme,
        globex,
        test,
    }
}

fn named(name: &str) -> package::New {
    package::New { name: name.into() }
}

fn about(text: &str) -> package::Update {
    package::Update {
        about: Set(Some(text.into())),
        ..Default::default()
    }
}

#[tokio::test]
async fn members_have_names_and_strangers_find_nothing() {
    let world = depot().await;
    assert_eq!(world.acme.role(), &OWNER);
    assert_eq!(world.acme.workspace().as_text(), Some(ODD));
    for (actor, org) in [("ann", "globex"), ("bob", ODD), ("ann", "ann"), ("", ODD)] {
        let refused = world.database.authorize(actor.into(), org.into()).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn rows_with_names_take_every_verb_and_leave_their_traces() {
    let world = depot().await;
    let session = world.acme().await;
    let packages = session.rows(package::Entity);
    let id = || Id::new("left pad".to_owned());

    let first = packages.insert(named("left pad").stars(2)).await.unwrap();
    assert_eq!((first.org.as_str(), first.stars), (ODD, 2));
    assert_eq!(first.created_by.as_deref(), Some("ann"));
    assert_eq!(packages.get(id()).await.unwrap(), first);
    assert_eq!(packages.get_for_update(id()).await.unwrap(), first);
    let nobodys = Id::new("none".to_owned());
    assert_eq!(packages.find(nobodys.clone()).await.unwrap(), None);
    let many = packages.find_many(&[nobodys, id()]).await.unwrap();
    assert_eq!(many, std::slice::from_ref(&first));

    let second = packages.update(&first, about("pads")).await.unwrap();
    assert_eq!(second.version, 2);
    let late = packages.update(&first, about("late")).await.or_stale();
    assert!(matches!(late.unwrap(), Updated::Stale(stale) if stale.current == second));

    let deletion = packages.delete(id()).await.unwrap();
    assert_eq!(packages.find(id()).await.unwrap(), None);
    assert_eq!(packages.restore(&deletion).await.unwrap(), 1);
    let same = packages.upsert(named("left pad").stars(7), package::KEY);
    let same = same.await.unwrap();
    assert_eq!((same.stars, same.version), (7, 5));
    assert_eq!(same.about.as_deref(), Some("pads"));
    let fresh = packages.upsert(named("right pad"), package::KEY).await;
    assert_eq!(fresh.unwrap().version, 1);
    let there = packages.upsert(named("left pad"), package::KEY).await;
    assert_eq!(there.unwrap().stars, 7);

    let of = |entry: &str| entry.replace("ORG", ODD);
    assert_eq!(
        log(&session, "depot.packages").await,
        [
            of("insert ORG left pad ann"),
            of("insert ORG right pad ann"),
            of("update ORG left pad v2 ann"),
            of("delete ORG left pad v3 ann"),
            of("restore ORG left pad v4 ann"),
            of("update ORG left pad v5 ann"),
        ]
    );
    session.commit().await.unwrap();

    let taken = world.acme().await;
    let taken = taken.rows(package::Entity).insert(named("left pad")).await;
    assert!(taken.unwrap_err().violates(&package::KEY));
    // The same name in another organisation is another package.
    let theirs = world.database.begin(&world.globex).await.unwrap();
    let theirs = theirs.rows(package::Entity).insert(named("left pad"));
    assert_eq!(theirs.await.unwrap().version, 1);
}

/// The log keeps ids as texts, in an array for new rows.
#[tokio::test]
async fn rows_with_names_have_a_past() {
    for name in ["left pad", "o'neill, \"{söhne}\" \\ %_", "NULL", ""] {
        let world = depot().await;
        let step = |step| about(&format!("step {step}"));
        past::is_told::<package::Entity>(&world, named(name), step, "DELETE FROM depot.packages")
            .await;
    }
}

#[tokio::test]
async fn rows_with_names_are_listed_sorted_and_paged() {
    let world = depot().await;
    for (context, count) in [(&world.acme, 10), (&world.globex, 3)] {
        let session = world.database.begin(context).await.unwrap();
        for number in 0..count {
            let package = named(&format!("{}-{number}", ["Ä", "b", "z%_"][number % 3]));
            let stars = i32::try_from(number / 3).unwrap();
            let package = package.stars(stars);
            session.rows(package::Entity).insert(package).await.unwrap();
        }
        session.commit().await.unwrap();
    }
    let session = world.acme().await;
    let packages = session.rows(package::Entity);

    let by_name = paged(&session, package::Entity, Query::new()).await;
    let at_once = packages.list().limit(100).page().await.unwrap().items;
    assert_eq!((by_name.len(), &by_name), (10, &at_once));
    let liked = || Query::new().sort(package::MOST_LIKED);
    let paged = paged(&session, package::Entity, liked()).await;
    let at_once = packages.page(liked().limit(100)).await.unwrap().items;
    assert_eq!(paged, at_once);
    assert!(paged.is_sorted_by_key(|row| std::cmp::Reverse(row.stars)));
    let streamed = packages.list().sort(package::MOST_LIKED).stream();
    let streamed: Vec<_> = streamed.await.unwrap().try_collect().await.unwrap();
    assert_eq!(streamed, paged);

    let percent = || packages.list().filter(package::NAME.starts_with("z%_-"));
    assert_eq!(percent().count().await.unwrap(), 3);
    let two = package::NAME.one_of(["b-1", "b-4", "nobody's"]);
    assert_eq!(packages.list().filter(two).count().await.unwrap(), 2);
    let mine = package::ORG.eq(ODD).and(package::STARS.gte(3));
    assert!(packages.list().filter(mine).exists().await.unwrap());
    let theirs = packages.list().filter(package::ORG.eq("globex"));
    assert!(!theirs.exists().await.unwrap());
}

#[tokio::test]
async fn children_point_at_names_of_the_same_organisation() {
    let world = depot().await;
    let theirs = world.database.begin(&world.globex).await.unwrap();
    let package = theirs.rows(package::Entity).insert(named("theirs"));
    package.await.unwrap();
    theirs.commit().await.unwrap();

    let session = world.acme().await;
    let packages = session.rows(package::Entity);
    let releases = session.rows(release::Entity);
    packages.insert(named("pad")).await.unwrap();
    let of = |package: &str, id: &str| release::New {
        id: Id::new(id.to_owned()),
        package: package.into(),
    };
    let one = releases.insert(of("pad", "pad@1")).await.unwrap();
    let two = releases.insert(of("pad", "pad@2")).await.unwrap();
    let listed = packages.list().with(package::RELEASES).page().await;
    assert_eq!(listed.unwrap().items[0].1, [one, two]);
    let stray = releases.insert(of("theirs", "theirs@1")).await;
    assert_eq!(stray.unwrap_err().kind(), ErrorKind::Reference);
}

#[tokio::test]
async fn the_depot_withstands_the_isolation_kit() {
    let world = depot().await;
    let World {
        database,
        acme,
        globex,
        ..
    } = &world;
    let name = || uuid::Uuid::now_v7().to_string();

    let orgs = async |session: &tenantry::Session| {
        let own = session.rows(org::Entity).list().first().await?;
        Ok(own.unwrap())
    };
    let attacks = Isolation::of(org::Entity, database, acme, globex, orgs).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();

    let members = async |session: &tenantry::Session| {
        let member = member::New {
            login: name(),
            role: "guest".into(),
        };
        session.rows(member::Entity).insert(member).await
    };
    let attacks = Isolation::of(member::Entity, database, acme, globex, members).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();

    let packages = async |session: &tenantry::Session| {
        session.rows(package::Entity).insert(named(&name())).await
    };
    let attacks = Isolation::of(package::Entity, database, acme, globex, packages).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let attacks = attacks.updates(|| about("mine")).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    let releases = async |session: &tenantry::Session| {
        let package = session.rows(package::Entity).insert(named(&name())).await?;
        let release = release::New {
            id: Id::new(name()),
            package: package.name,
        };
        session.rows(release::Entity).insert(release).await
    };
    let attacks = Isolation::of(release::Entity, database, acme, globex, releases).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let attacks = attacks.updates(Default::default).await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();
}

/// Rows of one id in both workspaces would make every attack seem to succeed.
#[tokio::test]
async fn the_isolation_kit_asks_for_ids_that_differ() {
    let world = depot().await;
    let same = async |session: &tenantry::Session| {
        session.rows(package::Entity).insert(named("pad")).await
    };
    let World {
        database,
        acme,
        globex,
        ..
    } = &world;
    let refused = Isolation::of(package::Entity, database, acme, globex, same).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the rows have one id in both workspaces"
    );
    assert!(refused.hint().is_some());
}

#[tokio::test]
async fn the_depot_breaks_no_rule() {
    let world = depot().await;
    let verifier = Verifier::new()
        .claim(Claim::<org::Entity>::new().versioned())
        .claims::<member::Entity>()
        .claim(
            Claim::<package::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(Claim::<release::Entity>::new().versioned());
    let report = world.verified(verifier).await;
    assert!(report.findings.is_empty(), "{report}");
}
