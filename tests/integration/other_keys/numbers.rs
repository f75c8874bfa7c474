//! A shop: accounts, people and rows have numbers, and the workspace column is `account_id`.

mod shop;

use futures_util::TryStreamExt;
use sea_orm::{DerivePartialModel, Set};
use tenantry::{
    ErrorKind, Id, OrStale as _, Query, Updated, WorkspaceId,
    verify::{Claim, Verifier},
};
use tenantry_testing::Isolation;

use super::{Members, OWNER, SIGN_UP, World, log, paged, past};
use shop::{Shop, account, event, line, member, order};

async fn shop() -> World {
    let (test, database) = World::connected::<Shop>(Members("shop.member_role")).await;
    for (account, user_id) in [(7_i64, 70), (8, 80)] {
        let context = database.job(SIGN_UP, account.into()).unwrap();
        let session = database.begin(&context).await.unwrap();
        let new = account::New {
            name: format!("account {account}"),
        };
        let row = session.rows(account::Entity).insert(new).await.unwrap();
        assert_eq!((row.id, row.created_by), (account, None));
        let owner = member::New {
            user_id,
            role: OWNER.to_string(),
        };
        session.rows(member::Entity).insert(owner).await.unwrap();
        session.commit().await.unwrap();
    }
    let owner =
        async |user: i64, account: i64| database.authorize(user.into(), account.into()).await;
    let (acme, globex) = (owner(70, 7).await.unwrap(), owner(80, 8).await.unwrap());
    World {
        database,
        acme,
        globex,
        test,
    }
}

fn ordered(code: &str) -> order::New {
    order::New { code: code.into() }
}

fn noted(note: &str) -> order::Update {
    order::Update {
        note: Set(Some(note.into())),
        ..Default::default()
    }
}

#[tokio::test]
async fn members_have_numbers_and_strangers_find_nothing() {
    let world = shop().await;
    assert_eq!(world.acme.role(), &OWNER);
    assert_eq!(world.acme.workspace(), &WorkspaceId::from(7_i64));
    for (actor, account) in [(70_i64, 8_i64), (80, 7), (70, 9), (71, 7)] {
        let refused = world.database.authorize(actor.into(), account.into()).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    }
    // A key of another type leads nowhere, and the hint says why.
    let stray = world.database.job(SIGN_UP, "7".into()).unwrap();
    let session = world.database.begin(&stray).await.unwrap();
    let refused = session.rows(order::Entity).list().page().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Internal);
    assert!(refused.hint().unwrap().contains("another type"));
}

#[tokio::test]
async fn rows_with_numbers_take_every_verb_and_leave_their_traces() {
    let world = shop().await;
    let session = world.acme().await;
    let orders = session.rows(order::Entity);

    let first = orders.insert(ordered("A-1").total(100)).await.unwrap();
    assert_eq!((first.account_id, first.total), (7, 100));
    assert_eq!((first.created_by, first.version.as_i64()), (Some(70), 1));
    assert_eq!(orders.get(first.number).await.unwrap(), first);
    assert_eq!(orders.get_for_update(first.number).await.unwrap(), first);
    let nobodys = Id::new(i64::MAX);
    assert_eq!(orders.find(nobodys).await.unwrap(), None);
    let many = orders.find_many(&[nobodys, first.number]).await.unwrap();
    assert_eq!(many, std::slice::from_ref(&first));

    let second = orders.update(&first, noted("soon")).await.unwrap();
    assert_eq!((second.version.as_i64(), second.updated_by), (2, Some(70)));
    let late = orders.update(&first, noted("late")).await.or_stale();
    let Updated::Stale(stale) = late.unwrap() else {
        panic!("an update was lost");
    };
    assert_eq!(stale.current, second);

    let deletion = orders.delete(first.number).await.unwrap();
    assert_eq!(orders.find(first.number).await.unwrap(), None);
    let deleted = orders
        .find_with_deleted(first.number)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(deleted.deleted_by, Some(70));
    assert_eq!(orders.restore(&deletion).await.unwrap(), 1);

    let same = ordered("A-1").total(300);
    let same = orders.upsert(same, order::CODE_KEY).await.unwrap();
    assert_eq!((same.number, same.total), (first.number, 300));
    let there = orders
        .upsert(ordered("A-1"), order::CODE_KEY)
        .await
        .unwrap();
    assert_eq!(there, same);

    let number = first.number;
    assert_eq!(
        log(&session, "shop.orders").await,
        [
            format!("insert 7 {number} 70"),
            format!("update 7 {number} v2 70"),
            format!("delete 7 {number} v3 70"),
            format!("restore 7 {number} v4 70"),
            format!("update 7 {number} v5 70"),
        ]
    );
    session.commit().await.unwrap();

    let taken = world.acme().await;
    let taken = taken.rows(order::Entity).insert(ordered("A-1")).await;
    assert!(taken.unwrap_err().violates(&order::CODE_KEY));
}

#[tokio::test]
async fn rows_with_numbers_have_a_past() {
    let world = shop().await;
    let note = |step| noted(&format!("step {step}"));
    past::is_told::<order::Entity>(&world, ordered("A-1"), note, "DELETE FROM shop.orders").await;
}

#[tokio::test]
async fn a_job_acts_under_its_name_where_actors_are_numbers() {
    let world = shop().await;
    let job = world.database.job(SIGN_UP, 7_i64.into()).unwrap();
    let session = world.database.begin(&job).await.unwrap();
    let event = event::New {
        what: "tidied".into(),
    };
    let event = session.rows(event::Entity).insert(event).await.unwrap();
    session.commit().await.unwrap();
    let session = world.acme().await;
    let entry = format!("insert 7 {} system:sign_up", event.id);
    assert_eq!(log(&session, "shop.events").await, [entry]);
}

#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "order::Entity")]
struct Code {
    code: String,
}

#[tokio::test]
async fn rows_with_numbers_are_listed_sorted_and_paged() {
    let world = shop().await;
    for (context, count) in [(&world.acme, 10), (&world.globex, 3)] {
        let session = world.database.begin(context).await.unwrap();
        for number in 0..count {
            let order = ordered(&format!("A-{number}")).total(number % 3);
            session.rows(order::Entity).insert(order).await.unwrap();
        }
        session.commit().await.unwrap();
    }
    let session = world.acme().await;
    let orders = session.rows(order::Entity);

    let by_id = paged(&session, order::Entity, Query::new()).await;
    assert_eq!(by_id.len(), 10);
    assert!(by_id.is_sorted_by_key(|row| row.number));
    let newest = Query::new().sort(order::NEWEST);
    let newest = paged(&session, order::Entity, newest).await;
    assert!(newest.iter().rev().eq(&by_id));
    let by_total = Query::new().sort(order::BY_TOTAL);
    let by_total = paged(&session, order::Entity, by_total).await;
    let key = |row: &order::Model| (row.total, std::cmp::Reverse(row.number));
    assert!(by_total.is_sorted_by_key(key));
    assert_eq!(by_total.len(), 10);
    let streamed = orders.list().sort(order::BY_TOTAL).stream().await.unwrap();
    let streamed: Vec<_> = streamed.try_collect().await.unwrap();
    assert_eq!(streamed, by_total);

    let ones = || orders.list().filter(order::TOTAL.eq(1_i64));
    assert_eq!(ones().count().await.unwrap(), 3);
    assert!(ones().filter(order::NOTE.is_null()).exists().await.unwrap());
    let three = by_id[..3].iter().map(|row| row.number);
    let three = orders.list().filter(order::NUMBER.one_of(three));
    assert_eq!(three.page().await.unwrap().items, by_id[..3]);
    let last = order::NUMBER.gt(by_id[8].number);
    let last = orders.list().filter(last).first().await.unwrap().unwrap();
    assert_eq!(last, by_id[9]);
    let prefixed = orders.list().filter(order::CODE.starts_with("A-"));
    let codes = prefixed.limit(2).page_as::<Code>().await.unwrap();
    assert_eq!(codes.items[1].code, "A-1");
    assert!(codes.has_more());
}

#[tokio::test]
async fn children_point_at_numbers_of_the_same_account() {
    let world = shop().await;
    let theirs = world.database.begin(&world.globex).await.unwrap();
    let their_order = theirs.rows(order::Entity).insert(ordered("B-1"));
    let their_order = their_order.await.unwrap();
    theirs.commit().await.unwrap();

    let session = world.acme().await;
    let (orders, lines) = (session.rows(order::Entity), session.rows(line::Entity));
    let mine = orders.insert(ordered("A-1")).await.unwrap();
    orders.insert(ordered("A-2")).await.unwrap();
    let of = |order_number, article: &str| line::New {
        order_number,
        article: article.into(),
    };
    let bolt = lines.insert(of(mine.number, "bolt")).await.unwrap();
    let nut = lines.insert(of(mine.number, "nut")).await.unwrap();
    let gone = lines.insert(of(mine.number, "gone")).await.unwrap();
    lines.delete(Id::new(gone.id)).await.unwrap();

    let listed = orders.list().with(order::LINES).with_count(order::LINES);
    let listed = listed.page().await.unwrap().items;
    assert_eq!(listed[0].1, (vec![bolt.clone(), nut], 2));
    assert_eq!(listed[1].1, (vec![], 0));
    let parents = lines.list().with(line::ORDER).page().await.unwrap();
    assert_eq!(parents.items[0], (bolt, Some(mine)));
    session.commit().await.unwrap();

    let session = world.acme().await;
    let stray = session.rows(line::Entity);
    let stray = stray.insert(of(their_order.number, "stolen")).await;
    assert_eq!(stray.unwrap_err().kind(), ErrorKind::Reference);
}

#[tokio::test]
async fn the_shop_withstands_the_isolation_kit() {
    let world = shop().await;
    let World {
        database,
        acme,
        globex,
        ..
    } = &world;
    let code = || uuid::Uuid::now_v7().to_string();

    let accounts = async |session: &tenantry::Session| {
        let own = session.rows(account::Entity).list().first().await?;
        Ok(own.unwrap())
    };
    let attacks = Isolation::of(account::Entity, database, acme, globex, accounts).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let rename = || account::Update {
        name: Set("mine".into()),
    };
    let attacks = attacks.deletes().await.unwrap().updates(rename).await;
    let attacks = attacks.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    let members = async |session: &tenantry::Session| {
        let owner = session.rows(member::Entity).list().first().await?;
        Ok(owner.unwrap())
    };
    let attacks = Isolation::of(member::Entity, database, acme, globex, members).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let demote = || member::Update {
        role: Set("guest".into()),
    };
    let attacks = attacks.updates(demote).await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();

    let orders = async |session: &tenantry::Session| {
        session.rows(order::Entity).insert(ordered(&code())).await
    };
    let attacks = Isolation::of(order::Entity, database, acme, globex, orders).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let attacks = attacks.updates(|| noted("mine")).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    let lines = async |session: &tenantry::Session| {
        let order = session.rows(order::Entity).insert(ordered(&code())).await?;
        let line = line::New {
            order_number: order.number,
            article: "bolt".into(),
        };
        session.rows(line::Entity).insert(line).await
    };
    let attacks = Isolation::of(line::Entity, database, acme, globex, lines).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let other = || line::Update {
        article: Set("nut".into()),
    };
    let attacks = attacks.updates(other).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    let events = async |session: &tenantry::Session| {
        let event = event::New { what: "it".into() };
        session.rows(event::Entity).insert(event).await
    };
    let attacks = Isolation::of(event::Entity, database, acme, globex, events).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();
}

#[tokio::test]
async fn the_shop_breaks_no_rule() {
    let world = shop().await;
    let verifier = Verifier::new()
        .claim(
            Claim::<account::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(Claim::<member::Entity>::new().versioned())
        .claim(
            Claim::<order::Entity>::new()
                .versioned()
                .soft_deletes()
                .audited(),
        )
        .claim(Claim::<line::Entity>::new().versioned().soft_deletes())
        .claim(Claim::<event::Entity>::new().audited());
    let report = world.verified(verifier).await;
    assert!(report.findings.is_empty(), "{report}");
}
