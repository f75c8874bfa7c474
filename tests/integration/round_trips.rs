//! Round trips, counted exactly: they do not wobble with the machine.

use futures_util::TryStreamExt;
use insta::assert_snapshot;
use sea_orm::Set;
use tenantry::{Database, Hook, Session};
use tenantry_entities::{
    accounts::Accounts as _,
    challenges::{Challenges, challenge, submission},
};
use tenantry_repositories::accounts::{
    ApiKeyRepository, InvitationRepository, Invitations, Members, NewApiKey, Work,
};
use tenantry_testing::CountingProxy;

use crate::{
    accounts::invitation_to,
    world::{World, member, titled, token_key},
};

/// Runs a unit of work until the statements are prepared, then counts it.
async fn trips(proxy: &CountingProxy, work: impl AsyncFn()) -> u64 {
    work().await;
    work().await;
    // The pool pings a connection when it comes back; that trip is nobody's.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    proxy.reset();
    work().await;
    let trips = proxy.trips();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    trips
}

#[tokio::test]
async fn every_verb_is_one_trip() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "a").await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .max_connections(1)
        .connect(Members)
        .await
        .unwrap();
    let begin = async || database.begin(&world.alpha).await.unwrap();
    let mut told = String::new();
    let mut tell = |what: &str, trips: u64| told += &format!("{what:<34} {trips}\n");

    let counted = trips(&proxy, async || begin().await.commit().await.unwrap()).await;
    tell("begin and commit", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        session.challenges().get(row.id).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("a unit of work with one read", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let rows = session.challenges();
        rows.list().sort(challenge::NEWEST).page().await.unwrap();
        rows.list().count().await.unwrap();
        rows.list().exists().await.unwrap();
        rows.find_many(&[row.id]).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("list, count, exists, find_many", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let rows = session.challenges().list().export().await.unwrap();
        rows.try_collect::<Vec<_>>().await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("an export of few rows", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let search = session.challenges().search(challenge::SEARCH, "a bridge");
        let search = search.filter(challenge::TITLE.eq("x"));
        search.highlight(challenge::TITLE).page().await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("a search with filter and highlight", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let rows = session.challenges();
        rows.list()
            .with(challenge::SUBMISSIONS)
            .with_count(challenge::JUDGES)
            .page()
            .await
            .unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("list with children and a count", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let rows = session.challenges();
        let new = rows
            .insert(titled(&uuid::Uuid::now_v7().to_string()))
            .await
            .unwrap();
        let change = challenge::Update {
            title: Set(new.id.to_string()),
            ..Default::default()
        };
        let new = rows.update(&new, change.clone()).await.unwrap();
        let deletion = rows.delete(new.id).await.unwrap();
        rows.restore(&deletion).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("insert, update, delete, restore", counted);
    let thousand = || (0..1_000).map(|_| titled(&uuid::Uuid::now_v7().to_string()));
    let counted = trips(&proxy, async || {
        let session = begin().await;
        session.challenges().insert_many(thousand()).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("insert_many of 1,000", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let rows = session.challenges();
        rows.upsert_many(thousand(), challenge::TITLE_KEY)
            .await
            .unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("upsert_many of 1,000", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        session.challenges().insert_each(thousand()).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("insert_each of 1,000", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let taken = titled(&row.title);
        let rows = thousand().chain([taken]);
        session.challenges().insert_each(rows).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("insert_each of 1,001, one refused", counted);
    let counted = trips(&proxy, async || {
        let session = begin().await;
        let missing = challenge::Id::random();
        let change = challenge::Update {
            title: Set("x".into()),
            ..Default::default()
        };
        let _missed = session
            .challenges()
            .update((missing, tenantry::Version::from_i64(1)), change)
            .await;
        session.commit().await.unwrap();
    })
    .await;
    tell("an update of a missing row", counted);
    let counted = trips(&proxy, async || {
        let mut session = begin().await;
        session
            .savepoint(async |inner| inner.challenges().get(row.id).await)
            .await
            .unwrap();
        session.commit().await.unwrap();
    })
    .await;
    tell("a savepoint with one read", counted);

    assert_snapshot!(told, @"
    begin and commit                   2
    a unit of work with one read       3
    list, count, exists, find_many     6
    an export of few rows              8
    a search with filter and highlight 3
    list with children and a count     4
    insert, update, delete, restore    6
    insert_many of 1,000               3
    upsert_many of 1,000               3
    insert_each of 1,000               5
    insert_each of 1,001, one refused  28
    an update of a missing row         4
    a savepoint with one read          5
    ");
}

/// What the accounts system asks: doors, invitations, work that is done once.
#[tokio::test]
async fn accounts_take_few_trips() {
    let world = World::new().await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let builder = Database::builder(proxy.url()).max_connections(1);
    let database = builder
        .token_key(token_key())
        .connect(Members)
        .await
        .unwrap();
    let mut told = String::new();
    let mut tell = |what: &str, trips: u64| told += &format!("{what:<34} {trips}\n");

    let (actor, place) = (world.alpha.actor().unwrap(), world.alpha.workspace());
    let counted = trips(&proxy, async || {
        let authorized = database.authorize(actor.clone(), place.clone()).await;
        drop(authorized.unwrap());
    })
    .await;
    tell("authorize", counted);
    let session = world.alpha().await;
    let key = session
        .api_keys()
        .issue(NewApiKey::named("k"))
        .await
        .unwrap();
    session.commit().await.unwrap();
    let counted = trips(&proxy, async || {
        drop(database.authorize_key(key.token.expose()).await.unwrap());
    })
    .await;
    tell("authorize_key", counted);
    let address = || format!("{}@example.org", uuid::Uuid::now_v7());
    let counted = trips(&proxy, async || {
        let session = database.begin(&world.alpha).await.unwrap();
        let invited = session
            .invitations()
            .invite(invitation_to(&address()))
            .await;
        drop(invited.unwrap());
        session.commit().await.unwrap();
    })
    .await;
    tell("invite", counted);
    // One for each run, made beforehand.
    let invited = std::sync::Mutex::new(Vec::new());
    for _ in 0..3 {
        let session = world.alpha().await;
        let email = address();
        let token = session
            .invitations()
            .invite(invitation_to(&email))
            .await
            .unwrap()
            .token;
        session.commit().await.unwrap();
        let person = database.person(world.person(&email).await).unwrap();
        invited.lock().unwrap().push((person, token));
    }
    let counted = trips(&proxy, async || {
        let (person, token) = invited.lock().unwrap().pop().unwrap();
        let accepted = database.accept_invitation(&person, token.expose()).await;
        accepted.unwrap().joined().unwrap();
    })
    .await;
    tell("accept an invitation", counted);
    let work = async |key: &str| {
        let work = Work::new("t", key);
        let done = work.once(&database, &world.alpha, async |session: &mut Session| {
            session.challenges().list().count().await
        });
        done.await.unwrap();
    };
    let counted = trips(&proxy, async || work(&address()).await).await;
    tell("work with one read, done now", counted);
    let counted = trips(&proxy, async || work("the same").await).await;
    tell("work that was done before", counted);
    // Work is two transactions, with the ping of the pool between them.
    assert_snapshot!(told, @"
    authorize                          1
    authorize_key                      1
    invite                             4
    accept an invitation               3
    work with one read, done now       9
    work that was done before          3
    ");
}

/// A hook that does nothing: what is left is what hooks cost.
#[derive(Clone)]
struct Idle;

impl Hook<challenge::Entity> for Idle {}

#[tokio::test]
async fn hooks_cost_a_trip_where_a_row_is_there() {
    let world = World::new().await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .max_connections(1)
        .hook(challenge::Entity, Idle)
        .connect(Members)
        .await
        .unwrap();
    let mut told = String::new();
    for verbs in [
        "insert",
        "update",
        "delete",
        "restore",
        "upsert anew",
        "upsert",
    ] {
        let counted = trips(&proxy, async || {
            let session = database.begin(&world.alpha).await.unwrap();
            let rows = session.challenges();
            let new = uuid::Uuid::now_v7().to_string();
            let row = rows.insert(titled(&new)).await.unwrap();
            let change = challenge::Update {
                status: Set(challenge::Status::Published),
                ..Default::default()
            };
            let upsert = |title: &str| titled(title).status(challenge::Status::Published);
            match verbs {
                "update" => drop(rows.update(&row, change).await.unwrap()),
                "delete" => drop(rows.delete(row.id).await.unwrap()),
                "restore" => {
                    let deletion = rows.delete(row.id).await.unwrap();
                    rows.restore(&deletion).await.unwrap();
                }
                "upsert anew" => {
                    let upsert = upsert(&format!("{new} anew"));
                    drop(rows.upsert(upsert, challenge::TITLE_KEY).await.unwrap());
                }
                "upsert" => {
                    drop(
                        rows.upsert(upsert(&new), challenge::TITLE_KEY)
                            .await
                            .unwrap(),
                    );
                }
                _ => {}
            }
            session.commit().await.unwrap();
        })
        .await;
        // Without begin, commit and whatever comes first.
        let before = match verbs {
            "insert" => 2,
            "restore" => 7,
            _ => 3,
        };
        told += &format!("{verbs:<12} {}\n", counted - before);
    }
    assert_snapshot!(told, @"
    insert       1
    update       2
    delete       4
    restore      4
    upsert anew  2
    upsert       2
    ");
}

#[tokio::test]
async fn unnamed_statements_leave_nothing_prepared() {
    let world = World::with(|builder| builder.unnamed_statements().max_connections(1)).await;
    let row = world.challenge(&world.alpha, "a").await;
    let session = world.alpha().await;
    session.challenges().get(row.id).await.unwrap();
    let member = tenantry_entities::accounts::Accounts::members(&session)
        .insert(member("m"))
        .await
        .unwrap();
    session
        .submissions()
        .insert(submission::New {
            challenge_id: row.id,
            user_id: member.user_id,
        })
        .await
        .unwrap();
    let left = session
        .raw_sql_without_workspace_guard(
            "a test",
            "SELECT count(*) FROM pg_prepared_statements",
            Default::default(),
        )
        .await
        .unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&left[0], 0), 0);
}

/// A signed claim travels bound, so that no other session can read it: one trip more.
#[tokio::test]
async fn a_signed_unit_of_work_takes_one_trip_more() {
    let world = World::new().await;
    let row = world.challenge(&world.alpha, "a").await;
    let secret = [7_u8; 32];
    crate::attacks::register(&world, 1, &secret).await;
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let database = Database::builder(proxy.url())
        .max_connections(1)
        .signing_key(tenantry::SigningKey::new(1, secret).unwrap())
        .connect(Members)
        .await
        .unwrap();
    let counted = trips(&proxy, async || {
        let session = database.begin(&world.alpha).await.unwrap();
        session.challenges().get(row.id).await.unwrap();
        session.commit().await.unwrap();
    })
    .await;
    assert_eq!(counted, 4);
}
