//! What was sealed opens where it was sealed, whichever verb wrote it, and no verb writes it elsewhere.

use sea_orm::{ActiveModelTrait, Set};
use tenantry::{Database, Error, ErrorKind, NewRow, Result, Role, Seals, Unique};
use tenantry_testing::Everyone;

use super::ground::{SECRET, World, new_shop, open_shop, shop, stall, token};

#[tokio::test]
async fn what_was_sealed_opens_whichever_verb_wrote_it() {
    let world = World::new().await;
    let session = world.alpha().await;
    let shops = session.rows(shop::Entity);
    let new = |name| new_shop(&session, name);

    let mut written = vec![shops.insert(new("a")).await.unwrap()];
    written.extend(shops.insert_many([new("b"), new("c")]).await.unwrap());
    for outcome in shops.insert_each([new("d"), new("e")]).await.unwrap() {
        written.push(outcome.unwrap());
    }
    assert_eq!(shops.load([new("f")]).await.unwrap(), 1);
    let loaded = shops.list().filter(shop::NAME.eq("f")).page().await;
    written.extend(loaded.unwrap().items);
    let by_id = new("g").into_active_model();
    written.push(
        shops
            .upsert(Given(by_id.clone()), shop::PKEY)
            .await
            .unwrap(),
    );
    assert_eq!(written.len(), 7);
    for shop in &written {
        assert_eq!(
            token(&session, shop).unwrap(),
            format!("{SECRET} {}", shop.name)
        );
        let customer = shops.open(shop::CUSTOMER, shop).unwrap().unwrap();
        assert_eq!(customer.expose(), shop.name.as_bytes());
    }

    // The same by every verb that changes.
    let change = |shop: &shop::Model, token: &str| shop::Update {
        access_token: Set(session.seal(shop::ACCESS_TOKEN, &shop.id, token).unwrap()),
        refresh_token: Set(None),
        ..Default::default()
    };
    let one = shops.update(&written[0], change(&written[0], "one")).await;
    let many = shops.update_many([(&written[1], change(&written[1], "many"))]);
    let many = many.await.unwrap().remove(0);
    let each = shops.update_each([(&written[2], change(&written[2], "each"))]);
    let each = each.await.unwrap().remove(0);
    let mut upsert = by_id;
    let id = written[6].id;
    upsert.access_token = Set(session.seal(shop::ACCESS_TOKEN, &id, "upsert").unwrap());
    let upsert = shops.upsert_many([Given(upsert)], shop::PKEY).await;
    let changed = [one.unwrap(), many, each.unwrap(), upsert.unwrap().remove(0)];
    for (shop, now) in changed.iter().zip(["one", "many", "each", "upsert"]) {
        assert_eq!(token(&session, shop).unwrap(), now);
    }
    assert!(
        session
            .open(shop::REFRESH_TOKEN, &changed[0])
            .unwrap()
            .is_none()
    );
    session.commit().await.unwrap();
}

/// A new row as somebody wrote it who minds no types.
struct Given(shop::ActiveModel);

impl NewRow<shop::Entity> for Given {
    fn into_active_model(self) -> shop::ActiveModel {
        self.0
    }
}

fn is_elsewhere<T>(outcome: Result<T>) {
    let refused: Error = outcome.err().expect("it is refused");
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["access_token"]);
    assert!(refused.hint().is_some());
}

/// Sealed for a row that is another one, or is not known: nothing that is written would open.
#[tokio::test]
async fn no_verb_writes_what_was_sealed_for_another_row() {
    let world = World::new().await;
    let session = world.alpha().await;
    let shops = session.rows(shop::Entity);
    let (mine, other) = (
        open_shop(&session, "mine").await,
        open_shop(&session, "other").await,
    );
    let stolen = || shop::Update {
        access_token: Set(other.access_token.clone()),
        ..Default::default()
    };
    is_elsewhere(shops.update(&mine, stolen()).await);
    let refused = shops.update_many([(&mine, stolen())]).await;
    assert_eq!(refused.as_ref().unwrap_err().position(), Some(0));
    is_elsewhere(refused);
    let mut each = shops
        .update_each([(&mine, stolen()), (&other, stolen())])
        .await
        .unwrap();
    assert!(each.pop().unwrap().is_ok(), "its own may be written again");
    is_elsewhere(each.pop().unwrap());

    // An id of the library's, and another one of the caller's.
    for id in [None, Some(tenantry::Id::random())] {
        let stray = || {
            let mut stray = new_shop(&session, "new").into_active_model();
            match id {
                Some(id) => stray.id = Set(id),
                None => stray.not_set(shop::Column::Id),
            }
            Given(stray)
        };
        is_elsewhere(shops.insert(stray()).await);
        is_elsewhere(shops.insert_many([stray()]).await);
        is_elsewhere(shops.insert_each([stray()]).await.unwrap().remove(0));
        is_elsewhere(shops.load([stray()]).await);
        is_elsewhere(shops.upsert(stray(), shop::PKEY).await);
        is_elsewhere(shops.upsert_many([stray()], shop::PKEY).await);
    }
    assert_eq!(shops.list().count().await.unwrap(), 2);
}

/// The row that has the key is another one than the one that was sealed for.
#[tokio::test]
async fn what_is_sealed_is_upserted_by_the_id_alone() {
    async fn refused(new: shop::Insert, shops: tenantry::Rows<'_, shop::Entity>) {
        let by_name: Unique<shop::Entity> = shop::NAME_KEY;
        is_elsewhere(shops.upsert(new.clone(), by_name).await);
        is_elsewhere(shops.upsert_many([new.clone()], by_name).await);
        is_elsewhere(shops.upsert_each([new], by_name).await.unwrap().remove(0));
    }
    let world = World::new().await;
    let session = world.alpha().await;
    let there = open_shop(&session, "a").await;
    let shops = session.rows(shop::Entity);
    refused(new_shop(&session, "a"), shops).await;
    let now = shops.get(there.id).await.unwrap();
    assert_eq!(now, there);
}

#[tokio::test]
async fn without_keys_nothing_is_sealed_opened_or_written() {
    let world = World::new().await;
    let shop = world.shop(&world.alpha, "a").await;
    let everyone = Everyone(Role::from_static("owner"));
    let builder = Database::builder(world.test.app_url());
    let database = builder.connect(everyone).await.unwrap();
    let session = database.begin(&world.alpha).await.unwrap();
    let shops = session.rows(shop::Entity);
    let change = shop::Update {
        access_token: Set(shop.access_token.clone()),
        ..Default::default()
    };
    for refused in [
        session.seal(shop::ACCESS_TOKEN, &shop.id, SECRET).map(drop),
        session.open(shop::ACCESS_TOKEN, &shop).map(drop),
        session.equals(shop::CUSTOMER_INDEX, "a").map(drop),
        shops.update(&shop, change).await.map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert_eq!(refused.hint(), Some("Give `Database::builder` a `cipher`."));
    }
    // What is about other columns needs none.
    let change = shop::Update {
        name: Set("b".into()),
        ..Default::default()
    };
    assert_eq!(shops.update(&shop, change).await.unwrap().name, "b");
}

#[tokio::test]
async fn rows_are_found_by_the_blind_index_of_what_they_hold() {
    let world = World::new().await;
    let theirs = world.shop(&world.beta, "cus_1").await;
    let session = world.alpha().await;
    let shops = session.rows(shop::Entity);
    let mine = open_shop(&session, "cus_1").await;
    open_shop(&session, "cus_2").await;
    let found = async |customer: &str| {
        let same = shops.equals(shop::CUSTOMER_INDEX, customer).unwrap();
        let page = shops.list().filter(same).page().await.unwrap();
        page.items
            .into_iter()
            .map(|shop| shop.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("cus_1").await, [mine.id]);
    assert!(found("cus_3").await.is_empty());
    // Nobody tells by it whether two workspaces have the same customer.
    assert_ne!(
        world.stored("customer_index", theirs.id).await,
        mine_index(&session, mine.id).await
    );

    let change = shop::Update {
        customer: Set(Some(
            session.seal(shop::CUSTOMER, &mine.id, "cus_3").unwrap(),
        )),
        ..Default::default()
    };
    let mine = shops.update(&mine, change).await.unwrap();
    assert!(found("cus_1").await.is_empty());
    assert_eq!(found("cus_3").await, [mine.id]);
    let change = shop::Update {
        customer: Set(None),
        ..Default::default()
    };
    let mine = shops.update(&mine, change).await.unwrap();
    assert_eq!((mine.customer, mine.customer_index), (None, None));
    assert!(found("cus_3").await.is_empty());
}

async fn mine_index(session: &tenantry::Session, id: shop::Id) -> Vec<u8> {
    let shop = session.rows(shop::Entity).get(id).await.unwrap();
    match shop.customer_index.map(sea_orm::Value::from) {
        Some(sea_orm::Value::Bytes(Some(index))) => index,
        _ => panic!("it has one"),
    }
}

/// Two tables with columns of the same names: the types differ, and so do the places.
#[tokio::test]
async fn two_tables_seal_apart() {
    let world = World::new().await;
    let session = world.alpha().await;
    let id = tenantry::Id::random();
    let access_token = session.seal(stall::ACCESS_TOKEN, &id, SECRET).unwrap();
    let new = stall::New { id, access_token };
    let stall = session.rows(stall::Entity).insert(new).await.unwrap();
    let opened = session.open(stall::ACCESS_TOKEN, &stall).unwrap();
    assert_eq!(opened.expose_text().unwrap(), SECRET);
}
